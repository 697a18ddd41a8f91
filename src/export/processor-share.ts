/**
 * A thread of low priority that has the processor keeps it until the kernel's next tick, 4 ms with 250 ticks a second,
 * whatever its niceness: that says only how often its turn comes. One that gives it up by itself after half a
 * millisecond gets as much done, since its turn comes as often as is left of its share.
 */
const LONGEST_HELD_MS = 0.5
/** As short as timers are: the loop on the same processor goes on at once. */
const REST_MS = 0.05

/** How the reading end shares the processor with the loop. */
export class ProcessorShare {
  readonly #cell: Int32Array | undefined
  #since = 0

  /** `isNiced`: it runs in a thread of its own and of low priority. */
  constructor(isNiced: boolean) {
    this.#cell = isNiced ? new Int32Array(new SharedArrayBuffer(4)) : undefined
  }

  /** To be called every tenth of a millisecond or so: gives the processor up where it was held for long. */
  rest(): void {
    if (this.#cell === undefined || performance.now() - this.#since < LONGEST_HELD_MS) return
    Atomics.wait(this.#cell, 0, 0, REST_MS)
    this.#since = performance.now()
  }
}
