import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decimal, formatPlain } from '../../../../examples/trading-desk/venue/decimal.js'
import { Exchange } from '../../../../examples/trading-desk/venue/exchange.js'
import { LatencyModel, NO_LATENCY } from '../../../../examples/trading-desk/venue/latency.js'
import type { Trade } from '../../../../examples/trading-desk/venue/order.js'
import { Participants } from '../../../../examples/trading-desk/venue/participants.js'
import { generatePriceFeed, type PriceFeed, readPriceFeed } from '../../../../examples/trading-desk/venue/price-feed.js'

const recorded = join(import.meta.dirname, '../../../../../shared/data/market/trades.csv')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'price-feed-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(text: string): string {
  const file = join(folder, 'trades.csv')
  writeFileSync(file, text)
  return file
}

function market(feed: PriceFeed, seed: number) {
  const exchange = new Exchange(feed.instruments, { USDT: '1000000', BTC: '10' }, new LatencyModel(NO_LATENCY, seed), {
    refusesByBook: true,
  })
  const trades: Trade[] = []
  exchange.listen(event => event.type === 'trade' && trades.push(event.trade))
  feed.instruments.forEach((instrument, index) => {
    exchange.setReferencePrice(instrument, feed.startPrices[index]!)
  })
  return { exchange, trades, participants: new Participants(exchange, feed, seed) }
}

function run(seed: number, steps: number): string[] {
  const { trades, participants } = market(generatePriceFeed(seed), seed)
  for (let step = 0; step < steps; step++) participants.step()
  return trades.map(trade => `${trade.instrument.id} ${formatPlain(trade.price)} ${formatPlain(trade.quantity)}`)
}

test('the same seed makes the same market, another seed another', () => {
  expect(run(7, 300)).toEqual(run(7, 300))
  expect(run(7, 300)).not.toEqual(run(8, 300))
})

test('the market trades, and its book never crosses', () => {
  const { exchange, trades, participants } = market(generatePriceFeed(3), 3)
  for (let step = 0; step < 2000; step++) {
    participants.step()
    for (const { id } of exchange.instruments()) {
      const book = exchange.book(id)!
      const [bid, ask] = [book.best('buy')?.price, book.best('sell')?.price]
      if (bid !== undefined && ask !== undefined) expect(bid < ask).toBe(true)
    }
  }
  expect(trades.length).toBeGreaterThan(1000)
})

test('an order that rests at the touch is filled in several executions', async () => {
  const { exchange, participants } = market(generatePriceFeed(5), 5)
  participants.step()
  const account = exchange.account('key')
  const instrument = exchange.instruments()[0]!
  const price = exchange.book(instrument.id)!.best('buy')!.price + instrument.tickSize
  const request = { instrument, side: 'buy', type: 'limit', timeInForce: 'gtc', quoteQuantity: 0n } as const
  const outcome = await exchange.place(account, { ...request, price, quantity: decimal('0.3'), clientId: 'desk-1' })
  for (let step = 0; step < 5000 && outcome.ok && outcome.order.status !== 'filled'; step++) participants.step()
  expect(outcome.ok && outcome.order.executions.length).toBeGreaterThan(1)
  const sum = outcome.ok ? outcome.order.executions.reduce((total, { quantity }) => total + quantity, 0n) : 0n
  expect(formatPlain(sum)).toBe('0.3')
})

describe('a recorded file', () => {
  const header = 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount'

  test('gives its trades in order and begins anew at its end', () => {
    const feed = readPriceFeed(fileOf(`${header}\nx,BTCUSDT,1,1,1,buy,9682,0.132\nx,BTCUSDT,2,2,2,sell,9681.5,0.4\n`))
    const shown = [feed.next(), feed.next(), feed.next()].map(({ price, side }) => `${side} ${formatPlain(price)}`)
    expect(shown).toEqual(['buy 9682', 'sell 9681.5', 'buy 9682'])
  })

  test('lists instruments that it does not know by the decimals of their prices', () => {
    const feed = readPriceFeed(fileOf('symbol,side,price,amount\nXRPUSDT,buy,0.5123,10\n'))
    expect(feed.instruments[0]).toMatchObject({ symbol: 'XRP/USDT', tickSize: decimal('0.0001') })
  })

  test.each([
    ['without a column', 'symbol,price,amount\n', /must name the column "side"/],
    ['without trades', `${header}\n`, /no trades/],
    ['with a broken number', `${header}\nx,BTCUSDT,1,1,1,buy,9682,0.1\nx,BTCUSDT,1,1,1,buy,abc,0.1`, /line 3/],
    ['with a negative amount', `${header}\nx,BTCUSDT,1,1,1,buy,9682,-0.1`, /line 2/],
    ['with a strange symbol', `${header}\nx,HELLO,1,1,1,buy,9682,0.1`, /line 2.*HELLO/],
  ])('%s says what is wrong', (_, text, message) => {
    expect(() => readPriceFeed(fileOf(text))).toThrow(message)
  })

  test.skipIf(!existsSync(recorded))('of real trades (../shared/data/market/trades.csv) is followed', () => {
    const { trades, participants } = market(readPriceFeed(recorded), 1)
    for (let step = 0; step < 500; step++) participants.step()
    const prices = trades.map(trade => Number(formatPlain(trade.price)))
    expect(prices.length).toBeGreaterThan(300)
    expect(Math.min(...prices)).toBeGreaterThan(9500)
    expect(Math.max(...prices)).toBeLessThan(9900)
  })
})
