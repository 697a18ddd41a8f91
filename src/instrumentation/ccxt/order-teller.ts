import { type Decimal, ZERO } from '../../order/decimal.js'
import type { EventSource, OrderStatus, ReportedFigures } from '../../order/event.js'
import { now } from '../../order/time.js'
import type { Entry } from './execution-ledger.js'
import type { ExecutionReport, OrderReport } from './order-report.js'
import type { OrderSink } from './order-sink.js'
import { isPositive } from './positive.js'
import { eventOf, type Loose, type Telling } from './telling.js'
import type { ReportSource, TrackedOrder } from './tracked-order.js'

/** How long a report that is ahead of the executions waits for the stream to tell of them. */
const EXECUTION_WAIT_MS = 2000

/** Which of the account's streams the application listens to. */
export interface Listening {
  /** Some stream of orders or executions. */
  any: boolean
  /** One that names executions. */
  executions: boolean
}

const SOURCES: Readonly<Record<ReportSource, EventSource>> = {
  request: 'request',
  cancel: 'request',
  stream: 'stream',
  reconciliation: 'reconciliation',
}

/** Turns what the venue says of one order into events, each once. */
export class OrderTeller {
  readonly #sink: OrderSink
  readonly #account: string | undefined
  readonly #listening: Listening
  readonly #waiting = new Set<TrackedOrder>()

  constructor(sink: OrderSink, account: string | undefined, listening: Listening) {
    this.#sink = sink
    this.#account = account
    this.#listening = listening
  }

  /** An event with what is known of the order. */
  tell(order: TrackedOrder, telling: Telling): void {
    this.#sink.apply(eventOf(order, this.#account, telling))
  }

  execution(order: TrackedOrder, execution: ExecutionReport, source: ReportSource, time = now()): void {
    const entries = order.executions.record(execution)
    if (entries.length === 0) return
    // how much was ordered, where nothing but the execution has told of the order
    const quantity = order.accepted || order.origin === 'own' ? undefined : order.quantity?.toString()
    order.accepted = true
    order.lastTime = Math.max(order.lastTime, execution.venueTime ?? 0)
    this.#restateSuccessor(order, source, time)
    this.#tellEntries(order, entries, SOURCES[source], time, execution, quantity)
    this.#caughtUp(order)
  }

  /** An execution told after the order was replaced: what was ordered in all is more than was known then. */
  #restateSuccessor(order: TrackedOrder, source: ReportSource, time: number): void {
    let head = order
    while (head.successor !== undefined) head = head.successor
    if (head === order || head.quantity === undefined || head.ended !== undefined) return
    // done by its own executions: to be told of more makes it no less done
    if (head.executions.counted.compare(head.quantity) >= 0) return
    const quantity = head.quantity.add(head.executedBefore).toString()
    this.tell(head, { type: 'restated', time, source: SOURCES[source], quantity, reported: { quantity } })
  }

  report(order: TrackedOrder, report: OrderReport, source: ReportSource, time = now()): void {
    order.lastTime = Math.max(order.lastTime, report.venueTime ?? report.createdTime ?? 0)
    this.#amended(order, report, source, time)
    const ahead = report.cumulative === undefined ? 0 : report.cumulative.compare(order.executions.counted)
    if (ahead > 0) {
      if (this.#executionsWillCome(source)) {
        this.#wait(order, report, source)
        return
      }
      this.#infer(order, report, time)
    }
    // overtaken by what is known already: nothing in it is news but an end
    if (ahead < 0 && report.status === 'open') return
    this.#status(order, report, source, time)
  }

  /** An edit shows in the order before it is answered: told first, since all that follows counts by the new quantity. */
  #amended(order: TrackedOrder, { quantity, price, venueTime }: OrderReport, source: ReportSource, time: number): void {
    const { amendment } = order
    if (amendment === undefined || amendment.told || order.ended !== undefined) return
    if (
      amendment.quantity === undefined ||
      quantity?.equals(amendment.quantity) !== true ||
      !differs(order.quantity, quantity)
    )
      return
    amendment.told = true
    order.quantity = quantity
    order.price = price ?? amendment.price ?? order.price
    this.tell(order, {
      type: 'replaced',
      source: source === 'stream' ? 'stream' : 'request',
      time,
      originalClientId: order.clientId,
      quantity: quantity.toString(),
      price: order.price,
      venueTime,
    })
  }

  /** Counts what a report is ahead by without waiting for the executions themselves. */
  infer(order: TrackedOrder, report: OrderReport): void {
    this.#infer(order, report, now())
  }

  /** Tells what waits now, with inferred executions: the process ends. */
  flush(): void {
    for (const order of [...this.#waiting]) this.#stopWaiting(order)
  }

  reportedFigures(order: TrackedOrder, report: OrderReport, status: OrderStatus): ReportedFigures {
    const before = order.executedBefore
    const cumulative = report.cumulative === undefined ? undefined : report.cumulative.add(before)
    const quantity = report.quantity === undefined ? undefined : report.quantity.add(before)
    const open = report.status === 'open' || report.status === 'pending_cancel'
    const leaves =
      cumulative === undefined || quantity === undefined ? undefined : open ? quantity.subtract(cumulative) : ZERO
    const figures: Loose<ReportedFigures> = {
      status,
      quantity: quantity?.toString(),
      cumulativeQuantity: cumulative?.toString(),
      leavesQuantity: leaves?.toString(),
      averagePrice: before.isZero && report.averageIsTold ? report.averagePrice : undefined,
    }
    return figures as ReportedFigures
  }

  #executionsWillCome(source: ReportSource): boolean {
    return source === 'stream' ? this.#listening.executions : this.#listening.any
  }

  #wait(order: TrackedOrder, report: OrderReport, source: ReportSource): void {
    const waiting = order.waiting
    if (waiting !== undefined) {
      // an end says more than what came before it
      if (waiting.report.status !== 'open' && report.status === 'open') return
      clearTimeout(waiting.timer)
    }
    const timer = setTimeout(() => this.#stopWaiting(order), EXECUTION_WAIT_MS)
    timer.unref()
    order.waiting = { report, source, timer }
    this.#waiting.add(order)
  }

  #caughtUp(order: TrackedOrder): void {
    const { waiting } = order
    if (waiting?.report.cumulative === undefined) return
    if (waiting.report.cumulative.compare(order.executions.counted) <= 0) this.#stopWaiting(order)
  }

  #stopWaiting(order: TrackedOrder): void {
    const { waiting } = order
    this.#waiting.delete(order)
    order.waiting = undefined
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    const time = now()
    this.#infer(order, waiting.report, time)
    this.#status(order, waiting.report, waiting.source, time)
  }

  #infer(order: TrackedOrder, report: OrderReport, time: number): void {
    const entries = order.executions.infer(report, order.name)
    if (entries.length === 0) return
    order.accepted = true
    this.#restateSuccessor(order, 'request', time)
    this.#tellEntries(order, entries, 'inferred', time)
  }

  #tellEntries(
    order: TrackedOrder,
    entries: readonly Entry[],
    source: EventSource,
    time: number,
    execution?: ExecutionReport,
    ordered?: string,
  ): void {
    for (const entry of entries) {
      const real = execution !== undefined && 'executionId' in entry && entry.executionId === execution.executionId
      const isBust = entry.type === 'trade_bust'
      this.tell(order, {
        type: entry.type,
        executionId: isBust ? undefined : entry.executionId,
        executionRefId: entry.type === 'trade' ? undefined : entry.refId,
        lastQuantity: isBust ? undefined : entry.quantity.toString(),
        lastPrice: isBust ? undefined : entry.price,
        time,
        source: real ? source : 'inferred',
        venueTime: real ? execution.venueTime : undefined,
        liquidity: real ? execution.liquidity : undefined,
        quantity: ordered,
      })
    }
  }

  #status(order: TrackedOrder, report: OrderReport, source: ReportSource, time: number): void {
    const asked = source === 'reconciliation'
    const common = { time, source: SOURCES[source], venueTime: report.venueTime }
    switch (report.status) {
      case undefined:
        return
      case 'open':
        if (asked) this.#tellAnswer(order, report, time)
        else this.#open(order, report, time, SOURCES[source])
        return
      case 'pending_cancel':
        if (order.pendingCancelTold || order.ended !== undefined) return
        order.pendingCancelTold = true
        this.tell(order, { type: 'pending_cancel', ...common })
        return
      case 'triggered':
        if (order.triggeredTold || order.ended !== undefined) return
        order.triggeredTold = true
        this.tell(order, { type: 'triggered', ...common })
        return
      default:
        break
    }
    if (order.ended !== undefined || order.successor !== undefined) return
    if (report.status === 'canceled' && order.edits > 0) {
      order.endHeld = { report, source }
      return
    }
    order.ended = report.status
    order.accepted = true
    order.handover = 'done'
    const reported = this.reportedFigures(order, report, report.status)
    const isToldByExecutions = order.quantity?.equals(order.executions.counted) === true
    const facts = this.#learned(order, report)
    if (asked) {
      this.tell(order, { type: 'status', reported, ...common, ...facts })
    } else if (report.status === 'filled') {
      // the executions say it already, unless how much was ordered isn't known
      if (isToldByExecutions) return
      this.tell(order, { type: 'status', reported, ...common, ...facts })
    } else if (report.status === 'rejected') {
      this.tell(order, { type: 'reject', reason: 'other', reported, text: report.text, ...common, ...facts })
    } else {
      this.tell(order, { type: report.status, reported, ...common, ...facts })
    }
  }

  #open(order: TrackedOrder, report: OrderReport, time: number, source: EventSource): void {
    if (order.ended !== undefined) return
    const executed = isPositive(order.executions.counted)
    const reported = this.reportedFigures(order, report, executed ? 'partially_filled' : 'new')
    const changed =
      source === 'stream' &&
      order.accepted &&
      order.edits === 0 &&
      differs(order.quantity, report.quantity) &&
      report.orderType !== 'market'
    const common = { time, source, venueTime: report.venueTime ?? report.createdTime }
    if (!order.accepted) {
      order.accepted = true
      order.handover = 'done'
      this.tell(order, { type: 'ack', ...common, reported, ...this.#learned(order, report) })
    } else if (changed) {
      order.quantity = report.quantity
      this.tell(order, { type: 'restated', reported, quantity: reported.quantity, ...common })
    }
  }

  /** What a query says of a living order, when it isn't what was said before. */
  #tellAnswer(order: TrackedOrder, report: OrderReport, time: number): void {
    if (order.ended !== undefined || order.edits > 0) return
    const reported = this.reportedFigures(
      order,
      report,
      isPositive(order.executions.counted) ? 'partially_filled' : 'new',
    )
    const said = JSON.stringify(reported)
    if (order.accepted && order.handover === 'done' && order.lastStatus === said) return
    order.lastStatus = said
    order.accepted = true
    order.handover = 'done'
    const facts = this.#learned(order, report)
    this.tell(order, { type: 'status', time, source: 'reconciliation', reported, ...facts })
  }

  /** Facts that weren't known when the order was submitted. */
  #learned(order: TrackedOrder, report: OrderReport) {
    const quantity = order.quantity === undefined ? report.quantity : undefined
    const price = order.price === undefined ? report.price : undefined
    order.quantity ??= quantity
    order.price ??= price
    return {
      quantity: quantity?.toString(),
      price,
      orderType: order.origin === 'own' ? undefined : report.orderType,
      timeInForce: order.origin === 'own' ? undefined : report.timeInForce,
    }
  }
}

function differs(a: Decimal | undefined, b: Decimal | undefined): boolean {
  return a !== undefined && b !== undefined && a.compare(b) !== 0
}
