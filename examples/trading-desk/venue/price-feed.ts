import { readFileSync } from 'node:fs'
import { type Decimal, decimal, floorTo, ONE, parseDecimal } from './decimal.js'
import { BTC_USDT, ETH_USDT, type Instrument, instrumentById } from './instrument.js'
import type { Side } from './order.js'
import { createRandom } from './random.js'

/** One trade of the wider market, which the venue's other participants follow. */
export interface FeedTrade {
  readonly instrument: Instrument
  readonly side: Side
  readonly price: Decimal
  readonly quantity: Decimal
}

/** Endless: a recorded file begins anew after its last trade. */
export interface PriceFeed {
  readonly instruments: readonly Instrument[]
  /** The price each instrument starts from. */
  readonly startPrices: readonly Decimal[]
  next(): FeedTrade
}

const COLUMNS = ['symbol', 'side', 'price', 'amount'] as const

/** @throws with the line at fault, for a file that isn't a CSV of trades with the columns symbol, side, price, amount. */
export function readPriceFeed(file: string): PriceFeed {
  const [header = '', ...lines] = readFileSync(file, 'utf8').split(/\r?\n/)
  const names = header.split(',')
  const [symbol, side, price, amount] = COLUMNS.map(column => {
    const index = names.indexOf(column)
    if (index === -1)
      throw new Error(`${file}: the first line must name the column "${column}" (${COLUMNS.join(', ')})`)
    return index
  }) as [number, number, number, number]
  const instruments = new Map<string, Instrument>()
  const trades: FeedTrade[] = []
  lines.forEach((line, index) => {
    if (line.trim() === '') return
    const cells = line.split(',')
    const id = cells[symbol] ?? ''
    const at = `${file}, line ${index + 2}`
    const instrument = instruments.get(id) ?? instrumentById(id, (cells[price] ?? '').split('.')[1]?.length ?? 0)
    if (!instrument) throw new Error(`${at}: "${id}" is not an instrument such as BTCUSDT`)
    instruments.set(id, instrument)
    const value = parseDecimal(cells[price] ?? '')
    const size = parseDecimal(cells[amount] ?? '')
    if (!value || value <= 0n || !size || size <= 0n || (cells[side] !== 'buy' && cells[side] !== 'sell')) {
      throw new Error(`${at}: side must be buy or sell, price and amount positive decimal numbers, not "${line}"`)
    }
    const quantity = floorTo(size, instrument.lotSize)
    trades.push({
      instrument,
      side: cells[side],
      price: floorTo(value, instrument.tickSize) || instrument.tickSize,
      quantity: quantity || instrument.lotSize,
    })
  })
  if (trades.length === 0) throw new Error(`${file}: no trades below the first line`)
  const listed = [...instruments.values()]
  let position = 0
  return {
    instruments: listed,
    startPrices: listed.map(instrument => trades.find(trade => trade.instrument === instrument)!.price),
    next: () => trades[position++ % trades.length]!,
  }
}

/** A random walk with a pull back to where it began, so that it stays a market through a long night. */
export function generatePriceFeed(seed: number): PriceFeed {
  const random = createRandom(seed, 'prices')
  const markets = [
    { instrument: BTC_USDT, start: decimal('60000'), last: decimal('60000'), size: decimal('0.2') },
    { instrument: ETH_USDT, start: decimal('3000'), last: decimal('3000'), size: decimal('3') },
  ]
  return {
    instruments: markets.map(market => market.instrument),
    startPrices: markets.map(market => market.start),
    next() {
      const market = markets[random.chance(0.7) ? 0 : 1]!
      const { instrument, start, last } = market
      const pull = Number(start - last) / Number(start)
      // Up to 2 basis points a step.
      const move = BigInt(Math.round((random.next() * 2 - 1 + pull * 20) * 20_000))
      market.last = floorTo(last + (last * move) / ONE, instrument.tickSize)
      const share = BigInt(Math.ceil(random.next() ** 3 * 1000))
      const quantity = floorTo((market.size * share) / 1000n, instrument.lotSize) || instrument.lotSize
      return { instrument, side: random.chance(0.5) ? 'buy' : 'sell', price: market.last, quantity }
    },
  }
}
