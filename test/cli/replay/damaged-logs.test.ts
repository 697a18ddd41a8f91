import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogEntry } from '../../../src/cli/replay/log-entry.js'
import { Replayer } from '../../../src/cli/replay/replayer.js'
import { trailerProblems } from '../../../src/order/fix/trailer-check.js'
import { entriesOf, valueIn } from './entries.js'

const directory = join(import.meta.dirname, '../../fixtures/data/fix-logs')
const logs = readdirSync(directory)
  .filter(name => name.endsWith('.log'))
  .map(name => readFileSync(join(directory, name), 'latin1'))
/** One message a line, so that lines can be told apart. */
const plainLogs = logs.filter(log => !log.includes('('))

/** What identifies an entry, without its line. */
function keyOf(entry: LogEntry): string {
  return entry.kind === 'message' ? entry.message.fields.map(({ bytes }) => bytes).join('\u0001') : `${entry.kind}`
}

/** Applies everything; nothing may throw, and every entry of the kind message must be told. */
function replayed(entries: readonly LogEntry[]): Map<string, string> {
  const replayer = new Replayer()
  const statuses = new Map<string, string>()
  for (const entry of entries) {
    if (entry.kind === 'unreadable') continue
    if (entry.kind === 'message') trailerProblems(entry.message)
    const { order } = replayer.apply(entry)
    if (order !== undefined) statuses.set(order.rootId, `${order.status} ${order.cumulativeQuantity}`)
  }
  return statuses
}

/** Lines on which a message begins have an entry, unless a message from above holds them. */
function unaccounted(log: string, entries: readonly LogEntry[]): number[] {
  const told = new Set(entries.map(({ line }) => line))
  for (const entry of entries) {
    if (entry.kind !== 'message') continue
    const lineFeeds = entry.message.fields.reduce((count, { bytes }) => count + bytes.split('\n').length - 1, 0)
    for (let line = 1; line <= lineFeeds + 1; line++) told.add(entry.line + line)
  }
  return log
    .split('\n')
    .flatMap((line, index) => (/(?<![0-9])8=FIX/.test(line) && !told.has(index + 1) ? [index + 1] : []))
}

describe('logs of engines that were damaged', () => {
  it('cut off anywhere: what stands before the cut is read as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...logs), fc.double({ min: 0, max: 1, noNaN: true }), (log, share) => {
        const cut = log.slice(0, Math.floor(log.length * share))
        const entries = entriesOf(cut)
        const whole = entriesOf(log).map(keyOf)
        const keys = entries.map(keyOf)
        // the last message may have lost something
        expect(keys.slice(0, -1)).toEqual(whole.slice(0, Math.max(0, keys.length - 1)))
        expect(unaccounted(cut, entries)).toEqual([])
        replayed(entries)
      }),
      { numRuns: 150 },
    )
  })

  it('with bytes that flipped: nothing throws, and every line with a message is told of', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(fc.constantFrom(...logs), flips, (log, all) => {
        const bytes = Buffer.from(log, 'latin1')
        for (const [place, value] of all) bytes[place % bytes.length] = value
        const damaged = bytes.toString('latin1')
        const entries = entriesOf(damaged)
        expect(unaccounted(damaged, entries)).toEqual([])
        replayed(entries)
      }),
      { numRuns: 200 },
    )
  })

  it('with a line that is damaged: the others are read as they were', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...plainLogs),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)),
        (log, at, place, character) => {
          const lines = log.split('\n')
          const index = at % lines.length
          const line = lines[index]!
          if (line.length < 2) return
          lines[index] = line.slice(0, place % line.length) + character + line.slice((place % line.length) + 1)
          const entries = entriesOf(lines.join('\n')).filter(entry => Math.abs(entry.line - index - 1) > 1)
          const whole = entriesOf(log).filter(entry => Math.abs(entry.line - index - 1) > 1)
          expect(entries.map(keyOf)).toEqual(whole.map(keyOf))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('of two sessions in one, in any mixture: the orders of each are as they were alone', () => {
    const rename = (log: string) =>
      log
        .replaceAll('49=DESK', '49=OTHR')
        .replaceAll('56=DESK', '56=OTHR')
        .replaceAll('=q-', '=z-')
        .replaceAll('=p-', '=y-')
    const [left, right] = [plainLogs[0]!, rename(plainLogs.at(-1)!)]
    const alone = new Map([...replayed(entriesOf(left)), ...replayed(entriesOf(right))])
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 120, maxLength: 120 }), sides => {
        const [first, second] = [recordsOf(left), recordsOf(right)]
        const mixed: string[] = []
        for (const side of sides) mixed.push((side ? first : second).shift() ?? '')
        mixed.push(...first, ...second)
        expect(replayed(entriesOf(`${mixed.join('\n')}\n`))).toEqual(alone)
      }),
      { numRuns: 50 },
    )
  })

  it('the same client ids in two sessions of one log are two orders', () => {
    const other = plainLogs[0]!.replaceAll('49=DESK', '49=OTHR').replaceAll('56=DESK', '56=OTHR')
    const replayer = new Replayer()
    const orders = new Set<unknown>()
    for (const entry of entriesOf(plainLogs[0]! + other)) {
      if (entry.kind === 'message' && valueIn(entry, 11) === 'q-1') orders.add(replayer.apply(entry).order)
    }
    expect(orders.size).toBe(2)
  })
})

/** Messages with the lines that they cover. */
function recordsOf(log: string): string[] {
  const records: string[] = []
  for (const line of log.split('\n')) {
    if (/8=FIX\.4\.[24]\W9=/.test(line)) records.push(line)
    else if (line !== '') records.push(`${records.pop()}\n${line}`)
  }
  return records
}
