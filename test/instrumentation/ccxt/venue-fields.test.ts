import { describe, expect, it } from 'vitest'
import { conditionalType, originInReport, rawExecution } from '../../../src/instrumentation/ccxt/venue-fields.js'

describe('orders that the venue makes by itself', () => {
  it.each([
    ['Binance, liquidation', { c: 'autoclose-1' }],
    ['Binance, auto-deleveraging', { c: 'adl_autoclose' }],
    ['Binance, settlement', { c: 'settlement_autoclose-1' }],
    ['Binance, delivery', { clientOrderId: 'delivery_autoclose-1' }],
    ['Bybit, liquidation', { createType: 'CreateByLiq' }],
    ['Bybit, auto-deleveraging', { createType: 'CreateByAdl_PassThrough' }],
    ['Bybit, told by an execution', { execType: 'BustTrade' }],
    ['OKX, liquidation', { category: 'partial_liquidation' }],
    ['OKX, auto-deleveraging', { category: 'adl' }],
    ['Deribit', { is_liquidation: true }],
    ['Gate', { is_liq: true }],
    ['HTX', { liquidation_type: 1 }],
    ['Bitget, liquidation', { tradeSide: 'burst_close_long' }],
    ['Bitget, delivery', { tradeSide: 'delivery_close_short' }],
  ])('%s', (_name, info) => {
    expect(originInReport(info)).toBe('venue')
  })

  it.each([
    [{ c: 'my-autoclose-1' }],
    [{ createType: 'CreateByUser' }],
    [{ execType: 'Trade' }],
    [{ category: 'normal' }],
    [{ is_liquidation: false, is_liq: false }],
    [{ liquidation_type: '0' }],
    [{ tradeSide: 'close' }],
    [null],
    ['autoclose-1'],
  ])('%o is not one', info => {
    expect(originInReport(info)).toBeUndefined()
  })
})

describe('times of executions', () => {
  const execution = { x: 'TRADE', t: 1, l: '1', L: '1' }
  it.each([
    [1784000000123, 1784000000123],
    ['1784000000123456', 1784000000123.456],
    [1.784000000123e18, 1784000000123],
    [1784000000, undefined],
    [0, undefined],
    ['soon', undefined],
    [{}, undefined],
  ])('%o', (T, venueTime) => {
    expect(rawExecution({ ...execution, T })?.venueTime).toBe(venueTime)
  })
})

describe('types of conditional orders', () => {
  it.each([
    ['stop', { ot: 'STOP_MARKET' }, false],
    ['stop_limit', { ot: 'STOP' }, true],
    ['market_if_touched', { o: 'TAKE_PROFIT_MARKET' }, false],
    ['trailing_stop', { ot: 'TRAILING_STOP_MARKET' }, false],
    ['trailing_stop', { ordType: 'move_order_stop' }, false],
    ['trailing_stop', { stopOrderType: 'TrailingStop' }, false],
    ['market_if_touched', { stopOrderType: 'PartialTakeProfit' }, false],
    ['stop', { stopOrderType: 'Stop', triggerDirection: 2 }, false],
    ['limit_if_touched', { stopOrderType: 'Stop', triggerDirection: 1 }, true],
    [undefined, { stopOrderType: 'Stop', triggerDirection: 0 }, true],
    [undefined, { o: 'LIMIT' }, true],
    [undefined, 5, true],
  ] as const)('%s', (type, info, isLimit) => {
    expect(conditionalType(info, isLimit, 'sell')).toBe(type)
  })
})
