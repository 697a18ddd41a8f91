import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exchangeAt, follow, market, receive } from './canned-venue.js'
import { type Lab, sentences, startLab } from './ccxt-lab.js'
import { markedAlike, venueStories } from './venue-stories.js'

let lab: Lab
beforeEach(async () => {
  lab = await startLab()
})
afterEach(() => lab.close())

describe("lives of orders as venues tell them, through ccxt's own parsers", () => {
  it.each(venueStories)('$venue: $name', ({ venue, market: [id, symbol], messages, told, order }) => {
    const exchange = exchangeAt(venue, '', lab.apiKey, [
      market(id, symbol, venue === 'deribit' ? { contractSize: 10 } : {}),
    ])
    const socket = venue === 'htx' ? 'wss://api.huobi.pro/ws/v2' : undefined
    for (const message of messages) receive(exchange, message, socket)
    const result = follow(lab.events)
    expect(result.told).toEqual(told)
    expect(result.orders).toMatchObject([{ origin: 'external', symbol, ...order }])
    expect(result.anomalies).toEqual([])

    // the same again, as after a lost connection: nothing in it is new
    for (const message of messages) receive(exchange, message, socket)
    expect(follow(lab.events).told).toEqual(told)
    expect(sentences).toEqual([])
  })

  it.each([
    ['gate', 'BTC_USDT', 'BTC/USDT'],
    ['kraken', 'XXBTZUSD', 'BTC/USD'],
  ] as const)('%s: a mark that many orders have is no client id', (venue, id, symbol) => {
    const exchange = exchangeAt(venue, '', lab.apiKey, [market(id, symbol)])
    for (const message of markedAlike[venue]) receive(exchange, message)
    const { orders, anomalies } = follow(lab.events)
    expect(orders.map(({ status }) => status)).toEqual(['new', 'canceled'])
    expect(anomalies).toEqual([])
  })

  it('an end that ccxt writes into what it has, without its parsers, is read from what it hands out', async () => {
    const exchange = exchangeAt('krakenfutures', '', lab.apiKey, [market('PF_XBTUSD', 'BTC/USD:USD')])
    const open = venueStories.find(({ venue }) => venue === 'krakenfutures')!.messages[0]
    receive(exchange, open)
    const handsOut = exchange as unknown as { subscribePrivate(): Promise<unknown>; orders: unknown }
    handsOut.subscribePrivate = async () => handsOut.orders
    await exchange.watchOrders()
    expect(follow(lab.events).told).toEqual(['ack'])
    receive(exchange, { feed: 'open_orders', order_id: 'kf-1', is_cancel: true, reason: 'cancelled_by_user' })
    await exchange.watchOrders()
    await exchange.watchOrders()
    const { orders, told } = follow(lab.events)
    expect(told).toEqual(['ack', 'canceled'])
    expect(orders).toMatchObject([{ status: 'canceled', cumulativeQuantity: '0' }])
  })

  it('are those of at least six venues beside Binance and Bybit', () => {
    expect(new Set(venueStories.map(({ venue }) => venue)).size).toBeGreaterThanOrEqual(6)
  })
})
