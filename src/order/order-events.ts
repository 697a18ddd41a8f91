import type { OrderEvent } from './event.js'
import { compareVenueOrder } from './event-order.js'
import type { EventReading } from './event-reading.js'
import type { Executions } from './executions.js'
import type { Lifecycle } from './lifecycle.js'
import { learnFacts } from './order-facts.js'
import type { OrderRequests } from './order-requests.js'
import type { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'
import { compareReported } from './reported-figures.js'
import { VenueStatements } from './venue-statements.js'

/** What each event does to its order. */
export class OrderEvents {
  readonly #executions: Executions
  readonly #requests: OrderRequests
  readonly #lifecycle: Lifecycle
  readonly #statements: VenueStatements
  readonly #outcome: Outcome
  /** The event speaks of another order under the same id, or of a time that is over: its figures aren't compared. */
  #skipCompare = false

  constructor(executions: Executions, requests: OrderRequests, lifecycle: Lifecycle, outcome: Outcome) {
    this.#executions = executions
    this.#requests = requests
    this.#lifecycle = lifecycle
    this.#statements = new VenueStatements(requests, lifecycle, outcome)
    this.#outcome = outcome
  }

  /** `isNew`: nothing was known of the order before this event. */
  apply(order: OrderState, event: OrderEvent, reading: EventReading, isNew: boolean): void {
    this.#skipCompare = reading.isRequest
    if (event.type === 'submit' && order.submitted) {
      this.#submittedAgain(order, event, reading)
      return
    }
    learnFacts(order, event, this.#outcome)
    if (order.orderQuantity === undefined && event.type !== 'replace_request' && !isEmptyAnswer(event)) {
      order.orderQuantity = reading.orderQuantity
    }
    if (order.limitPrice === undefined && event.type !== 'replace_request') order.limitPrice = reading.limitPrice
    if (isNew && !reading.isRequest) this.#statements.adoptFigures(order, event, reading)
    this.#dispatch(order, event, reading)
    if (isNew && !reading.isRequest) this.#statements.adoptStatus(order, event, reading)
  }

  /** Counts what the venue's figures say otherwise. */
  compare(order: OrderState, event: OrderEvent, reading: EventReading): void {
    if (this.#skipCompare || event.reported === undefined) return
    compareReported(order, event, reading, this.#outcome)
  }

  #dispatch(order: OrderState, event: OrderEvent, reading: EventReading): void {
    switch (event.type) {
      case 'trade':
        this.#trade(order, reading)
        break
      case 'submit':
        if (order.origin === 'external') order.origin = 'own'
        this.#lifecycle.submitted(order, reading)
        break
      case 'sent':
        this.#lifecycle.sent(order, reading)
        break
      case 'ack':
        this.#ack(order, reading)
        break
      case 'pending_new':
        this.#lifecycle.received(order, reading)
        this.#lifecycle.advance(order, 'pending_new', reading)
        break
      case 'reject':
        this.#reject(order, event, reading)
        break
      case 'trade_correct':
      case 'trade_bust':
        this.#lifecycle.implyAck(order, reading)
        this.#executions.amend(order, event.type === 'trade_bust' ? 'bust' : 'correct', reading)
        break
      case 'canceled':
        this.#lifecycle.implyAck(order, reading)
        this.#requests.accept(order, 'cancel', reading, true)
        this.#lifecycle.advance(order, 'canceled', reading)
        break
      case 'expired':
      case 'stopped':
      case 'suspended':
      case 'calculated':
      case 'done_for_day':
        this.#lifecycle.implyAck(order, reading)
        this.#lifecycle.advance(order, event.type, reading)
        break
      case 'triggered':
        this.#lifecycle.implyAck(order, reading)
        this.#lifecycle.advance(order, 'accepted', reading)
        break
      case 'pending_cancel':
        this.#lifecycle.received(order, reading)
        this.#requests.pend(order, 'cancel', reading)
        break
      case 'pending_replace':
        this.#lifecycle.received(order, reading)
        this.#requests.pend(order, 'replace', reading)
        break
      case 'replaced':
        this.#replaced(order, reading)
        break
      case 'cancel_reject':
        this.#cancelReject(order, event, reading)
        break
      case 'restated':
        if (!this.#statements.restated(order, event, reading)) this.#skipCompare = true
        break
      case 'status':
        if (!this.#statements.answered(order, event, reading)) this.#skipCompare = true
        break
      case 'cancel_request':
      case 'replace_request':
        this.#requests.ask(
          order,
          event.type === 'cancel_request' ? 'cancel' : 'replace',
          requestIdOf(order, reading),
          reading,
        )
        break
      case 'request_failed':
        this.#requests.refuse(
          order,
          event.request,
          reading,
          reading.mayHaveArrived ? 'unknown' : 'failed',
          typeof event.errorType === 'string' ? event.errorType : undefined,
          undefined,
        )
        break
      case 'submit_failed':
        this.#lifecycle.submitFailed(
          order,
          reading,
          reading.mayHaveArrived,
          typeof event.errorType === 'string' ? event.errorType : undefined,
        )
        break
      case 'status_request':
        break
    }
  }

  #trade(order: OrderState, reading: EventReading): void {
    const quantity = reading.quantity!
    // a report of type trade without a quantity tells of no execution
    if (quantity.isZero) return
    if (!order.answered) {
      if (order.submitted) {
        this.#outcome.anomaly(
          order,
          'fill_before_ack',
          'a fill came before the ack; the ack is implied, its latency unknown',
        )
      }
      this.#lifecycle.answer(order, reading.time, 'ok', true)
    }
    const wasDone = order.done
    const isFirst = order.firstFillTime === undefined
    if (!this.#executions.trade(order, reading)) {
      this.#skipCompare = true
      return
    }
    if (wasDone) {
      this.#outcome.anomaly(order, 'late_fill', `an execution of ${quantity} was told when the order was done`)
    }
    if (isFirst && isBefore(reading.venueTime, order.ackVenueTime)) this.#inverted(order)
    this.#lifecycle.advance(order, 'traded', reading)
    const ordered = order.orderQuantity
    if (ordered !== undefined && order.cumulative.compare(ordered) > 0) {
      const excess = order.cumulative.subtract(ordered)
      this.#outcome.anomaly(order, 'overfill', `${order.cumulative} executed of ${ordered} ordered: ${excess} too much`)
    }
  }

  #ack(order: OrderState, reading: EventReading): void {
    if (order.answered && order.ackImplied && order.ackVenueTime === undefined && !reading.possibleDuplicate) {
      if (order.submitted) this.#outcome.anomaly(order, 'late_ack', 'the ack came after what implied it')
      this.#skipCompare = true
    }
    this.#lifecycle.answer(order, reading.time, 'ok', false)
    if (order.ackVenueTime === undefined) {
      order.ackVenueTime = reading.venueTime ?? Number.NaN
      if (isBefore(order.firstFillVenueTime, reading.venueTime)) this.#inverted(order)
    }
    this.#lifecycle.advance(order, 'accepted', reading)
    const told = reading.orderQuantity
    // the venue may round to its lot size; after a replace an ack speaks of what was before
    if (
      told !== undefined &&
      !told.isZero &&
      !order.replacing &&
      order.cumulative.isZero &&
      order.orderQuantity?.equals(told) === false
    ) {
      const ordered = order.orderQuantity
      this.#outcome.anomaly(order, 'quantity_mismatch', `the venue accepted ${told}, ${ordered} was ordered`)
      order.orderQuantity = told
    }
  }

  #reject(order: OrderState, event: OrderEvent & { type: 'reject' }, reading: EventReading): void {
    if (this.#requests.isOpen(order, reading.clientId)) {
      // some venues refuse a cancel or replace by an execution report of type Rejected
      const { errorType } = event
      this.#skipCompare = true
      this.#requests.refuse(
        order,
        undefined,
        reading,
        'rejected',
        typeof errorType === 'string' ? errorType : undefined,
        reading.rejectReason === 'too_late' || reading.rejectReason === 'unknown_order'
          ? reading.rejectReason
          : 'other',
      )
      return
    }
    if (this.#isOfDuplicate(order, event)) {
      this.#skipCompare = true
      if (order.duplicateSubmits > 0) order.duplicateSubmits--
      else if (!reading.possibleDuplicate) {
        this.#outcome.anomaly(
          order,
          'duplicate_client_id',
          `a second order under client id ${order.clientId} was refused`,
        )
      }
      return
    }
    const errorType = typeof event.errorType === 'string' ? event.errorType : undefined
    this.#lifecycle.answer(order, reading.time, 'rejected', false, errorType ?? reading.rejectReason)
    if (order.phase !== 'rejected') {
      order.rejectReason = reading.rejectReason
      order.errorType = errorType
    }
    this.#lifecycle.advance(order, 'rejected', reading)
  }

  /** The reject is of a second order under the same client id; the first one lives on (F.1.a). */
  #isOfDuplicate(order: OrderState, event: OrderEvent & { type: 'reject' }): boolean {
    if (!order.answered) return false
    const status = event.reported?.status
    if (status !== undefined && status !== 'rejected') return true
    if (event.reason === 'duplicate_order') return order.phase !== 'rejected'
    return order.duplicateSubmits > 0
  }

  #replaced(order: OrderState, reading: EventReading): void {
    this.#lifecycle.implyAck(order, reading)
    const request = this.#requests.accept(order, 'replace', reading, false)
    order.replacing = true
    const place = { sequence: order.replaceSequence, venueTime: order.replaceVenueTime }
    this.#lifecycle.advance(order, 'replaced', reading)
    // an older one of the chain, told late or again: the newer one stands
    if (compareVenueOrder(reading, place) < 0) return
    order.replaceSequence = reading.sequence ?? order.replaceSequence
    order.replaceVenueTime = reading.venueTime ?? order.replaceVenueTime
    const asked = request?.quantity
    // less than was executed already can't be had: the venue makes it what was executed (C.3.c)
    const possible = asked !== undefined && asked.compare(order.cumulative) < 0 ? order.cumulative : asked
    order.orderQuantity = reading.orderQuantity ?? possible ?? order.orderQuantity
    order.limitPrice = reading.limitPrice ?? request?.price ?? order.limitPrice
    const id = reading.clientId ?? request?.id
    if (id === undefined || id === order.clientId) return
    const previousClientId = order.clientId
    order.clientId = id
    this.#outcome.effect({ kind: 'alias', clientId: id, previousClientId })
  }

  #cancelReject(order: OrderState, event: OrderEvent & { type: 'cancel_reject' }, reading: EventReading): void {
    const errorType = typeof event.errorType === 'string' ? event.errorType : undefined
    this.#requests.refuse(order, event.request, reading, 'rejected', errorType, reading.cancelRejectReason ?? 'other')
    if (reading.cancelRejectReason !== 'unknown_order') return
    this.#skipCompare = true
    // asked about an order that neither we nor the venue ever had (B.1.f)
    if (order.phase !== 'unknown' || order.submitted) return
    order.rejectReason = 'unknown_order'
    this.#lifecycle.advance(order, 'rejected', reading)
  }

  #submittedAgain(order: OrderState, event: OrderEvent, reading: EventReading): void {
    // sent again on purpose (PossResend), or told again: it is the same order
    if (reading.possibleDuplicate) return
    order.duplicateSubmits++
    this.#outcome.anomaly(
      order,
      'duplicate_client_id',
      `order ${event.clientId} is submitted again while it lives; give each order its own client id`,
    )
  }

  #inverted(order: OrderState): void {
    this.#outcome.anomaly(order, 'time_inversion', "by the venue's clock the first fill was before the ack")
  }
}

/** A request is about the order that `originalClientId` or `orderId` names; its own id is then `clientId`. */
function requestIdOf(order: OrderState, reading: EventReading): string | undefined {
  const { clientId } = reading
  return clientId === order.clientId || clientId === order.rootId ? undefined : clientId
}

/** An answer about an unknown order says quantity 0. */
function isEmptyAnswer(event: OrderEvent): boolean {
  return event.type === 'status' && event.reported?.status === 'rejected'
}

function isBefore(left: number | undefined, right: number | undefined): boolean {
  return left !== undefined && right !== undefined && left < right
}
