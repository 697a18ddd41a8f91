import type { Decimal } from './decimal.js'
import type { ExchangeEvent } from './exchange.js'
import type { Instrument } from './instrument.js'

/** What has changed in a book since it was last told: the new quantity by price, 0 where nothing is left. */
export interface DepthChanges {
  /** Of the book, with the first of these changes. */
  readonly first: number
  readonly bids: Map<Decimal, Decimal>
  readonly asks: Map<Decimal, Decimal>
}

/** Gathers what changes in the books, for those who tell it now and then. */
export class DepthRecorder {
  #changes = new Map<Instrument, DepthChanges>()

  readonly record = (event: ExchangeEvent): void => {
    if (event.type !== 'level') return
    const { book, side, price, quantity } = event
    let changes = this.#changes.get(book.instrument)
    if (!changes) {
      changes = { first: book.updateId, bids: new Map(), asks: new Map() }
      this.#changes.set(book.instrument, changes)
    }
    const levels = side === 'buy' ? changes.bids : changes.asks
    levels.set(price, quantity)
  }

  /** What has been gathered since the last time. */
  take(): ReadonlyMap<Instrument, DepthChanges> {
    const changes = this.#changes
    this.#changes = new Map()
    return changes
  }
}
