import ccxt from 'ccxt'
import { describe, expect, it } from 'vitest'
import { callMethods } from '../../../src/instrumentation/ccxt/methods.js'

const BY_ANOTHER = 'calls a method that is followed'

/** What ccxt has that speaks of orders or trades and isn't followed by itself, and why. */
const LEFT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['Limit', 'LimitBuy', 'LimitSell', 'Market', 'MarketBuy', 'MarketSell', 'PostOnly', 'ReduceOnly'],
      ...['StopLimit', 'StopLoss', 'StopMarket', 'Stop', 'TakeProfit', 'TrailingAmount', 'TrailingPercent', 'Trigger'],
    ].flatMap(kind => [
      [`create${kind}Order`, BY_ANOTHER],
      [`create${kind}OrderWs`, BY_ANOTHER],
    ]),
  ),
  ...Object.fromEntries(
    ['Market', 'MarketBuy', 'MarketSell'].flatMap(kind => [
      [`create${kind}OrderWithCost`, BY_ANOTHER],
      [`create${kind}OrderWithCostWs`, BY_ANOTHER],
    ]),
  ),
  createOrderWithTakeProfitAndStopLoss: BY_ANOTHER,
  createOrderWithTakeProfitAndStopLossWs: BY_ANOTHER,
  editOrderWithClientOrderId: BY_ANOTHER,
  cancelOrderWithClientOrderId: BY_ANOTHER,
  cancelOrdersWithClientOrderId: BY_ANOTHER,
  fetchOrderWithClientOrderId: BY_ANOTHER,
  createTwapOrder: 'an instruction to slice: the orders that come of it are told by the stream',
  cancelAllOrdersAfter: 'sets a timer at the venue: the cancels that come of it are told by the stream',
  createConvertTrade: 'an exchange of balances at a quote: no order',
  fetchConvertTrade: 'an exchange of balances at a quote: no order',
  fetchConvertTradeHistory: 'an exchange of balances at a quote: no order',
  ...Object.fromEntries(
    [
      ...['fetchOrderBook', 'fetchOrderBookWs', 'fetchOrderBooks', 'fetchL1OrderBook', 'fetchL2OrderBook'],
      ...['fetchL3OrderBook', 'watchOrderBook', 'watchOrderBookForSymbols', 'unWatchOrderBook'],
      ...['unWatchOrderBookForSymbols', 'unwatchOrderBook', 'unwatchOrderBookForSymbols'],
      ...['fetchTrades', 'fetchTradesWs', 'watchTrades', 'watchTradesForSymbols', 'unWatchTrades'],
      'unWatchTradesForSymbols',
    ].map(name => [name, 'public market data']),
  ),
  unWatchMyTrades: 'ends a subscription: no order changes',
  unWatchOrders: 'ends a subscription: no order changes',
  unWatchOrdersForSymbols: 'ends a subscription: no order changes',
}

/** Every class of every exchange, REST and pro, each once. */
function* classes(): Generator<{ readonly prototype: Record<string, unknown>; readonly name: string }> {
  const seen = new Set<unknown>()
  const all = ccxt as unknown as Record<string, unknown> & { readonly pro: Record<string, unknown> }
  for (const id of ccxt.exchanges) {
    for (const root of [all.pro[id], all[id]]) {
      for (let of = root; typeof of === 'function' && of.prototype !== undefined; of = Object.getPrototypeOf(of)) {
        if (seen.has(of)) continue
        seen.add(of)
        yield of as never
      }
    }
  }
}

function sourceOf(prototype: object, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value
  return typeof value === 'function' ? String(value) : undefined
}

describe('methods of ccxt that place, change, cancel or report orders', () => {
  it('are each followed or knowingly left, on every exchange', () => {
    const told = new Set<string>()
    const all = ccxt as unknown as Record<string, new () => { has: object }> & {
      readonly pro: Record<string, new () => { has: object }>
    }
    for (const id of ccxt.exchanges) {
      const exchange = new (all.pro[id] ?? all[id]!)()
      for (const name of Object.keys(exchange.has)) if (/order|trade|closeAllPos|closePos/i.test(name)) told.add(name)
    }
    expect(told.size).toBeGreaterThan(100)
    const followed = new Set(callMethods.keys())
    expect([...told].filter(name => !followed.has(name) && LEFT[name] === undefined)).toEqual([])
    expect(Object.keys(LEFT).filter(name => !told.has(name) || followed.has(name))).toEqual([])
  })

  it('that are left since they call another do so, whichever exchange has its own', () => {
    const variants = new Set(Object.keys(LEFT).filter(name => LEFT[name] === BY_ANOTHER))
    const passing = new Set([...callMethods.keys(), ...variants])
    const alone: string[] = []
    let seen = 0
    for (const { prototype, name: className } of classes()) {
      for (const name of variants) {
        const source = sourceOf(prototype, name)
        if (source === undefined) continue
        seen++
        const calls = [...source.matchAll(/this\.(\w+)\(/g)].map(match => match[1]!)
        if (!calls.some(call => call !== name && passing.has(call))) alone.push(`${className}.${name}`)
      }
    }
    expect(seen).toBeGreaterThan(80)
    expect(alone).toEqual([])
  })
})
