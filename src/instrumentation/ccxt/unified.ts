/*
 * What ccxt hands out, as far as it is read here. Nothing in it is sure to be there: venues differ, users override
 * parsers, and every value may be a number, a string or missing.
 */

/** ccxt's unified order (https://docs.ccxt.com/?id=order-structure). */
export interface UnifiedOrder {
  readonly id?: unknown
  readonly clientOrderId?: unknown
  readonly timestamp?: unknown
  readonly lastTradeTimestamp?: unknown
  readonly lastUpdateTimestamp?: unknown
  readonly symbol?: unknown
  readonly type?: unknown
  readonly timeInForce?: unknown
  readonly postOnly?: unknown
  readonly side?: unknown
  readonly price?: unknown
  readonly triggerPrice?: unknown
  readonly amount?: unknown
  readonly filled?: unknown
  readonly remaining?: unknown
  readonly average?: unknown
  readonly cost?: unknown
  readonly status?: unknown
  readonly trades?: unknown
  /** What the venue sent. */
  readonly info?: unknown
}

/** ccxt's unified trade (https://docs.ccxt.com/?id=trade-structure). */
export interface UnifiedTrade {
  readonly id?: unknown
  readonly order?: unknown
  readonly timestamp?: unknown
  readonly symbol?: unknown
  readonly type?: unknown
  readonly side?: unknown
  readonly takerOrMaker?: unknown
  readonly price?: unknown
  readonly amount?: unknown
  readonly info?: unknown
}

/** An exchange object of ccxt, any copy and version of it. */
export interface CcxtExchange {
  readonly id?: unknown
  readonly apiKey?: unknown
  readonly walletAddress?: unknown
  readonly uid?: unknown
  readonly login?: unknown
  readonly secret?: unknown
  readonly password?: unknown
  readonly privateKey?: unknown
  readonly token?: unknown
  readonly isSandboxModeEnabled?: unknown
  readonly myTrades?: unknown
  amountToPrecision?(symbol: unknown, amount: unknown): unknown
  priceToPrecision?(symbol: unknown, price: unknown): unknown
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** No venue has ids that long; what is longer is none. */
const MAXIMUM_TEXT_LENGTH = 1024
/** Milliseconds of 1973 and of the year 5138: what is less or more has another unit, or no meaning. */
const EARLIEST_TIME = 1e11
const LATEST_TIME = 1e14

/** An id or a name: a string that isn't empty, or a number as one. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' || value.length > MAXIMUM_TEXT_LENGTH ? undefined : value
  if (typeof value === 'bigint' || Number.isFinite(value)) return String(value)
  return undefined
}

/** Whether a field is a text of these words. Most reports lack most fields: an expression is tried on what is there. */
export function says(value: unknown, words: RegExp): boolean {
  const word = text(value)
  return word !== undefined && words.test(word)
}

/** Milliseconds since 1970; venues that don't tell say 0 or nothing. */
export function timestamp(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && number >= EARLIEST_TIME && number < LATEST_TIME ? number : undefined
}
