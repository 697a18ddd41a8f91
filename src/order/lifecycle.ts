import type { CancelRejectReason, OrderStage, StageOutcome } from './event.js'
import { compareVenueOrder } from './event-order.js'
import type { EventReading } from './event-reading.js'
import type { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'
import { isIllegal, nextPhase, type PhaseEvent } from './transitions.js'

/** Stages and phases of an order: what begins and ends with an event. */
export class Lifecycle {
  readonly #outcome: Outcome

  constructor(outcome: Outcome) {
    this.#outcome = outcome
  }

  submitted(order: OrderState, { time, now }: EventReading): void {
    order.submitted = true
    order.submitTime = time
    order.submitHeardTime = now
    if (order.phase === 'unknown') order.phase = 'pending'
    if (order.answered) return
    order.submitOpen = true
    this.#outcome.effect({ kind: 'stage_started', stage: 'submit', time })
  }

  /** Handed to the venue: from now on the ack is waited for. */
  sent(order: OrderState, { time, now }: EventReading): void {
    this.#endSubmit(order, time, 'ok', undefined)
    if (order.answered || order.ackStart !== undefined) return
    order.ackStart = time
    order.ackHeardTime = now
    order.ackOpen = true
    this.#outcome.effect({ kind: 'stage_started', stage: 'ack', time })
  }

  submitFailed(order: OrderState, reading: EventReading, sent: boolean, errorType: string | undefined): void {
    const { time } = reading
    this.#endSubmit(order, time, sent ? 'unknown' : 'failed', errorType)
    if (order.answered) return
    if (order.ackOpen) this.#endAck(order, time, sent ? 'unknown' : 'failed', false, errorType)
    if (sent) {
      this.advance(order, 'outcome_unknown', reading)
    } else {
      order.errorType = errorType ?? 'not_sent'
      this.advance(order, 'rejected', reading)
    }
  }

  /**
   * The venue's first answer. `implied`: it didn't say so, but what it told can't be without it; such an ack has no
   * latency.
   */
  answer(order: OrderState, time: number, outcome: StageOutcome, implied: boolean, errorType?: string): void {
    if (order.answered) return
    order.answered = true
    order.ackImplied = implied
    if (outcome === 'ok' && !implied) order.ackTime = time
    if (!order.submitted) return
    this.#endSubmit(order, time, 'ok', undefined)
    if (order.ackStart === undefined) {
      order.ackStart = order.submitTime
      order.ackOpen = true
      this.#outcome.effect({ kind: 'stage_started', stage: 'ack', time: order.submitTime })
    }
    if (order.ackOpen) this.#endAck(order, time, outcome, implied, errorType)
  }

  /** The venue has the order, whatever it says next. */
  received(order: OrderState, { time, now }: EventReading): void {
    this.#endSubmit(order, time, 'ok', undefined)
    if (!order.submitted || order.answered || order.ackStart !== undefined) return
    order.ackStart = order.submitTime
    order.ackHeardTime = now
    order.ackOpen = true
    this.#outcome.effect({ kind: 'stage_started', stage: 'ack', time: order.submitTime })
  }

  /** What the venue told can't be without an ack before. */
  implyAck(order: OrderState, reading: EventReading): void {
    if (order.answered) return
    if (order.submitted) this.#outcome.anomaly(order, 'implied_ack', 'the venue never told the ack; it is implied')
    this.answer(order, reading.time, 'ok', true)
    if (order.phase === 'pending' || order.phase === 'unknown') this.advance(order, 'accepted', reading)
  }

  /** Moves the phase by the table; what the venue had told before something newer moves nothing. */
  advance(order: OrderState, event: PhaseEvent, reading: EventReading): void {
    const { phase } = order
    const place = { sequence: order.phaseSequence, venueTime: order.phaseVenueTime }
    const order_ = reading.isRequest ? 0 : compareVenueOrder(reading, place)
    const isLate = order_ < 0 && phase !== 'unknown' && phase !== 'pending'
    if (order_ >= 0 && !reading.isRequest) {
      order.phaseSequence = reading.sequence ?? order.phaseSequence
      order.phaseVenueTime = reading.venueTime ?? order.phaseVenueTime
    }
    switch (event) {
      case 'canceled':
      case 'expired':
      case 'rejected':
        break
      case 'done_for_day':
      case 'calculated':
        if (isLate && !order.isDayOrder) return
        break
      case 'traded':
        if (isLate) return
        // a day order has no next day: what comes is a late fill
        if ((phase === 'done_for_day' || phase === 'calculated') && order.isDayOrder) return
        break
      default:
        if (isLate) return
    }
    if (isIllegal(phase, event)) {
      this.#outcome.anomaly(order, 'illegal_transition', `${event} told of an order that is ${order.baseStatus}`)
    }
    order.phase = nextPhase(phase, event)
  }

  timeOutSubmit(order: OrderState, time: number): void {
    this.#endSubmit(order, time, 'unknown', undefined)
    if (!order.answered) order.phase = nextPhase(order.phase, 'outcome_unknown')
  }

  timeOutAck(order: OrderState, time: number): void {
    if (order.ackOpen) this.#endAck(order, time, 'unknown', false, undefined)
    if (!order.answered) order.phase = nextPhase(order.phase, 'outcome_unknown')
  }

  /** Ends whatever is still waited for: nobody told. */
  endOpenStages(order: OrderState, time: number): void {
    this.#endSubmit(order, time, 'unknown', undefined)
    if (order.ackOpen) this.#endAck(order, time, 'unknown', false, undefined)
    for (const request of order.requests) {
      if (request.state === 'answered') continue
      if (request.startTime !== undefined) {
        this.endStage(request.kind, request.startTime, time, 'unknown', undefined, undefined)
      }
      request.state = 'answered'
    }
    order.pendingCancels = 0
    order.pendingReplaces = 0
  }

  endStage(
    stage: OrderStage,
    startTime: number,
    endTime: number,
    outcome: StageOutcome,
    errorType: string | undefined,
    cancelRejectReason: CancelRejectReason | undefined,
  ): void {
    this.#outcome.effect({
      kind: 'stage_ended',
      stage,
      startTime,
      endTime,
      outcome,
      implied: false,
      ...(errorType === undefined ? undefined : { errorType }),
      ...(cancelRejectReason === undefined ? undefined : { cancelRejectReason }),
    })
  }

  /** After every event, `now` by the tracker's clock: tells when the order is done, or lives again. */
  settle(order: OrderState, now: number): void {
    const before = order.status
    order.settle()
    if (order.done === order.completed) return
    if (order.done) {
      order.completed = true
      order.doneTime = now
      const status = order.baseStatus
      const isRejected = status === 'rejected'
      this.#outcome.effect({
        kind: 'completed',
        status,
        ...(isRejected ? { rejectReason: order.rejectReason ?? 'other' } : undefined),
        ...(isRejected && order.errorType !== undefined ? { errorType: order.errorType } : undefined),
        ...(order.completedBefore ? { again: true } : undefined),
      })
      order.completedBefore = true
    } else {
      order.completed = false
      this.#outcome.effect({ kind: 'reopened', previousStatus: before })
    }
  }

  #endSubmit(order: OrderState, time: number, outcome: StageOutcome, errorType: string | undefined): void {
    if (!order.submitOpen) return
    order.submitOpen = false
    this.endStage('submit', order.submitTime, time, outcome, errorType, undefined)
  }

  #endAck(
    order: OrderState,
    time: number,
    outcome: StageOutcome,
    implied: boolean,
    errorType: string | undefined,
  ): void {
    order.ackOpen = false
    this.#outcome.effect({
      kind: 'stage_ended',
      stage: 'ack',
      startTime: order.ackStart!,
      endTime: time,
      outcome,
      implied,
      ...(errorType === undefined ? undefined : { errorType }),
    })
  }
}
