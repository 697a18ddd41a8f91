import type { CancelRejectReason, StageOutcome } from './event.js'
import type { EventReading } from './event-reading.js'
import type { Lifecycle } from './lifecycle.js'
import { OrderRequest } from './order-request.js'
import type { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'

/** Requests kept for each order: answered ones too, so that a pending told late is known to be over. */
const MAXIMUM_REQUESTS = 32

type Kind = OrderRequest['kind']

/** Cancels and replaces: asked for, pending, answered. Each is a stage; while one is pending, the status says so. */
export class OrderRequests {
  readonly #outcome: Outcome
  readonly #lifecycle: Lifecycle

  constructor(outcome: Outcome, lifecycle: Lifecycle) {
    this.#outcome = outcome
    this.#lifecycle = lifecycle
  }

  /** We asked; `id` is the request's own, where it has one. */
  ask(order: OrderState, kind: Kind, id: string | undefined, reading: EventReading): void {
    if (id !== undefined) {
      const known = find(order, request => request.id === id)
      if (known !== undefined && known.state !== 'answered') {
        if (known.startTime === undefined) {
          // its answer overtook it
          known.startTime = reading.time
          this.#outcome.effect({ kind: 'stage_started', stage: kind, time: reading.time })
        } else if (!reading.possibleDuplicate) {
          this.#outcome.anomaly(
            order,
            'duplicate_client_id',
            `request ${id} is under way already; give each its own id`,
          )
        }
        return
      }
      if (known?.state === 'answered') {
        if (reading.possibleDuplicate) return
        if (known.startTime === undefined) {
          // logs are written by several threads: the answer stands above the request; how long it took isn't known
          known.startTime = reading.time
          return
        }
      }
    }
    this.#add(order, new OrderRequest(kind, id, reading.time, reading.now, reading.orderQuantity, reading.limitPrice))
    if (kind === 'replace') order.replacing = true
    this.#outcome.effect({ kind: 'stage_started', stage: kind, time: reading.time })
  }

  /** The venue works on it. */
  pend(order: OrderState, kind: Kind, reading: EventReading): void {
    const request = this.#match(order, kind, reading.clientId)
    if (request === undefined) {
      if (isAnswered(order, kind, reading.clientId)) return
      const told = new OrderRequest(kind, idOf(order, reading), undefined, reading.now, undefined, undefined)
      this.#add(order, told)
      setPending(order, told)
      return
    }
    setPending(order, request)
    if (kind === 'replace') adoptEarlier(order, request, reading)
  }

  /** Done as asked. `all`: every request of this kind is, for the order is over. */
  accept(order: OrderState, kind: Kind, reading: EventReading, all: boolean): OrderRequest | undefined {
    const request = this.#match(order, kind, reading.clientId)
    if (request === undefined) {
      this.#remember(order, kind, reading)
    } else {
      this.#answer(order, request, reading.time, 'ok', undefined, undefined)
    }
    if (all) {
      for (const other of order.requests) {
        // another request under its own id will get an answer of its own: that one is still waited for
        if (other.kind === kind && other.state !== 'answered' && other.id === undefined) {
          this.#answer(order, other, reading.time, 'ok', undefined, undefined)
        }
      }
    }
    return request
  }

  refuse(
    order: OrderState,
    kind: Kind | undefined,
    reading: EventReading,
    outcome: StageOutcome,
    errorType: string | undefined,
    reason: CancelRejectReason | undefined,
  ): void {
    const request = this.#match(order, kind, reading.clientId)
    if (request === undefined) {
      if (kind !== undefined) this.#remember(order, kind, reading)
      return
    }
    this.#answer(order, request, reading.time, outcome, errorType, reason)
  }

  /** Whether a request of ours with this id of its own waits for its answer. */
  isOpen(order: OrderState, id: string | undefined): boolean {
    return id !== undefined && find(order, request => request.id === id && request.state !== 'answered') !== undefined
  }

  /** Ends what has been waited for since before `deadline`; nobody told. */
  timeOut(order: OrderState, deadline: number, time: number): boolean {
    let some = false
    for (const request of order.requests) {
      if (request.state === 'answered' || request.since > deadline) continue
      this.#answer(order, request, time, 'unknown', undefined, undefined)
      some = true
    }
    return some
  }

  #answer(
    order: OrderState,
    request: OrderRequest,
    time: number,
    outcome: StageOutcome,
    errorType: string | undefined,
    reason: CancelRejectReason | undefined,
  ): void {
    if (request.state === 'pending') {
      if (request.kind === 'cancel') order.pendingCancels--
      else order.pendingReplaces--
    }
    request.state = 'answered'
    if (request.startTime === undefined) return
    this.#lifecycle.endStage(request.kind, request.startTime, time, outcome, errorType, reason)
  }

  /** By the request's own id; where the answer doesn't carry one, the one that has waited longest. */
  #match(order: OrderState, kind: Kind | undefined, id: string | undefined): OrderRequest | undefined {
    const open = (request: OrderRequest): boolean =>
      request.state !== 'answered' && (kind === undefined || request.kind === kind)
    if (id !== undefined) {
      const own = find(order, request => request.id === id && open(request))
      if (own !== undefined) return own
      // told again: the answer to a request that has been answered is none to another one
      if (isAnswered(order, kind, id)) return undefined
      // the id of an answered request, or one that is none of the order's: not an answer to another request
      if (id !== order.clientId && id !== order.rootId)
        return find(order, request => request.id === undefined && open(request))
    }
    return find(order, request => request.id === undefined && open(request)) ?? find(order, open)
  }

  #remember(order: OrderState, kind: Kind, reading: EventReading): void {
    const id = idOf(order, reading)
    if (id === undefined || find(order, request => request.id === id) !== undefined) return
    const request = new OrderRequest(kind, id, undefined, reading.now, undefined, undefined)
    request.state = 'answered'
    this.#add(order, request)
  }

  #add(order: OrderState, request: OrderRequest): void {
    order.addRequest(request)
    if (order.requests.length <= MAXIMUM_REQUESTS) return
    const index = order.requests.findIndex(other => other.state === 'answered')
    const [dropped] = order.requests.splice(Math.max(0, index), 1)
    if (dropped !== undefined && dropped.state !== 'answered') {
      this.#answer(order, dropped, request.since, 'unknown', undefined, undefined)
    }
  }
}

function find(order: OrderState, test: (request: OrderRequest) => boolean): OrderRequest | undefined {
  return order.requests.length === 0 ? undefined : order.requests.find(test)
}

function isAnswered(order: OrderState, kind: Kind | undefined, id: string | undefined): boolean {
  return (
    id !== undefined &&
    find(
      order,
      other => (kind === undefined || other.kind === kind) && other.id === id && other.state === 'answered',
    ) !== undefined
  )
}

function idOf(order: OrderState, reading: EventReading): string | undefined {
  return reading.clientId === order.clientId ? undefined : reading.clientId
}

function setPending(order: OrderState, request: OrderRequest): void {
  if (request.state === 'pending') return
  request.state = 'pending'
  if (request.kind === 'cancel') order.pendingCancels++
  else {
    order.pendingReplaces++
    order.replacing = true
  }
}

/**
 * A broker that takes several replaces at once reports the later one's pending state on the quantity that the
 * earlier one asks for (FIX 5.0 SP2 matrix D.2.b).
 */
function adoptEarlier(order: OrderState, request: OrderRequest, reading: EventReading): void {
  const told = reading.orderQuantity
  if (told === undefined || order.orderQuantity === undefined || told.equals(order.orderQuantity)) return
  const earlier = find(
    order,
    other =>
      other !== request &&
      other.kind === 'replace' &&
      other.state === 'pending' &&
      other.quantity?.equals(told) === true,
  )
  if (earlier !== undefined) order.orderQuantity = told
}
