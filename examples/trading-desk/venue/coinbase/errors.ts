import type { Refusal } from '../order-checks.js'

/** An answer with an HTTP status of its own. What is wrong with an order is told with 200 instead: see `Failure`. */
export class CoinbaseError extends Error {
  readonly httpStatus: number
  /** Sent as it is: some answers are no JSON. */
  readonly body: object | string

  constructor(httpStatus: number, body: object | string) {
    super(typeof body === 'string' ? body : JSON.stringify(body))
    this.httpStatus = httpStatus
    this.body = body
  }
}

function told(httpStatus: number, error: string, message: string): CoinbaseError {
  return new CoinbaseError(httpStatus, { error, error_details: message, message })
}

export const unauthorized = () => new CoinbaseError(401, 'Unauthorized\n')
export const rateLimited = () => told(429, 'rate_limit_exceeded', 'Rate limit exceeded')
export const invalidArgument = (message: string) => told(400, 'INVALID_ARGUMENT', message)
export const notFound = (message: string) => told(404, 'unknown', message)

/** https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/create-order */
export interface Failure {
  readonly error: string
  readonly message: string
  readonly preview: string
}

const FAILURES: Record<Refusal, Failure> = {
  price_filter: {
    error: 'INVALID_PRICE_PRECISION',
    message: 'Too many decimals in order price',
    preview: 'PREVIEW_INVALID_PRICE_PRECISION',
  },
  percent_price: {
    error: 'INVALID_LIMIT_PRICE',
    message: 'The limit price is too far from the market',
    preview: 'PREVIEW_INVALID_LIMIT_PRICE',
  },
  lot_size: {
    error: 'INVALID_SIZE_PRECISION',
    message: 'Too many decimals in order amount, or too small a size',
    preview: 'PREVIEW_INVALID_SIZE_PRECISION',
  },
  min_notional: {
    error: 'INVALID_ORDER_CONFIGURATION',
    message: 'The order is below the minimum size',
    preview: 'PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL',
  },
  too_many_orders: {
    error: 'UNKNOWN_FAILURE_REASON',
    message: 'Maximum number of open orders reached',
    preview: 'UNKNOWN_PREVIEW_FAILURE_REASON',
  },
  duplicate_client_id: {
    error: 'INVALID_REQUEST',
    message: 'Duplicate client_order_id',
    preview: 'UNKNOWN_PREVIEW_FAILURE_REASON',
  },
  insufficient_balance: {
    error: 'INSUFFICIENT_FUND',
    message: 'Insufficient balance in source account',
    preview: 'PREVIEW_INSUFFICIENT_FUND',
  },
  would_match: {
    error: 'INVALID_LIMIT_PRICE_POST_ONLY',
    message: 'The post only order would match at once',
    preview: 'PREVIEW_INVALID_LIMIT_PRICE_POST_ONLY',
  },
  no_liquidity: {
    error: 'INSUFFICIENT_LIQUIDITY',
    message: 'Nobody is there to trade with',
    preview: 'PREVIEW_INSUFFICIENT_LIQUIDITY',
  },
  unknown_order: { error: 'ORDER_NOT_FOUND', message: 'Order not found', preview: 'UNKNOWN_PREVIEW_FAILURE_REASON' },
  below_executed: {
    error: 'CANNOT_EDIT_TO_BELOW_FILLED_SIZE',
    message: 'The new size must be above what has been filled',
    preview: 'UNKNOWN_PREVIEW_FAILURE_REASON',
  },
}

export function failureOf(reason: Refusal): Failure {
  return FAILURES[reason]
}
