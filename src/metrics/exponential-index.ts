/*
 * The index of a value's exponential bucket, by the formulas of @opentelemetry/sdk-metrics, so that the same values
 * give the same buckets (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram).
 */

/** 2^20 buckets between a number and its double: the finest that upstream begins with. */
export const MAXIMUM_SCALE = 20
/** One bucket for all numbers below 1 and one for those above. */
export const MINIMUM_SCALE = -10

const MINIMUM_NORMAL = 2 ** -1022
const MINIMUM_EXPONENT = -1022
const MAXIMUM_EXPONENT = 1023

const scratch = new Float64Array(1)
const words = new Uint32Array(scratch.buffer)
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0

const scaleFactors = Float64Array.from({ length: MAXIMUM_SCALE + 1 }, (_, scale) => Math.LOG2E * 2 ** scale)

/** `value` is positive and finite. Bucket i holds what is above base^i and not above base^(i+1), base 2^(2^-scale). */
export function exponentialIndex(value: number, scale: number): number {
  return scale > 0 ? byLogarithm(value, scale) : byExponent(value, -scale)
}

function byLogarithm(value: number, scale: number): number {
  if (value <= MINIMUM_NORMAL) return (MINIMUM_EXPONENT << scale) - 1
  scratch[0] = value
  const high = words[HIGH]!
  // a power of two is the upper bound of its bucket, and a logarithm might not hit it
  if ((high & 0xfffff) === 0 && words[1 - HIGH] === 0) return (((high >>> 20) - 1023) << scale) - 1
  const index = Math.floor(Math.log(value) * scaleFactors[scale]!)
  return Math.min(index, ((MAXIMUM_EXPONENT + 1) << scale) - 1)
}

function byExponent(value: number, shift: number): number {
  if (value < MINIMUM_NORMAL) return (MINIMUM_EXPONENT >> shift) - (shift < 2 ? 1 : 0)
  scratch[0] = value
  const high = words[HIGH]!
  const isPowerOfTwo = (high & 0xfffff) === 0 && words[1 - HIGH] === 0
  return ((high >>> 20) - 1023 - (isPowerOfTwo ? 1 : 0)) >> shift
}
