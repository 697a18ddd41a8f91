import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { ccxt } from './ccxt-lab.js'
import { VenueMetrics } from './venue-lab.js'

const metrics = new VenueMetrics()
const MESSAGES = join(import.meta.dirname, '../../../../shared/data/venue-messages/bybit')
beforeEach(() => metrics.mark())

type Venue = 'binance' | 'bybit' | 'okx' | 'kraken' | 'coinbase'

/** The symbol in each venue's own spelling. */
const ids: Record<Venue, string> = {
  binance: 'BTCUSDT',
  bybit: 'BTCUSDT',
  okx: 'BTC-USDT',
  kraken: 'XBTUSDT',
  coinbase: 'BTC-USDT',
}

/** Hands a message of a venue to ccxt, as if it had come over a socket. */
function tell(venue: Venue, url: string, ...messages: unknown[]): void {
  const exchange = new ccxt.pro[venue]({ enableRateLimit: false })
  const id = ids[venue]
  const market = {
    id,
    symbol: 'BTC/USDT',
    base: 'BTC',
    quote: 'USDT',
    baseId: 'BTC',
    quoteId: 'USDT',
    type: 'spot',
    spot: true,
  }
  const precision = { amount: 1e-8, price: 0.01 }
  exchange.setMarkets({ 'BTC/USDT': { ...market, precision, limits: {}, info: {}, wsId: 'BTC/USDT' } } as never)
  const client = exchange.client(url) as never as { onMessage(event: { data: string }): void }
  for (const message of messages) client.onMessage({ data: JSON.stringify(message) })
}

const now = Date.now()
const okx = (channel: string, data: object, action?: string) => ({
  arg: { channel, instId: 'BTC-USDT' },
  ...(action === undefined ? {} : { action }),
  data: [data],
})

describe("what other venues' messages are counted as", () => {
  it.each<[Venue, string, string, Record<string, number>, unknown[]]>([
    [
      'bybit',
      'trade and its repetition',
      'wss://stream.bybit.com/v5/public/spot',
      { 'BTC/USDT trades update': 1, 'BTC/USDT duplicate trades': 1 },
      [1, 2].map(() => ({
        topic: 'publicTrade.BTCUSDT',
        type: 'snapshot',
        ts: now,
        data: [{ i: '7', T: now, p: '60000', v: '0.1', S: 'Buy', s: 'BTCUSDT', BT: false }],
      })),
    ],
    [
      'bybit',
      'ticker',
      'wss://stream.bybit.com/v5/public/spot',
      { 'BTC/USDT ticker update': 1 },
      [
        {
          topic: 'tickers.BTCUSDT',
          ts: now,
          type: 'snapshot',
          data: { symbol: 'BTCUSDT', lastPrice: '60000', bid1Price: '59999', ask1Price: '60001', volume24h: '1' },
        },
      ],
    ],
    [
      'bybit',
      'candle',
      'wss://stream.bybit.com/v5/public/spot',
      { 'BTC/USDT ohlcv update': 1 },
      [
        {
          topic: 'kline.5.BTCUSDT',
          type: 'snapshot',
          ts: now,
          data: [
            { start: now, interval: '5', open: '1', close: '1', high: '1', low: '1', volume: '1', timestamp: now },
          ],
        },
      ],
    ],
    [
      'bybit',
      'heartbeat',
      'wss://stream.bybit.com/v5/public/spot',
      {},
      [{ success: true, ret_msg: 'pong', op: 'ping' }],
    ],
    [
      'okx',
      'trade, ticker and candle',
      'wss://ws.okx.com:8443/ws/v5/public',
      {
        'BTC/USDT trades update': 1,
        'BTC/USDT ticker update': 1,
        'BTC/USDT bids_asks update': 1,
        'BTC/USDT ohlcv update': 1,
      },
      [
        okx('trades', { instId: 'BTC-USDT', tradeId: '9', px: '60000', sz: '0.1', side: 'buy', ts: String(now) }),
        okx('tickers', {
          instType: 'SPOT',
          instId: 'BTC-USDT',
          last: '60000',
          bidPx: '1',
          askPx: '2',
          ts: String(now),
        }),
        {
          arg: { channel: 'candle1m', instId: 'BTC-USDT' },
          data: [[String(now), '1', '1', '1', '1', '1', '1', '1', '0']],
        },
      ],
    ],
    [
      'okx',
      'repeated ticker',
      'wss://ws.okx.com:8443/ws/v5/public',
      {
        'BTC/USDT ticker update': 1,
        'BTC/USDT bids_asks update': 1,
        'BTC/USDT duplicate ticker': 1,
        'BTC/USDT bids_asks duplicate': 1,
      },
      [1, 2].map(() =>
        okx('tickers', {
          instType: 'SPOT',
          instId: 'BTC-USDT',
          last: '60000',
          bidPx: '1',
          askPx: '2',
          ts: String(now),
        }),
      ),
    ],
    [
      'kraken',
      'trade and heartbeat',
      'wss://ws.kraken.com/v2',
      { 'BTC/USDT trades update': 1 },
      [
        { channel: 'heartbeat' },
        {
          channel: 'trade',
          type: 'update',
          data: [
            {
              symbol: 'BTC/USDT',
              side: 'sell',
              price: 60000,
              qty: 0.1,
              ord_type: 'market',
              trade_id: 7,
              timestamp: new Date(now).toISOString(),
            },
          ],
        },
      ],
    ],
    [
      'coinbase',
      'trade',
      'wss://advanced-trade-ws.coinbase.com',
      { 'BTC/USDT trades update': 1 },
      [
        {
          channel: 'market_trades',
          timestamp: new Date(now).toISOString(),
          sequence_num: 1,
          events: [
            {
              type: 'update',
              trades: [
                {
                  trade_id: '7',
                  product_id: 'BTC-USDT',
                  price: '60000',
                  size: '0.1',
                  side: 'BUY',
                  time: new Date(now).toISOString(),
                },
              ],
            },
          ],
        },
      ],
    ],
  ])('%s: %s', async (venue, _what, url, expected, messages) => {
    tell(venue, url, ...messages)
    expect(await metrics.since('trading.market_data.messages')).toEqual(expected)
    expect(await metrics.since('trading.stream.messages')).toEqual({ '': messages.length })
  })

  it
    .runIf(existsSync(MESSAGES))
    .each([
      ['ws_account_order.json'],
      ['ws_account_execution.json'],
      ['ws_account_position.json'],
      ['ws_account_wallet.json'],
      ['ws_subscription_ack.json'],
      ['ws_auth_success.json'],
    ])("what is the account's own is no market data: %s", async file => {
    const message = JSON.parse(readFileSync(join(MESSAGES, file), 'utf8'))
    tell('bybit', 'wss://stream.bybit.com/v5/private', message)
    expect(await metrics.since('trading.market_data.messages')).toEqual({})
    expect(await metrics.since('trading.stream.messages')).toEqual({ '': 1 })
  })
})
