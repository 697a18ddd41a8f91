import type { ReaderMessage } from '../channel/messages.js'
import { CHUNK_WORDS } from '../channel/series-memory.js'
import type { InstrumentState, SeriesState, WriterState } from './writer-state.js'

/** Who has to tell the last value of a series before it is forgotten, as bits. */
export const seriesReaders = { scrape: 1, otlp: 2 } as const

/** Who reads: the scrape sees explicit buckets and totals, OTLP what its settings say. */
export type SeriesReader = keyof typeof seriesReaders

/** A released series that nobody comes to scrape is forgotten all the same. */
const UNSCRAPED_MS = 5 * 60_000
/** Instruments that have used this share of their series give up those that haven't changed for long. */
const PRESSED_SHARE = 0.75

/** Follows the ends of series: tells their writers what may be forgotten, and what has been idle for long. */
export class SeriesEnds {
  readonly #writers: ReadonlyMap<number, WriterState>
  readonly #readers: number
  readonly #post: (message: ReaderMessage) => void
  readonly #idleMs: number

  /** `idleMs` 0: nothing is idle. */
  constructor(
    writers: ReadonlyMap<number, WriterState>,
    readers: readonly SeriesReader[],
    idleMs: number,
    post: (message: ReaderMessage) => void,
  ) {
    this.#writers = writers
    this.#readers = readers.reduce((bits, reader) => bits | seriesReaders[reader], 0)
    this.#idleMs = idleMs
    this.#post = post
  }

  /** Says which series have been told for the last time. */
  tellServed(now = performance.now()): void {
    for (const { id: writer, released } of this.#writers.values()) {
      if (released.size === 0) continue
      const ids: number[] = []
      for (const [id, series] of released) {
        if (series.isTold || !this.#isServed(series, now)) continue
        series.isTold = true
        ids.push(id)
      }
      if (ids.length > 0) this.#post({ kind: 'served', writer, ids })
    }
  }

  /** Says which series of instruments in need of room haven't changed for long. To be called about once a minute. */
  tellIdle(now = performance.now()): void {
    if (this.#idleMs === 0) return
    for (const { id: writer, instruments, chunks } of this.#writers.values()) {
      const ids: number[] = []
      for (const instrument of instruments.values()) {
        if (instrument.series.size < instrument.descriptor.seriesLimit * PRESSED_SHARE) continue
        for (const [id, series] of instrument.series) {
          if (!series.isReleased && this.#isIdle(instrument, series, chunks, now)) ids.push(id)
        }
      }
      if (ids.length > 0) this.#post({ kind: 'idle', writer, ids })
    }
  }

  #isServed(series: SeriesState, now: number): boolean {
    const missing = this.#readers & ~series.served
    return missing === 0 || (missing === seriesReaders.scrape && now - series.releasedAt > UNSCRAPED_MS)
  }

  #isIdle(instrument: InstrumentState, series: SeriesState, chunks: WriterState['chunks'], now: number): boolean {
    const mark = changeMark(instrument, series, chunks)
    if (mark === undefined) return false
    if (mark !== series.mark) {
      series.mark = mark
      series.markedAt = now
      return false
    }
    return now - series.markedAt >= this.#idleMs
  }
}

/**
 * Changes with every measurement; `undefined` where that can't be told or the value has to stay. A gauge may be set to
 * the same again, and an up-down counter that isn't at 0 counts things that are there.
 */
function changeMark(
  { descriptor }: InstrumentState,
  { address }: SeriesState,
  chunks: WriterState['chunks'],
): number | undefined {
  const chunk = chunks[Math.floor(address / CHUNK_WORDS)]
  if (chunk === undefined) return undefined
  const offset = address % CHUNK_WORDS
  if (descriptor.observable) return chunk.ints[offset * 2 + 1]!
  if (descriptor.kind === 'histogram') return chunk.ints[offset * 2]!
  const value = chunk.floats[offset + 1]!
  if (descriptor.kind === 'gauge' || (!descriptor.monotonic && value !== 0)) return undefined
  return value
}
