import { type Decimal, formatFixed, largest, multiply, smallest } from '../decimal.js'
import type { Exchange } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import type { Trade } from '../order.js'
import { type Level, levelQuantity, type OrderBook } from '../order-book.js'

export type LevelJson = [price: string, quantity: string]

function levels(side: readonly Level[], limit: number): LevelJson[] {
  return side.slice(0, limit).map(level => [formatFixed(level.price), formatFixed(levelQuantity(level))])
}

export function depthJson(book: OrderBook, limit: number): object {
  return { lastUpdateId: book.updateId, bids: levels(book.bids, limit), asks: levels(book.asks, limit) }
}

export function bestPrices(book: OrderBook): { bid: LevelJson; ask: LevelJson } {
  const none: LevelJson = [formatFixed(0n), formatFixed(0n)]
  return { bid: levels(book.bids, 1)[0] ?? none, ask: levels(book.asks, 1)[0] ?? none }
}

export function bookTickerJson(book: OrderBook): object {
  const { bid, ask } = bestPrices(book)
  return { symbol: book.instrument.id, bidPrice: bid[0], bidQty: bid[1], askPrice: ask[0], askQty: ask[1] }
}

export function tradeJson(trade: Trade): object {
  return {
    id: trade.id,
    price: formatFixed(trade.price),
    qty: formatFixed(trade.quantity),
    quoteQty: formatFixed(multiply(trade.price, trade.quantity)),
    time: trade.time,
    isBuyerMaker: trade.takerSide === 'sell',
    isBestMatch: true,
  }
}

export function aggregateTradeJson({ id, price, quantity, time, takerSide }: Trade): object {
  const [p, q] = [formatFixed(price), formatFixed(quantity)]
  return { a: id, p, q, f: id, l: id, T: time, m: takerSide === 'sell', M: true }
}

/** Over the trades that the venue still remembers, which is what it has of the last 24 hours. */
export function tickerJson(exchange: Exchange, instrument: Instrument): object {
  const book = exchange.book(instrument.id)!
  const { bid, ask } = bestPrices(book)
  const trades = exchange.trades(instrument)
  const last = exchange.lastPrice(instrument)
  const prices = trades.map(trade => trade.price)
  const open = prices[0] ?? last
  const volume = trades.reduce((sum, trade) => sum + trade.quantity, 0n)
  const quoteVolume = trades.reduce((sum, trade) => sum + multiply(trade.price, trade.quantity), 0n)
  const average: Decimal = volume === 0n ? last : (quoteVolume * 100_000_000n) / volume
  return {
    symbol: instrument.id,
    priceChange: formatFixed(last - open),
    priceChangePercent: open === 0n ? '0.000' : ((Number(last - open) / Number(open)) * 100).toFixed(3),
    weightedAvgPrice: formatFixed(average),
    prevClosePrice: formatFixed(open),
    lastPrice: formatFixed(last),
    lastQty: formatFixed(trades.at(-1)?.quantity ?? 0n),
    bidPrice: bid[0],
    bidQty: bid[1],
    askPrice: ask[0],
    askQty: ask[1],
    openPrice: formatFixed(open),
    highPrice: formatFixed(largest(last, ...prices)),
    lowPrice: formatFixed(smallest(last, ...prices)),
    volume: formatFixed(volume),
    quoteVolume: formatFixed(quoteVolume),
    openTime: trades[0]?.time ?? Date.now(),
    closeTime: Date.now(),
    firstId: trades[0]?.id ?? -1,
    lastId: trades.at(-1)?.id ?? -1,
    count: trades.length,
  }
}
