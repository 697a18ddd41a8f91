/** Times in buckets, as the SDK's own figures want them. */
export class DurationHistogram {
  /** One for each bound, and one for what is above. */
  readonly counts: number[]
  sum = 0
  /** Upper bounds, ascending, in seconds. */
  readonly bounds: readonly number[]

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = [...bounds, Number.POSITIVE_INFINITY].map(() => 0)
  }

  add(seconds: number): void {
    const bucket = this.bounds.findIndex(bound => seconds <= bound)
    this.counts[bucket === -1 ? this.bounds.length : bucket]!++
    this.sum += seconds
  }
}
