import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ccxt, type Lab, startLab } from './ccxt-lab.js'
import { startOddVenue, VenueMetrics } from './venue-lab.js'

const metrics = new VenueMetrics()
const SYMBOL = 'BTC/USDT'
const REQUESTS = 'trading.venue.request.duration'
const ERRORS = 'trading.venue.errors'
let lab: Lab | undefined
let odd: Awaited<ReturnType<typeof startOddVenue>> | undefined
beforeEach(() => metrics.mark())
afterEach(async () => {
  await lab?.close()
  await odd?.close()
  lab = undefined
  odd = undefined
})

describe('requests', () => {
  it('are counted as often as the venue got them, by the method that the application called', async () => {
    lab = await startLab()
    const client = await lab.client()
    await metrics.mark()
    const before = lab.venue.requests().length
    await client.fetchTicker(SYMBOL)
    await client.fetchTicker(SYMBOL)
    await client.fetchBalance()
    const { id } = await client.createLimitOrder(SYMBOL, 'buy', 0.01, 50_000)
    await client.editOrder(id!, SYMBOL, 'limit', 'buy', 0.01, 51_000)
    await client.publicGetTime()
    const counted = await metrics.since(REQUESTS)
    expect(counted).toEqual({
      fetchTicker: 2,
      fetchBalance: 1,
      createOrder: 1,
      editOrder: 1,
      get: 1,
    })
    expect(lab.venue.requests().length - before).toBe(Object.values(counted).reduce((sum, count) => sum + count))
  })

  it('of the markets stand by themselves, whatever the call was that needed them', async () => {
    lab = await startLab()
    const client = await lab.client()
    await metrics.mark()
    client.markets = undefined as never
    ;(client as { marketsLoading?: unknown }).marketsLoading = undefined
    await client.fetchTicker(SYMBOL)
    expect(Object.keys(await metrics.since(REQUESTS)).sort()).toEqual([
      'fetchCurrencies',
      'fetchMarkets',
      'fetchTicker',
    ])
  })

  it('over a WebSocket too', async () => {
    lab = await startLab()
    const client = await lab.client()
    await metrics.mark()
    await client.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    await client.createOrderWs(SYMBOL, 'limit', 'buy', 5000, 50_000).catch(() => {})
    expect(await metrics.since(REQUESTS)).toEqual({ createOrderWs: 1, 'InsufficientFunds createOrderWs': 1 })
    expect(await metrics.since(ERRORS)).toEqual({ 'InsufficientFunds createOrderWs': 1 })
  })

  it('that ccxt repeats are retries, and what they mend is no error', async () => {
    let calls = 0
    odd = await startOddVenue((_request, response) => {
      calls += 1
      response.statusCode = calls < 3 ? 503 : 200
      response.end(calls < 3 ? 'busy' : '{"serverTime":1}')
    })
    const client = await odd.client()
    client.options.maxRetriesOnFailure = 3
    await client.fetchTime()
    expect(await metrics.since(REQUESTS)).toEqual({ 'ExchangeNotAvailable fetchTime': 2, fetchTime: 1 })
    expect(await metrics.since('trading.venue.request.retries')).toEqual({ fetchTime: 2 })
    expect(await metrics.since(ERRORS)).toEqual({})
  })

  it("wait for ccxt's limiter, which isn't the venue's time", async () => {
    odd = await startOddVenue((_request, response) => response.end('{"serverTime":1}'))
    const client = await odd.client()
    client.enableRateLimit = true
    await Promise.all([client.fetchTime(), client.fetchTime(), client.fetchTime()])
    expect(await metrics.since('trading.venue.throttle.duration')).toEqual({ '': 3 })
    expect((await metrics.read('trading.venue.rate_limit.utilization')).client_1m).toBeGreaterThan(0)
  })
})

describe('errors', () => {
  it('are told by the class, each once, those without a request too', async () => {
    lab = await startLab()
    const client = await lab.client()
    await metrics.mark()
    await client.fetchTicker('NO/SUCH').catch(() => {})
    await client.cancelOrder('77', SYMBOL).catch(() => {})
    await client.createOrder(SYMBOL, 'limit', 'buy', 5000, 50_000).catch(() => {})
    expect(await metrics.since(ERRORS)).toEqual({
      'BadSymbol fetchTicker': 1,
      'OrderNotFound cancelOrder': 1,
      'InsufficientFunds createOrder': 1,
    })
    expect(await metrics.since(REQUESTS)).toEqual({
      'OrderNotFound cancelOrder': 1,
      'InsufficientFunds createOrder': 1,
    })
  })

  it.each([
    ['HTML', 200, '<html>busy</html>'],
    ['half a message', 200, '{"serverTime":'],
    ['garbage', 200, '\u0000\u0001'],
    ['nothing', 502, ''],
  ])('of a venue that answers %s', async (_name, status, body) => {
    odd = await startOddVenue((_request, response) => {
      response.statusCode = status
      response.end(body)
    })
    const client = await odd.client()
    const bare = await client.fetchTime().then(
      () => undefined,
      error => (error instanceof ccxt.BaseError ? error.constructor.name : 'other'),
    )
    expect(await metrics.since(ERRORS)).toEqual(bare === undefined ? {} : { [`${bare} fetchTime`]: 1 })
    expect(Object.values(await metrics.since(REQUESTS))).toEqual([1])
  })

  it("of a class of the application's own: its nearest class of ccxt's; methods that throw at once", async () => {
    lab = await startLab()
    class Mine extends ccxt.InvalidOrder {}
    class Odd extends ccxt.pro.binance {
      override fetchTicker(): never {
        throw new Mine('no')
      }
      override fetchTime(): never {
        throw 'text' as never
      }
    }
    const client = new Odd()
    expect(() => client.fetchTicker()).toThrow(Mine)
    expect(() => client.fetchTime()).toThrow('text')
    expect(await metrics.since(ERRORS)).toEqual({ 'InvalidOrder fetchTicker': 1, 'fetchTime other': 1 })
  })
})

describe('rate limits', () => {
  it("are told as the venue's headers and list have them", async () => {
    lab = await startLab({
      limits: { weight: { limit: 1200, intervalMs: 60_000 }, orders: { limit: 50, intervalMs: 10_000 } },
    })
    const client = await lab.client()
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    const used = Number((client.last_response_headers as Record<string, string>)['X-Mbx-Used-Weight-1m'])
    expect(used).toBeGreaterThan(0)
    expect(await metrics.read('trading.venue.rate_limit.usage')).toMatchObject({ weight_1m: used, orders_10s: 1 })
    expect(await metrics.read('trading.venue.rate_limit.limit')).toMatchObject({ weight_1m: 1200, orders_10s: 50 })
    expect((await metrics.read('trading.venue.rate_limit.utilization')).weight_1m).toBeCloseTo(used / 1200, 9)
  })

  it.each([
    [429, 'rate_limit'],
    [418, 'ban'],
  ])('that are hit are counted: %i', async (status, kind) => {
    odd = await startOddVenue((_request, response) => {
      response.statusCode = status
      response.end('{"code":-1003,"msg":"Way too many requests"}')
    })
    const client = await odd.client()
    await client.fetchTime().catch(() => {})
    expect(await metrics.since('trading.venue.bans')).toEqual({ [kind]: 1 })
  })
})

describe('accounts', () => {
  it('show what was fetched; two objects of one account are one account, two accounts are added up', async () => {
    lab = await startLab()
    const client = await lab.client()
    const twin = await lab.client()
    const before = (await metrics.read('trading.account.balance'))['USDT spot total'] ?? 0
    await client.fetchBalance()
    await twin.fetchBalance()
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    await client.fetchBalance()
    const one = await metrics.read('trading.account.balance')
    expect([one['USDT free spot'], one['USDT spot used'], one['USDT spot total']]).toEqual([
      before + 9_999_500,
      500,
      before + 10_000_000,
    ])
    const other = await lab.client(`${lab.apiKey}-other`)
    await other.fetchBalance()
    expect((await metrics.read('trading.account.balance'))['USDT spot total']).toBe(before + 20_000_000)
  })
})
