import type { Sample } from './exposition.js'

/** Observations up to each bound, ascending; the last bound is +Inf. */
export type Buckets = readonly (readonly [bound: number, count: number])[]

/** Adds the buckets of several series up by their bounds. */
export function bucketsOf(samples: readonly Sample[]): Buckets {
  const counts = new Map<number, number>()
  for (const { labels, value } of samples) {
    const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
    counts.set(bound, (counts.get(bound) ?? 0) + value)
  }
  return [...counts].sort(([a], [b]) => a - b)
}

/** What came since `before`. */
export function bucketsSince(now: Buckets, before: Buckets): Buckets {
  const earlier = new Map(before)
  return now.map(([bound, count]) => [bound, Math.max(0, count - (earlier.get(bound) ?? 0))] as const)
}

export function countOf(buckets: Buckets): number {
  return buckets.at(-1)?.[1] ?? 0
}

/**
 * Estimates a quantile as Prometheus's `histogram_quantile` does: evenly spread inside a bucket; what lies beyond the
 * last bound counts as that bound. `undefined` without observations.
 */
export function quantile(buckets: Buckets, q: number): number | undefined {
  const total = countOf(buckets)
  if (total === 0) return undefined
  const rank = q * total
  let [lower, below] = [0, 0]
  for (const [bound, count] of buckets) {
    if (count >= rank && count > below) {
      if (bound === Number.POSITIVE_INFINITY) return lower
      return lower + (bound - lower) * ((rank - below) / (count - below))
    }
    lower = bound === Number.POSITIVE_INFINITY ? lower : bound
    below = count
  }
  return lower
}
