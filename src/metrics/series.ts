import type { ControlBlock } from '../channel/control-block.js'
import { dropIndex } from '../channel/control-block.js'
import { HISTOGRAM_HEADER_WORDS } from '../channel/histogram-layout.js'
import type { Chunk } from '../channel/series-memory.js'
import { beginWrite, endWrite, writeExemplar } from '../channel/series-memory.js'
import type { TraceRef } from '../channel/trace-ref.js'
import type { Place, SeriesOwner, SeriesPlace } from '../channel/writer.js'
import { findBucket } from './bucket-search.js'

const INVALID = dropIndex('invalid_measurement')
const RELEASED = dropIndex('series_released')

/** What a series needs of the rest: where to count what it refuses, and room for exemplars. */
export interface SeriesHost {
  readonly control: ControlBlock
  exemplars(): Place
}

/** Whoever made a series, and takes it back. */
export interface SeriesKeeper {
  /** Nothing is written to it any more. */
  release(series: Series): void
  /** Its last value was served. */
  gone(series: Series): void
  /** The series that has these attributes now; made anew where there is none. */
  again(series: Series): Recording
}

/** Somewhere to record. */
export interface Recording {
  readonly isReleased: boolean
  add(value: number, exemplar?: TraceRef, timeMs?: number): void
}

/** What a series does with a measurement, beyond its kind. */
export interface SeriesOptions {
  /** Fractions are cut off, as upstream does for instruments of whole numbers. */
  readonly integer: boolean
  /** Measurements that come with a trace are kept as exemplars. */
  readonly exemplars: boolean
}

/** One series in shared memory: everything that can be resolved once has been. */
export abstract class Series implements SeriesOwner, Recording {
  // What every measurement looks at comes first: of 100,000 series in random order it is one line of the cache each.
  /** The least value that it takes; NaN, which is less than nothing, after its end: so that costs no look. */
  protected lowest: number
  protected readonly floats: Float64Array
  protected readonly integer: boolean
  protected readonly offset: number
  protected readonly ints: Int32Array
  protected readonly host: SeriesHost
  protected readonly chunk: Chunk
  readonly place: SeriesPlace
  readonly #keepsExemplars: boolean
  #keeper: SeriesKeeper | undefined
  #exemplars: Place | undefined
  /** Who records instead, where the end came because nothing was recorded for long. */
  #successor: Recording | undefined
  #canGoOn = false

  constructor(host: SeriesHost, place: SeriesPlace, { integer, exemplars }: SeriesOptions, lowest: number) {
    const { chunk, offset } = place.slot
    this.host = host
    this.place = place
    this.integer = integer
    this.lowest = lowest
    this.#keepsExemplars = exemplars
    this.chunk = chunk
    this.floats = chunk.floats
    this.ints = chunk.ints
    this.offset = offset
  }

  abstract add(value: number, exemplar?: TraceRef, timeMs?: number): void

  /** Who takes it back; without one it can't be released, as the overflow series can't. */
  keep(keeper: SeriesKeeper): void {
    this.#keeper = keeper
  }

  get isReleased(): boolean {
    return Number.isNaN(this.lowest)
  }

  /**
   * Ends the series: its last value is told once more and then no longer, and its room is for others. What is recorded
   * through this handle, or another of the same series, is counted as dropped (`series_released`) from now on.
   */
  release(): void {
    if (this.#keeper === undefined || this.isReleased) return
    this.lowest = Number.NaN
    this.#keeper.release(this)
  }

  /** The same because nothing was recorded for long: the handle stays good, and begins a new series when it is used. */
  idle(): void {
    this.#canGoOn = true
    this.release()
  }

  leave(): readonly Place[] {
    this.#keeper?.gone(this)
    return this.#exemplars === undefined ? [this.place] : [this.place, this.#exemplars]
  }

  /** Another handle goes on with its place. */
  handOver(next: Series): void {
    next.#exemplars = this.#exemplars
    this.#exemplars = undefined
  }

  /** What isn't a measurement, or comes after the end. */
  protected refuse(value: number, exemplar?: TraceRef, timeMs?: number): void {
    if (!this.isReleased) this.host.control.countDrop(INVALID)
    else if (!this.#canGoOn || this.#keeper === undefined) this.host.control.countDrop(RELEASED)
    else {
      if (this.#successor === undefined || this.#successor.isReleased) this.#successor = this.#keeper.again(this)
      this.#successor.add(value, exemplar, timeMs)
    }
  }

  protected exemplar(value: number, ref: TraceRef, timeMs: number | undefined): void {
    if (!this.#keepsExemplars) return
    let place = this.#exemplars
    if (place === undefined) {
      place = this.host.exemplars()
      this.#exemplars = place
      this.ints[this.offset * 2 + 1] = place.slot.address
    }
    writeExemplar(place.slot, value, timeMs ?? this.host.control.time, ref)
  }

  /** Of an observable series: the collection that saw it. */
  markObserved(collection: number): void {
    this.ints[this.offset * 2 + 1] = collection
  }
}

/** A cumulative sum. `monotonic`: it refuses negative values (a Prometheus counter can't fall). */
export class SumSeries extends Series {
  constructor(host: SeriesHost, place: SeriesPlace, options: SeriesOptions, monotonic: boolean) {
    super(host, place, options, monotonic ? 0 : Number.NEGATIVE_INFINITY)
  }

  /** Adds `value`; what isn't a finite number is counted as dropped and changes nothing. */
  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    // `value - value` is 0 for finite numbers only, and the comparison fails for everything that isn't a number
    if (typeof value !== 'number' || !(value >= this.lowest) || value - value !== 0) {
      this.refuse(value, exemplar, timeMs)
      return
    }
    this.floats[this.offset + 1]! += this.integer ? Math.trunc(value) : value
    if (exemplar !== undefined) this.exemplar(value, exemplar, timeMs)
  }

  /** Sets the total, as an observable callback tells it. */
  observe(value: number): void {
    if (typeof value !== 'number' || !(value >= this.lowest) || value - value !== 0) {
      this.refuse(value)
      return
    }
    this.floats[this.offset + 1] = this.integer ? Math.trunc(value) : value
  }

  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.add(value, exemplar, timeMs)
  }
}

/** The last value. */
export class GaugeSeries extends Series {
  constructor(host: SeriesHost, place: SeriesPlace, options: SeriesOptions) {
    super(host, place, options, Number.NEGATIVE_INFINITY)
  }

  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    if (typeof value !== 'number' || !(value >= this.lowest) || value - value !== 0) {
      this.refuse(value, exemplar, timeMs)
      return
    }
    this.floats[this.offset + 1] = this.integer ? Math.trunc(value) : value
    if (exemplar !== undefined) this.exemplar(value, exemplar, timeMs)
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
  readonly #bounds: Float64Array

  /** `bounds`: as `searchableBounds` gives them. */
  constructor(host: SeriesHost, place: SeriesPlace, options: SeriesOptions, bounds: Float64Array, signed: boolean) {
    super(host, place, options, signed ? Number.NEGATIVE_INFINITY : 0)
    this.#bounds = bounds
  }

  /** Records `value`; what isn't a finite number (or is negative where the instrument isn't signed) is counted as dropped. */
  record(measured: number, exemplar?: TraceRef, timeMs?: number): void {
    if (typeof measured !== 'number' || !(measured >= this.lowest) || measured - measured !== 0) {
      this.refuse(measured, exemplar, timeMs)
      return
    }
    const value = this.integer ? Math.trunc(measured) : measured
    const bucket = findBucket(this.#bounds, value)
    const { floats, ints, offset } = this
    const version = beginWrite(ints, offset)
    floats[offset + 1]! += value
    if (value < floats[offset + 2]!) floats[offset + 2] = value
    if (value > floats[offset + 3]!) floats[offset + 3] = value
    floats[offset + HISTOGRAM_HEADER_WORDS + bucket]! += 1
    endWrite(ints, offset, version)
    if (exemplar !== undefined) this.exemplar(value, exemplar, timeMs)
  }

  observe(value: number): void {
    this.record(value)
  }

  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.record(value, exemplar, timeMs)
  }
}
