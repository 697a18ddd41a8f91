import { bestPrices } from '../best-prices.js'
import { type Decimal, formatPlain } from '../decimal.js'
import type { Exchange } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import type { Trade } from '../order.js'
import { type Level, levelQuantity, type OrderBook } from '../order-book.js'
import { statisticsOf } from '../statistics.js'

export function instrumentJson(instrument: Instrument): object {
  const lot = formatPlain(instrument.lotSize)
  return {
    symbol: instrument.id,
    baseCoin: instrument.base,
    quoteCoin: instrument.quote,
    innovation: '0',
    status: 'Trading',
    marginTrading: 'none',
    lotSizeFilter: {
      basePrecision: lot,
      quotePrecision: '0.00000001',
      minOrderQty: lot,
      maxOrderQty: formatPlain(instrument.maxQuantity),
      minOrderAmt: formatPlain(instrument.minNotional),
      maxOrderAmt: '8000000',
    },
    priceFilter: { tickSize: formatPlain(instrument.tickSize) },
  }
}

export type LevelJson = [price: string, quantity: string]

const levels = (side: readonly Level[], depth: number): LevelJson[] =>
  side.slice(0, depth).map(level => [formatPlain(level.price), formatPlain(levelQuantity(level))])

export function bookJson(book: OrderBook, depth: number): object {
  const { instrument, updateId, bids, asks } = book
  return { s: instrument.id, b: levels(bids, depth), a: levels(asks, depth), u: updateId, seq: updateId }
}

/** Only the levels that have changed; 0 for those where nothing is left. */
export function changesJson(book: OrderBook, bids: Map<Decimal, Decimal>, asks: Map<Decimal, Decimal>): object {
  const side = (changes: Map<Decimal, Decimal>): LevelJson[] =>
    [...changes].map(([price, quantity]) => [formatPlain(price), formatPlain(quantity)])
  return { s: book.instrument.id, b: side(bids), a: side(asks), u: book.updateId, seq: book.updateId }
}

export function tickerJson(exchange: Exchange, instrument: Instrument): object {
  const { open, last, high, low, volume, quoteVolume, change } = statisticsOf(exchange, instrument)
  return {
    symbol: instrument.id,
    lastPrice: formatPlain(last),
    prevPrice24h: formatPlain(open),
    price24hPcnt: change.toFixed(4),
    highPrice24h: formatPlain(high),
    lowPrice24h: formatPlain(low),
    volume24h: formatPlain(volume),
    turnover24h: formatPlain(quoteVolume),
    usdIndexPrice: formatPlain(last),
  }
}

/** By REST it has the best prices too. */
export function fullTickerJson(exchange: Exchange, instrument: Instrument): object {
  const { bid, ask } = bestPrices(exchange.book(instrument.id)!)
  return {
    ...tickerJson(exchange, instrument),
    bid1Price: formatPlain(bid.price),
    bid1Size: formatPlain(bid.quantity),
    ask1Price: formatPlain(ask.price),
    ask1Size: formatPlain(ask.quantity),
  }
}

const sideOf = ({ takerSide }: Trade) => (takerSide === 'buy' ? 'Buy' : 'Sell')
const tradeId = ({ id }: Trade) => String(2_290_000_000_000_000_000n + BigInt(id))

export function tradeJson(trade: Trade): object {
  return {
    execId: tradeId(trade),
    symbol: trade.instrument.id,
    price: formatPlain(trade.price),
    size: formatPlain(trade.quantity),
    side: sideOf(trade),
    time: String(trade.time),
    isBlockTrade: false,
  }
}

export function streamTradeJson(trade: Trade): object {
  return {
    T: trade.time,
    s: trade.instrument.id,
    S: sideOf(trade),
    v: formatPlain(trade.quantity),
    p: formatPlain(trade.price),
    L: trade.takerSide === 'buy' ? 'PlusTick' : 'MinusTick',
    i: tradeId(trade),
    BT: false,
  }
}
