import { type Decimal, largest, multiply, ONE, smallest } from './decimal.js'
import type { Exchange } from './exchange.js'
import type { Instrument } from './instrument.js'

/** What venues say of the last 24 hours: of the trades that this one still remembers. */
export interface Statistics {
  readonly open: Decimal
  readonly last: Decimal
  readonly high: Decimal
  readonly low: Decimal
  readonly volume: Decimal
  readonly quoteVolume: Decimal
  readonly average: Decimal
  /** Of the price, from the first trade to the last: 0.01 is one per cent. */
  readonly change: number
}

export function statisticsOf(exchange: Exchange, instrument: Instrument): Statistics {
  const trades = exchange.trades(instrument)
  const last = exchange.lastPrice(instrument)
  const prices = trades.map(trade => trade.price)
  const open = prices[0] ?? last
  const volume = trades.reduce((sum, trade) => sum + trade.quantity, 0n)
  const quoteVolume = trades.reduce((sum, trade) => sum + multiply(trade.price, trade.quantity), 0n)
  return {
    open,
    last,
    high: largest(last, ...prices),
    low: smallest(last, ...prices),
    volume,
    quoteVolume,
    average: volume === 0n ? last : (quoteVolume * ONE) / volume,
    change: open === 0n ? 0 : Number(last - open) / Number(open),
  }
}
