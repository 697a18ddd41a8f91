import type { HistogramLayout } from '../channel/histogram-layout.js'
import type { InstrumentDescriptor } from '../channel/messages.js'
import { beginWrite, endWrite } from '../channel/series-memory.js'
import type { TraceRef } from '../channel/trace-ref.js'
import type { SeriesPlace } from '../channel/writer.js'
import { findBucket } from './bucket-search.js'
import { addExplicit, addExponential, clearBlock } from './histogram-blocks.js'
import { Series, type SeriesHost, type SeriesOptions } from './series.js'

/**
 * A histogram that the OTLP reader wants otherwise than the scrape: by intervals, in exponential buckets, or both.
 * Every measurement goes into the explicit buckets and into the block of the running interval.
 */
export class BlockHistogramSeries extends Series {
  readonly #bounds: Float64Array
  readonly #size: number
  readonly #isDelta: boolean
  readonly #first: number
  readonly #second: number
  readonly #blockWords: number

  constructor(
    host: SeriesHost,
    place: SeriesPlace,
    options: SeriesOptions,
    bounds: Float64Array,
    descriptor: InstrumentDescriptor,
    layout: HistogramLayout,
  ) {
    super(host, place, options, descriptor.signed ? Number.NEGATIVE_INFINITY : 0)
    this.#bounds = bounds
    this.#size = descriptor.exponentialSize
    this.#isDelta = descriptor.temporality === 'delta'
    this.#first = this.offset + layout.blocks[0]!
    this.#second = this.offset + (layout.blocks[1] ?? 0)
    this.#blockWords = layout.blockWords
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
    const size = this.#size
    const version = beginWrite(ints, offset)
    addExplicit(floats, offset, value, bucket)
    let block = this.#first
    if (this.#isDelta) {
      // after the version is odd: a reader that has begun an interval waits until it is even
      const epoch = this.host.control.intervals.epoch
      if ((epoch & 1) === 1) block = this.#second
      if (floats[block] !== epoch) clearBlock(floats, block, this.#blockWords, epoch, size > 0)
    }
    if (size > 0) addExponential(floats, block, value, size)
    else addExplicit(floats, block, value, bucket)
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
