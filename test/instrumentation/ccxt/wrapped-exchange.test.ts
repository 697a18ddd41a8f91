import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CannedVenue, type Exchange, exchangeAt, market, startCannedVenue } from './canned-venue.js'
import { ccxt, ignoreLostConnections, type Lab, sentences, startLab } from './ccxt-lab.js'
import { eventually, VenueMetrics } from './venue-lab.js'

ignoreLostConnections()
const metrics = new VenueMetrics()
const SYMBOL = 'BTC/USDT'
let lab: Lab | undefined
let venue: CannedVenue
beforeEach(async () => {
  sentences.length = 0
  venue = await startCannedVenue()
})
afterEach(async () => {
  await venue.close()
  await lab?.close()
  lab = undefined
})

/** As applications wrap an exchange object: to see its calls, to count them, or to forward them. */
const wrappers: readonly (readonly [string, <T extends object>(exchange: T) => T])[] = [
  ['that only forwards', exchange => new Proxy(exchange, {})],
  [
    'that hands out functions of its own',
    exchange =>
      new Proxy(exchange, {
        get(target, name) {
          const value = Reflect.get(target, name) as unknown
          if (typeof value !== 'function') return value
          return function (this: unknown, ...args: unknown[]) {
            return Reflect.apply(value, this, args)
          } as never
        },
      }),
  ],
  [
    'that binds what it hands out',
    exchange =>
      new Proxy(exchange, {
        get: (target, name) => {
          const value = Reflect.get(target, name) as unknown
          return typeof value === 'function' ? value.bind(target) : value
        },
      }),
  ],
  ['that is none: an object that inherits from it', exchange => Object.create(exchange)],
  ['around another', exchange => new Proxy(new Proxy(exchange, {}), {})],
]

describe.each(wrappers)('an exchange object behind a Proxy %s', (_, wrap) => {
  it('has the orders that it would have without', async () => {
    lab = await startLab()
    const client = wrap(await lab.client())
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'seen' })
    await client.cancelOrder('seen', SYMBOL, { origClientOrderId: 'seen' })
    // refused by the venue: too small
    venue.answer(/order/, { status: 400, body: { code: -2010, msg: 'Account has insufficient balance' } })
    const poor = wrap(exchangeAt('binance', venue.url, 'poor', [market('BTCUSDT', SYMBOL)]))
    await expect(poor.createOrder(SYMBOL, 'limit', 'buy', 1, 100)).rejects.toThrow()
    expect(lab.types()).toEqual(['submit', 'ack', 'sent', 'cancel_request', 'canceled', 'submit', 'reject'])
    expect(sentences).toEqual([])
  })

  it('is one with it for what is counted of the venue', async () => {
    lab = await startLab()
    const client = wrap(await lab.client())
    await metrics.mark()
    await client.fetchTicker(SYMBOL)
    expect(await metrics.since('trading.venue.request.duration')).toEqual({ fetchTicker: 1 })
    void client.watchTrades(SYMBOL).catch(() => {})
    await eventually(async () => (await metrics.since('trading.stream.connects'))[''] === 1)
    await client.close()
    await client.sleep(50)
    expect(await metrics.since('trading.stream.disconnects')).toEqual({})
  })
})

it('a class behind a Proxy makes objects whose orders are seen', async () => {
  lab = await startLab()
  const Class = new Proxy(ccxt.pro.binance, { construct: (target, args, own) => Reflect.construct(target, args, own) })
  venue.answer(/order/, { symbol: 'BTCUSDT', orderId: 9, status: 'NEW', side: 'BUY', type: 'LIMIT', origQty: '1' })
  const exchange = exchangeAt('binance', venue.url, 'class', [market('BTCUSDT', SYMBOL)], Class)
  await exchange.createOrder(SYMBOL, 'limit', 'buy', 1, 100)
  expect(lab.types()).toEqual(['submit', 'ack', 'sent'])
})

describe('what never left the process', () => {
  const signs: readonly (readonly [string, (exchange: Exchange) => void])[] = [
    ['no credentials', exchange => Object.assign(exchange, { apiKey: undefined })],
    ['a limiter that is full', exchange => Object.assign(exchange, { enableRateLimit: true })],
  ]

  class Mine extends ccxt.pro.binance {
    override throttle(cost?: number) {
      if (this.enableRateLimit) throw new Error('throttle queue is over maxCapacity')
      return super.throttle(cost)
    }
  }

  it.each(signs)('with %s no order is said to be refused, or unknown', async (_, spoil) => {
    lab = await startLab()
    const exchange = exchangeAt('binance', venue.url, 'unsent', [market('BTCUSDT', SYMBOL)], Mine)
    spoil(exchange)
    await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 1, 100)).rejects.toThrow()
    expect(venue.requests).toEqual([])
    expect(lab.events).toMatchObject([{ type: 'submit' }, { type: 'submit_failed', outcome: 'not_sent' }])
  })

  it("with a `sign` of the application's own that throws, cancels and edits neither", async () => {
    lab = await startLab()
    class Unsigned extends ccxt.pro.binance {
      spoiled = false
      override sign(...args: Parameters<Exchange['sign']>) {
        if (this.spoiled) throw new Error('planted')
        return super.sign(...args)
      }
    }
    venue.answer(/order/, { symbol: 'BTCUSDT', orderId: 9, status: 'NEW', side: 'BUY', type: 'LIMIT', origQty: '1' })
    const exchange = exchangeAt('binance', venue.url, 'unsigned', [market('BTCUSDT', SYMBOL)], Unsigned)
    await exchange.createOrder(SYMBOL, 'limit', 'buy', 1, 100)
    ;(exchange as unknown as Unsigned).spoiled = true
    await expect(exchange.cancelOrder('9', SYMBOL)).rejects.toThrow('planted')
    await expect(exchange.editOrder('9', SYMBOL, 'limit', 'buy', 1, 101)).rejects.toThrow('planted')
    expect(lab.events.slice(3)).toMatchObject([
      { type: 'cancel_request' },
      { type: 'request_failed', request: 'cancel', outcome: 'not_sent' },
      { type: 'replace_request' },
      { type: 'request_failed', request: 'replace', outcome: 'not_sent' },
    ])
    expect(venue.requests).toHaveLength(1)
  })
})

describe("answers of a parser of the application's own", () => {
  const circular: Record<string, unknown> = { big: 1n }
  circular.self = circular
  class Parsing extends ccxt.pro.binance {
    answer: unknown
    override parseOrder(): never {
      return this.answer as never
    }
  }

  const throwing = {
    id: '1',
    get status(): string {
      throw new Error('planted')
    },
  }

  it.each([
    ['nothing', undefined, ['submit', 'sent']],
    ['null', null, ['submit', 'sent']],
    ['a page', '<html>', ['submit', 'sent']],
    ['a getter that throws', throwing, ['submit', 'sent']],
    ['a list', [], ['submit', 'sent']],
    ['refused, holding itself', { status: 'rejected', info: circular }, ['submit', 'reject']],
    ['less than nothing filled', { id: '2', status: 'open', amount: 1, filled: -1 }, ['submit', 'ack', 'sent']],
    ['an id that is no number', { id: Number.NaN, status: 'open' }, ['submit', 'ack', 'sent']],
  ])('%s: the order has been handed over, and nobody waits for it', async (_, answer, told) => {
    lab = await startLab()
    venue.answer(/order/, {})
    const exchange = exchangeAt('binance', venue.url, `parsing-${_}`, [market('BTCUSDT', SYMBOL)], Parsing)
    ;(exchange as unknown as Parsing).answer = answer
    expect(await exchange.createOrder(SYMBOL, 'limit', 'buy', 1, 100)).toBe(answer)
    expect(lab.types()).toEqual(told)
    expect(lab.events.map(event => event.orderId)).not.toContain('NaN')
    // an order of another client: held back only while it may be one of ours
    exchange.safeOrder({ id: 'x' })
    exchange.handleMessage(exchange.client('wss://venue.invalid/ws') as never, foreignOrder as never)
    expect(lab.types().slice(told.length)).toEqual(['ack (stream)'])
    expect(sentences).toEqual([])
  })

  const foreignOrder = {
    e: 'executionReport',
    E: 1_760_000_000_000,
    s: 'BTCUSDT',
    c: '',
    S: 'BUY',
    o: 'LIMIT',
    f: 'GTC',
    q: '1',
    p: '100',
    x: 'NEW',
    X: 'NEW',
    i: 5,
    l: '0',
    z: '0',
    L: '0',
    T: 1_760_000_000_000,
    t: -1,
    O: 1_760_000_000_000,
    Z: '0',
  }

  it('an open order that has less than nothing left to fill is followed', async () => {
    lab = await startLab()
    class Asking extends ccxt.pro.binance {
      override async fetchOpenOrders(): Promise<never> {
        const order = { symbol: SYMBOL, side: 'buy', amount: 1, status: 'open', timestamp: Date.now(), info: {} }
        return [
          { ...order, id: 'a', filled: -1 },
          { ...order, id: 'b', remaining: 5 },
        ] as never
      }
    }
    const exchange = exchangeAt('binance', venue.url, 'asking', [market('BTCUSDT', SYMBOL)], Asking)
    await exchange.fetchOpenOrders()
    expect(lab.events).toMatchObject([
      { type: 'status', orderId: 'a', reported: { status: 'new', quantity: '1' } },
      { type: 'status', orderId: 'b', reported: { status: 'new', quantity: '1' } },
    ])
  })
})

describe('positions', () => {
  class Holding extends ccxt.pro.binance {
    answer: unknown
    override async fetchPositions(): Promise<never> {
      return this.answer as never
    }
    override async watchPositions(): Promise<never> {
      return this.answer as never
    }
  }
  const position = (symbol: string, contracts: unknown, side = 'long') => ({ symbol, contracts, side })
  let number = 0
  const holding = (options: object = {}, apiKey = `holding-${++number}`) =>
    new Holding({ apiKey, options }) as Holding & {
      fetchPositions(symbols?: string[], params?: object): Promise<unknown>
    }
  const sizes = async (name: string) => {
    const all = await metrics.read('trading.position.size')
    return Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith(name)))
  }

  it('of one kind of contract are not closed by a question for another', async () => {
    const exchange = holding()
    exchange.answer = [position('L1/USDT:USDT', 2)]
    await exchange.fetchPositions(undefined, { subType: 'linear' })
    exchange.answer = [position('L1/USD:L1', 3)]
    await exchange.fetchPositions(undefined, { subType: 'inverse' })
    expect(await sizes('L1/')).toEqual({ 'L1/USDT:USDT long': 2, 'L1/USD:L1 long': 3 })
    exchange.answer = []
    await exchange.fetchPositions(undefined, { subType: 'linear' })
    expect(await sizes('L1/')).toEqual({ 'L1/USDT:USDT long': 0, 'L1/USD:L1 long': 3 })
  })

  it('of two objects of an account that look at different contracts neither', async () => {
    const linear = holding({ defaultSubType: 'linear' }, 'holding-both')
    const inverse = holding({ defaultSubType: 'inverse' }, 'holding-both')
    linear.answer = [position('L2/USDT:USDT', 2)]
    inverse.answer = [position('L2/USD:L2', 3)]
    await linear.fetchPositions()
    await inverse.fetchPositions()
    expect(await sizes('L2/')).toEqual({ 'L2/USDT:USDT long': 2, 'L2/USD:L2 long': 3 })
  })

  it('that a stream told are closed by an answer without them, also to another object of the account', async () => {
    const watching = holding({}, 'holding-stream')
    const asking = holding({}, 'holding-stream')
    watching.answer = [position('L3/USDT:USDT', 2), position('L4/USDT:USDT', 2)]
    await watching.watchPositions()
    asking.answer = []
    await asking.fetchPositions(['L3/USDT:USDT'])
    expect({ ...(await sizes('L3/')), ...(await sizes('L4/')) }).toEqual({
      'L3/USDT:USDT long': 0,
      'L4/USDT:USDT long': 2,
    })
    await asking.fetchPositions()
    expect(await sizes('L4/')).toEqual({ 'L4/USDT:USDT long': 0 })
  })

  it('whose size cannot be read stay what they were', async () => {
    const exchange = holding()
    exchange.answer = [position('L5/USDT:USDT', 2)]
    await exchange.fetchPositions()
    for (const contracts of [undefined, null, Number.NaN, {}, '']) {
      exchange.answer = [position('L5/USDT:USDT', contracts)]
      await exchange.fetchPositions()
      expect(await sizes('L5/')).toEqual({ 'L5/USDT:USDT long': 2 })
    }
  })
})
