import { type BestPrice, bestPrices } from '../best-prices.js'
import { formatFixed, multiply } from '../decimal.js'
import type { Exchange } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import type { Trade } from '../order.js'
import { type Level, levelQuantity, type OrderBook } from '../order-book.js'
import { statisticsOf } from '../statistics.js'

export type LevelJson = [price: string, quantity: string]

function levels(side: readonly Level[], limit: number): LevelJson[] {
  return side.slice(0, limit).map(level => [formatFixed(level.price), formatFixed(levelQuantity(level))])
}

export function depthJson(book: OrderBook, limit: number): object {
  return { lastUpdateId: book.updateId, bids: levels(book.bids, limit), asks: levels(book.asks, limit) }
}

const text = ({ price, quantity }: BestPrice): LevelJson => [formatFixed(price), formatFixed(quantity)]

export function bestPricesJson(book: OrderBook): { bid: LevelJson; ask: LevelJson } {
  const { bid, ask } = bestPrices(book)
  return { bid: text(bid), ask: text(ask) }
}

export function bookTickerJson(book: OrderBook): object {
  const { bid, ask } = bestPricesJson(book)
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
  const { bid, ask } = bestPricesJson(book)
  const trades = exchange.trades(instrument)
  const { open, last, high, low, volume, quoteVolume, average, change } = statisticsOf(exchange, instrument)
  return {
    symbol: instrument.id,
    priceChange: formatFixed(last - open),
    priceChangePercent: (change * 100).toFixed(3),
    weightedAvgPrice: formatFixed(average),
    prevClosePrice: formatFixed(open),
    lastPrice: formatFixed(last),
    lastQty: formatFixed(trades.at(-1)?.quantity ?? 0n),
    bidPrice: bid[0],
    bidQty: bid[1],
    askPrice: ask[0],
    askQty: ask[1],
    openPrice: formatFixed(open),
    highPrice: formatFixed(high),
    lowPrice: formatFixed(low),
    volume: formatFixed(volume),
    quoteVolume: formatFixed(quoteVolume),
    openTime: trades[0]?.time ?? Date.now(),
    closeTime: Date.now(),
    firstId: trades[0]?.id ?? -1,
    lastId: trades.at(-1)?.id ?? -1,
    count: trades.length,
  }
}
