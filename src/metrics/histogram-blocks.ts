import {
  EXPONENTIAL_HEADER_WORDS,
  HISTOGRAM_HEADER_WORDS,
  MAXIMUM,
  MINIMUM,
  NEGATIVE_START,
  NO_EPOCH,
  POSITIVE_START,
  SCALE,
  SUM,
  ZERO_COUNT,
} from '../channel/histogram-layout.js'
import { exponentialIndex, MAXIMUM_SCALE, MINIMUM_SCALE } from './exponential-index.js'

/** Empties a block and gives it to an interval; explicit ones too, whose further words are counts. */
export function clearBlock(floats: Float64Array, at: number, words: number, epoch: number, exponential: boolean): void {
  floats.fill(0, at, at + words)
  floats[at] = epoch
  floats[at + MINIMUM] = Number.POSITIVE_INFINITY
  floats[at + MAXIMUM] = Number.NEGATIVE_INFINITY
  if (!exponential) return
  floats[at + SCALE] = MAXIMUM_SCALE
  // no buckets yet: the last comes before the first
  floats[at + POSITIVE_START + 1] = NO_EPOCH
  floats[at + NEGATIVE_START + 1] = NO_EPOCH
}

/** One measurement into an explicit block. */
export function addExplicit(floats: Float64Array, at: number, value: number, bucket: number): void {
  floats[at + SUM]! += value
  if (value < floats[at + MINIMUM]!) floats[at + MINIMUM] = value
  if (value > floats[at + MAXIMUM]!) floats[at + MAXIMUM] = value
  floats[at + HISTOGRAM_HEADER_WORDS + bucket]! += 1
}

/** One measurement into an exponential block of `size` buckets a sign. */
export function addExponential(floats: Float64Array, at: number, value: number, size: number): void {
  floats[at + SUM]! += value
  if (value < floats[at + MINIMUM]!) floats[at + MINIMUM] = value
  if (value > floats[at + MAXIMUM]!) floats[at + MAXIMUM] = value
  if (value === 0) {
    floats[at + ZERO_COUNT]! += 1
    return
  }
  const magnitude = Math.abs(value)
  const range = at + (value > 0 ? POSITIVE_START : NEGATIVE_START)
  const counts = at + EXPONENTIAL_HEADER_WORDS + (value > 0 ? 0 : size)
  const scale = floats[at + SCALE]!
  let index = exponentialIndex(magnitude, scale)
  const start = floats[range]!
  const end = floats[range + 1]!
  if (end < start) {
    floats[range] = index
    floats[range + 1] = index
  } else {
    const change = scaleChange(Math.min(start, index), Math.max(end, index), size, scale)
    if (change > 0) {
      downscale(floats, at, size, change)
      index = exponentialIndex(magnitude, scale - change)
    }
    if (index < floats[range]!) floats[range] = index
    if (index > floats[range + 1]!) floats[range + 1] = index
  }
  floats[counts + modulo(index, size)]! += 1
}

/** By how much the scale must fall for both indexes to find room. */
function scaleChange(low: number, high: number, size: number, scale: number): number {
  let change = 0
  // at the least scale two buckets hold every number
  while ((high >> change) - (low >> change) >= size && scale - change > MINIMUM_SCALE) change++
  return change
}

let collapsed = new Float64Array(EXPONENTIAL_HEADER_WORDS)

/** Joins 2^change buckets to one, on both sides of zero: they have one scale. */
function downscale(floats: Float64Array, at: number, size: number, change: number): void {
  if (collapsed.length < size) collapsed = new Float64Array(size)
  for (const side of [0, 1]) {
    const range = at + (side === 0 ? POSITIVE_START : NEGATIVE_START)
    const counts = at + EXPONENTIAL_HEADER_WORDS + side * size
    const start = floats[range]!
    const end = floats[range + 1]!
    if (end < start) continue
    collapsed.fill(0, 0, size)
    for (let index = start; index <= end; index++) {
      collapsed[modulo(index >> change, size)]! += floats[counts + modulo(index, size)]!
    }
    floats.set(collapsed.subarray(0, size), counts)
    floats[range] = start >> change
    floats[range + 1] = end >> change
  }
  floats[at + SCALE]! -= change
}

function modulo(index: number, size: number): number {
  const rest = index % size
  return rest < 0 ? rest + size : rest
}
