import { type Decimal, multiply } from './decimal.js'
import type { Instrument } from './instrument.js'
import type { OrderType, Side, TimeInForce } from './order.js'

export interface OrderRequest {
  readonly instrument: Instrument
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Decimal
  /** 0 for market orders. */
  readonly price: Decimal
  readonly quoteQuantity: Decimal
  /** The venue makes one where the client gives none. */
  readonly clientId: string | undefined
}

/** Why the venue refuses an order or a cancel; every dialect has its own words for these. */
export type Refusal =
  | 'price_filter'
  | 'percent_price'
  | 'lot_size'
  | 'min_notional'
  | 'too_many_orders'
  | 'duplicate_client_id'
  | 'insufficient_balance'
  | 'would_match'
  | 'no_liquidity'
  | 'unknown_order'
  | 'below_executed'

/** The instrument's own rules, which need neither the book nor the account. */
export function checkFilters(request: OrderRequest, lastPrice: Decimal): Refusal | undefined {
  const { instrument, price, quantity } = request
  if (request.type !== 'market') {
    if (price <= 0n || price > instrument.maxPrice || price % instrument.tickSize !== 0n) return 'price_filter'
    if (price > lastPrice * 5n || price * 5n < lastPrice) return 'percent_price'
  }
  if (request.quoteQuantity > 0n) return request.quoteQuantity < instrument.minNotional ? 'min_notional' : undefined
  if (quantity < instrument.lotSize || quantity > instrument.maxQuantity || quantity % instrument.lotSize !== 0n) {
    return 'lot_size'
  }
  const notional = multiply(request.type === 'market' ? lastPrice : price, quantity)
  return notional < instrument.minNotional ? 'min_notional' : undefined
}
