import type { CancelRejectReason, RejectReason } from '../../order/event.js'
import { redactSecrets } from './secrets.js'
import { type CcxtExchange, isObject } from './unified.js'

/**
 * What became of a request that ended with an error:
 * - `refused`: the venue answered no
 * - `turned_away`: the venue answered that it didn't look at it (rate limit, clock, maintenance): it can be sent again
 * - `not_sent`: it never left this process
 * - `unknown`: nobody knows
 */
export type Fate = 'refused' | 'turned_away' | 'not_sent' | 'unknown'

export interface Failure {
  readonly fate: Fate
  /** Class of the error, as ccxt names it. */
  readonly errorType: string
  readonly text: string | undefined
  readonly rejectReason: RejectReason
  readonly cancelRejectReason: CancelRejectReason | undefined
  /** It may well work the next time. */
  readonly temporary: boolean
  /** The venue knows an order by this client id already. */
  readonly duplicate: boolean
}

const MAXIMUM_TEXT = 500

/**
 * Judges an error by the names of its classes: `instanceof` fails between ccxt's CommonJS and ES-module copies.
 *
 * @param requested whether anything but a question had been handed over to the venue
 */
export function judge(error: unknown, requested: boolean, exchange: CcxtExchange): Failure {
  const classes = classNames(error)
  const message = messageOf(error)
  const is = (...names: string[]) => names.some(name => classes.has(name))
  const duplicate = is('DuplicateOrderId') || /duplicate (order|client|cl_?ord)/i.test(message)
  return {
    fate: requested ? fateOf(is, message) : 'not_sent',
    errorType: classes.values().next().value ?? 'Error',
    text: readable(message, exchange),
    rejectReason: rejectReason(is, message, duplicate),
    temporary: is('OperationFailed', 'NetworkError'),
    cancelRejectReason: cancelRejectReason(is, message),
    duplicate,
  }
}

type Is = (...names: string[]) => boolean

function fateOf(is: Is, message: string): Fate {
  if (is('RateLimitExceeded', 'DDoSProtection', 'InvalidNonce', 'OnMaintenance')) return 'turned_away'
  // the application closed the connection on which the answer would have come
  if (is('ExchangeClosedByUser')) return 'unknown'
  // no connection, so nothing went over it
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|Connect Timeout/.test(message)) return 'not_sent'
  // ccxt's class for most bare HTTP statuses; those of 400 to 499 are a clear no, except "request timeout"
  if (is('ExchangeNotAvailable') && / 4(?!08)\d\d /.test(message)) return 'refused'
  // OperationFailed: network errors, time-outs, answers that couldn't be read
  if (is('OperationFailed', 'NetworkError')) return 'unknown'
  return is('BaseError', 'ExchangeError') ? 'refused' : 'unknown'
}

function rejectReason(is: Is, message: string, duplicate: boolean): RejectReason {
  if (duplicate) return 'duplicate_order'
  // a batch tells of each order without a class
  if (is('InsufficientFunds') || /insufficient(?! liquidity)|not.enough/i.test(message)) return 'insufficient_funds'
  if (is('RateLimitExceeded', 'DDoSProtection')) return 'rate_limited'
  if (is('BadSymbol', 'ContractUnavailable')) return 'unknown_symbol'
  if (is('OrderImmediatelyFillable') || /immediately (match|fill|trigger|execute)|post.?only/i.test(message)) {
    return 'post_only'
  }
  if (is('MarketClosed', 'OnMaintenance')) return 'exchange_closed'
  if (is('AuthenticationError', 'PermissionDenied', 'RestrictedLocation', 'ManualInteractionNeeded')) {
    return 'permission'
  }
  if (is('NotSupported')) return 'not_supported'
  if (/self.?trade/i.test(message)) return 'self_trade'
  if (/PERCENT_PRICE|price (band|limit|out of)/i.test(message)) return 'price_band'
  if (/MAX_NUM|MAX_POSITION|too many|exceed/i.test(message)) return 'exceeds_limit'
  if (/LOT_SIZE|NOTIONAL|quantity|amount|minimum size|order size/i.test(message)) return 'invalid_quantity'
  if (/PRICE_FILTER|tick.?size|invalid price/i.test(message)) return 'invalid_price'
  if (is('OrderNotFound')) return 'unknown_order'
  if (is('InvalidOrder', 'BadRequest', 'ArgumentsRequired')) return 'invalid_order'
  return 'other'
}

/** `undefined` where the order isn't known to the venue: what is known of the order says why. */
function cancelRejectReason(is: Is, message: string): CancelRejectReason | undefined {
  // Binance tells of a failed cancel inside the error of a cancel-replace: https://developers.binance.com/docs/binance-spot-api-docs/errors
  if (is('OrderNotFound', 'OrderNotCached') || /"code":\s*-2011\b/.test(message)) return undefined
  if (is('CancelPending') || /pending.cancel|already.*cancel/i.test(message)) return 'already_pending'
  if (is('DuplicateOrderId')) return 'duplicate_client_id'
  return 'other'
}

function messageOf(error: unknown): string {
  if (isObject(error)) return typeof error.message === 'string' ? error.message : ''
  return String(error)
}

function classNames(error: unknown): Set<string> {
  const names = new Set<string>()
  if (!isObject(error)) return names.add(typeof error)
  for (
    let prototype = Object.getPrototypeOf(error);
    isObject(prototype);
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const name = (prototype.constructor as { name?: unknown } | undefined)?.name
    if (typeof name === 'string' && name !== '' && name !== 'Object') names.add(name)
  }
  return names
}

/** Without query strings, which carry signatures, and without the account's secrets. */
function readable(message: string, exchange: CcxtExchange): string | undefined {
  const clean = redactSecrets(message, exchange)
  return clean === '' ? undefined : clean.slice(0, MAXIMUM_TEXT)
}
