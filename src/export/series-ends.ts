import type { ReaderMessage, SeriesRelease } from '../channel/messages.js'
import { chunkIndex, chunkOffset } from '../channel/series-memory.js'
import type { InstrumentState, SeriesEnd, SeriesState, WriterState } from './writer-state.js'

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
      const releases: SeriesRelease[] = []
      for (const [id, series] of released) {
        const { end } = series
        if (end === undefined || end.isTold || !this.#isServed(end, now)) continue
        end.isTold = true
        releases.push({ id, release: end.release })
      }
      if (releases.length > 0) this.#post({ kind: 'served', writer, releases })
    }
  }

  /** Says which series of instruments in need of room haven't changed for long. To be called about once a minute. */
  async tellIdle(): Promise<void> {
    if (this.#idleMs === 0) return
    for (const writer of this.#writers.values()) await writer.discover()
    const now = performance.now()
    for (const { id: writer, instruments, chunks } of this.#writers.values()) {
      const ids: number[] = []
      for (const instrument of instruments.values()) {
        if (instrument.series.size < instrument.descriptor.seriesLimit * PRESSED_SHARE) continue
        for (const series of instrument.series) {
          if (series.end === undefined && this.#isIdle(instrument, series, chunks, now)) ids.push(series.id)
        }
      }
      if (ids.length > 0) this.#post({ kind: 'idle', writer, ids })
    }
  }

  #isServed({ served, releasedAt }: SeriesEnd, now: number): boolean {
    const missing = this.#readers & ~served
    return missing === 0 || (missing === seriesReaders.scrape && now - releasedAt > UNSCRAPED_MS)
  }

  #isIdle(instrument: InstrumentState, series: SeriesState, chunks: WriterState['chunks'], now: number): boolean {
    const value = changeMark(instrument, series, chunks)
    if (value === undefined) return false
    if (value !== series.mark?.value) {
      series.mark = { value, since: now }
      return false
    }
    return now - series.mark.since >= this.#idleMs
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
  const chunk = chunks[chunkIndex(address)]
  if (chunk === undefined) return undefined
  const offset = chunkOffset(address)
  if (descriptor.observable) return chunk.ints[offset * 2 + 1]!
  if (descriptor.kind === 'histogram') return chunk.ints[offset * 2]!
  const value = chunk.floats[offset + 1]!
  if (descriptor.kind === 'gauge' || (!descriptor.monotonic && value !== 0)) return undefined
  return value
}
