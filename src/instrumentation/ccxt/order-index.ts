import type { TrackedOrder } from './tracked-order.js'

/** Orders of one account remembered: a done order must be known as long as a query can tell of it again. */
const MAXIMUM_ORDERS = 20_000

interface Ids {
  readonly orderId?: string | undefined
  readonly clientId?: string | undefined
  readonly symbol?: string | undefined
}

/** The orders of one account by the venue's and the client's ids, bounded. */
export class OrderIndex {
  readonly #orders = new Set<TrackedOrder>()
  /** By symbol, and by none: order ids of some venues are unique only within a symbol. */
  readonly #bySymbol = new Map<string | undefined, Map<string, TrackedOrder>>()
  readonly #byClientId = new Map<string, TrackedOrder>()
  readonly #maximum: number
  /** Whatever is older than this may have been known and forgotten. */
  forgottenUntil: number

  constructor(startTime: number, maximum = MAXIMUM_ORDERS) {
    this.forgottenUntil = startTime
    this.#maximum = maximum
  }

  /** By the venue's id first: a client id can be used again, and some answers carry the id of the request there. */
  find({ orderId, clientId, symbol }: Ids): TrackedOrder | undefined {
    const byOrderId =
      orderId === undefined
        ? undefined
        : (this.#bySymbol.get(symbol)?.get(orderId) ?? this.#bySymbol.get(undefined)?.get(orderId))
    if (byOrderId !== undefined && (sameSymbol(byOrderId, symbol) || isUnique(byOrderId, clientId))) return byOrderId
    const byClientId = clientId === undefined ? undefined : this.#byClientId.get(clientId)
    if (byClientId === undefined || !sameSymbol(byClientId, symbol)) return undefined
    // the same client id, another order of the venue: not the one, unless it is what that one has become
    return orderId === undefined ||
      byClientId.orderId === undefined ||
      byClientId.orderId === orderId ||
      byClientId.isConditional
      ? byClientId
      : undefined
  }

  add(order: TrackedOrder): void {
    this.#orders.add(order)
    this.learn(order)
    if (this.#orders.size > this.#maximum) this.#forgetOne()
  }

  /** After an id of the order became known. */
  learn(order: TrackedOrder): void {
    if (this.#isShared(order)) order.clientId = undefined
    else if (order.clientId !== undefined) this.#byClientId.set(order.clientId, order)
    if (order.orderId === undefined) return
    const other = this.#bySymbol.get(undefined)?.get(order.orderId)
    if (other !== undefined && other !== order && other.symbol !== order.symbol) order.isAmbiguous = true
    this.#map(order.orderId, order.symbol, order)
    // cancelOrder(id) without a symbol
    this.#map(order.orderId, undefined, order)
  }

  /** A living order of another id has the same client id: a mark that the client puts on many (Kraken's `userref`). */
  #isShared({ clientId, orderId, predecessor }: TrackedOrder): boolean {
    const other = clientId === undefined ? undefined : this.#byClientId.get(clientId)
    if (other === undefined || other === predecessor || other.ended !== undefined || other.isConditional) return false
    return orderId !== undefined && other.orderId !== undefined && other.orderId !== orderId
  }

  /** The venue has another id for the order too. */
  alias(order: TrackedOrder, orderId: string): void {
    order.otherOrderId = orderId
    this.#map(orderId, order.symbol, order)
  }

  *[Symbol.iterator](): IterableIterator<TrackedOrder> {
    yield* this.#orders
  }

  /** The oldest that has ended among the oldest few, else the oldest. */
  #forgetOne(): void {
    let victim: TrackedOrder | undefined
    let looked = 0
    for (const order of this.#orders) {
      victim ??= order
      if (order.ended !== undefined || ++looked > 100) {
        if (order.ended !== undefined) victim = order
        break
      }
    }
    if (victim === undefined) return
    this.#orders.delete(victim)
    const { clientId, orderId, otherOrderId, symbol } = victim
    if (clientId !== undefined && this.#byClientId.get(clientId) === victim) this.#byClientId.delete(clientId)
    if (otherOrderId !== undefined) this.#unmap(otherOrderId, symbol, victim)
    if (orderId !== undefined) {
      this.#unmap(orderId, symbol, victim)
      this.#unmap(orderId, undefined, victim)
    }
    this.forgottenUntil = Math.max(this.forgottenUntil, victim.lastTime)
  }

  #map(orderId: string, symbol: string | undefined, order: TrackedOrder): void {
    const orders = this.#bySymbol.get(symbol)
    if (orders === undefined) this.#bySymbol.set(symbol, new Map([[orderId, order]]))
    else orders.set(orderId, order)
  }

  #unmap(orderId: string, symbol: string | undefined, order: TrackedOrder): void {
    const orders = this.#bySymbol.get(symbol)
    if (orders?.get(orderId) !== order) return
    orders.delete(orderId)
    if (orders.size === 0) this.#bySymbol.delete(symbol)
  }
}

/** ccxt may name a market differently in an order and in its trades; numbers are counted anew in each market, the rest isn't. */
function isUnique({ orderId, clientId: own }: TrackedOrder, clientId: string | undefined): boolean {
  return (clientId !== undefined && clientId === own) || !/^\d*$/.test(orderId ?? '')
}

function sameSymbol(order: TrackedOrder, symbol: string | undefined): boolean {
  return symbol === undefined || order.symbol === undefined || order.symbol === symbol
}
