import type { Decimal } from '../../order/decimal.js'

export function isPositive(value: Decimal): boolean {
  return !value.isZero && !value.isNegative
}
