import type { OrderIntent } from './order-intent.js'

/** In quote currency. */
const MAX_NOTIONAL = 20_000
/** How far from the market a price may be, as a part of it. */
const PRICE_COLLAR = 0.05

/** The rule that the order breaks, or `undefined` where it may go on. */
export function brokenLimit(intent: OrderIntent): string | undefined {
  const price = intent.price ?? intent.referencePrice
  if (!(intent.quantity > 0 && price > 0)) return 'not_an_order'
  if (intent.quantity * price > MAX_NOTIONAL) return 'max_notional'
  if (Math.abs(price / intent.referencePrice - 1) > PRICE_COLLAR) return 'price_collar'
  return undefined
}
