import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../../examples/trading-desk/venue/connect.js'
import { ccxt, follow, ignoreLostConnections, type Lab, sentences, startLab } from './ccxt-lab.js'
import { eventually, VenueMetrics } from './venue-lab.js'

ignoreLostConnections()
const metrics = new VenueMetrics()
const SYMBOL = 'BTC/USDT'
let lab: Lab | undefined
beforeEach(async () => {
  sentences.length = 0
  await metrics.mark()
})
afterEach(async () => {
  await lab?.close()
  lab = undefined
})

type Binance = InstanceType<typeof ccxt.pro.binance>
type Fetch = Parameters<Binance['fetch']>

describe("classes of the application's own", () => {
  it('that hand on to their parents are counted once', async () => {
    lab = await startLab()
    class Mine extends ccxt.pro.binance {
      override async fetch2(...args: Parameters<Binance['fetch2']>) {
        return super.fetch2(...args)
      }
      override async fetch(...args: Fetch) {
        return super.fetch(...args)
      }
      override async fetchTicker(...args: Parameters<Binance['fetchTicker']>) {
        return super.fetchTicker(...args)
      }
      override handleMessage(...args: Parameters<Binance['handleMessage']>) {
        return super.handleMessage(...args)
      }
      override onConnected(...args: Parameters<Binance['onConnected']>) {
        return super.onConnected(...args)
      }
      override onClose(...args: Parameters<Binance['onClose']>) {
        return super.onClose(...args)
      }
    }
    const client = await connect(new Mine({ enableRateLimit: false }), lab.venue.url)
    await client.loadMarkets()
    await metrics.mark()
    await client.fetchTicker(SYMBOL)
    await client.fetchTicker('NO/SUCH').catch(() => {})
    expect(await metrics.since('trading.venue.request.duration')).toEqual({ fetchTicker: 1 })
    expect(await metrics.since('trading.venue.errors')).toEqual({ 'BadSymbol fetchTicker': 1 })
    follow(client as never, () => client.watchTrades(SYMBOL))
    await eventually(async () => (await metrics.since('trading.stream.connects'))[''] === 1)
    await client.sleep(20)
    lab.venue.participate(SYMBOL, 'sell', 'rest', '60000', '0.1')
    lab.venue.participate(SYMBOL, 'buy', 'take', '60000', '0.1')
    await eventually(async () => Object.keys(await metrics.since('trading.market_data.messages')).length > 0)
    expect(await metrics.since('trading.market_data.messages')).toEqual({ 'BTC/USDT trades update': 1 })
    expect(await metrics.since('trading.stream.messages')).toEqual({ '': 2 })
    lab.venue.dropSockets('market')
    await eventually(async () => Object.keys(await metrics.since('trading.stream.disconnects')).length > 0)
    await client.close()
    expect(await metrics.since('trading.stream.disconnects')).toEqual({ NetworkError: 1 })
    expect(sentences).toEqual([])
  })

  it('that are frozen trade as ever; what is seen elsewhere is still told', async () => {
    lab = await startLab()
    class Sealed extends ccxt.pro.binance {
      override async fetchTicker(...args: Parameters<Binance['fetchTicker']>) {
        return super.fetchTicker(...args)
      }
    }
    Object.freeze(Sealed.prototype)
    const client = await connect(new Sealed({ enableRateLimit: false }), lab.venue.url)
    await client.loadMarkets()
    await metrics.mark()
    expect(await client.fetchTicker(SYMBOL)).toMatchObject({ symbol: SYMBOL })
    expect(await metrics.since('trading.venue.request.duration')).toEqual({ fetchTicker: 1 })
    expect(sentences).toMatchObject([expect.stringContaining('Sealed')])
  })

  it('whose properties throw are left alone', async () => {
    lab = await startLab()
    const client = await lab.client()
    class Odd extends ccxt.pro.binance {}
    const odd = await connect(new Odd({ enableRateLimit: false }), lab.venue.url)
    odd.setMarkets(client.markets as never)
    Object.defineProperty(odd, 'id', {
      get: () => {
        throw new RangeError('no id, but planted-secret')
      },
    })
    expect(await odd.fetchTicker(SYMBOL)).toMatchObject({ symbol: SYMBOL })
    await odd.fetchTicker('NO/SUCH').catch(() => {})
    expect(sentences).toMatchObject([expect.stringContaining('RangeError')])
    expect(sentences[0]).not.toContain('planted')
  })
})

describe('answers', () => {
  it('with numbers as text are balances and positions too', async () => {
    class Texts extends ccxt.pro.binance {
      positions_: unknown = []
      override async fetchBalance(): Promise<never> {
        return { free: { USDT: '5.5', X: null }, used: { USDT: '' }, total: { USDT: '1e1', X: {} }, info: {} } as never
      }
      override async fetchPositions(): Promise<never> {
        return this.positions_ as never
      }
    }
    const client = new Texts({ apiKey: 'texts', options: { defaultType: 'swap' } })
    client.positions_ = [
      client.safePosition({ symbol: 'BTC/USDT:USDT', side: 'short', contracts: 2, contractSize: 0.5, notional: 60000 }),
      { symbol: 'ETH/USDT:USDT', side: 'long', contracts: '3', unrealizedPnl: '-1.5' },
      { symbol: 'X'.repeat(10_000), contracts: 1 },
      { symbol: 7, contracts: Number.NaN },
      null,
      'garbage',
    ]
    await client.fetchBalance()
    await client.fetchPositions()
    expect(await metrics.read('trading.account.balance')).toMatchObject({
      'USDT free swap': 5.5,
      'USDT swap total': 10,
    })
    expect(await metrics.read('trading.position.size')).toEqual({ 'BTC/USDT:USDT short': 1, 'ETH/USDT:USDT long': 3 })
    expect(await metrics.read('trading.position.notional')).toEqual({ 'BTC/USDT:USDT short': 60000 })
    expect(await metrics.read('trading.position.unrealized_pnl')).toEqual({ 'ETH/USDT:USDT long': -1.5 })
    client.positions_ = []
    await client.fetchPositions()
    expect(await metrics.read('trading.position.size')).toEqual({ 'BTC/USDT:USDT short': 0, 'ETH/USDT:USDT long': 0 })
    for (const garbage of [undefined, null, 'html', 5, [], { free: 5 }]) {
      client.positions_ = garbage
      expect(await client.fetchPositions()).toBe(garbage)
    }
    expect(sentences).toEqual([])
  })

  it('that a stream brings are balances too', async () => {
    lab = await startLab()
    const client = await lab.client()
    const before = (await metrics.read('trading.account.balance'))['USDT spot used'] ?? 0
    follow(client, () => client.watchBalance())
    await eventually(async () => (await metrics.since('trading.stream.connects'))[''] === 1)
    await client.sleep(50)
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    await eventually(async () => (await metrics.read('trading.account.balance'))['USDT spot used'] === before + 500)
  })
})
