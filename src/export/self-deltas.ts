import type { Attributes, HrTime } from '@opentelemetry/api'
import { drops } from '../channel/control-block.js'
import type { DeltaCollection, DeltaIntervals } from './delta-intervals.js'
import { toHrTime } from './exemplar.js'
import type { WriterState } from './writer-state.js'

/** What a counter of the SDK's own was at the end of the last two collections. */
interface Checkpoint {
  collection: number
  before: number
  now: number
}

/**
 * The SDK's own counters by interval. Drops are counted in shared memory and have their checkpoints there; what the
 * telemetry thread counts by itself begins at 0 with each of its starts, and so do the checkpoints of that.
 */
export class SelfDeltas {
  readonly #intervals: DeltaIntervals
  readonly #writers: ReadonlyMap<number, WriterState>
  readonly #checkpoints = new Map<string, WeakMap<Attributes, Checkpoint>>()
  #collection: DeltaCollection | undefined

  constructor(intervals: DeltaIntervals, writers: ReadonlyMap<number, WriterState>) {
    this.#intervals = intervals
    this.#writers = writers
  }

  /** Takes up the collection that has begun. */
  begin(): void {
    this.#collection = this.#intervals.current
    const main = this.#writers.get(0)
    if (main === undefined || this.#collection === undefined || this.#collection.isRepeated) return
    const checkpoint = main.control.intervals.checkpoint(this.#collection.number)
    for (const index of drops.keys()) {
      checkpoint[index] = [...this.#writers.values()].reduce((sum, { control }) => sum + control.droppedAt(index), 0)
    }
  }

  /** What was added to one of the counts of `drops`. */
  dropped(index: number): number {
    const main = this.#writers.get(0)
    if (main === undefined || this.#collection === undefined) return 0
    const { number } = this.#collection
    const { intervals } = main.control
    return intervals.checkpoint(number)[index]! - intervals.checkpoint(number - 1)[index]!
  }

  times(threadStart: HrTime): { startTime: HrTime; endTime: HrTime } {
    const main = this.#writers.get(0)
    const collection = this.#collection
    if (main === undefined || collection === undefined) return { startTime: threadStart, endTime: threadStart }
    return {
      startTime: toHrTime(this.#intervals.startTime(collection)),
      endTime: toHrTime(collection.endTime),
    }
  }

  /** What was added to a counter since the last collection. `attributes`: the same object for the same series. */
  since(name: string, attributes: Attributes, total: number): number {
    const collection = this.#collection
    if (collection === undefined) return 0
    const { number } = collection
    const checkpoint = this.#checkpointOf(name, attributes)
    if (checkpoint.collection !== number) {
      checkpoint.collection = number
      checkpoint.before = checkpoint.now
      checkpoint.now = total
    }
    return checkpoint.now - checkpoint.before
  }

  #checkpointOf(name: string, attributes: Attributes): Checkpoint {
    let ofName = this.#checkpoints.get(name)
    if (ofName === undefined) {
      ofName = new WeakMap()
      this.#checkpoints.set(name, ofName)
    }
    let checkpoint = ofName.get(attributes)
    if (checkpoint === undefined) {
      checkpoint = { collection: 0, before: 0, now: 0 }
      ofName.set(attributes, checkpoint)
    }
    return checkpoint
  }
}
