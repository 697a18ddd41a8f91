import type { OrderState } from './order-state.js'

/** Orders of one venue, by every id that ever named them. */
class VenueOrders {
  readonly byClientId = new Map<string, OrderState>()
  readonly byOrderId = new Map<string, OrderState>()
}

/** Ids that one order may have; beyond it the oldest alias no longer leads to it. */
const MAXIMUM_ALIASES = 256

/** Orders by their ids. An id belongs to its venue: two venues may use the same one. */
export class OrderIndex {
  readonly #defaultVenue: string
  readonly #default = new VenueOrders()
  readonly #others = new Map<string, VenueOrders>()

  constructor(defaultVenue: string) {
    this.#defaultVenue = defaultVenue
  }

  byClientId(venue: string, id: string): OrderState | undefined {
    return this.#of(venue)?.byClientId.get(id)
  }

  byOrderId(venue: string, id: string): OrderState | undefined {
    return this.#of(venue)?.byOrderId.get(id)
  }

  /** By any id, at any venue: the client's first. */
  find(id: string): OrderState | undefined {
    const own = this.#default.byClientId.get(id) ?? this.#default.byOrderId.get(id)
    if (own !== undefined) return own
    for (const orders of this.#others.values()) {
      const order = orders.byClientId.get(id) ?? orders.byOrderId.get(id)
      if (order !== undefined) return order
    }
    return undefined
  }

  setClientId(order: OrderState, id: string): void {
    this.#make(order.venue).byClientId.set(id, order)
    if (id === order.rootId) return
    if (order.clientAliases === undefined) order.clientAliases = [id]
    else if (!order.clientAliases.includes(id)) {
      order.clientAliases.push(id)
      if (order.clientAliases.length > MAXIMUM_ALIASES)
        this.#drop(this.#make(order.venue).byClientId, order, order.clientAliases.shift()!)
    }
  }

  setOrderId(order: OrderState, id: string): void {
    this.#make(order.venue).byOrderId.set(id, order)
    if (id === order.orderId) return
    if (order.venueAliases === undefined) order.venueAliases = [id]
    else if (!order.venueAliases.includes(id)) {
      order.venueAliases.push(id)
      if (order.venueAliases.length > MAXIMUM_ALIASES)
        this.#drop(this.#make(order.venue).byOrderId, order, order.venueAliases.shift()!)
    }
  }

  /** Takes every id of an order off, unless it names a later order by now. */
  remove(order: OrderState): void {
    const orders = this.#of(order.venue)
    if (orders === undefined) return
    this.#drop(orders.byClientId, order, order.rootId)
    if (order.clientId !== undefined) this.#drop(orders.byClientId, order, order.clientId)
    if (order.orderId !== undefined) this.#drop(orders.byOrderId, order, order.orderId)
    if (order.clientAliases !== undefined)
      for (const id of order.clientAliases) this.#drop(orders.byClientId, order, id)
    if (order.venueAliases !== undefined) for (const id of order.venueAliases) this.#drop(orders.byOrderId, order, id)
    if (orders !== this.#default && orders.byClientId.size === 0 && orders.byOrderId.size === 0) {
      this.#others.delete(order.venue)
    }
  }

  #drop(ids: Map<string, OrderState>, order: OrderState, id: string): void {
    if (ids.get(id) === order) ids.delete(id)
  }

  #of(venue: string): VenueOrders | undefined {
    return venue === this.#defaultVenue ? this.#default : this.#others.get(venue)
  }

  #make(venue: string): VenueOrders {
    let orders = this.#of(venue)
    if (orders === undefined) {
      orders = new VenueOrders()
      this.#others.set(venue, orders)
    }
    return orders
  }
}
