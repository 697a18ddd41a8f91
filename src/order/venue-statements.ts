import { parseDecimal } from './decimal.js'
import type { OrderEvent, OrderStatus } from './event.js'
import { compareVenueOrder } from './event-order.js'
import type { EventReading } from './event-reading.js'
import type { Lifecycle } from './lifecycle.js'
import type { OrderRequests } from './order-requests.js'
import type { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'
import { quantityAfter, stateQuantity } from './stated-quantity.js'
import type { PhaseEvent } from './transitions.js'

/** ExecRestatementReason (378) of a split or another corporate action: the quantities change by themselves. */
const CORPORATE_ACTION = '0'

/** Statuses that tell of a phase when a question is answered with them. */
const phaseOfStatus: { readonly [Status in OrderStatus]?: PhaseEvent } = {
  pending_new: 'pending_new',
  new: 'accepted',
  partially_filled: 'accepted',
  filled: 'accepted',
  done_for_day: 'done_for_day',
  canceled: 'canceled',
  stopped: 'stopped',
  rejected: 'rejected',
  suspended: 'suspended',
  calculated: 'calculated',
  expired: 'expired',
  accepted_for_bidding: 'bidding',
}

/** What the venue says of an order as a whole: restatements, answers to questions, the first report of an unknown one. */
export class VenueStatements {
  readonly #requests: OrderRequests
  readonly #lifecycle: Lifecycle
  readonly #outcome: Outcome

  constructor(requests: OrderRequests, lifecycle: Lifecycle, outcome: Outcome) {
    this.#requests = requests
    this.#lifecycle = lifecycle
    this.#outcome = outcome
  }

  /** The venue changed the order by itself; false when something newer has overtaken that. */
  restated(order: OrderState, event: OrderEvent & { type: 'restated' }, reading: EventReading): boolean {
    this.#lifecycle.implyAck(order, reading)
    const isLate = compareVenueOrder(reading, { sequence: order.phaseSequence, venueTime: order.phaseVenueTime }) < 0
    this.#lifecycle.advance(order, 'restated', reading)
    const place = { sequence: order.replaceSequence, venueTime: order.replaceVenueTime }
    if (compareVenueOrder(reading, place) >= 0) {
      order.replaceSequence = reading.sequence ?? order.replaceSequence
      order.replaceVenueTime = reading.venueTime ?? order.replaceVenueTime
      order.replacing = true
      if (reading.orderQuantity !== undefined) order.orderQuantity = reading.orderQuantity
      if (reading.limitPrice !== undefined) order.limitPrice = reading.limitPrice
    }
    this.#restateFigures(order, event, reading)
    const status = event.reported?.status
    if (isLate || status === undefined) return !isLate
    if (status !== 'new' && status !== 'partially_filled' && status !== 'filled')
      this.#tellStatus(order, status, reading)
    return true
  }

  /** What the venue restates holds at its place in the venue's order; executions from after it come on top. */
  #restateFigures(order: OrderState, event: OrderEvent & { type: 'restated' }, reading: EventReading): void {
    const cumulative = parseDecimal(event.reported?.cumulativeQuantity)
    if (cumulative === undefined || cumulative.isNegative) return
    if (compareVenueOrder(reading, { sequence: order.statedSequence, venueTime: order.statedVenueTime }) < 0) return
    const before = order.cumulative.subtract(quantityAfter(order, reading))
    if (!cumulative.equals(before) && event.restatementReason !== CORPORATE_ACTION && !reading.possibleDuplicate) {
      this.#outcome.anomaly(
        order,
        'quantity_mismatch',
        `the venue restates ${cumulative} executed, the executions come to ${before}`,
      )
    }
    stateQuantity(order, cumulative, parseDecimal(event.reported?.averagePrice), reading)
  }

  /** A question was answered; false when something newer has overtaken the answer. */
  answered(order: OrderState, event: OrderEvent & { type: 'status' }, reading: EventReading): boolean {
    const place = { sequence: order.phaseSequence, venueTime: order.phaseVenueTime }
    if (compareVenueOrder(reading, place) < 0) return false
    const status = event.reported?.status
    if (status !== undefined) this.#tellStatus(order, status, reading)
    return true
  }

  /** The venue says how the order stands, without the report that made it so. */
  #tellStatus(order: OrderState, status: OrderStatus, reading: EventReading): void {
    if (status === 'pending_cancel' || status === 'pending_replace') {
      this.#lifecycle.received(order, reading)
      this.#requests.pend(order, status === 'pending_cancel' ? 'cancel' : 'replace', reading)
      return
    }
    const event = phaseOfStatus[status]
    if (event === undefined) return
    if (event === 'pending_new') this.#lifecycle.received(order, reading)
    else if (event === 'rejected') this.#lifecycle.answer(order, reading.time, 'rejected', false)
    else this.#lifecycle.implyAck(order, reading)
    if (event === 'rejected' && order.phase === 'working') {
      order.rejectReason ??= 'other'
    }
    this.#lifecycle.advance(order, event, reading)
  }

  /** What a trade says of the end of its order that the executions alone can't tell. */
  endsWith(order: OrderState, { reported }: OrderEvent, reading: EventReading): void {
    const status = reported?.status
    if (status === 'filled' && order.orderQuantity === undefined) {
      // ordered by cash amount: only the last fill tells how much it came to
      order.orderQuantity = parseDecimal(reported?.cumulativeQuantity) ?? order.cumulative
    }
    // the rest of an immediate-or-cancel order may be canceled with its last fill, in one message
    const isImmediate = order.timeInForce === 'ioc' || order.timeInForce === 'fok'
    if (isImmediate && (status === 'canceled' || status === 'expired')) this.#lifecycle.advance(order, status, reading)
  }

  /** The first report of an order that was there before: what the venue says was executed until then is taken over. */
  adoptFigures(order: OrderState, event: OrderEvent, reading: EventReading): void {
    const { reported } = event
    if (reported === undefined || reported === null || event.type === 'restated') return
    const cumulative = parseDecimal(reported.cumulativeQuantity)
    if (cumulative === undefined || cumulative.isNegative || cumulative.isZero) return
    const average = parseDecimal(reported.averagePrice)
    if (event.type === 'trade' || event.type === 'trade_correct' || event.type === 'trade_bust') {
      // without a place in the venue's order, a fill from before couldn't be told from one after
      if (event.type !== 'trade' || (reading.sequence === undefined && reading.venueTime === undefined)) return
      const before = cumulative.subtract(reading.quantity!)
      if (before.isNegative || before.isZero) return
      const notional =
        average === undefined || average.isZero || reading.price === undefined
          ? undefined
          : average.multiply(cumulative).subtract(reading.price.multiply(reading.quantity!))
      stateQuantity(order, before, notional?.divide(before, 24), reading)
      return
    }
    stateQuantity(order, cumulative, average, reading)
  }

  /** And how it says that the order stands, where its executions can't tell. */
  adoptStatus(order: OrderState, event: OrderEvent, reading: EventReading): void {
    const status = event.reported?.status
    if (status === undefined || event.type === 'status' || event.type === 'restated') return
    if (event.type === 'cancel_reject' && event.reason === 'unknown_order') return
    if (status === order.status || event.type === 'reject') return
    // what the executions can't tell: a report with its own type is believed for its type
    if (order.phase === 'unknown' || status === 'done_for_day' || status === 'suspended' || status === 'stopped') {
      this.#tellStatus(order, status, reading)
    }
  }
}
