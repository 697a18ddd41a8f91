import type { OrderEvent, OrderOrigin } from './event.js'
import type { EventReading } from './event-reading.js'
import type { Executions } from './executions.js'
import type { OrderIndex } from './order-index.js'
import { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'
import type { Retention } from './retention.js'

/** Reports that begin an order: under a known client id with another venue id they tell of a new one. */
const births: ReadonlySet<OrderEvent['type']> = new Set([
  'pending_new',
  'ack',
  'reject',
  'trade',
  'canceled',
  'expired',
])

/**
 * Which order an event is about. The venue's id counts most; client ids change with every replace and may be used
 * again after an order has ended.
 */
export class OrderIdentity {
  readonly #index: OrderIndex
  readonly #executions: Executions
  readonly #retention: Retention
  readonly #outcome: Outcome

  constructor(index: OrderIndex, executions: Executions, retention: Retention, outcome: Outcome) {
    this.#index = index
    this.#executions = executions
    this.#retention = retention
    this.#outcome = outcome
  }

  /** The order, if it is known by any of its ids; changes nothing. */
  lookUp({ clientId, orderId, originalClientId }: EventReading, venue: string): OrderState | undefined {
    return (
      this.#byOrderId(venue, orderId) ?? this.#byClientId(venue, clientId) ?? this.#byClientId(venue, originalClientId)
    )
  }

  /** The order, and every new id of it noted; `undefined` when it is a new one. */
  resolve(reading: EventReading, event: OrderEvent, venue: string): OrderState | undefined {
    const { clientId, orderId, originalClientId, type } = reading
    const byOrderId = this.#byOrderId(venue, orderId)
    if (
      byOrderId !== undefined &&
      originalClientId === undefined &&
      (clientId === undefined || clientId === byOrderId.clientId) &&
      !reading.isRequest &&
      type !== 'reject'
    ) {
      // nearly every report: both ids are known and agree
      return byOrderId
    }
    const byClientId = this.#byClientId(venue, clientId)
    let order: OrderState | undefined
    if (type === 'submit') {
      order = byClientId ?? (byOrderId?.clientId === undefined ? byOrderId : undefined)
      // reports overtook the submission, or it is sent again; else an id that is free again makes a new order
      if (order?.done && order.submitted && !reading.possibleDuplicate) return undefined
    } else if (reading.isRequest) {
      const original = this.#byClientId(venue, originalClientId)
      if (original !== undefined && byClientId !== undefined && this.#isSame(byClientId, original)) {
        // the answer to the request overtook it, and made an order of the request's id
        this.#merge(byClientId, original, reading.time)
      }
      order = original ?? byOrderId ?? byClientId
    } else {
      order = this.#ofReport(reading, event, byOrderId, byClientId)
      if (order === undefined && byClientId === undefined) order = this.#byClientId(venue, originalClientId)
    }
    if (order !== undefined) this.#link(order, reading, byOrderId, byClientId)
    return order
  }

  create(reading: EventReading, venue: string, origin: OrderOrigin): OrderState {
    const { clientId, orderId, originalClientId, type } = reading
    // a request's own id names the request; what it is about was there before
    const current = type === 'submit' ? clientId : (originalClientId ?? clientId)
    return new OrderState(current ?? orderId ?? '', current, venue, origin, reading.time)
  }

  /** Puts a new order on the index. */
  register(order: OrderState, reading: EventReading): void {
    if (order.clientId !== undefined) this.#index.setClientId(order, order.clientId)
    if (reading.clientId !== undefined && reading.clientId !== order.clientId) {
      this.#index.setClientId(order, reading.clientId)
    }
    if (reading.orderId !== undefined) {
      order.orderId = reading.orderId
      this.#index.setOrderId(order, reading.orderId)
    }
  }

  #ofReport(
    reading: EventReading,
    event: OrderEvent,
    byOrderId: OrderState | undefined,
    byClientId: OrderState | undefined,
  ): OrderState | undefined {
    if (byClientId === undefined || byClientId === byOrderId) return byOrderId ?? byClientId
    // a venue that refuses a used id names the order that has it; what is refused is the one it hasn't answered yet
    if (event.type === 'reject' && byClientId.submitted && !byClientId.answered) return byClientId
    if (byOrderId === undefined) {
      const isOther = reading.orderId !== undefined && byClientId.orderId !== undefined
      if (isOther && byClientId.done && births.has(event.type) && !isDuplicateReject(event)) return undefined
      return byClientId
    }
    if (this.#isSame(byOrderId, byClientId)) {
      this.#merge(byOrderId, byClientId, reading.time)
      return byClientId
    }
    return byOrderId
  }

  /** `from` was only ever told by the venue, and `to` has no venue id yet: one report with both ids makes them one. */
  #isSame(from: OrderState, to: OrderState): boolean {
    return from !== to && !from.submitted && to.orderId === undefined
  }

  #link(
    order: OrderState,
    { clientId, orderId, originalClientId, type }: EventReading,
    byOrderId: OrderState | undefined,
    byClientId: OrderState | undefined,
  ): void {
    if (clientId !== undefined && byClientId === undefined) this.#nameClient(order, clientId, type)
    if (originalClientId !== undefined && this.#byClientId(order.venue, originalClientId) === undefined) {
      this.#nameClient(order, originalClientId, type)
    }
    if (orderId === undefined || byOrderId !== undefined) return
    // the venue's answer to a second order under the same client id isn't about this one
    if (type === 'reject' && order.answered) return
    // before the index is told: the order's own id is no alias
    order.orderId ??= orderId
    this.#index.setOrderId(order, orderId)
  }

  #nameClient(order: OrderState, id: string, type: OrderEvent['type']): void {
    const isFirst = order.clientId === undefined && type !== 'cancel_request' && type !== 'replace_request'
    if (isFirst) {
      order.clientId = id
      order.rootId = id
    }
    this.#index.setClientId(order, id)
    this.#outcome.effect({ kind: 'alias', clientId: id, previousClientId: undefined })
  }

  /** One order that was known by the venue's id alone, and by the client's alone. */
  #merge(from: OrderState, to: OrderState, time: number): void {
    this.#index.remove(from)
    const takenBack = this.#executions.merge(from, to)
    to.orderId = from.orderId
    if (from.clientId !== undefined) {
      this.#index.setClientId(to, from.clientId)
      for (const id of from.clientAliases ?? []) this.#index.setClientId(to, id)
    }
    for (const request of from.requests) to.addRequest(request)
    to.pendingCancels += from.pendingCancels
    to.pendingReplaces += from.pendingReplaces
    from.requests = []
    if (from.orderId !== undefined) this.#index.setOrderId(to, from.orderId)
    for (const id of from.venueAliases ?? []) this.#index.setOrderId(to, id)
    if (to.symbol === 'unknown') to.symbol = from.symbol
    to.side ??= from.side
    to.orderType ??= from.orderType
    to.timeInForce ??= from.timeInForce
    to.account ??= from.account
    to.orderQuantity ??= from.orderQuantity
    to.limitPrice ??= from.limitPrice
    to.completedBefore ||= from.completedBefore
    if (to.phase === 'pending' || to.phase === 'unknown') to.phase = from.phase
    to.phaseSequence ??= from.phaseSequence
    to.phaseVenueTime ??= from.phaseVenueTime
    from.phase = to.phase
    this.#retention.merged(from, time, takenBack)
  }

  #byOrderId(venue: string, id: string | undefined): OrderState | undefined {
    return id === undefined ? undefined : this.#index.byOrderId(venue, id)
  }

  #byClientId(venue: string, id: string | undefined): OrderState | undefined {
    return id === undefined ? undefined : this.#index.byClientId(venue, id)
  }
}

function isDuplicateReject(event: OrderEvent): boolean {
  return event.type === 'reject' && event.reason === 'duplicate_order'
}
