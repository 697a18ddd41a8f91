import type { ControlBlock } from '../channel/control-block.js'
import { dropIndex } from '../channel/control-block.js'
import { HISTOGRAM_HEADER_WORDS, type HistogramLayout } from '../channel/histogram-layout.js'
import type { Chunk } from '../channel/series-memory.js'
import { beginWrite, chunkOffset, endWrite, measurement, writeExemplar } from '../channel/series-memory.js'
import type { TraceRef } from '../channel/trace-ref.js'
import type { SeriesOwner, SeriesPlace } from '../channel/writer.js'
import { findBucket } from './bucket-search.js'

/** Looked up once: a name that is looked up in the unlikely branch makes the likely one save its registers. */
const { trunc } = Math

const INVALID = dropIndex('invalid_measurement')
const RELEASED = dropIndex('series_released')

/** What a series needs of the rest: where to count what it refuses, and room for exemplars. */
export interface SeriesHost {
  readonly control: ControlBlock
  exemplars(): number
  chunkOf(address: number): Chunk
}

/** Whoever made a series, and takes it back. */
export interface SeriesKeeper {
  /** Nothing is written to it any more. */
  release(series: Series): void
  /** Its last value was served. */
  gone(series: Series): void
  /** The text that stands for its attributes; until it is gone. */
  attributes(series: Series): string
  /** The series that has these attributes now; made anew where there is none. */
  again(attributes: string): Recording
}

/** Somewhere to record. */
export interface Recording {
  readonly isReleased: boolean
  add(value: number, exemplar?: TraceRef, timeMs?: number): void
}

/** What the series of a stream have in common, so that a series itself is small. */
export class SeriesRules {
  /** The least value that they take; NaN, which is less than nothing, after the end: so that costs no look. */
  readonly lowest: number
  /** Fractions are cut off, as upstream does for instruments of whole numbers. */
  readonly integer: boolean
  /** As `searchableBounds` gives them; of a histogram. */
  readonly bounds: Float64Array
  readonly host: SeriesHost
  /** Measurements that come with a trace are kept as exemplars. */
  readonly exemplars: boolean
  /** Who takes them back; without one they can't be released, as the overflow series can't. */
  readonly keeper: SeriesKeeper | undefined
  readonly layout: HistogramLayout
  /** Words of a place. */
  readonly words: number
  readonly exponentialSize: number
  readonly isDelta: boolean
  /** The same after the end. */
  readonly ended: SeriesRules

  constructor(rules: Omit<SeriesRules, 'ended'>, isEnded = false) {
    this.lowest = isEnded ? Number.NaN : rules.lowest
    this.integer = rules.integer
    this.bounds = rules.bounds
    this.host = rules.host
    this.exemplars = rules.exemplars
    this.keeper = rules.keeper
    this.layout = rules.layout
    this.words = rules.words
    this.exponentialSize = rules.exponentialSize
    this.isDelta = rules.isDelta
    this.ended = isEnded ? this : new SeriesRules(rules, true)
  }
}

/** How a handle goes on whose series ended because nothing was recorded for long. */
interface Sequel {
  /** The text that stands for them: the series' own may be gone when it is needed. */
  readonly attributes: string
  successor: Recording | undefined
}

/** Few handles outlive their series and go on. */
const sequels = new WeakMap<Series, Sequel>()

/** One series in shared memory: everything that can be resolved once has been. */
export abstract class Series implements SeriesOwner, Recording {
  // Of 100,000 series in random order each is a line of the cache, 64 bytes: V8 takes three words, and these are five.
  protected rules: SeriesRules
  protected readonly floats: Float64Array
  protected readonly offset: number
  protected readonly chunk: Chunk
  readonly id: number

  constructor(rules: SeriesRules, { id, chunk, offset }: SeriesPlace) {
    this.rules = rules
    this.floats = chunk.floats
    this.offset = offset
    this.chunk = chunk
    this.id = id
  }

  abstract add(value: number, exemplar?: TraceRef, timeMs?: number): void

  get isReleased(): boolean {
    return this.rules === this.rules.ended
  }

  get words(): number {
    return this.rules.words
  }

  /** Of an observable series the word says when it was seen: it has none. */
  get exemplars(): number {
    return this.rules.exemplars ? this.chunk.ints[this.offset * 2 + 1]! : 0
  }

  /**
   * Ends the series: its last value is told once more and then no longer, and its room is for others. What is recorded
   * through this handle, or another of the same series, is counted as dropped (`series_released`) from now on.
   */
  release(): void {
    const { keeper, ended } = this.rules
    if (keeper === undefined || this.isReleased) return
    this.rules = ended
    keeper.release(this)
  }

  /** The same because nothing was recorded for long: the handle stays good, and begins a new series when it is used. */
  idle(): void {
    const { keeper } = this.rules
    if (keeper === undefined || this.isReleased) return
    sequels.set(this, { attributes: keeper.attributes(this), successor: undefined })
    this.release()
  }

  leave(): void {
    this.rules.keeper?.gone(this)
  }

  /** The same place for a handle that goes on with it. */
  get place(): SeriesPlace {
    return { id: this.id, chunk: this.chunk, offset: this.offset }
  }

  /** What isn't a measurement, or comes after the end. */
  protected refuse(value: number, exemplar?: TraceRef, timeMs?: number): void {
    const { host, keeper } = this.rules
    const sequel = this.isReleased ? sequels.get(this) : undefined
    if (!this.isReleased) host.control.countDrop(INVALID)
    else if (sequel === undefined || keeper === undefined) host.control.countDrop(RELEASED)
    else {
      if (sequel.successor === undefined || sequel.successor.isReleased) {
        sequel.successor = keeper.again(sequel.attributes)
      }
      sequel.successor.add(value, exemplar, timeMs)
    }
  }

  /** Ties `measurement` to a trace. */
  protected exemplar(ref: TraceRef, timeMs: number | undefined): void {
    const { exemplars, host } = this.rules
    if (!exemplars) return
    const at = this.offset * 2 + 1
    const { ints } = this.chunk
    let address = ints[at]!
    if (address === 0) {
      address = host.exemplars()
      ints[at] = address
    }
    measurement[1] = timeMs ?? host.control.time
    writeExemplar(host.chunkOf(address), chunkOffset(address), ref)
  }

  /** Of an observable series: the collection that saw it. */
  markObserved(collection: number): void {
    this.chunk.ints[this.offset * 2 + 1] = collection
  }
}

/** A cumulative sum. `monotonic`: it refuses negative values (a Prometheus counter can't fall). */
export class SumSeries extends Series {
  /** Adds `value`; what isn't a finite number is counted as dropped and changes nothing. */
  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    // `value - value` is 0 for finite numbers only, and the comparison fails for everything that isn't a number
    if (typeof value !== 'number' || !(value >= this.rules.lowest) || value - value !== 0) {
      this.refuse(value, exemplar, timeMs)
      return
    }
    const amount = this.rules.integer ? trunc(value) : value
    this.floats[this.offset + 1]! += amount
    if (exemplar === undefined) return
    measurement[0] = value
    this.exemplar(exemplar, timeMs)
  }

  /** Sets the total, as an observable callback tells it. */
  observe(value: number): void {
    if (typeof value !== 'number' || !(value >= this.rules.lowest) || value - value !== 0) {
      this.refuse(value)
      return
    }
    this.floats[this.offset + 1] = this.rules.integer ? trunc(value) : value
  }

  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.add(value, exemplar, timeMs)
  }
}

/** The last value. */
export class GaugeSeries extends Series {
  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    if (typeof value !== 'number' || !(value >= this.rules.lowest) || value - value !== 0) {
      this.refuse(value, exemplar, timeMs)
      return
    }
    this.floats[this.offset + 1] = this.rules.integer ? trunc(value) : value
    if (exemplar === undefined) return
    measurement[0] = value
    this.exemplar(exemplar, timeMs)
  }

  observe(value: number): void {
    this.record(value)
  }

  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.record(value, exemplar, timeMs)
  }
}

/** Explicit buckets since the start, and nothing else that a reader would want: written out, for its speed. */
export class HistogramSeries extends Series {
  /** Records `value`; what isn't a finite number (or is negative where the instrument isn't signed) is counted as dropped. */
  record(measured: number, exemplar?: TraceRef, timeMs?: number): void {
    if (typeof measured !== 'number' || !(measured >= this.rules.lowest) || measured - measured !== 0) {
      this.refuse(measured, exemplar, timeMs)
      return
    }
    const value = this.rules.integer ? trunc(measured) : measured
    const bucket = findBucket(this.rules.bounds, value)
    const { floats, offset } = this
    const { ints } = this.chunk
    const version = beginWrite(ints, offset)
    floats[offset + 1]! += value
    if (value < floats[offset + 2]!) floats[offset + 2] = value
    if (value > floats[offset + 3]!) floats[offset + 3] = value
    floats[offset + HISTOGRAM_HEADER_WORDS + bucket]! += 1
    endWrite(ints, offset, version)
    if (exemplar === undefined) return
    measurement[0] = value
    this.exemplar(exemplar, timeMs)
  }

  observe(value: number): void {
    this.record(value)
  }

  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.record(value, exemplar, timeMs)
  }
}
