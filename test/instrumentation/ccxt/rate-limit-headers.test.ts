import { describe, expect, it } from 'vitest'
import {
  type KnownLimits,
  limitsInHeaders,
  limitsInList,
} from '../../../src/instrumentation/ccxt/rate-limit-headers.js'

const known = (): KnownLimits => new Map()

describe('rate limits in headers', () => {
  it("of Binance: what is used, each part of the venue by itself, against the venue's own list", () => {
    const limits = known()
    limitsInList(
      [
        { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
        { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 61000 },
      ],
      'fapiPublic',
      limits,
    )
    const headers = { 'X-MBX-USED-WEIGHT-1M': '24', 'x-mbx-order-count-10s': '3', 'x-mbx-used-weight': '24' }
    expect(limitsInHeaders(headers, 'fapiPrivateV2', 'fetchBalance', limits)).toEqual([
      { name: 'fapi.weight_1m', used: 24, limit: 2400, windowMs: 60_000 },
      { name: 'fapi.orders_10s', used: 3, limit: undefined, windowMs: 10_000 },
    ])
    expect(limitsInHeaders(headers, 'private', 'fetchBalance', limits)[0]).toMatchObject({
      name: 'weight_1m',
      limit: undefined,
    })
  })

  it('of Bybit: what is left, by operation', () => {
    const headers = new Headers({
      'X-Bapi-Limit': '10',
      'X-Bapi-Limit-Status': '7',
      'X-Bapi-Limit-Reset-Timestamp': String(Date.now() + 5000),
    })
    const [limit] = limitsInHeaders(headers, 'private', 'createOrder', known())
    expect(limit).toMatchObject({ name: 'requests', used: 3, limit: 10, operation: 'createOrder' })
    expect(limit!.windowMs).toBeGreaterThan(4000)
  })

  it.each([
    [undefined],
    [null],
    ['text'],
    [{}],
    [{ 'x-mbx-used-weight-1m': 'many', 'x-bapi-limit': '-1', 'x-bapi-limit-status': [] }],
    [{ 'x-mbx-used-weight-99999999999999999999y': '1' }],
  ])('of no use are none: %j', headers => expect(limitsInHeaders(headers, undefined, 'x', known())).toEqual([]))

  it.each([[undefined], [{}], [[null, 1, 'x', {}, { interval: '' }, { interval: 'MINUTE', rateLimitType: 'ORDERS' }]]])(
    'a list of no use: %j',
    list => expect(limitsInList(list, [], known())).toEqual([]),
  )
})
