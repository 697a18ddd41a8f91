import { createReadStream } from 'node:fs'
import { createFixConverter } from '../../order/fix/fix-converter.js'
import { type FixLogItem, FixLogScanner } from '../../order/fix/fix-log-scanner.js'
import { parseFixTime } from '../../order/fix/fix-time.js'
import { createTracker } from '../../order/tracker.js'
import type { Transition } from '../../order/transition.js'

/** Orders held in memory; the finished ones that are longest without news are given up first. */
const MAXIMUM_ORDERS = 100_000

/** What a place in a log came to. */
export type Replayed =
  /** An order message: its transitions, one for each event that it stands for. */
  | { readonly kind: 'message'; readonly line: number; readonly type: string; readonly transitions: readonly Transition[] }
  /** A message that tells nothing of an order. */
  | { readonly kind: 'other'; readonly line: number; readonly type: string }
  | { readonly kind: 'error'; readonly line: number; readonly error: string }
  | { readonly kind: 'remark'; readonly line: number; readonly remark: string }
  /** Orders that had to give room. */
  | { readonly kind: 'forgotten'; readonly transitions: readonly Transition[] }

/** What a file turned out to be. */
export interface ReplayedFile {
  readonly bytes: number
  readonly hasNulls: boolean
}

/**
 * Replays a FIX log: its messages as order events, through the same tracker as in a live process, on the times that
 * the log gives.
 *
 * @throws what reading the file throws.
 */
export async function* replayLog(path: string): AsyncGenerator<Replayed, ReplayedFile> {
  let time = 0
  const scanner = new FixLogScanner()
  const converter = createFixConverter()
  const tracker = createTracker({
    venue: 'fix',
    clock: () => time,
    maximumOrders: MAXIMUM_ORDERS,
    retentionMs: Number.POSITIVE_INFINITY,
  })
  let bytes = 0
  let hasNulls = false

  function* replay(items: readonly FixLogItem[]): Generator<Replayed> {
    for (const item of items) {
      if ('error' in item) {
        yield { kind: 'error', line: item.line, error: item.error }
        continue
      }
      for (const remark of item.remarks) yield { kind: 'remark', line: item.line, remark }
      const fields = new Map<number, string>()
      for (const [tag, value] of item.fields) if (!fields.has(tag)) fields.set(tag, value)
      time = item.time ?? parseFixTime(fields.get(52)) ?? parseFixTime(fields.get(60)) ?? time
      const events = converter.toOrderEvents(fields, { time })
      const type = fields.get(35) ?? '?'
      if (events.length === 0) {
        yield { kind: 'other', line: item.line, type }
        continue
      }
      yield { kind: 'message', line: item.line, type, transitions: events.map(event => tracker.apply(event)) }
      if (tracker.hasPending) yield { kind: 'forgotten', transitions: tracker.takePending() }
    }
  }

  for await (const piece of createReadStream(path, { encoding: 'latin1', highWaterMark: 1 << 18 })) {
    const text = piece as string
    bytes += text.length
    hasNulls ||= text.includes('\u0000')
    yield* replay(scanner.push(text))
  }
  yield* replay(scanner.end())
  return { bytes, hasNulls }
}
