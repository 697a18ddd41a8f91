import { metrics, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { orderStages } from '../catalog/attributes.js'
import { currentWriter } from '../channel/current-writer.js'
import { sampledTraceRef } from '../channel/trace-ref.js'
import { catalogInstruments } from '../metrics/bind.js'
import { SCOPE_NAME, VERSION } from '../version.js'
import type { RejectReason, StageOutcome } from './event.js'
import { now, toHrTime } from './time.js'

const RISK_CHECK = orderStages.indexOf('risk_check')

/** The order that is checked. */
export interface RiskCheckFacts {
  readonly clientId?: string
  readonly venue?: string
  readonly symbol?: string
}

/** Lets the check say that it refused. */
export interface RiskCheck {
  /** The order is refused: the stage's outcome is `rejected`. `text` goes on the span, never on a metric. */
  refuse(reason?: RejectReason, text?: string): void
}

/**
 * Runs a pre-trade check as the order's stage `risk_check`: a span below whatever is active, and its duration in
 * `trading.order.stage.duration`, also when the check refuses or throws. Returns what `check` returns (a promise
 * is measured until it settles); what it throws is thrown on.
 *
 * @example
 * const allowed = measureRiskCheck({ clientId, symbol: 'BTC/USDT' }, stage => {
 *   if (exposure.after(order) <= limit) return true
 *   stage.refuse('exceeds_limit')
 *   return false
 * })
 */
export function measureRiskCheck<Result>(facts: RiskCheckFacts, check: (stage: RiskCheck) => Result): Result {
  if (typeof check !== 'function') {
    throw new TypeError(
      'orderscope: measureRiskCheck needs the check; write measureRiskCheck({ clientId }, stage => …)',
    )
  }
  // plain JavaScript may leave the facts out: the check runs all the same
  const measurement = new Measurement(facts ?? {})
  return trace
    .getTracer(SCOPE_NAME, VERSION)
    .startActiveSpan(
      'order.risk_check',
      { startTime: toHrTime(measurement.startTime), attributes: measurement.attributes },
      span => {
        try {
          const result = check(measurement)
          if (!isPromise(result)) {
            measurement.end(span)
            return result
          }
          return result.then(
            value => {
              measurement.end(span)
              return value
            },
            error => {
              measurement.fail(span, error)
              throw error
            },
          ) as Result
        } catch (error) {
          measurement.fail(span, error)
          throw error
        }
      },
    )
}

class Measurement implements RiskCheck {
  readonly startTime = now()
  readonly #facts: RiskCheckFacts
  #refusal: { reason: RejectReason; text: string | undefined } | undefined

  constructor(facts: RiskCheckFacts) {
    this.#facts = facts
    currentWriter()?.control.enterStage(RISK_CHECK, facts.clientId ?? '')
  }

  get attributes() {
    const { clientId, venue, symbol } = this.#facts
    return {
      ...(venue === undefined ? {} : { 'trading.venue.name': venue }),
      ...(symbol === undefined ? {} : { 'trading.instrument.symbol': symbol }),
      ...(clientId === undefined ? {} : { 'trading.order.client_id': clientId }),
    }
  }

  refuse(reason: RejectReason = 'risk_limit', text?: string): void {
    this.#refusal = { reason, text }
  }

  end(span: Span): void {
    if (this.#refusal !== undefined) {
      span.setAttribute('trading.order.reject.reason', this.#refusal.reason)
      if (this.#refusal.text !== undefined) span.setAttribute('trading.order.text', this.#refusal.text)
      span.setStatus({ code: SpanStatusCode.ERROR })
    }
    this.#end(span, this.#refusal === undefined ? 'ok' : 'rejected')
  }

  fail(span: Span, error: unknown): void {
    span.setAttribute('error.type', error instanceof Error ? error.constructor.name : typeof error)
    span.setStatus({ code: SpanStatusCode.ERROR })
    this.#end(span, 'failed')
  }

  #end(span: Span, outcome: StageOutcome): void {
    const endTime = now()
    span.setAttribute('trading.order.stage_outcome', outcome)
    span.end(toHrTime(endTime))
    catalogInstruments(metrics.getMeter(SCOPE_NAME, VERSION))
      .bind('trading.order.stage.duration', {
        'trading.venue.name': this.#facts.venue ?? 'unknown',
        'trading.order.stage': 'risk_check',
        'trading.order.stage_outcome': outcome,
      })
      .record((endTime - this.startTime) / 1000, sampledTraceRef(span.spanContext()), endTime)
  }
}

function isPromise<Value>(value: Value): value is Value & Promise<Awaited<Value>> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
