import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exchangeAt, follow, market, receive } from './canned-venue.js'
import { type Lab, sentences, startLab } from './ccxt-lab.js'
import { venueStories } from './venue-stories.js'

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

  it('are those of at least six venues beside Binance and Bybit', () => {
    expect(new Set(venueStories.map(({ venue }) => venue)).size).toBeGreaterThanOrEqual(6)
  })
})
