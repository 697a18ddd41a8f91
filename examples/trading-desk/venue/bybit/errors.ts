import type { Refusal } from '../order-checks.js'

/** A `retCode` other than 0, in an answer whose HTTP status is 200 all the same: https://bybit-exchange.github.io/docs/v5/error */
export class BybitError extends Error {
  readonly code: number
  readonly httpStatus: number

  constructor(code: number, message: string, httpStatus = 200) {
    super(message)
    this.code = code
    this.httpStatus = httpStatus
  }
}

const REFUSALS: Record<Refusal, readonly [code: number, message: string]> = {
  price_filter: [170134, 'Order price has too many decimals.'],
  percent_price: [170132, 'Order price is too high.'],
  lot_size: [170136, 'Order quantity exceeded lower limit.'],
  min_notional: [170140, 'Order value exceeded lower limit.'],
  too_many_orders: [170810, 'Cannot exceed maximum of 200 active orders.'],
  duplicate_client_id: [170141, 'Duplicate clientOrderId.'],
  insufficient_balance: [170131, 'Insufficient balance.'],
  would_match: [170218, 'The LIMIT-MAKER order is rejected due to invalid price.'],
  no_liquidity: [170196, 'Please note that your order may not be filled.'],
  unknown_order: [170213, 'Order does not exist.'],
  below_executed: [170149, 'The new quantity must be above what has been executed.'],
}

export function refusalError(reason: Refusal): BybitError {
  const [code, message] = REFUSALS[reason]
  return new BybitError(code, message)
}

export function parameterError(name: string): BybitError {
  return new BybitError(10001, `Request parameter error: ${name} is missing or invalid.`)
}
