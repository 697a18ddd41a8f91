import { type Decimal, formatPlain } from './decimal.js'
import type { ExchangeEvent } from './exchange.js'
import { isOpen, type Order, type OrderStatus } from './order.js'

/**
 * What happened to the clients' orders. Only statuses that occurred are listed; `open` while any rests.
 * `replaced` are orders that ended because a cancel-replace put another in their place: that other one counts by itself.
 */
export interface Books {
  readonly orders: Readonly<Record<string, number>>
  /** One for every trade of an order. */
  readonly executions: number
  /** Total executed per symbol, such as `{ "BTC/USDT": "1.234" }`. */
  readonly quantity: Readonly<Record<string, string>>
}

const NAMES: Record<OrderStatus, string> = {
  new: 'open',
  partially_filled: 'open',
  filled: 'filled',
  canceled: 'canceled',
  replaced: 'replaced',
  expired: 'expired',
  expired_in_match: 'expired',
  rejected: 'rejected',
}

/** Of those whose status may still change; the others are counted and let go. */
const KEPT_ORDERS = 10_000

/** The venue's own books of its clients' orders; the other participants aren't in them. */
export class BookKeeper {
  readonly #expires: boolean
  readonly #keptOrders: number
  readonly #orders = new Set<Order>()
  /** How the orders ended that were let go. */
  readonly #counted: Record<string, number> = {}
  readonly #quantities = new Map<string, Decimal>()
  #refused = 0
  #executions = 0

  /** @param expires whether the venue calls the end of an order by its own terms an expiry; else it is a cancel */
  constructor(expires: boolean, keptOrders = KEPT_ORDERS) {
    this.#expires = expires
    this.#keptOrders = keptOrders
  }

  readonly record = (event: ExchangeEvent): void => {
    if (event.type === 'order' && !this.#orders.has(event.order)) this.#keep(event.order)
    // A second order under the client id of a living one is no new order.
    if (event.type === 'refused' && event.reason !== 'duplicate_client_id') this.#refused++
    if (event.type !== 'execution') return
    const { symbol } = event.execution.order.instrument
    this.#executions++
    this.#quantities.set(symbol, (this.#quantities.get(symbol) ?? 0n) + event.execution.quantity)
  }

  books(): Books {
    const orders = { ...this.#counted }
    for (const order of this.#orders) this.#count(orders, order)
    if (this.#refused > 0) orders.rejected = (orders.rejected ?? 0) + this.#refused
    const quantities = [...this.#quantities].map(([symbol, value]) => [symbol, formatPlain(value)] as const)
    return { orders, executions: this.#executions, quantity: Object.fromEntries(quantities) }
  }

  #count(orders: Record<string, number>, { status }: Order): void {
    const own = NAMES[status]
    const name = own === 'expired' && !this.#expires ? 'canceled' : own
    orders[name] = (orders[name] ?? 0) + 1
  }

  #keep(order: Order): void {
    this.#orders.add(order)
    if (this.#orders.size <= this.#keptOrders * 1.1) return
    for (const oldest of this.#orders) {
      if (this.#orders.size <= this.#keptOrders) return
      if (isOpen(oldest)) continue
      this.#count(this.#counted, oldest)
      this.#orders.delete(oldest)
    }
  }
}
