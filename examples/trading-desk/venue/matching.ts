import { type Decimal, floorTo, ONE, smallest } from './decimal.js'
import { leaves, type Order, type Side } from './order.js'
import { type Level, levelQuantity, type OrderBook } from './order-book.js'

export interface MatchListener {
  fill(taker: Order, maker: Order, price: Decimal, quantity: Decimal): void
  /** The resting order belongs to the taker's own account and has left the book for it. */
  selfTrade(maker: Order): void
}

export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}

export function crosses(order: Pick<Order, 'side' | 'type' | 'price'>, level: Level): boolean {
  if (order.type === 'market') return true
  return order.side === 'buy' ? level.price <= order.price : level.price >= order.price
}

/** What the order could trade at once. A resting order of its own account counts for nothing. */
export function fillable(book: OrderBook, order: Order): Decimal {
  let sum = 0n
  for (const level of book.side(opposite(order.side))) {
    if (!crosses(order, level)) break
    for (const maker of level.orders) if (!isOwn(order, maker)) sum += leaves(maker)
  }
  return sum
}

/** How much base currency the given amount of quote currency buys or sells now, rounded down to lots. */
export function quantityForQuote(book: OrderBook, side: Side, quote: Decimal): Decimal {
  let left = quote
  let quantity = 0n
  for (const level of book.side(opposite(side))) {
    const affordable = floorTo((left * ONE) / level.price, book.instrument.lotSize)
    const available = levelQuantity(level)
    const taken = smallest(affordable, available)
    quantity += taken
    left -= (taken * level.price) / ONE
    if (taken < available) break
  }
  return quantity
}

/** Trades the order against the book by price, then time, each trade at the resting order's price. */
export function match(
  book: OrderBook,
  taker: Order,
  listener: MatchListener,
  affordable: (price: Decimal) => Decimal,
): void {
  const side = opposite(taker.side)
  for (let level = book.best(side); level && crosses(taker, level) && leaves(taker) > 0n; level = book.best(side)) {
    const maker = level.orders[0]!
    if (isOwn(taker, maker)) {
      book.remove(maker)
      listener.selfTrade(maker)
      continue
    }
    const quantity = smallest(leaves(maker), leaves(taker), affordable(level.price))
    if (quantity <= 0n) return
    maker.executed += quantity
    taker.executed += quantity
    if (leaves(maker) === 0n) book.remove(maker)
    else book.changed(side, level.price)
    listener.fill(taker, maker, level.price, quantity)
  }
}

function isOwn(taker: Order, maker: Order): boolean {
  return taker.account !== undefined && taker.account === maker.account
}
