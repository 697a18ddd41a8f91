import { describe, expect, it } from 'vitest'
import { clientIdsIn } from '../../../src/instrumentation/ccxt/client-ids.js'
import { WrittenDecimals } from '../../../src/instrumentation/ccxt/exact.js'

describe('client order ids in requests', () => {
  it.each([
    ['Binance', { params: { symbol: 'BTCUSDT', newClientOrderId: 'x-1', newOrderRespType: 'FULL' } }, ['x-1']],
    ['Binance cancel-replace', { cancelOrigClientOrderId: 'old', newClientOrderId: 'new' }, ['new']],
    ['OKX', { instId: 'BTC-USDT', clOrdId: 'e847386590ce4dBC' }, ['e847386590ce4dBC']],
    ['Bybit', { orderLinkId: 'link' }, ['link']],
    ['Coinbase', { client_order_id: 'uuid', order_configuration: { limit_limit_gtc: { base_size: '1' } } }, ['uuid']],
    ['Kraken', { cl_ord_id: 'k', pair: 'XBTUSD' }, ['k']],
    ['HTX', { 'client-order-id': 'AA03022abc' }, ['AA03022abc']],
    ['Gate', { text: 't-123', contract: 'BTC_USDT' }, ['t-123']],
    ['Gate, another text', { text: 'api' }, []],
    ['a WebSocket request', { id: '1', method: 'order.place', params: { newClientOrderId: 'ws-1' } }, ['ws-1']],
    ['a batch', { orders: [{ clOrdId: 'a' }, { clOrdId: 'b' }] }, ['a', 'b']],
    ['a batch as JSON', { batchOrders: '[{"newClientOrderId":"a"},{"newClientOrderId":"b"}]' }, ['a', 'b']],
    ['a login', { client_id: 'the-api-key', grant_type: 'client_credentials' }, []],
    ['broken JSON', { batchOrders: '[{' }, []],
    ['none', { symbol: 'BTCUSDT' }, []],
    ['nothing', undefined, []],
  ])('%s', (_name, request, expected) => {
    expect(clientIdsIn(request, ['the-api-key'])).toEqual(expected)
  })

  it('ends on a request that holds itself', () => {
    const request: Record<string, unknown> = { a: 1 }
    request.self = request
    expect(clientIdsIn(request, [])).toEqual([])
  })
})

describe("the venue's own decimals", () => {
  it.each([
    [0.1, { q: '0.10000000' }, '0.1'],
    [0.1, { q: '0.100000000000000001' }, '0.100000000000000001'],
    [Number('98765432109876543.21'), { data: { qty: '98765432109876543.21' } }, '98765432109876543.21'],
    [1e-7, {}, '0.0000001'],
    [1e21, {}, '1000000000000000000000'],
    ['1.2300', {}, '1.23'],
    [Number.NaN, {}, undefined],
    [undefined, { q: '1' }, undefined],
    ['12,5', {}, undefined],
  ])('%s', (value, info, expected) => {
    expect(new WrittenDecimals(info).exact(value)?.toString()).toBe(expected)
  })
})
