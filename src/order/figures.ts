import { Decimal } from './decimal.js'

/** Digits of an average price after the point: venues round to 8 or 12. */
const AVERAGE_SCALE = 12
/** Reported averages with so few places are compared at half a cent. */
const WHOLE_TOLERANCE = new Decimal(5, undefined, 3)

/** Σ(quantity × price) ÷ Σ quantity; `undefined` where nothing was executed. */
export function averageOf(notional: Decimal, quantity: Decimal): Decimal | undefined {
  if (quantity.isZero || quantity.isNegative) return undefined
  return notional.divide(quantity, Math.max(AVERAGE_SCALE, notional.scale - quantity.scale + 6))
}

/**
 * Whether a venue's average price is the computed one, within its rounding: one unit of its last place, for venues
 * round or cut, and drop trailing zeros.
 */
export function isSameAverage(computed: Decimal, reported: Decimal): boolean {
  const difference = computed.subtract(reported)
  if (difference.isZero) return true
  const distance = difference.isNegative ? reported.subtract(computed) : difference
  // a venue that rounds to n places and trims zeros can be off by half a unit of place n, never of the place told
  const places = reported.scale
  return distance.compare(places === 0 ? WHOLE_TOLERANCE : new Decimal(1, undefined, places)) < 0
}
