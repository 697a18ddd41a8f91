import type { OrderEvent } from './event.js'
import type { ExecutionIndex } from './execution-index.js'
import type { Lifecycle } from './lifecycle.js'
import type { OrderIndex } from './order-index.js'
import { OrderList } from './order-list.js'
import type { OrderRequests } from './order-requests.js'
import type { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'
import type { Effect, Transition } from './transition.js'

/** Bounds of a tracker. */
export interface RetentionLimits {
  readonly lateFillGraceMs: number
  readonly retentionMs: number
  readonly maximumOrders: number
  readonly maximumAgeMs: number
  readonly requestTimeoutMs: number
}

/** What a transition shows as its event where time, not a message, made it. */
const PASSING_OF_TIME: OrderEvent = Object.freeze({ type: 'status', source: 'inferred' })

/**
 * How long orders are remembered: the living until nothing was heard of them for long, the done for a grace with
 * their trace open, then quietly; all within a number. What happens to an order other than that of the event at hand
 * waits here to be told.
 */
export class Retention {
  readonly #limits: RetentionLimits
  readonly #index: OrderIndex
  readonly #executions: ExecutionIndex
  readonly #lifecycle: Lifecycle
  readonly #requests: OrderRequests
  readonly #outcome: Outcome
  readonly #living = new OrderList(1)
  /** Done, in their grace. */
  readonly #done = new OrderList(2)
  /** Done, their end told. */
  readonly #quiet = new OrderList(3)
  /** Orders with something open that can time out. */
  readonly #waiting = new Set<OrderState>()
  #pending: Transition[] = []

  constructor(
    limits: RetentionLimits,
    index: OrderIndex,
    executions: ExecutionIndex,
    lifecycle: Lifecycle,
    requests: OrderRequests,
    outcome: Outcome,
  ) {
    this.#limits = limits
    this.#index = index
    this.#executions = executions
    this.#lifecycle = lifecycle
    this.#requests = requests
    this.#outcome = outcome
  }

  get activeCount(): number {
    return this.#living.size
  }

  get size(): number {
    return this.#living.size + this.#done.size + this.#quiet.size
  }

  get hasPending(): boolean {
    return this.#pending.length > 0
  }

  takePending(): Transition[] {
    const pending = this.#pending
    if (pending.length > 0) this.#pending = []
    return pending
  }

  add(order: OrderState, time: number): void {
    if (this.size >= this.#limits.maximumOrders) this.#makeRoom(order, time)
    this.#living.append(order)
  }

  /** After an event: puts the order where it belongs now. */
  touch(order: OrderState, now: number): void {
    if (order.list === 0) return
    order.heardTime = now
    if (isWaiting(order)) {
      if (!order.waiting) {
        order.waiting = true
        this.#waiting.add(order)
      }
    } else if (order.waiting) {
      order.waiting = false
      this.#waiting.delete(order)
    }
    const list = order.done ? this.#done : this.#living
    if (order.list === list.number) {
      // a done order waits from its end on, whatever comes late
      if (!order.done) list.moveToEnd(order)
      return
    }
    if (order.done && order.list === this.#quiet.number) {
      this.#quiet.moveToEnd(order)
      return
    }
    if (!order.done) order.forgotten = false
    this.#listOf(order).remove(order)
    list.append(order)
  }

  /** An order turned out to be another one: its own record ends. */
  merged(order: OrderState, time: number, effects: readonly Effect[]): void {
    if (order.list !== 0) this.#listOf(order).remove(order)
    this.#waiting.delete(order)
    this.#tellForgotten(order, time, effects)
  }

  sweep(now: number): Transition[] {
    this.#timeOut(now)
    const { lateFillGraceMs, retentionMs, maximumAgeMs } = this.#limits
    for (let order = this.#done.first; order !== undefined && now - order.doneTime >= lateFillGraceMs; ) {
      const next = order.next
      this.#done.remove(order)
      this.#quiet.append(order)
      this.#tellForgotten(order, now)
      order = next
    }
    for (let order = this.#quiet.first; order !== undefined && now - order.heardTime >= retentionMs; ) {
      const next = order.next
      this.#remove(order)
      order = next
    }
    for (let order = this.#living.first; order !== undefined && now - order.heardTime >= maximumAgeMs; ) {
      const next = order.next
      this.#remove(order)
      this.#tellForgotten(order, now)
      order = next
    }
    return this.takePending()
  }

  #timeOut(now: number): void {
    const deadline = now - this.#limits.requestTimeoutMs
    for (const order of this.#waiting) {
      const from = order.status
      if (order.submitOpen && order.submitHeardTime <= deadline) {
        this.#lifecycle.timeOutSubmit(order, now)
      }
      if (order.ackOpen && order.ackHeardTime <= deadline) this.#lifecycle.timeOutAck(order, now)
      this.#requests.timeOut(order, deadline, now)
      this.#lifecycle.settle(order, now)
      if (!isWaiting(order)) {
        order.waiting = false
        this.#waiting.delete(order)
      }
      this.#tell(order, now, from)
    }
  }

  /** Forgets the order that will be missed least: quiet before done before living, the oldest of them. */
  #makeRoom(newcomer: OrderState, time: number): void {
    const order = this.#quiet.first ?? this.#done.first ?? this.#living.first
    if (order === undefined) return
    const wasLiving = !order.done
    this.#remove(order)
    if (wasLiving) {
      this.#outcome.anomaly(
        newcomer,
        'tracker_overflow',
        `more than ${this.#limits.maximumOrders} living orders; order ${order.rootId} is no longer followed (see maximumOrders)`,
      )
    }
    if (!order.forgotten) this.#tellForgotten(order, time)
  }

  #remove(order: OrderState): void {
    this.#listOf(order).remove(order)
    order.list = 0
    this.#waiting.delete(order)
    this.#index.remove(order)
    this.#executions.removeAllOf(order)
  }

  #tellForgotten(order: OrderState, time: number, effects: readonly Effect[] = []): void {
    const from = order.status
    const held = this.#outcome.suspend()
    for (const effect of effects) this.#outcome.effect(effect)
    this.#lifecycle.endOpenStages(order, time)
    order.waiting = false
    this.#waiting.delete(order)
    order.settle()
    if (!order.forgotten) this.#outcome.effect({ kind: 'forgotten' })
    order.forgotten = true
    this.#tell(order, time, from)
    this.#outcome.resume(held)
  }

  #tell(order: OrderState, time: number, from: OrderState['status']): void {
    const effects = this.#outcome.takeEffects()
    const anomalies = this.#outcome.takeAnomalies()
    if (effects.length === 0 && anomalies.length === 0) return
    this.#pending.push({ event: PASSING_OF_TIME, time, order, from, to: order.status, effects, anomalies })
  }

  #listOf(order: OrderState): OrderList {
    return order.list === 1 ? this.#living : order.list === 2 ? this.#done : this.#quiet
  }
}

function isWaiting(order: OrderState): boolean {
  if (order.submitOpen || order.ackOpen) return true
  for (const request of order.requests) if (request.state !== 'answered') return true
  return false
}
