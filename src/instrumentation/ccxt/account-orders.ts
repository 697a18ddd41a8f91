import { type Context, context } from '@opentelemetry/api'
import { now } from '../../order/time.js'
import type { Failure } from './errors.js'
import { meetForeignOrder, type Told } from './foreign-order.js'
import { OrderIndex } from './order-index.js'
import type { ExecutionReport, OrderReport } from './order-report.js'
import type { OrderSink } from './order-sink.js'
import { type Listening, OrderTeller } from './order-teller.js'
import { type OrderIntent, type ReportSource, TrackedOrder } from './tracked-order.js'

/** How long an order that was turned away may be sent again under its client id: Binance's longest window is a minute. */
const RETRY_WAIT_MS = 90_000
/** How long executions of an order that nobody knows yet are kept for one whose request was left without an answer. */
const UNRESOLVED_WAIT_MS = 60_000
const MAXIMUM_HELD = 1000
/** Between this machine and a venue. */
const CLOCK_SKEW_MS = 5000

/** What a report tells an order by. */
export interface ReportedIds {
  readonly orderId: string | undefined
  readonly clientId: string | undefined
  readonly symbol: string | undefined
  readonly side: string | undefined
}

/** A request under way that may give birth to an order whose ids nobody knows yet. */
export interface Birth {
  /** Whether an order that the venue tells of may be this one. */
  mayBe(ids: ReportedIds): boolean
  /** Takes the report if the order is this one's by its client id. */
  claim(report: OrderReport): TrackedOrder | undefined
}

/** The orders of one account at one venue: which report belongs to which order, and what it says that is new. */
export class AccountOrders {
  readonly listening: Listening = { any: false, executions: false }
  readonly sink: OrderSink
  readonly teller: OrderTeller
  readonly #index: OrderIndex
  readonly #births = new Set<Birth>()
  #held: Told[] = []
  readonly #retries = new Set<TrackedOrder>()
  /** Requests without an answer: the venue may have the order, under an id that isn't known here. */
  readonly #unresolved = new Map<TrackedOrder, NodeJS.Timeout>()

  constructor(sink: OrderSink, account: string | undefined, startTime = now()) {
    this.sink = sink
    this.teller = new OrderTeller(sink, account, this.listening)
    this.#index = new OrderIndex(startTime)
  }

  find(ids: { orderId?: string | undefined; clientId?: string | undefined; symbol?: string | undefined }) {
    return this.#index.find(ids)
  }

  /** Living orders that the venue has, of one symbol or all. */
  living(symbol: string | undefined): TrackedOrder[] {
    return [...this.#index].filter(
      order =>
        order.accepted &&
        order.ended === undefined &&
        order.successor === undefined &&
        (symbol === undefined || order.symbol === symbol),
    )
  }

  expect(birth: Birth): void {
    this.#births.add(birth)
  }

  /** The request was answered: what was held for its sake can be told now. */
  settled(birth: Birth): void {
    if (this.#births.delete(birth)) this.#release()
  }

  /**
   * An order is on its way. An order that was turned away, or of which nobody knows, goes on under the same client id.
   *
   * @param caller the context that the order was made in
   * @returns `undefined` where the client id is that of a living order: the request will be refused, not that order
   */
  begin(intent: OrderIntent, startTime: number, caller: Context, orderId?: string): TrackedOrder | undefined {
    const { clientId, symbol, side } = intent
    const told = orderId === undefined ? undefined : this.#index.find({ orderId, symbol })
    if (told !== undefined) return told
    const known = clientId === undefined ? undefined : this.#index.find({ clientId, symbol })
    if (known !== undefined && known.ended === undefined && orderId === undefined) {
      if (known.handover === 'done' || known.handover === 'sending') return undefined
      this.#stopWaitingForRetry(known)
      if (known.handover === 'turned_away') known.handover = 'sending'
      return known
    }
    const order = new TrackedOrder({ clientId, orderId, symbol, side, origin: 'own' }, startTime)
    order.handover = 'sending'
    order.quantity = intent.quantity
    order.price = intent.price
    this.#index.add(order)
    context.with(caller, () =>
      this.teller.tell(order, {
        type: 'submit',
        symbol,
        side,
        orderType: intent.orderType,
        time: startTime,
        timeInForce: intent.timeInForce,
        quantity: intent.quantity?.toString(),
        price: intent.price,
      }),
    )
    return order
  }

  /** The venue's answer to a new order. */
  answered(order: TrackedOrder, report: OrderReport): void {
    const time = now()
    this.#learn(order, report)
    this.#follow(order, report)
    order.handover = 'done'
    // an answer that is the ack ends both stages, each measured from the request; a `sent` before it would leave none
    if (report.status !== 'rejected' && !order.accepted) {
      const accepted = { ...report, status: 'open' as const, cumulative: undefined, averagePrice: undefined }
      this.teller.report(order, accepted, 'request', time)
    }
    this.teller.tell(order, { type: 'sent', time })
    this.#tellReport(order, report, report.executions, 'request', time)
  }

  /** The venue took the request for a new order; what it answered says nothing of the order. */
  handedOver(order: TrackedOrder): void {
    if (order.handover === 'done') return
    order.handover = 'done'
    this.teller.tell(order, { type: 'sent' })
  }

  /** The request for a new order ended with an error. */
  failed(order: TrackedOrder, failure: Failure, retryable: boolean): void {
    // the stream was quicker and told of it: it is there
    if (order.accepted) return
    const { fate, errorType, duplicate, text } = failure
    if (fate === 'unknown' || (duplicate && order.handover === 'unknown')) {
      order.handover = 'unknown'
      this.#awaitResolution(order)
      this.teller.tell(order, { type: 'submit_failed', outcome: 'unknown', errorType, text })
      return
    }
    const giveUp = () => {
      this.#stopWaitingForRetry(order)
      order.ended = 'rejected'
      this.#resolved(order)
      if (fate === 'not_sent') this.teller.tell(order, { type: 'submit_failed', outcome: 'not_sent', errorType, text })
      else this.teller.tell(order, { type: 'reject', reason: failure.rejectReason, errorType, source: 'request', text })
    }
    // what an attempt before this one came to is still open
    if (order.handover === 'unknown' && fate !== 'refused') return
    if (!retryable || fate === 'refused') {
      giveUp()
      return
    }
    order.handover = 'turned_away'
    order.giveUp = giveUp
    order.retryTimer = setTimeout(giveUp, RETRY_WAIT_MS)
    order.retryTimer.unref()
    this.#retries.add(order)
  }

  /** Puts a new order of the venue in the place of another; what both execute counts for one. */
  replace(
    previous: TrackedOrder,
    report: OrderReport,
    intent: OrderIntent | undefined,
    source: ReportSource,
  ): TrackedOrder {
    const order = new TrackedOrder(
      {
        clientId: report.clientId ?? intent?.clientId,
        orderId: report.orderId,
        symbol: previous.symbol ?? report.symbol,
        side: previous.side ?? report.side,
        origin: previous.origin,
      },
      now(),
    )
    if (previous.endHeld !== undefined) this.teller.infer(previous, previous.endHeld.report)
    order.predecessor = previous
    previous.successor = order
    previous.endHeld = undefined
    previous.edits = 0
    order.quantity = report.quantity ?? intent?.quantity
    order.price = report.price ?? intent?.price
    order.accepted = true
    this.#index.add(order)
    const quantity = order.quantity === undefined ? undefined : order.quantity.add(order.executedBefore)
    this.teller.tell(order, {
      type: 'replaced',
      source: source === 'stream' ? 'stream' : 'request',
      originalClientId: previous.clientId,
      quantity: quantity?.toString(),
      price: order.price,
      venueTime: report.createdTime,
    })
    return order
  }

  /** An edit has ended: a cancel that was held as half of a replace stands by itself, unless the order was replaced. */
  editEnded(order: TrackedOrder): void {
    order.edits = Math.max(0, order.edits - 1)
    const held = order.endHeld
    if (order.edits > 0) return
    order.amendment = undefined
    if (held === undefined) return
    order.endHeld = undefined
    if (order.successor === undefined) this.teller.report(order, held.report, held.source)
  }

  /** What the venue tells in one message, a query's answer or a cancel's. */
  told(report: OrderReport | undefined, executions: readonly ExecutionReport[], source: ReportSource): void {
    this.#take({ report, executions, source, time: now() })
  }

  /** Tells everything that waits: the process ends. */
  flush(): void {
    this.#births.clear()
    for (const timer of this.#unresolved.values()) clearTimeout(timer)
    this.#unresolved.clear()
    this.#release()
    for (const order of [...this.#retries]) order.giveUp?.()
    for (const order of this.#index) if (order.endHeld !== undefined) this.editEnded(order)
    this.teller.flush()
  }

  #take(told: Told): void {
    const { report, executions, source, time } = told
    const ids = report ?? executions[0]
    if (ids === undefined || (ids.orderId === undefined && ids.clientId === undefined)) return
    let order = this.#index.find(ids) ?? this.#triggered(report)
    if (order === undefined && report !== undefined) {
      for (const birth of this.#births) order ??= birth.claim(report)
      order ??= this.#adoptive(report)
    }
    if (order === undefined) {
      if (this.#mayBeOwn(ids)) {
        this.#hold(told)
        return
      }
      order = meetForeignOrder(told, this.#index, this.teller)
      if (order === undefined) return
    }
    this.#learn(order, ids)
    if (report !== undefined) this.#follow(order, report)
    if (report === undefined) for (const execution of executions) this.teller.execution(order, execution, source, time)
    else this.#tellReport(order, report, executions, source, time)
  }

  /** The conditional order that became this one, which goes on under the new id. */
  #triggered(report: OrderReport | undefined): TrackedOrder | undefined {
    if (report?.was === undefined || report.orderId === undefined || report.was === report.orderId) return undefined
    const order = this.#index.find({ orderId: report.was, symbol: report.symbol })
    if (order === undefined || !order.isConditional || order.ended !== undefined) return undefined
    this.#index.alias(order, report.orderId)
    return order
  }

  /** A conditional order and the one that it becomes are one order, under two ids of the venue. */
  #follow(order: TrackedOrder, { isConditional, orderId, becomes, symbol }: OrderReport): void {
    order.isConditional ||= isConditional
    if (!order.isConditional) return
    if (orderId !== undefined && orderId !== order.orderId) this.#index.alias(order, orderId)
    if (becomes === undefined) return
    const known = this.#index.find({ orderId: becomes, symbol })
    if (known === undefined) this.#index.alias(order, becomes)
    else if (known !== order && order.ended === undefined) {
      // told before anybody could know what it is: it stays an order of its own
      order.ended = 'expired'
      this.teller.tell(order, { type: 'expired', text: `triggered: its order is ${becomes}` })
    }
  }

  #tellReport(
    order: TrackedOrder,
    report: OrderReport,
    executions: readonly ExecutionReport[],
    source: ReportSource,
    time: number,
  ): void {
    for (const execution of executions) this.teller.execution(order, execution, source, time)
    this.teller.report(order, report, source, time)
  }

  /**
   * Of requests without an answer the only one that asked for just what the venue shows now. Some venues know no
   * client id, or don't show it.
   */
  #adoptive({ clientId, symbol, side, quantity, price, createdTime }: OrderReport): TrackedOrder | undefined {
    if (clientId !== undefined || quantity === undefined || this.#births.size > 0) return undefined
    const alike = [...this.#unresolved.keys()].filter(
      order =>
        order.symbol === symbol &&
        order.side === side &&
        order.quantity?.equals(quantity) === true &&
        (order.price === undefined || order.price === price) &&
        (createdTime ?? order.lastTime) >= order.lastTime - CLOCK_SKEW_MS,
    )
    return alike.length === 1 ? alike[0] : undefined
  }

  #mayBeOwn(ids: ReportedIds): boolean {
    for (const birth of this.#births) if (birth.mayBe(ids)) return true
    if (ids.clientId !== undefined) return false
    for (const order of this.#unresolved.keys()) {
      if (ids.symbol === undefined || (ids.symbol === order.symbol && (ids.side ?? order.side) === order.side))
        return true
    }
    return false
  }

  #release(): void {
    const held = this.#held
    this.#held = []
    for (const told of held) this.#take(told)
  }

  #awaitResolution(order: TrackedOrder): void {
    clearTimeout(this.#unresolved.get(order))
    if (order.orderId !== undefined) return
    this.#unresolved.set(order, setTimeout(() => this.#resolved(order), UNRESOLVED_WAIT_MS).unref())
  }

  #resolved(order: TrackedOrder): void {
    const timer = this.#unresolved.get(order)
    if (timer === undefined) return
    clearTimeout(timer)
    this.#unresolved.delete(order)
    this.#release()
  }

  #hold(told: Told): void {
    if (this.#held.length >= MAXIMUM_HELD) {
      const oldest = this.#held.shift()!
      const order = meetForeignOrder(oldest, this.#index, this.teller)
      if (order !== undefined) this.#take(oldest)
    }
    this.#held.push(told)
  }

  #learn(order: TrackedOrder, ids: { orderId: string | undefined; clientId: string | undefined }): void {
    if (order.orderId !== undefined && order.clientId !== undefined) return
    order.orderId ??= ids.orderId
    order.clientId ??= ids.clientId
    this.#index.learn(order)
    if (order.orderId !== undefined) this.#resolved(order)
  }

  #stopWaitingForRetry(order: TrackedOrder): void {
    clearTimeout(order.retryTimer)
    order.retryTimer = undefined
    order.giveUp = undefined
    this.#retries.delete(order)
  }
}
