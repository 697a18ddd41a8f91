import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ccxt, follow, ignoreLostConnections, type Lab, startLab } from './ccxt-lab.js'
import { eventually, startOddVenue, VenueMetrics } from './venue-lab.js'

ignoreLostConnections()
const metrics = new VenueMetrics()
const SYMBOL = 'BTC/USDT'
const MESSAGES = 'trading.market_data.messages'
let lab: Lab | undefined
let odd: Awaited<ReturnType<typeof startOddVenue>> | undefined
beforeEach(() => metrics.mark())
afterEach(async () => {
  await lab?.close()
  await odd?.close()
  lab = undefined
  odd = undefined
})

async function streams() {
  const of = async (name: string) => Object.values(await metrics.since(`trading.stream.${name}`))[0] ?? 0
  return {
    open: await of('connections'),
    connects: await of('connects'),
    reconnects: await of('reconnects'),
    disconnects: await of('disconnects'),
    failures: await of('connect.failures'),
  }
}

describe('connections', () => {
  it('that are lost are told once, and once when they are back; the own close is no loss', async () => {
    lab = await startLab()
    const client = await lab.client()
    client.options.ws = { backoff: { base: 20 } }
    let closing = false
    const watch = (call: () => Promise<unknown>) =>
      // a loop that rests between two calls would connect anew after the close
      follow(client, () => (closing ? Promise.reject(new ccxt.ExchangeClosedByUser('closed')) : call()))
    watch(() => client.watchTicker(SYMBOL))
    watch(() => client.watchTrades(SYMBOL))
    watch(() => client.watchOrderBook(SYMBOL))
    watch(() => client.watchOrders())
    watch(() => client.watchMyTrades())
    watch(() => client.watchBalance())
    await eventually(async () => (await streams()).connects === 4)
    expect(await streams()).toEqual({ open: 4, connects: 4, reconnects: 0, disconnects: 0, failures: 0 })
    lab.venue.dropSockets('market')
    await eventually(async () => (await streams()).reconnects === 3)
    expect(await streams()).toEqual({ open: 4, connects: 7, reconnects: 3, disconnects: 3, failures: 0 })
    lab.venue.dropSockets('user')
    await eventually(async () => (await streams()).reconnects === 4)
    expect(await streams()).toEqual({ open: 4, connects: 8, reconnects: 4, disconnects: 4, failures: 0 })
    closing = true
    // a call that hasn't come to its socket yet opens another one
    do {
      await client.close()
      await client.sleep(20)
    } while (Object.keys(client.clients).length > 0)
    expect(await streams()).toMatchObject({ open: 0, reconnects: 4, disconnects: 4, failures: 0 })
    expect(await metrics.since('trading.stream.disconnects')).toEqual({ NetworkError: 4 })
    expect((await metrics.read('trading.stream.staleness'))['']).toBeUndefined()
    // nor are the calls that a close has ended errors
    expect(
      Object.keys(await metrics.since('trading.venue.errors')).filter(key => !key.startsWith('NetworkError')),
    ).toEqual([])
  })

  it('that are opened again after the own close are no reconnects', async () => {
    lab = await startLab()
    const client = await lab.client()
    follow(client, () => client.watchTicker(SYMBOL))
    await eventually(async () => (await streams()).connects === 1)
    await client.close()
    follow(client, () => client.watchTicker(SYMBOL))
    await eventually(async () => (await streams()).connects === 2)
    await client.sleep(10)
    expect(await streams()).toEqual({ open: 1, connects: 2, reconnects: 0, disconnects: 0, failures: 0 })
  })

  it('that never come about are failures, one for each try', async () => {
    lab = await startLab()
    const client = await lab.client()
    await lab.venue.close()
    await client.watchTicker(SYMBOL).catch(() => {})
    expect(await streams()).toEqual({ open: 0, connects: 0, reconnects: 0, disconnects: 0, failures: 1 })
    client.options.ws = { backoff: { base: 1 } }
    await client.watchTicker(SYMBOL).catch(() => {})
    expect((await streams()).failures).toBe(2)
    lab = undefined
  })

  it("that are closed while they come about are the application's own doing", async () => {
    lab = await startLab()
    const client = await lab.client()
    const watching = client.watchTicker(SYMBOL).catch(() => {})
    await client.close()
    await watching
    await client.sleep(20)
    expect(await streams()).toMatchObject({ open: 0, reconnects: 0, disconnects: 0, failures: 0 })
  })
})

describe('market data', () => {
  it('is counted as often as the venue sent it, by channel and instrument, with its lag', async () => {
    lab = await startLab()
    const client = await lab.client()
    let trades = 0
    const watch = async () => {
      trades += (await client.watchTrades(SYMBOL)).length
    }
    follow(client, watch)
    await eventually(async () => (await streams()).connects === 1)
    await client.sleep(30)
    for (let i = 0; i < 5; i++) {
      lab.venue.participate(SYMBOL, 'sell', 'rest', '60000', '0.1')
      lab.venue.participate(SYMBOL, 'buy', 'take', '60000', '0.1')
    }
    await eventually(() => trades >= 5)
    expect(await metrics.since(MESSAGES)).toEqual({ 'BTC/USDT trades update': 5 })
    expect(await metrics.since('trading.market_data.lag')).toEqual({ trades: 5 })
    expect(await metrics.since('trading.market_data.processing.duration')).toEqual({ trades: 5 })
    // and the answer to the subscription
    expect(await metrics.since('trading.stream.messages')).toEqual({ '': 6 })
  })

  it('of every channel is known', async () => {
    lab = await startLab({ stepMs: 5 })
    const client = await lab.client()
    follow(client, () => client.watchTicker(SYMBOL))
    follow(client, () => client.watchBidsAsks([SYMBOL]))
    follow(client, () => client.watchOrderBook(SYMBOL))
    follow(client, () => client.watchTrades(SYMBOL))
    const expected = ['bids_asks', 'order_book', 'ticker', 'trades'].map(channel => `BTC/USDT ${channel} update`)
    const seen = async () => Object.keys(await metrics.since(MESSAGES)).filter(key => key.endsWith('update'))
    await eventually(async () => (await seen()).length === expected.length)
    expect((await seen()).sort()).toEqual(expected)
  })

  it('goes stale from the subscription on, and no more after it has ended', async () => {
    lab = await startLab()
    const client = await lab.client()
    follow(client, () => client.watchTrades(SYMBOL))
    const staleness = async () => (await metrics.read('trading.market_data.staleness'))['BTC/USDT trades']
    await eventually(async () => ((await staleness()) ?? 0) > 0.1)
    lab.venue.participate(SYMBOL, 'sell', 'rest', '60000', '0.1')
    lab.venue.participate(SYMBOL, 'buy', 'take', '60000', '0.1')
    await eventually(async () => ((await staleness()) ?? 1) < 0.1)
    await client.unWatchTrades(SYMBOL)
    expect(await staleness()).toBeUndefined()
    follow(client, () => client.watchTrades(SYMBOL))
    await eventually(async () => (await staleness()) !== undefined)
    await client.close()
    expect(await staleness()).toBeUndefined()
  })

  it('that is no news leaves it stale: repeated, empty, heartbeats', async () => {
    const now = Date.now()
    const trade = (t: number, T: number) =>
      JSON.stringify({ e: 'trade', E: T, s: 'BTCUSDT', t, p: '60000', q: '0.1', T, m: true, M: true })
    const exchangeInfo = {
      symbols: [
        {
          symbol: 'BTCUSDT',
          status: 'TRADING',
          baseAsset: 'BTC',
          quoteAsset: 'USDT',
          baseAssetPrecision: 8,
          quotePrecision: 8,
          quoteAssetPrecision: 8,
          orderTypes: ['LIMIT'],
          isSpotTradingAllowed: true,
          permissions: ['SPOT'],
          filters: [],
        },
      ],
    }
    odd = await startOddVenue(
      (request, response) =>
        response.end(request.url?.startsWith('/api/v3/exchangeInfo') ? JSON.stringify(exchangeInfo) : '[]'),
      [
        trade(1, now),
        trade(1, now),
        trade(2, 0),
        trade(3, now + 3_600_000),
        trade(4, now + 30 * 86_400_000),
        '{"result":null,"id":9}',
        '{"e":"heartbeat"}',
        '{"e":"trade","s":"BTCUSDT"',
        '<html>',
        Buffer.from([1, 2, 255]),
        JSON.stringify({ e: 'trade', s: `X${'x'.repeat(10_000)}`, t: 5, p: '1', q: '1', T: String(now) }),
        trade(6, now),
      ],
    )
    const client = await odd.client()
    client.options.defaultType = 'spot'
    client.options.fetchMarkets = { types: ['spot'] }
    const seen: number[] = []
    const watch = async () => {
      for (const { id } of await client.watchTrades(SYMBOL)) seen.push(Number(id))
    }
    follow(client, watch)
    await eventually(() => seen.includes(6))
    expect(await metrics.since(MESSAGES)).toEqual({
      'BTC/USDT trades update': 5,
      'BTC/USDT duplicate trades': 1,
      'other trades update': 1,
    })
    expect(await metrics.since('trading.market_data.lag')).toEqual({ trades: 4 })
    expect(await metrics.since('trading.market_data.anomalies')).toEqual({
      'future_time trades': 1,
      'implausible_time trades': 1,
    })
  })
})
