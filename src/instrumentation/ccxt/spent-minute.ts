const SECONDS = 60

/** What was spent of a limit during the last minute, by seconds. */
export class SpentMinute {
  readonly #bySecond = new Float64Array(SECONDS)
  #second = 0
  #sum = 0

  /** Spends `cost` and returns the sum of the last minute. */
  add(cost: number, now = performance.now()): number {
    const second = Math.floor(now / 1000)
    const passed = Math.min(SECONDS, second - this.#second)
    for (let i = 1; i <= passed; i++) this.#bySecond[(this.#second + i) % SECONDS] = 0
    if (passed >= SECONDS) this.#bySecond.fill(0)
    if (passed > 0) {
      this.#second = second
      // anew, so that rounding doesn't add up
      this.#sum = this.#bySecond.reduce((sum, spent) => sum + spent, 0)
    }
    this.#bySecond[second % SECONDS]! += cost
    this.#sum += cost
    return this.#sum
  }
}
