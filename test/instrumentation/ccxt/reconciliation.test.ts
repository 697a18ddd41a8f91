import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type CannedVenue,
  type Exchange,
  exchangeAt,
  follow,
  market,
  receive,
  startCannedVenue,
} from './canned-venue.js'
import { instrumentation, type Lab, sentences, startLab } from './ccxt-lab.js'

let lab: Lab
let server: CannedVenue
beforeEach(async () => {
  server = await startCannedVenue()
  lab = await startLab()
})
afterEach(async () => {
  await server.close()
  await lab.close()
  expect(sentences).toEqual([])
})

const SYMBOL = 'BTC/USDT'
const FILLS = [
  { id: 71, quantity: '0.30', price: '50000.00' },
  { id: 72, quantity: '0.50', price: '49999.50' },
  { id: 73, quantity: '0.20', price: '49999.00' },
] as const

/** An order of 1 that fills in three parts, or is canceled after the second: what the venue knows at each stage. */
class Life {
  readonly #end: 'filled' | 'canceled'
  readonly #time: number
  constructor(end: 'filled' | 'canceled', time: number) {
    this.#end = end
    this.#time = time
  }
  /** 0 new, 1 and 2 partly filled, 3 ended. */
  fills(stage: number) {
    return FILLS.slice(0, this.#end === 'canceled' ? Math.min(stage, 2) : stage)
  }
  facts(stage: number) {
    const fills = this.fills(stage)
    const executed = fills.reduce((sum, { quantity }) => sum + Number(quantity), 0)
    const cost = fills.reduce((sum, { quantity, price }) => sum + Number(quantity) * Number(price), 0)
    const ended = this.#end === 'filled' ? 'FILLED' : 'CANCELED'
    const status = stage === 3 ? ended : stage === 0 ? 'NEW' : 'PARTIALLY_FILLED'
    return { executed: executed.toFixed(8), cost: cost.toFixed(8), status, time: this.#time + stage * 10 }
  }
  order(stage: number) {
    const { executed, cost, status, time } = this.facts(stage)
    return {
      symbol: 'BTCUSDT',
      orderId: 9,
      orderListId: -1,
      clientOrderId: 'mine',
      price: '50000.00',
      origQty: '1.00000000',
      executedQty: executed,
      cummulativeQuoteQty: cost,
      status,
      timeInForce: 'GTC',
      type: 'LIMIT',
      side: 'BUY',
      stopPrice: '0.0',
      icebergQty: '0.0',
      time: this.#time,
      updateTime: time,
      isWorking: true,
    }
  }
  trades(stage: number, from = 0) {
    return this.fills(stage)
      .slice(from)
      .map(({ id, quantity, price }, index) => ({
        symbol: 'BTCUSDT',
        id,
        orderId: 9,
        orderListId: -1,
        price,
        qty: quantity,
        quoteQty: '1',
        commission: '0',
        commissionAsset: 'BTC',
        time: this.#time + (from + index + 1) * 10,
        isBuyer: true,
        isMaker: true,
        isBestMatch: true,
      }))
  }
  report(stage: number) {
    const { executed, cost, status, time } = this.facts(stage)
    const before = this.fills(stage - 1).length
    const last = stage > 0 ? this.fills(stage)[before] : undefined
    return {
      e: 'executionReport',
      E: time,
      s: 'BTCUSDT',
      c: 'mine',
      S: 'BUY',
      o: 'LIMIT',
      f: 'GTC',
      q: '1.00000000',
      p: '50000.00',
      P: '0.0',
      C: '',
      x: last === undefined ? (stage === 0 ? 'NEW' : 'CANCELED') : 'TRADE',
      X: status,
      r: 'NONE',
      i: 9,
      l: last?.quantity ?? '0.0',
      z: executed,
      L: last?.price ?? '0.0',
      T: time,
      t: last?.id ?? -1,
      n: '0',
      N: 'BTC',
      m: true,
      O: this.#time,
      Z: cost,
    }
  }
}

/** One thing that is told; `lag`: how many stages the answer is behind what is true by then. */
type Telling =
  | { readonly by: 'stream'; readonly skip: boolean; readonly again: boolean }
  | { readonly by: 'fetchOrder' | 'fetchOpenOrders' | 'fetchClosedOrders' | 'fetchOrders'; readonly lag: number }
  | { readonly by: 'fetchMyTrades' | 'fetchOrderTrades'; readonly lag: number; readonly from: number }

async function ask(client: Exchange, life: Life, stage: number, telling: Exclude<Telling, { by: 'stream' }>) {
  const seen = Math.max(0, stage - telling.lag)
  const order = life.order(seen)
  const ended = seen === 3
  server.answer(/GET .*order$/, order)
  server.answer(/GET .*openOrders/, ended ? [] : [order])
  server.answer(/GET .*allOrders/, [order])
  if ('from' in telling) server.answer(/GET .*myTrades/, life.trades(seen, telling.from))
  if (telling.by === 'fetchOrder' || telling.by === 'fetchOrderTrades') await client[telling.by]('9', SYMBOL)
  else await client[telling.by](SYMBOL)
}

const telling: fc.Arbitrary<Telling> = fc.oneof(
  fc.record({ by: fc.constant('stream' as const), skip: fc.boolean(), again: fc.boolean() }),
  fc.record({
    by: fc.constantFrom(
      'fetchOrder' as const,
      'fetchOpenOrders' as const,
      'fetchClosedOrders' as const,
      'fetchOrders' as const,
    ),
    lag: fc.nat(2),
  }),
  fc.record({
    by: fc.constantFrom('fetchMyTrades' as const, 'fetchOrderTrades' as const),
    lag: fc.nat(2),
    from: fc.nat(2),
  }),
)

let accounts = 0

async function live(
  end: 'filled' | 'canceled',
  own: boolean,
  tellings: readonly (readonly Telling[])[],
): Promise<void> {
  const before = lab.events.length
  const client = exchangeAt('binance', server.url, `reconciled-${++accounts}`, [market('BTCUSDT', SYMBOL)])
  const life = new Life(end, Date.now() + 1000)
  if (own) {
    server.answer(/POST .*order$/, { ...life.order(0), transactTime: Date.now() })
    await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000, { clientOrderId: 'mine' })
  }
  for (const [stage, told] of tellings.entries()) {
    for (const one of told) {
      if (one.by !== 'stream') await ask(client, life, stage, one)
      else if (!one.skip) for (let times = one.again ? 2 : 1; times > 0; times--) receive(client, life.report(stage))
    }
  }
  await ask(client, life, 3, { by: 'fetchMyTrades', lag: 0, from: 0 })
  await ask(client, life, 3, { by: 'fetchOrder', lag: 0 })
  instrumentation.flush()

  const events = lab.events.slice(before)
  const { orders, anomalies } = follow(events)
  const { executed, status } = life.facts(3)
  const about = JSON.stringify(events, undefined, 1)
  expect(orders.length, about).toBe(1)
  expect(Number(orders[0]!.cumulativeQuantity), about).toBe(Number(executed))
  expect(orders[0], about).toMatchObject({
    status: status.toLowerCase(),
    // what had traded before somebody told of the order is where it starts
    executionCount: own ? life.fills(3).length : expect.any(Number),
    quantity: '1',
    origin: own ? 'own' : 'external',
  })
  const surprising = anomalies.filter(
    text => !/^(late_fill|unknown_order|fill_before_ack|implied_ack|late_ack)/.test(text),
  )
  expect(surprising, about).toEqual([])
  for (const event of events) {
    expect(['request', 'stream', 'reconciliation', 'inferred', undefined]).toContain(event.source)
  }
}

describe('what the stream tells and what is asked for, in any order, any number of times, late or not', () => {
  it.each([
    ['filled', true],
    ['canceled', true],
    ['filled', false],
    ['canceled', false],
  ] as const)(
    'an order that is %s, made here: %s',
    async (end, own) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(telling, { maxLength: 3 }), { minLength: 4, maxLength: 4 }), tellings =>
          live(end, own, tellings),
        ),
        { numRuns: 30 },
      )
    },
    60_000,
  )
})

describe('after a lost stream', () => {
  it('what only a question told is reconciliation, and names no execution twice', async () => {
    const client = exchangeAt('binance', server.url, lab.apiKey, [market('BTCUSDT', SYMBOL)])
    const life = new Life('filled', Date.now() + 1000)
    server.answer(/POST .*order$/, { ...life.order(0), transactTime: Date.now() })
    await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000, { clientOrderId: 'mine' })
    receive(client, life.report(1))
    // the socket is gone; two fills are missed
    await ask(client, life, 3, { by: 'fetchMyTrades', lag: 0, from: 1 })
    await ask(client, life, 3, { by: 'fetchMyTrades', lag: 0, from: 0 })
    await ask(client, life, 3, { by: 'fetchOrder', lag: 0 })
    // it is back, and tells what was asked already
    receive(client, life.report(2))
    receive(client, life.report(3))
    const trades = lab.events.filter(({ type }) => type === 'trade')
    expect(trades.map(event => ('executionId' in event ? `${event.executionId} ${event.source}` : ''))).toEqual([
      '71 stream',
      '72 reconciliation',
      '73 reconciliation',
    ])
  })

  it('an answer that is older than the stream takes nothing back', async () => {
    const client = exchangeAt('binance', server.url, lab.apiKey, [market('BTCUSDT', SYMBOL)])
    const life = new Life('canceled', Date.now() + 1000)
    server.answer(/POST .*order$/, { ...life.order(0), transactTime: Date.now() })
    await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000, { clientOrderId: 'mine' })
    for (const stage of [1, 2, 3]) receive(client, life.report(stage))
    const before = lab.events.length
    for (const by of ['fetchOrder', 'fetchOpenOrders', 'fetchOrders'] as const) {
      for (const stage of [0, 1, 2]) await ask(client, life, stage, { by, lag: 0 })
    }
    expect(lab.events.slice(before)).toEqual([])
  })

  it('totals first, the executions behind them afterwards: each takes its place', async () => {
    const client = exchangeAt('binance', server.url, lab.apiKey, [market('BTCUSDT', SYMBOL)])
    const life = new Life('filled', Date.now() + 1000)
    server.answer(/POST .*order$/, { ...life.order(0), transactTime: Date.now() })
    await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000, { clientOrderId: 'mine' })
    await ask(client, life, 3, { by: 'fetchOrder', lag: 0 })
    expect(lab.events.filter(({ source }) => source === 'inferred')).toHaveLength(1)
    await ask(client, life, 3, { by: 'fetchMyTrades', lag: 0, from: 2 })
    await ask(client, life, 3, { by: 'fetchMyTrades', lag: 0, from: 0 })
    const { orders, anomalies } = follow(lab.events)
    expect(orders).toMatchObject([{ status: 'filled', cumulativeQuantity: '1', executionCount: 3 }])
    expect(anomalies).toEqual([])
  })
})
