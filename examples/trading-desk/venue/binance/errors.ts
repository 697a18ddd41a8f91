import type { Refusal } from '../order-checks.js'

/** An answer other than 200: https://developers.binance.com/docs/binance-spot-api-docs/errors */
export class BinanceError extends Error {
  readonly httpStatus: number
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, httpStatus = 400, data?: unknown) {
    super(message)
    this.code = code
    this.httpStatus = httpStatus
    this.data = data
  }

  toJSON(): object {
    return { code: this.code, msg: this.message, ...(this.data === undefined ? {} : { data: this.data }) }
  }
}

const REFUSALS: Record<Refusal, readonly [code: number, message: string]> = {
  price_filter: [-1013, 'Filter failure: PRICE_FILTER'],
  percent_price: [-1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
  lot_size: [-1013, 'Filter failure: LOT_SIZE'],
  min_notional: [-1013, 'Filter failure: NOTIONAL'],
  too_many_orders: [-1013, 'Filter failure: MAX_NUM_ORDERS'],
  duplicate_client_id: [-2010, 'Duplicate order sent.'],
  insufficient_balance: [-2010, 'Account has insufficient balance for requested action.'],
  would_match: [-2010, 'Order would immediately match and take.'],
  no_liquidity: [-2010, 'Order book liquidity is less than LOT_SIZE filter minimum quantity.'],
  unknown_order: [-2011, 'Unknown order sent.'],
  below_executed: [-2038, 'The new quantity must be above what has been executed.'],
}

export function refusalError(reason: Refusal): BinanceError {
  const [code, message] = REFUSALS[reason]
  return new BinanceError(code, message)
}

export function missingParameter(name: string): BinanceError {
  return new BinanceError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
}
