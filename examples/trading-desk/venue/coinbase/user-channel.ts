import type { Exchange, ExchangeEvent } from '../exchange.js'
import { isOpen, type Order } from '../order.js'
import { createRandom, type Random } from '../random.js'
import type { Connection } from './connection.js'
import { productId } from './identifiers.js'
import { channelOrderJson } from './order-json.js'

/** Of a living order that can only end at once, nothing is told but its end. */
function rests({ type, timeInForce }: Order): boolean {
  return type !== 'market' && timeInForce === 'gtc'
}

/**
 * The state of an account's orders, each time with what has been executed of it so far; no executions. What happens to
 * an order within one turn of the venue is one update.
 */
export class UserChannel {
  readonly #exchange: Exchange
  readonly #connections: ReadonlySet<Connection>
  readonly #random: Random
  readonly #changed = new Set<Order>()
  readonly #told = new WeakSet<Order>()
  /** How likely an update is told twice, from 0 to 1. */
  duplicates = 0

  constructor(exchange: Exchange, connections: ReadonlySet<Connection>, seed: number) {
    this.#exchange = exchange
    this.#connections = connections
    this.#random = createRandom(seed, 'duplicates')
    exchange.listen(event => this.#observe(event))
  }

  /** A subscription begins with all orders that are open. */
  begin(connection: Connection, key: string): void {
    const open = this.#exchange
      .orders(this.#exchange.account(key))
      .filter(order => isOpen(order) && isFor(connection, order))
    connection.send('user', [{ type: 'snapshot', orders: open.map(order => channelOrderJson(order)) }])
  }

  #observe(event: ExchangeEvent): void {
    const order = event.type === 'order' ? event.order : event.type === 'execution' ? event.execution.order : undefined
    if (!order?.account) return
    if (!this.#told.has(order)) {
      this.#told.add(order)
      this.#send(order, 'PENDING')
    }
    if (this.#changed.size === 0) setImmediate(() => this.#tellChanged())
    this.#changed.add(order)
  }

  #tellChanged(): void {
    const changed = [...this.#changed]
    this.#changed.clear()
    for (const order of changed) if (rests(order) || !isOpen(order)) this.#send(order)
  }

  #send(order: Order, status?: string): void {
    for (const connection of this.#connections) {
      if (connection.key !== order.account?.key || !isFor(connection, order)) continue
      const events = [{ type: 'update', orders: [channelOrderJson(order, status)] }]
      connection.send('user', events)
      if (this.#random.chance(this.duplicates)) connection.send('user', events)
    }
  }
}

function isFor(connection: Connection, order: Order): boolean {
  return connection.allProducts || connection.has('user', productId(order.instrument))
}
