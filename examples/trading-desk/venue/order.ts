import type { Account } from './account.js'
import type { Decimal } from './decimal.js'
import type { Instrument } from './instrument.js'

export type Side = 'buy' | 'sell'
export type OrderType = 'limit' | 'market' | 'limit_maker'
export type TimeInForce = 'gtc' | 'ioc' | 'fok'

/**
 * - `expired_in_match`: taken off the book because its own account's next order would have traded with it
 * - `rejected`: accepted at first, and refused by the book
 */
export type OrderStatus =
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'replaced'
  | 'expired'
  | 'expired_in_match'
  | 'rejected'

export interface Order {
  readonly id: number
  readonly clientId: string
  /** Else the venue made the client's id. */
  readonly namedByClient: boolean
  /** Nobody's for the other participants: their orders are in no one's books. */
  readonly account: Account | undefined
  readonly instrument: Instrument
  readonly side: Side
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  /** 0 for market orders. */
  price: Decimal
  quantity: Decimal
  /** What a market order may spend, where that was given in place of a quantity. */
  readonly quoteQuantity: Decimal
  executed: Decimal
  executedQuote: Decimal
  status: OrderStatus
  readonly createdAt: number
  updatedAt: number
  /** What the account has set aside for it: quote currency for a buy, base currency for a sell. */
  reserved: Decimal
  readonly executions: Execution[]
  /** Settles when the order has met the book for the first time. */
  matched: Promise<void>
}

export interface Execution {
  readonly id: number
  readonly price: Decimal
  readonly quantity: Decimal
  readonly liquidity: 'maker' | 'taker'
  readonly commission: Decimal
  readonly commissionAsset: string
  readonly time: number
  readonly order: Order
}

export interface Trade {
  readonly id: number
  readonly instrument: Instrument
  readonly price: Decimal
  readonly quantity: Decimal
  readonly buyOrderId: number
  readonly sellOrderId: number
  readonly takerSide: Side
  readonly time: number
}

export function isOpen(order: Order): boolean {
  return order.status === 'new' || order.status === 'partially_filled'
}

export function leaves(order: Order): Decimal {
  return order.quantity - order.executed
}
