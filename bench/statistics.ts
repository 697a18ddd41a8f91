/** The middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value that `share` of all are not above. */
export function quantile(values: Float64Array | readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/**
 * The turn of a loop that `share` of the time is not above: what somebody who comes at any moment finds it in. A count
 * of turns would hide the long ones, since while one lasts there are no others.
 */
export function quantileOfTime(turns: Float64Array, share: number): number {
  const sorted = Float64Array.from(turns).sort()
  let rest = sorted.reduce((sum, turn) => sum + turn, 0) * (1 - share)
  for (let index = sorted.length - 1; index >= 0; index--) {
    rest -= sorted[index]!
    if (rest <= 0) return sorted[index]!
  }
  return Number.NaN
}
