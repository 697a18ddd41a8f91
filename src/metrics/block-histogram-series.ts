import { beginWrite, endWrite, measurement } from '../channel/series-memory.js'
import type { TraceRef } from '../channel/trace-ref.js'
import { findBucket } from './bucket-search.js'
import { addExplicit, addExponential, clearBlock } from './histogram-blocks.js'
import { Series } from './series.js'

/**
 * A histogram that the OTLP reader wants otherwise than the scrape: by intervals, in exponential buckets, or both.
 * Every measurement goes into the explicit buckets and into the block of the running interval.
 */
export class BlockHistogramSeries extends Series {
  /** Records `value`; what isn't a finite number (or is negative where the instrument isn't signed) is counted as dropped. */
  record(measured: number, exemplar?: TraceRef, timeMs?: number): void {
    const { rules } = this
    if (typeof measured !== 'number' || !(measured >= rules.lowest) || measured - measured !== 0) {
      this.refuse(measured, exemplar, timeMs)
      return
    }
    const value = rules.integer ? Math.trunc(measured) : measured
    const bucket = findBucket(rules.bounds, value)
    const { floats, offset } = this
    const { ints } = this.chunk
    const size = rules.exponentialSize
    const { blocks, blockWords } = rules.layout
    const version = beginWrite(ints, offset)
    addExplicit(floats, offset, value, bucket)
    let block = offset + blocks[0]!
    if (rules.isDelta) {
      // after the version is odd: a reader that has begun an interval waits until it is even
      const epoch = rules.host.control.intervals.epoch
      if ((epoch & 1) === 1) block = offset + blocks[1]!
      if (floats[block] !== epoch) clearBlock(floats, block, blockWords, epoch, size > 0)
    }
    if (size > 0) addExponential(floats, block, value, size)
    else addExplicit(floats, block, value, bucket)
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
