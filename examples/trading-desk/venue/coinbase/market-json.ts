import { bestPrices } from '../best-prices.js'
import { type Decimal, formatPlain } from '../decimal.js'
import type { Exchange } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import type { Side, Trade } from '../order.js'
import { type Level, levelQuantity, type OrderBook } from '../order-book.js'
import { statisticsOf } from '../statistics.js'
import { isoTime, productId } from './identifiers.js'

export function productJson(exchange: Exchange, instrument: Instrument): object {
  const { last, volume, quoteVolume, change } = statisticsOf(exchange, instrument)
  return {
    product_id: productId(instrument),
    price: formatPlain(last),
    price_percentage_change_24h: (change * 100).toFixed(4),
    volume_24h: formatPlain(volume),
    base_increment: formatPlain(instrument.lotSize),
    quote_increment: formatPlain(instrument.tickSize),
    price_increment: formatPlain(instrument.tickSize),
    quote_min_size: formatPlain(instrument.minNotional),
    quote_max_size: '150000000',
    base_min_size: formatPlain(instrument.lotSize),
    base_max_size: formatPlain(instrument.maxQuantity),
    base_name: instrument.base,
    quote_name: instrument.quote,
    is_disabled: false,
    status: 'online',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: false,
    auction_mode: false,
    product_type: 'SPOT',
    base_currency_id: instrument.base,
    quote_currency_id: instrument.quote,
    alias: '',
    alias_to: [],
    display_name: productId(instrument),
    product_venue: 'CBE',
    approximate_quote_24h_volume: formatPlain(quoteVolume),
  }
}

/** The takers' side. */
export function tradeJson(trade: Trade): object {
  return {
    trade_id: String(trade.id),
    product_id: productId(trade.instrument),
    price: formatPlain(trade.price),
    size: formatPlain(trade.quantity),
    time: isoTime(trade.time),
    side: trade.takerSide.toUpperCase(),
  }
}

export function bookJson({ instrument, bids, asks }: OrderBook, limit: number): object {
  const side = (levels: readonly Level[]) =>
    levels.slice(0, limit).map(level => ({ price: formatPlain(level.price), size: formatPlain(levelQuantity(level)) }))
  return { product_id: productId(instrument), bids: side(bids), asks: side(asks), time: isoTime(Date.now()) }
}

export function tickerJson(exchange: Exchange, instrument: Instrument): object {
  const { last, high, low, volume, change } = statisticsOf(exchange, instrument)
  const { bid, ask } = bestPrices(exchange.book(instrument.id)!)
  return {
    type: 'ticker',
    product_id: productId(instrument),
    price: formatPlain(last),
    volume_24_h: formatPlain(volume),
    low_24_h: formatPlain(low),
    high_24_h: formatPlain(high),
    low_52_w: formatPlain(low),
    high_52_w: formatPlain(high),
    price_percent_chg_24_h: (change * 100).toFixed(4),
    best_bid: formatPlain(bid.price),
    best_bid_quantity: formatPlain(bid.quantity),
    best_ask: formatPlain(ask.price),
    best_ask_quantity: formatPlain(ask.quantity),
  }
}

/** One level of a book, with what is left of it. */
export function levelJson(side: Side, price: Decimal, quantity: Decimal): object {
  return {
    side: side === 'buy' ? 'bid' : 'offer',
    event_time: isoTime(Date.now()),
    price_level: formatPlain(price),
    new_quantity: formatPlain(quantity),
  }
}

export function wholeBookJson({ bids, asks }: OrderBook): object[] {
  return [
    ...bids.map(level => levelJson('buy', level.price, levelQuantity(level))),
    ...asks.map(level => levelJson('sell', level.price, levelQuantity(level))),
  ]
}
