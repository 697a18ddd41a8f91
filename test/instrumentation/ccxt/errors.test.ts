import ccxt from 'ccxt'
import { describe, expect, it } from 'vitest'
import { judge } from '../../../src/instrumentation/ccxt/errors.js'

const exchange = { apiKey: 'an-api-key', secret: 'a-secret' }

describe('what an error says of an order', () => {
  it.each([
    ['RequestTimeout', 'binance POST https://x/order request timed out (10000 ms)', 'unknown', 'other'],
    ['NetworkError', 'binance POST https://x/order fetch failed: read ECONNRESET', 'unknown', 'other'],
    [
      'NetworkError',
      'binance POST https://x/order fetch failed: connect ECONNREFUSED 1.2.3.4:443',
      'not_sent',
      'other',
    ],
    ['ExchangeNotAvailable', 'binance POST https://x/order 503 Service Unavailable', 'unknown', 'other'],
    ['ExchangeNotAvailable', 'binance POST https://x/order 403 Forbidden', 'refused', 'other'],
    ['BadResponse', 'binance returned what is no JSON', 'unknown', 'other'],
    ['RateLimitExceeded', 'binance 429 Too Many Requests', 'turned_away', 'rate_limited'],
    ['DDoSProtection', "binance 418 I'm a teapot", 'turned_away', 'rate_limited'],
    ['InvalidNonce', 'binance {"code":-1021}', 'turned_away', 'other'],
    ['OnMaintenance', 'okx maintenance', 'turned_away', 'exchange_closed'],
    ['InsufficientFunds', 'binance Account has insufficient balance', 'refused', 'insufficient_funds'],
    ['OrderImmediatelyFillable', 'would take', 'refused', 'post_only'],
    ['InvalidOrder', 'binance Order would immediately match and take.', 'refused', 'post_only'],
    ['InvalidOrder', 'binance Filter failure: LOT_SIZE', 'refused', 'invalid_quantity'],
    ['InvalidOrder', 'binance Filter failure: NOTIONAL', 'refused', 'invalid_quantity'],
    ['InvalidOrder', 'binance Filter failure: PRICE_FILTER', 'refused', 'invalid_price'],
    ['InvalidOrder', 'binance Filter failure: PERCENT_PRICE_BY_SIDE', 'refused', 'price_band'],
    ['InvalidOrder', 'binance Filter failure: MAX_NUM_ORDERS', 'refused', 'exceeds_limit'],
    ['InvalidOrder', 'something else', 'refused', 'invalid_order'],
    ['DuplicateOrderId', 'okx', 'refused', 'duplicate_order'],
    ['BadSymbol', 'no such market', 'refused', 'unknown_symbol'],
    ['PermissionDenied', 'no', 'refused', 'permission'],
    ['AuthenticationError', 'no', 'refused', 'permission'],
    ['MarketClosed', 'no', 'refused', 'exchange_closed'],
    ['NotSupported', 'no', 'refused', 'not_supported'],
    ['ExchangeError', 'no', 'refused', 'other'],
  ] as const)('%s: %s', (name, message, fate, rejectReason) => {
    const failure = judge(new ccxt[name](message), true, exchange)
    expect(failure).toMatchObject({ fate, rejectReason, errorType: name })
  })

  it.each([
    ['OrderNotFound', 'no such order', undefined],
    [
      'ExchangeError',
      'binance {"code":-2022,"data":{"cancelResponse":{"code":-2011,"msg":"Unknown order sent."}}}',
      undefined,
    ],
    ['CancelPending', 'wait', 'already_pending'],
    ['PermissionDenied', 'no', 'other'],
  ] as const)('as a refused cancel, %s: %s', (name, message, reason) => {
    expect(judge(new ccxt[name](message), true, exchange).cancelRejectReason).toBe(reason)
  })

  it('goes by names: the class of the other copy, and of a user', () => {
    class RateLimitExceeded extends Error {}
    class MyOwn extends RateLimitExceeded {}
    expect(judge(new MyOwn('x'), true, exchange)).toMatchObject({ fate: 'turned_away', errorType: 'MyOwn' })
  })

  it.each([[undefined], [null], ['text'], [5], [Object.create(null)], [new Error()]])(
    'takes whatever is thrown: %s',
    error => {
      expect(judge(error, true, exchange).fate).toBe('unknown')
      expect(judge(error, false, exchange).fate).toBe('not_sent')
    },
  )

  it('leaves out secrets and query strings, and is bounded', () => {
    const { text } = judge(
      new Error(`GET https://x/y?signature=abc&k=1 an-api-key a-secret ${'z'.repeat(9999)}`),
      true,
      exchange,
    )
    expect(text).toMatch(/^GET https:\/\/x\/y … … z+$/)
    expect(text!.length).toBeLessThanOrEqual(500)
  })
})
