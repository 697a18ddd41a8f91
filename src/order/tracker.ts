import type { OrderEvent, OrderStatus } from './event.js'
import { EventReading } from './event-reading.js'
import { ExecutionIndex } from './execution-index.js'
import { Executions } from './executions.js'
import { Lifecycle } from './lifecycle.js'
import { OrderEvents } from './order-events.js'
import { originOf } from './order-facts.js'
import { OrderIdentity } from './order-identity.js'
import { OrderIndex } from './order-index.js'
import { OrderRequests } from './order-requests.js'
import type { OrderState } from './order-state.js'
import { Outcome } from './outcome.js'
import { Retention } from './retention.js'
import { now } from './time.js'
import type { Order, Transition } from './transition.js'

const DEFAULT_LATE_FILL_GRACE_MS = 5_000
const DEFAULT_RETENTION_MS = 15 * 60_000
const DEFAULT_MAXIMUM_ORDERS = 100_000
const DEFAULT_MAXIMUM_EXECUTIONS = 200_000
const DEFAULT_MAXIMUM_AGE_MS = 7 * 24 * 3_600_000
const DEFAULT_REQUEST_TIMEOUT_MS = 60_000

/** Settings of a tracker. */
export interface TrackerOptions {
  /** Where orders go whose events name no venue. */
  readonly venue: string
  /** How long after its end an order's trace waits for late fills. Default 5 seconds. */
  readonly lateFillGraceMs?: number
  /** How long after its end an order is remembered, for busts, corrections and late fills. Default 15 minutes. */
  readonly retentionMs?: number
  /** Orders remembered at once; the oldest finished ones are forgotten first. Default 100 000. */
  readonly maximumOrders?: number
  /** Executions that can be told apart at once; older ones stay in their order's sums. Default 200 000. */
  readonly maximumExecutions?: number
  /** A living order of which nothing was heard for so long is forgotten. Default 7 days. */
  readonly maximumAgeMs?: number
  /** After how long without an answer a request, or an ack, counts as unknown. Default 60 seconds. */
  readonly requestTimeoutMs?: number
  /** Milliseconds since 1970, never running backwards. Default: the monotonic clock. */
  readonly clock?: () => number
}

/** Follows orders from event to event. It computes: status and quantities come from the events, not from reports. */
export interface Tracker {
  /** What the event did. Never throws; what can't be right is an anomaly. */
  apply(event: OrderEvent): Transition
  /** The order by any of its ids. */
  get(id: string): Order | undefined
  /** Orders that are not done. */
  readonly activeCount: number
  /** Orders remembered, done ones included. */
  readonly size: number
  /** Something has happened to orders other than that of the event just applied: `sweep` or `takePending` tell it. */
  readonly hasPending: boolean
  /** What happened to other orders than those of the events that were applied: forgotten for room, merged. */
  takePending(): readonly Transition[]
  /** Lets time pass: requests time out, graces end, old orders are forgotten. To be called about once a second. */
  sweep(now: number): readonly Transition[]
}

/** Makes a tracker; it knows nothing of metrics or traces. */
export function createTracker(options: TrackerOptions): Tracker {
  return new EventTracker(options)
}

class EventTracker implements Tracker {
  readonly #venue: string
  readonly #clock: () => number
  readonly #reading = new EventReading()
  readonly #outcome = new Outcome()
  readonly #index: OrderIndex
  readonly #identity: OrderIdentity
  readonly #events: OrderEvents
  readonly #lifecycle: Lifecycle
  readonly #retention: Retention

  constructor(options: TrackerOptions) {
    this.#venue = options.venue
    this.#clock = options.clock ?? now
    const executionIndex = new ExecutionIndex(options.venue, options.maximumExecutions ?? DEFAULT_MAXIMUM_EXECUTIONS)
    const executions = new Executions(executionIndex, this.#outcome)
    this.#index = new OrderIndex(options.venue)
    this.#lifecycle = new Lifecycle(this.#outcome)
    const requests = new OrderRequests(this.#outcome, this.#lifecycle)
    this.#retention = new Retention(
      {
        lateFillGraceMs: options.lateFillGraceMs ?? DEFAULT_LATE_FILL_GRACE_MS,
        retentionMs: options.retentionMs ?? DEFAULT_RETENTION_MS,
        maximumOrders: options.maximumOrders ?? DEFAULT_MAXIMUM_ORDERS,
        maximumAgeMs: options.maximumAgeMs ?? DEFAULT_MAXIMUM_AGE_MS,
        requestTimeoutMs: options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
      },
      this.#index,
      executionIndex,
      this.#lifecycle,
      requests,
      this.#outcome,
    )
    this.#identity = new OrderIdentity(this.#index, executions, this.#retention, this.#outcome)
    this.#events = new OrderEvents(executions, requests, this.#lifecycle, this.#outcome)
  }

  get activeCount(): number {
    return this.#retention.activeCount
  }

  get size(): number {
    return this.#retention.size
  }

  get hasPending(): boolean {
    return this.#retention.hasPending
  }

  apply(event: OrderEvent): Transition {
    try {
      return this.#apply(event)
    } catch (error) {
      // a getter or proxy of the caller's threw: no event of ours does
      this.#outcome.takeEffects()
      this.#outcome.takeAnomalies()
      return this.#refuse(
        event,
        undefined,
        `reading the event failed: ${String((error as Error)?.message ?? error).slice(0, 200)}`,
      )
    }
  }

  get(id: string): Order | undefined {
    return this.#index.find(id)
  }

  takePending(): readonly Transition[] {
    return this.#retention.takePending()
  }

  sweep(now: number): readonly Transition[] {
    return this.#retention.sweep(now)
  }

  #apply(event: OrderEvent): Transition {
    const reading = this.#reading
    reading.read(event, this.#clock())
    const venue = this.#venueOf(event)
    if (reading.refusal !== undefined) {
      return this.#refuse(event, this.#identity.lookUp(reading, venue), reading.refusal)
    }
    const known = this.#identity.resolve(reading, event, venue)
    const order = known ?? this.#create(reading, event, venue)
    // an order just made has no status before
    const from = known === undefined ? undefined : order.status
    if (reading.remarks.length > 0) this.#tellRemarks(order)
    this.#events.apply(order, event, reading, known === undefined)
    this.#lifecycle.settle(order, reading.now)
    this.#events.compare(order, event, reading)
    if (reading.remarks.length > 0) this.#tellRemarks(order)
    // a question about an unknown order leaves nothing to follow
    if (order.list === 0) this.#outcome.takeEffects()
    this.#retention.touch(order, reading.now)
    return this.#transition(event, reading.time, order, from, order.status)
  }

  /** An order of which nothing was known; a mere question about one makes none. */
  #create(reading: EventReading, event: OrderEvent, venue: string): OrderState {
    const isOwn = reading.isRequest
    const order = this.#identity.create(reading, venue, originOf(event, isOwn ? 'own' : 'external'))
    if (event.type !== 'submit' && event.type !== 'cancel_request' && event.type !== 'replace_request') {
      if (event.origin === undefined && reading.source !== 'reconciliation') {
        this.#outcome.anomaly(
          order,
          'unknown_order',
          `${event.type} of order ${order.rootId}, which was not submitted here`,
        )
      }
    } else if (event.type !== 'submit') {
      this.#outcome.anomaly(
        order,
        'unknown_order',
        `${event.type} of order ${order.rootId}, which was not submitted here`,
      )
    }
    if (isQuestion(event)) return order
    this.#identity.register(order, reading)
    this.#retention.add(order, reading.now)
    this.#outcome.effect({ kind: 'created' })
    return order
  }

  #tellRemarks(order: OrderState): void {
    for (const remark of this.#reading.remarks) {
      this.#outcome.anomaly(order, 'invalid_event', withOrder(remark, order))
    }
    this.#reading.remarks.length = 0
  }

  #refuse(event: OrderEvent, order: OrderState | undefined, message: string): Transition {
    const named = order?.rootId ?? this.#reading.clientId ?? this.#reading.orderId
    this.#outcome.anomaly(order, 'invalid_event', named === undefined ? message : `${message} (order ${named})`)
    const whole = typeof event === 'object' && event !== null ? event : ({ type: 'status' } as const)
    return this.#transition(whole, this.#reading.time, order, order?.status, order?.status)
  }

  #transition(
    event: OrderEvent,
    time: number,
    order: OrderState | undefined,
    from: OrderStatus | undefined,
    to: OrderStatus | undefined,
  ): Transition {
    const effects = this.#outcome.takeEffects()
    const anomalies = this.#outcome.takeAnomalies()
    return { event, time, order, from, to, effects, anomalies }
  }

  #venueOf(event: OrderEvent): string {
    const venue: unknown = event?.venue
    if (venue === undefined || typeof venue !== 'string' || venue === '') return this.#venue
    return venue.length > 256 ? venue.slice(0, 256) : venue
  }
}

/** Asked about, answered to be unknown to the venue, or a request that came to nothing: no order comes of it. */
function isQuestion(event: OrderEvent): boolean {
  return (
    event.type === 'status_request' ||
    event.type === 'request_failed' ||
    (event.type === 'status' && event.reported?.status === 'rejected')
  )
}

function withOrder(message: string, order: OrderState | undefined): string {
  return order === undefined ? message : `${message} (order ${order.rootId})`
}
