import type { Decimal } from './decimal.js'
import type { Instrument } from './instrument.js'
import { leaves, type Order, type Side } from './order.js'

export interface Level {
  readonly price: Decimal
  /** First come, first served. */
  readonly orders: Order[]
}

/** Resting orders by price, then by time. */
export class OrderBook {
  readonly instrument: Instrument
  /** Best first: falling for bids, rising for asks. */
  readonly bids: Level[] = []
  readonly asks: Level[] = []
  /** Counts every change of a level; what a reader uses to join a snapshot with the changes that follow it. */
  updateId = 1
  readonly #changed: (side: Side, price: Decimal, quantity: Decimal) => void

  constructor(instrument: Instrument, changed: (side: Side, price: Decimal, quantity: Decimal) => void) {
    this.instrument = instrument
    this.#changed = changed
  }

  side(side: Side): Level[] {
    return side === 'buy' ? this.bids : this.asks
  }

  best(side: Side): Level | undefined {
    return this.side(side)[0]
  }

  add(order: Order): void {
    const levels = this.side(order.side)
    const at = levels.findIndex(level => !isBetter(order.side, level.price, order.price))
    const index = at === -1 ? levels.length : at
    const found = levels[index]
    if (found?.price === order.price) found.orders.push(order)
    else levels.splice(index, 0, { price: order.price, orders: [order] })
    this.changed(order.side, order.price)
  }

  remove(order: Order): void {
    const levels = this.side(order.side)
    const index = levels.findIndex(level => level.price === order.price)
    const level = levels[index]
    const at = level ? level.orders.indexOf(order) : -1
    if (!level || at === -1) return
    level.orders.splice(at, 1)
    if (level.orders.length === 0) levels.splice(index, 1)
    this.changed(order.side, order.price)
  }

  /** To be called whenever what rests at a price has changed. */
  changed(side: Side, price: Decimal): void {
    this.updateId++
    const level = this.side(side).find(candidate => candidate.price === price)
    this.#changed(side, price, level ? levelQuantity(level) : 0n)
  }
}

export function levelQuantity(level: Level): Decimal {
  return level.orders.reduce((sum, order) => sum + leaves(order), 0n)
}

function isBetter(side: Side, a: Decimal, b: Decimal): boolean {
  return side === 'buy' ? a > b : a < b
}
