import { createRandom, type Random } from './random.js'

/** Both ends in milliseconds; drawn anew for every message. */
export interface LatencyRange {
  readonly min: number
  readonly max: number
}

/** Where time passes inside the venue. All zero: it answers at once. */
export interface Latencies {
  /** From accepting an order to its meeting the book. */
  readonly match: LatencyRange
  /** From receiving a cancel to acting on it: in between the order can still trade. */
  readonly cancel: LatencyRange
  /** From the result to its answer: what happened is told on the stream first. */
  readonly answer: LatencyRange
}

const NONE: LatencyRange = { min: 0, max: 0 }
export const NO_LATENCY: Latencies = { match: NONE, cancel: NONE, answer: NONE }

export class LatencyModel {
  latencies: Latencies
  readonly #random: Random
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(latencies: Latencies, seed: number) {
    this.latencies = latencies
    this.#random = createRandom(seed, 'latency')
  }

  async pass(stage: keyof Latencies): Promise<void> {
    const { min, max } = this.latencies[stage]
    const ms = min + this.#random.next() * (max - min)
    if (ms <= 0) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        resolve()
      }, ms)
      this.#timers.add(timer)
    })
  }

  /** What still waits never comes to pass. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
