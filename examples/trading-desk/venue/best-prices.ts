import { type Decimal, formatFixed } from './decimal.js'
import type { Exchange } from './exchange.js'
import { levelQuantity, type OrderBook } from './order-book.js'

/** 0 where nobody quotes. */
export interface BestPrice {
  readonly price: Decimal
  readonly quantity: Decimal
}

export function bestPrices(book: OrderBook): { bid: BestPrice; ask: BestPrice } {
  const [bid, ask] = [book.bids[0], book.asks[0]].map(level => ({
    price: level?.price ?? 0n,
    quantity: level ? levelQuantity(level) : 0n,
  })) as [BestPrice, BestPrice]
  return { bid, ask }
}

/** Tells whenever the best price of a book, or what is quoted there, has become another. */
export class BestPrices {
  readonly #exchange: Exchange
  readonly #changed: (book: OrderBook) => void
  readonly #seen = new Map<OrderBook, string>()
  #due = false

  constructor(exchange: Exchange, changed: (book: OrderBook) => void) {
    this.#exchange = exchange
    this.#changed = changed
    exchange.listen(event => {
      if (event.type !== 'level' || this.#due) return
      // The market maker moves many quotes at once; only where they come to rest is told.
      this.#due = true
      queueMicrotask(() => this.#look())
    })
  }

  #look(): void {
    this.#due = false
    for (const { id } of this.#exchange.instruments()) {
      const book = this.#exchange.book(id)!
      const { bid, ask } = bestPrices(book)
      const seen = [bid.price, bid.quantity, ask.price, ask.quantity].map(formatFixed).join('/')
      if (this.#seen.get(book) === seen) continue
      this.#seen.set(book, seen)
      this.#changed(book)
    }
  }
}
