import { type Decimal, decimal } from './decimal.js'

export interface Instrument {
  /** The venue's own spelling: `BTCUSDT`. */
  readonly id: string
  /** The spelling that traders use: `BTC/USDT`. */
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tickSize: Decimal
  readonly lotSize: Decimal
  readonly maxQuantity: Decimal
  readonly maxPrice: Decimal
  readonly minNotional: Decimal
}

/** `BTC`, `USDT`, a tick of 0.01 and a lot of 0.00001 make Binance's BTCUSDT. */
export function defineInstrument(base: string, quote: string, tickSize: string, lotSize: string): Instrument {
  return {
    id: base + quote,
    symbol: `${base}/${quote}`,
    base,
    quote,
    tickSize: decimal(tickSize),
    lotSize: decimal(lotSize),
    maxQuantity: decimal('9000'),
    maxPrice: decimal('1000000'),
    minNotional: decimal('5'),
  }
}

export const BTC_USDT = defineInstrument('BTC', 'USDT', '0.01', '0.00001')
export const ETH_USDT = defineInstrument('ETH', 'USDT', '0.01', '0.0001')

const QUOTES = ['USDT', 'USDC', 'FDUSD', 'USD', 'EUR', 'BTC', 'ETH']

/** The instrument of a recorded file; `decimals` are those of its prices, for one that isn't in the list above. */
export function instrumentById(id: string, decimals: number): Instrument | undefined {
  const known = [BTC_USDT, ETH_USDT].find(instrument => instrument.id === id)
  if (known) return known
  const quote = QUOTES.find(name => id.endsWith(name) && id.length > name.length)
  if (!quote) return undefined
  const tickSize = decimals === 0 ? '1' : `0.${'1'.padStart(Math.min(decimals, 5), '0')}`
  return defineInstrument(id.slice(0, -quote.length), quote, tickSize, '0.001')
}
