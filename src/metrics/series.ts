import type { ControlBlock } from '../channel/control-block.js'
import { dropIndex } from '../channel/control-block.js'
import type { Chunk, Slot } from '../channel/series-memory.js'
import { beginWrite, endWrite, writeExemplar } from '../channel/series-memory.js'
import type { TraceRef } from '../channel/trace-ref.js'
import { addExplicit, explicitBucket } from './histogram-blocks.js'

const INVALID = dropIndex('invalid_measurement')

/** What a series needs of the rest: where to count what it refuses, and room for exemplars. */
export interface SeriesHost {
  readonly control: ControlBlock
  exemplars(): Slot
}

/** What a series does with a measurement, beyond its kind. */
export interface SeriesOptions {
  /** Fractions are cut off, as upstream does for instruments of whole numbers. */
  readonly integer: boolean
  /** Measurements that come with a trace are kept as exemplars. */
  readonly exemplars: boolean
}

/** One series in shared memory: everything that can be resolved once has been. */
export abstract class Series {
  protected readonly host: SeriesHost
  protected readonly chunk: Chunk
  protected readonly floats: Float64Array
  protected readonly offset: number
  protected readonly integer: boolean
  readonly #keepsExemplars: boolean
  #exemplars: Slot | undefined

  constructor(host: SeriesHost, slot: Slot, { integer, exemplars }: SeriesOptions) {
    this.host = host
    this.integer = integer
    this.#keepsExemplars = exemplars
    this.chunk = slot.chunk
    this.floats = slot.chunk.floats
    this.offset = slot.offset
  }

  protected refuse(): void {
    this.host.control.countDrop(INVALID)
  }

  protected exemplar(value: number, ref: TraceRef, timeMs: number | undefined): void {
    if (!this.#keepsExemplars) return
    let slot = this.#exemplars
    if (slot === undefined) {
      slot = this.host.exemplars()
      this.#exemplars = slot
      this.chunk.ints[this.offset * 2 + 1] = slot.address
    }
    writeExemplar(slot, value, timeMs ?? Date.now(), ref)
  }

  /** Of an observable series: the collection that saw it. */
  markObserved(collection: number): void {
    this.chunk.ints[this.offset * 2 + 1] = collection
  }
}

/** A cumulative sum. `monotonic`: it refuses negative values (a Prometheus counter can't fall). */
export class SumSeries extends Series {
  readonly #at: number
  readonly #lowest: number

  constructor(host: SeriesHost, slot: Slot, options: SeriesOptions, monotonic: boolean) {
    super(host, slot, options)
    this.#at = slot.offset + 1
    this.#lowest = monotonic ? 0 : Number.NEGATIVE_INFINITY
  }

  /** Adds `value`; what isn't a finite number is counted as dropped and changes nothing. */
  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    // `value - value` is 0 for finite numbers only, and the comparison fails for everything that isn't a number
    if (typeof value !== 'number' || !(value >= this.#lowest) || value - value !== 0) {
      this.refuse()
      return
    }
    this.floats[this.#at]! += this.integer ? Math.trunc(value) : value
    if (exemplar !== undefined) this.exemplar(value, exemplar, timeMs)
  }

  /** Sets the total, as an observable callback tells it. */
  observe(value: number): void {
    if (typeof value !== 'number' || value - value !== 0) {
      this.refuse()
      return
    }
    this.floats[this.#at] = this.integer ? Math.trunc(value) : value
  }

  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.add(value, exemplar, timeMs)
  }
}

/** The last value. */
export class GaugeSeries extends Series {
  readonly #at: number

  constructor(host: SeriesHost, slot: Slot, options: SeriesOptions) {
    super(host, slot, options)
    this.#at = slot.offset + 1
  }

  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    if (typeof value !== 'number' || value - value !== 0) {
      this.refuse()
      return
    }
    this.floats[this.#at] = this.integer ? Math.trunc(value) : value
    if (exemplar !== undefined) this.exemplar(value, exemplar, timeMs)
  }

  observe(value: number): void {
    this.record(value)
  }

  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.record(value, exemplar, timeMs)
  }
}

/** Explicit buckets since the start, and nothing else that a reader would want. */
export class HistogramSeries extends Series {
  readonly #bounds: Float64Array
  readonly #lowest: number

  constructor(host: SeriesHost, slot: Slot, options: SeriesOptions, bounds: Float64Array, signed: boolean) {
    super(host, slot, options)
    this.#bounds = bounds
    this.#lowest = signed ? Number.NEGATIVE_INFINITY : 0
  }

  /** Records `value`; what isn't a finite number (or is negative where the instrument isn't signed) is counted as dropped. */
  record(measured: number, exemplar?: TraceRef, timeMs?: number): void {
    if (typeof measured !== 'number' || !(measured >= this.#lowest) || measured - measured !== 0) {
      this.refuse()
      return
    }
    const value = this.integer ? Math.trunc(measured) : measured
    const bucket = explicitBucket(this.#bounds, value)
    const { chunk, floats, offset } = this
    beginWrite(chunk, offset)
    addExplicit(floats, offset, value, bucket)
    endWrite(chunk, offset)
    if (exemplar !== undefined) this.exemplar(value, exemplar, timeMs)
  }

  observe(value: number): void {
    this.record(value)
  }

  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.record(value, exemplar, timeMs)
  }
}
