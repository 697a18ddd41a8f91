/** How many records of a signal a collector took, and how many were lost why. */
export class DeliveryCounts {
  delivered = 0
  readonly #failed = new Map<string, number>()

  add(count: number, failed: number, errorType: string | undefined): void {
    this.delivered += count - failed
    if (failed > 0) {
      const type = errorType ?? '_OTHER'
      this.#failed.set(type, (this.#failed.get(type) ?? 0) + failed)
    }
  }

  get failedTotal(): number {
    let total = 0
    for (const count of this.#failed.values()) total += count
    return total
  }

  /** Count by `error.type`. */
  get failed(): ReadonlyMap<string, number> {
    return this.#failed
  }
}
