import { decimal, floorTo } from './decimal.js'
import type { Exchange } from './exchange.js'
import type { Instrument } from './instrument.js'
import { isOpen, type Order } from './order.js'
import type { FeedTrade, PriceFeed } from './price-feed.js'
import { createRandom, type Random } from './random.js'

const LEVELS = 8
/** Half of the market maker's spread and the distance of its levels, in parts of the price. */
const HALF_SPREAD = 50_000n
const LEVEL_STEP = 100_000n

/**
 * Everybody else: a market maker that quotes around the feed's price, small at the touch and larger behind, and takers
 * that repeat the feed's trades. So an order of a client that takes trades with several levels, and one that rests
 * inside the spread is filled bit by bit.
 */
export class Participants {
  readonly #exchange: Exchange
  readonly #feed: PriceFeed
  readonly #random: Random
  readonly #quotes = new Map<Instrument, Order[]>()
  #timer: NodeJS.Timeout | undefined

  constructor(exchange: Exchange, feed: PriceFeed, seed: number) {
    this.#exchange = exchange
    this.#feed = feed
    this.#random = createRandom(seed, 'participants')
  }

  /** `stepMs`: the time from one trade of the feed to the next. */
  start(stepMs: number): void {
    for (const [index, instrument] of this.#feed.instruments.entries()) {
      this.#quote({ instrument, price: this.#feed.startPrices[index]! })
    }
    this.#timer = setInterval(() => this.step(), stepMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  step(): void {
    const trade = this.#feed.next()
    this.#quote(trade)
    const { instrument, price, side, quantity } = trade
    const reach = (price * LEVEL_STEP) / 100_000_000n
    const limit = floorTo(side === 'buy' ? price + reach : price - reach, instrument.tickSize)
    if (limit > 0n) this.#exchange.participate(instrument, side, 'take', limit, quantity)
  }

  #quote({ instrument, price }: Pick<FeedTrade, 'instrument' | 'price'>): void {
    for (const order of this.#quotes.get(instrument) ?? []) this.#exchange.withdraw(order)
    const quotes: Order[] = []
    for (let level = 0; level < LEVELS; level++) {
      const distance = (price * (HALF_SPREAD + LEVEL_STEP * BigInt(level))) / 1_000_000_000n
      const step = distance > instrument.tickSize ? distance : instrument.tickSize * BigInt(level + 1)
      for (const side of ['buy', 'sell'] as const) {
        const at = floorTo(side === 'buy' ? price - step : price + step, instrument.tickSize)
        if (at <= 0n) continue
        const order = this.#exchange.participate(instrument, side, 'rest', at, this.#size(instrument, price, level))
        if (isOpen(order)) quotes.push(order)
      }
    }
    this.#quotes.set(instrument, quotes)
  }

  /** About 1,000 of the quote currency at the touch, growing with the distance. */
  #size(instrument: Instrument, price: bigint, level: number): bigint {
    const value = decimal('100') * BigInt(this.#random.integer(5, 20) * (level + 1))
    return floorTo((value * 100_000_000n) / price, instrument.lotSize) || instrument.lotSize
  }
}
