import ccxt, { type Order } from 'ccxt'
import type { Exchange } from './exchange.js'
import { find } from './order-desk.js'
import type { Random } from './venue/random.js'

const MIN_EDIT_NOTIONAL = 10
const MAX_ENDED = 1000

/** Looks after orders that rest: after a while some are moved to the market, the others canceled. */
export class WorkingOrders {
  readonly #exchange: Exchange
  readonly #random: Random
  readonly #restMs: number
  readonly #orders = new Map<string, { order: Order; timer: NodeJS.Timeout | undefined; edits: number }>()
  /** Orders that ended before the answer to their request came, and so before they could be known here. */
  readonly #ended = new Set<string>()
  readonly #requests = new Set<Promise<void>>()
  #stopped = false

  constructor(exchange: Exchange, random: Random, restMs: number) {
    this.#exchange = exchange
    this.#random = random
    this.#restMs = restMs
  }

  ids(): { id: string; symbol: string }[] {
    return [...this.#orders.values()].map(({ order }) => ({ id: order.id!, symbol: order.symbol! }))
  }

  /** With the answer to a new order. */
  add(order: Order, edits = 0): void {
    const id = order.id!
    const ended = this.#ended.delete(id)
    if (order.status !== 'open' || ended) return
    const working = { order, edits, timer: this.#plan(id) }
    this.#orders.set(id, working)
  }

  /** With whatever the venue tells of an order. */
  update(order: Order): void {
    const id = order.id!
    const working = this.#orders.get(id)
    if (order.status === 'open') {
      if (working) working.order = order
      return
    }
    if (!working) this.#remember(id)
    clearTimeout(working?.timer)
    this.#orders.delete(id)
  }

  /** Leaves what rests where it is; settles when no request is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const { timer } of this.#orders.values()) clearTimeout(timer)
    await Promise.all(this.#requests)
  }

  #remember(id: string): void {
    this.#ended.add(id)
    const [oldest] = this.#ended
    if (this.#ended.size > MAX_ENDED) this.#ended.delete(oldest!)
  }

  #plan(id: string): NodeJS.Timeout | undefined {
    if (this.#stopped) return undefined
    return setTimeout(
      () => {
        const request = this.#attend(id).finally(() => this.#requests.delete(request))
        this.#requests.add(request)
      },
      this.#restMs * (0.5 + this.#random.next()),
    )
  }

  async #attend(id: string): Promise<void> {
    const working = this.#orders.get(id)
    if (!working || this.#stopped) return
    try {
      const { order, edits } = working
      const remaining = order.remaining ?? order.amount ?? 0
      const edit = edits < 2 && remaining * (order.price ?? 0) > MIN_EDIT_NOTIONAL && this.#random.chance(0.4)
      if (edit) await this.#edit(order, remaining, edits + 1)
      else this.update(await this.#exchange.cancelOrder(id, order.symbol!))
    } catch (error) {
      const { message } = error as Error
      // Too late: it has traded meanwhile, and the stream tells of it. An edit says so inside its own error.
      if (error instanceof ccxt.OrderNotFound || message.includes('"code":-2011')) return
      if (!(error instanceof ccxt.NetworkError)) console.error(`execution: order ${id}: ${message}`)
      const again = this.#orders.get(id)
      if (again) again.timer = this.#plan(id)
    }
  }

  async #edit(order: Order, remaining: number, edits: number): Promise<void> {
    const { id, symbol, side, price, clientOrderId } = order
    const better = price! * (side === 'buy' ? 1.0001 : 0.9999)
    const clientId = `${clientOrderId!.replace(/-r\d$/, '')}-r${edits}`
    const edit = this.#exchange.editOrder(id!, symbol!, 'limit', side!, remaining, better, { clientOrderId: clientId })
    const edited = await edit.catch(async error => {
      // Left without an answer, it asks whether the new order is there.
      const found = error instanceof ccxt.NetworkError ? await find(this.#exchange, symbol!, clientId) : undefined
      if (!found) throw error
      return found
    })
    this.add(edited, edits)
  }
}
