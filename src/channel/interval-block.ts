/*
 * The intervals of the delta reader, on shared memory, so that a telemetry thread that is started again goes on
 * where the one before died. All words are the reader's but the epoch, which the writer reads.
 *
 *   Int32 0  epoch of this writer: collection that began the running interval × 2 + which of two blocks is written
 *         1  epoch of the interval before; both are 0 until the writer first takes part in a collection
 *         2  latest collection that has been read to its end       (these two: in the main thread's block)
 *         3  latest collection that a collector took or refused for good
 *   Float64  end of the collections of even and odd numbers, milliseconds since 1970   (in the main thread's block)
 *            end of the latest interval of this writer in each block, since it may miss a collection
 *            two checkpoints of the drop counters, for even and odd collections
 *
 * A new collection begins only when the one before was taken. So what a collection holds stays readable until then,
 * and is told again with the same figures and the same times, by the same thread or its successor.
 */
const EPOCH = 0
const PREVIOUS = 1
const COLLECTED = 2
const COMMITTED = 3
const INT_BYTES = 16
/** Float64 words before the checkpoints. */
const TIMES = 4

const ORDERED_LOADS = process.arch === 'x64'

/** Bytes of a block with checkpoints for `counters` counters. */
export function intervalBlockBytes(counters: number): number {
  return INT_BYTES + (TIMES + 2 * counters) * 8
}

/** Both ends use the same class. */
export class IntervalBlock {
  readonly #ints: Int32Array
  readonly #times: Float64Array
  readonly #checkpoints: readonly [Float64Array, Float64Array]

  constructor(memory: SharedArrayBuffer, offset: number, counters: number) {
    this.#ints = new Int32Array(memory, offset, INT_BYTES / 4)
    this.#times = new Float64Array(memory, offset + INT_BYTES, TIMES)
    const at = offset + INT_BYTES + TIMES * 8
    this.#checkpoints = [new Float64Array(memory, at, counters), new Float64Array(memory, at + counters * 8, counters)]
  }

  /** For the writer, while the version of its series is odd; the lowest bit says which block to write. */
  get epoch(): number {
    return ORDERED_LOADS ? this.#ints[EPOCH]! : Atomics.load(this.#ints, EPOCH)
  }

  // Telemetry thread.

  /** Begins the next interval of this writer, unless this collection has; `timeMs`: end of the running one. */
  endInterval(collection: number, timeMs: number): void {
    const epoch = this.#ints[EPOCH]!
    if (epoch >> 1 !== collection) {
      this.#ints[PREVIOUS] = epoch
      Atomics.store(this.#ints, EPOCH, (collection << 1) | ((epoch & 1) ^ 1))
    }
    this.#times[2 + this.endedBlock] = timeMs
  }

  /** Whether this collection ended an interval of this writer: one whose series weren't all known is in the next. */
  takesPartIn(collection: number): boolean {
    return this.#ints[EPOCH]! >> 1 === collection
  }

  /** What the interval that ended last stands under in the blocks. */
  get endedEpoch(): number {
    return this.#ints[PREVIOUS]!
  }

  /** When that interval began, milliseconds since 1970; `undefined`: with the writer. */
  get endedFrom(): number | undefined {
    return this.endedEpoch === 0 ? undefined : this.#times[2 + (1 - this.endedBlock)]
  }

  /** Which of the two blocks the interval that ended last is in. */
  get endedBlock(): 0 | 1 {
    return ((this.#ints[EPOCH]! & 1) ^ 1) as 0 | 1
  }

  get collected(): number {
    return Atomics.load(this.#ints, COLLECTED)
  }

  set collected(collection: number) {
    Atomics.store(this.#ints, COLLECTED, collection)
  }

  get committed(): number {
    return Atomics.load(this.#ints, COMMITTED)
  }

  set committed(collection: number) {
    Atomics.store(this.#ints, COMMITTED, collection)
  }

  endTime(collection: number): number {
    return this.#times[collection & 1]!
  }

  setEndTime(collection: number, timeMs: number): void {
    this.#times[collection & 1] = timeMs
  }

  /** What the counters were at the end of a collection; good for that collection and the one before. */
  checkpoint(collection: number): Float64Array {
    return this.#checkpoints[(collection & 1) as 0 | 1]
  }
}
