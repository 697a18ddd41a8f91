import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OrderEvent } from '../../../src/order/event.js'
import { createTracker } from '../../../src/order/tracker.js'
import { ccxt, instrumentation, type Lab, sentences, startLab } from './ccxt-lab.js'

/** Nothing is connected here: messages are given to ccxt as its sockets would. */
let lab: Lab
let events: readonly OrderEvent[]
beforeEach(async () => {
  lab = await startLab()
  events = lab.events
})
afterEach(() => lab.close())

const spot = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  baseId: 'BTC',
  quoteId: 'USDT',
  type: 'spot',
  spot: true,
  swap: false,
  contract: false,
  active: true,
  precision: { amount: 1e-18, price: 0.01 },
  limits: {},
  info: {},
}
const swap = {
  ...spot,
  symbol: 'BTC/USDT:USDT',
  settle: 'USDT',
  settleId: 'USDT',
  type: 'swap',
  spot: false,
  swap: true,
  linear: true,
  contract: true,
  contractSize: 1,
}

type Pro = InstanceType<typeof ccxt.pro.binance>

function exchangeOf(venue: 'binance' | 'bybit' | 'okx' | 'kraken', id: string): Pro {
  const exchange = new ccxt.pro[venue]({ apiKey: lab.apiKey, secret: 's', password: 'p' }) as unknown as Pro
  exchange.setMarkets([
    { ...spot, id },
    { ...swap, id: venue === 'okx' ? 'BTC-USDT-SWAP' : id },
  ] as never)
  return exchange
}

function receive(exchange: Pro, message: unknown, url = 'wss://venue.invalid/v5/private'): void {
  exchange.handleMessage(exchange.client(url) as never, structuredClone(message) as never)
}

const told = () =>
  events.map(event => {
    const quantity = 'lastQuantity' in event ? ` ${event.lastQuantity}` : ''
    const id = 'executionId' in event ? ` ${event.executionId}` : ''
    return `${event.type}${id}${quantity}`
  })

const executionReport = (facts: Record<string, unknown>) => ({
  subscriptionId: 0,
  event: {
    e: 'executionReport',
    E: 1499405658658,
    s: 'BTCUSDT',
    c: 'client-1',
    S: 'BUY',
    o: 'LIMIT',
    f: 'GTC',
    q: '1.00000000',
    p: '60000.00000000',
    P: '0.00000000',
    C: '',
    x: 'NEW',
    X: 'NEW',
    r: 'NONE',
    i: 4293153,
    l: '0.00000000',
    z: '0.00000000',
    L: '0.00000000',
    T: 1499405658657,
    t: -1,
    n: '0.1',
    N: 'USDT',
    m: false,
    O: 1499405658657,
    Z: '0.00000000',
    ...facts,
  },
})

describe('Binance', () => {
  const fill = executionReport({ x: 'TRADE', X: 'PARTIALLY_FILLED', l: '0.4', z: '0.4', L: '60000', t: 7, m: true })

  it('counts an execution once, however often it is told', () => {
    const exchange = exchangeOf('binance', 'BTCUSDT')
    for (const message of [executionReport({}), fill, fill, executionReport({}), fill]) receive(exchange, message)
    expect(told()).toEqual(['ack', 'trade 7 0.4'])
    expect(events[1]).toMatchObject({ lastPrice: '60000', liquidity: 'maker', source: 'stream', orderId: '4293153' })
  })

  it('takes the decimals of the venue where a number would lose digits', () => {
    const exchange = exchangeOf('binance', 'BTCUSDT')
    const q = '98765432109876543.21'
    receive(exchange, executionReport({ q, p: '0.000000000123456789' }))
    receive(exchange, executionReport({ q, x: 'TRADE', X: 'FILLED', l: q, z: q, L: '0.000000000123456789', t: 8 }))
    expect(events[0]).toMatchObject({ quantity: q, price: '0.000000000123456789', reported: { quantity: q } })
    expect(events[1]).toMatchObject({ lastQuantity: q, lastPrice: '0.000000000123456789' })
  })

  it('reads a cancel under the id of the order, not of the cancel', () => {
    const exchange = exchangeOf('binance', 'BTCUSDT')
    receive(exchange, executionReport({}))
    receive(exchange, executionReport({ x: 'CANCELED', X: 'CANCELED', c: 'cancel-9', C: 'client-1' }))
    receive(exchange, executionReport({ x: 'CANCELED', X: 'CANCELED', c: 'cancel-9', C: 'client-1' }))
    expect(told()).toEqual(['ack', 'canceled'])
    expect(new Set(events.map(({ clientId }) => clientId))).toEqual(new Set(['client-1']))
  })

  it('starts in the middle of an order: what had traded before is no execution', () => {
    const exchange = exchangeOf('binance', 'BTCUSDT')
    receive(exchange, executionReport({ x: 'TRADE', X: 'PARTIALLY_FILLED', l: '0.1', z: '0.7', L: '60000', t: 9 }))
    expect(told()).toEqual(['status', 'trade 9 0.1'])
    expect(events[0]).toMatchObject({ origin: 'external', reported: { cumulativeQuantity: '0.6' } })
  })

  it.each([
    ['autoclose-1234567890', 'CALCULATED', 'FILLED'],
    ['adl_autoclose_12345', 'CALCULATED', 'NEW_ADL'],
  ])('%s is an order of the venue', (c, x, X) => {
    const exchange = exchangeOf('binance', 'BTCUSDT')
    const { event } = executionReport({
      c,
      x,
      X,
      o: 'LIMIT',
      q: '0.014',
      l: '0.014',
      z: '0.014',
      L: '9910.12',
      t: 5,
      ps: 'LONG',
    })
    receive(exchange, { e: 'ORDER_TRADE_UPDATE', T: 1, E: 1, o: event })
    expect(events).toMatchObject([
      { type: 'status', origin: 'venue', quantity: '0.014', reported: { status: 'new', cumulativeQuantity: '0' } },
      { type: 'trade', origin: 'venue', lastQuantity: '0.014', executionId: '5' },
    ])
  })

  it('tells orders of two markets apart that have the same number', () => {
    const exchange = exchangeOf('binance', 'BTCUSDT')
    const eth = { s: 'ETHUSDT', c: 'client-2' }
    exchange.setMarkets([
      { ...spot, id: 'BTCUSDT' },
      { ...spot, id: 'ETHUSDT', symbol: 'ETH/USDT', base: 'ETH', baseId: 'ETH' },
    ] as never)
    const tracker = createTracker({ venue: 'binance' })
    const filled = { x: 'TRADE', X: 'FILLED', l: '1', z: '1', L: '60000', t: 7 }
    for (const message of [{}, eth, filled, { ...filled, ...eth }]) receive(exchange, executionReport(message))
    for (const event of events) tracker.apply(event)
    expect(told()).toEqual(['ack', 'ack', 'trade 7 1', 'trade 7 1'])
    expect(tracker.get('client-1')).toMatchObject({ status: 'filled', symbol: 'BTC/USDT', executionCount: 1 })
    expect(tracker.get('client-2')).toMatchObject({ status: 'filled', symbol: 'ETH/USDT', executionCount: 1 })
  })

  it("doesn't take the trades of the market for the account's", () => {
    const exchange = exchangeOf('binance', 'BTCUSDT')
    receive(
      exchange,
      { e: 'trade', s: 'BTCUSDT', t: 1, p: '1', q: '1', b: 4293153, a: 2, T: 1, m: false },
      'wss://x/stream',
    )
    expect(events).toEqual([])
  })

  it('keeps what it read when ccxt changes its objects later', () => {
    const exchange = exchangeOf('binance', 'BTCUSDT')
    receive(exchange, executionReport({}))
    const before = structuredClone(events)
    receive(exchange, fill)
    expect(events.slice(0, 1)).toEqual(before)
  })
})

describe('venues that tell orders and executions apart', () => {
  const order = (facts: Record<string, unknown>) => ({
    id: '1',
    topic: 'order',
    creationTime: 1672364262474,
    data: [
      {
        category: 'linear',
        symbol: 'BTCUSDT',
        orderId: 'o-1',
        orderLinkId: 'link-1',
        side: 'Sell',
        orderType: 'Limit',
        price: '30000.50',
        qty: '0.100',
        timeInForce: 'GTC',
        orderStatus: 'New',
        cumExecQty: '0',
        cumExecValue: '0',
        avgPrice: '',
        createdTime: '1672364262444',
        updatedTime: '1672364262457',
        rejectReason: 'EC_NoError',
        createType: 'CreateByUser',
        ...facts,
      },
    ],
  })
  const execution = (execId: string, execQty: string) => ({
    topic: 'execution',
    id: 'x',
    data: [
      {
        category: 'linear',
        symbol: 'BTCUSDT',
        execId,
        execPrice: '30000.50',
        execQty,
        execType: 'Trade',
        orderId: 'o-1',
        orderLinkId: 'link-1',
        side: 'Sell',
        execTime: '1672364262450',
        closedSize: '0',
        leavesQty: '0',
        orderQty: '0.100',
        orderPrice: '30000.50',
        orderType: 'Limit',
        isMaker: true,
      },
    ],
  })
  const half = order({
    orderStatus: 'PartiallyFilled',
    cumExecQty: '0.05',
    cumExecValue: '1500.025',
    avgPrice: '30000.50',
  })
  const filled = order({ orderStatus: 'Filled', cumExecQty: '0.100', cumExecValue: '3000.05', avgPrice: '30000.50' })

  it('infers executions from the cumulative quantity when nobody listens to them, and corrects later', () => {
    const exchange = exchangeOf('bybit', 'BTCUSDT')
    for (const message of [order({}), half, half, filled]) receive(exchange, message)
    const [, first, second] = events as [OrderEvent, OrderEvent, OrderEvent]
    expect(events).toMatchObject([
      { type: 'ack', clientId: 'link-1' },
      { type: 'trade', source: 'inferred', lastQuantity: '0.05', lastPrice: '30000.5' },
      { type: 'trade', source: 'inferred', lastQuantity: '0.05', lastPrice: '30000.5' },
    ])
    for (const id of ['e-1', 'e-2', 'e-1']) receive(exchange, execution(id, '0.05'))
    expect(events.slice(3)).toMatchObject([
      { type: 'trade_correct', executionId: 'e-1', executionRefId: (first as { executionId?: string }).executionId },
      { type: 'trade_correct', executionId: 'e-2', executionRefId: (second as { executionId?: string }).executionId },
    ])
  })

  it('waits for the executions when somebody listens to them', () => {
    const exchange = exchangeOf('bybit', 'BTCUSDT')
    receive(exchange, order({}))
    receive(exchange, execution('e-1', '0.05'))
    receive(exchange, filled)
    expect(told()).toEqual(['ack', 'trade e-1 0.05'])
    receive(exchange, execution('e-2', '0.05'))
    expect(told()).toEqual(['ack', 'trade e-1 0.05', 'trade e-2 0.05'])
  })

  it('stops waiting for executions that were lost', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const exchange = exchangeOf('bybit', 'BTCUSDT')
      for (const message of [order({}), execution('e-1', '0.05'), filled]) receive(exchange, message)
      vi.advanceTimersByTime(5000)
      expect(events.at(-1)).toMatchObject({ type: 'trade', source: 'inferred', lastQuantity: '0.05' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('tells of a cancel after the executions it knows of', () => {
    const exchange = exchangeOf('bybit', 'BTCUSDT')
    receive(exchange, order({}))
    receive(exchange, execution('e-1', '0.02'))
    receive(exchange, order({ orderStatus: 'Cancelled', cumExecQty: '0.05', cumExecValue: '1500.025', leavesQty: '0' }))
    expect(told()).toEqual(['ack', 'trade e-1 0.02'])
    receive(exchange, execution('e-2', '0.03'))
    expect(told()).toEqual(['ack', 'trade e-1 0.02', 'trade e-2 0.03', 'canceled'])
    expect(events.at(-1)).toMatchObject({ reported: { cumulativeQuantity: '0.05', leavesQuantity: '0' } })
  })

  it('reads the execution in an OKX order report', () => {
    const exchange = exchangeOf('okx', 'BTC-USDT')
    const report = (facts: Record<string, string>) => ({
      arg: { channel: 'orders', instType: 'SPOT' },
      data: [
        {
          instId: 'BTC-USDT',
          instType: 'SPOT',
          ordId: '77',
          clOrdId: 'cl77',
          ordType: 'limit',
          side: 'buy',
          px: '60000',
          sz: '0.3',
          accFillSz: '0',
          fillSz: '0',
          fillPx: '',
          tradeId: '',
          fillTime: '',
          avgPx: '',
          state: 'live',
          cTime: '1634548275191',
          uTime: '1634548275191',
          category: 'normal',
          ...facts,
        },
      ],
    })
    receive(exchange, report({}))
    const one = { fillSz: '0.1', fillPx: '59999.9', tradeId: '501', execType: 'M', fillTime: '1634548275200' }
    receive(exchange, report({ ...one, accFillSz: '0.1', avgPx: '59999.9', state: 'partially_filled' }))
    receive(exchange, report({ ...one, accFillSz: '0.1', avgPx: '59999.9', state: 'canceled' }))
    expect(told()).toEqual(['ack', 'trade 501 0.1', 'canceled'])
    expect(events[1]).toMatchObject({ liquidity: 'maker', lastPrice: '59999.9', clientId: 'cl77', orderId: '77' })
  })
})

const MESSAGES = join(import.meta.dirname, '../../../../shared/data/venue-messages')

describe.skipIf(!existsSync(MESSAGES))(
  'recorded messages (../shared/data/venue-messages; skipped where missing)',
  () => {
    it.each(['binance', 'bybit'] as const)('every message of %s passes, and what it tells is well-formed', venue => {
      const exchange = exchangeOf(venue, 'BTCUSDT')
      const files = readdirSync(join(MESSAGES, venue)).filter(name => /user_data|ws_account/.test(name))
      for (const file of files) {
        try {
          receive(exchange, JSON.parse(readFileSync(join(MESSAGES, venue, file), 'utf8')))
        } catch {
          // ccxt's own handlers don't take all of them
        }
      }
      instrumentation.flush()
      expect(sentences).toEqual([])
      expect(events.length).toBeGreaterThan(5)
      for (const event of events) {
        expect(event.clientId ?? event.orderId).toBeTypeOf('string')
        if ('lastQuantity' in event) expect(event.lastQuantity).toMatch(/^\d+(\.\d+)?$/)
      }
      const ids = events
        .filter(({ type }) => type === 'trade')
        .map(event => `${event.symbol} ${event.orderId} ${(event as { executionId?: string }).executionId}`)
      expect(new Set(ids).size).toBe(ids.length)
    })
  },
)
