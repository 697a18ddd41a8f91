import {
  type Context,
  context as contextApi,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { OrderStage } from './event.js'
import { isRequest } from './event-reading.js'
import type { VenueFacts } from './order-series.js'
import { setOrderTrace } from './order-trace.js'
import {
  changeAttributes,
  endAttributes,
  executionAttributes,
  identityAttributes,
  startAttributes,
} from './span-attributes.js'
import { toHrTime } from './time.js'
import type { Effect, Order, OrderProjection, Transition } from './transition.js'

/** How long an `order` span may be open before it is exported and continued in a linked trace. */
const DEFAULT_MAXIMUM_SPAN_AGE_MS = 5 * 60_000
/** Links from one order to the spans that it was continued from or filled late under. */
const SPANS = Symbol('orderscope.order.spans')

/** Settings of the traces of orders. */
export interface OrderSpansOptions {
  readonly maximumSpanAgeMs?: number
}

interface OrderTrace {
  order: Order
  /** The `order` span; `undefined` after it ended. */
  span: Span | undefined
  /** Of the last `order` span: parent of the stages, target of links. */
  context: Context
  startTime: number
  /** When the order was done, for the end of its span. */
  doneTime: number | undefined
  readonly stages: Map<OrderStage, Span>
}

/** The traces of orders: one `order` span, and a short span for each stage and each execution below it. */
export class OrderSpans implements OrderProjection {
  readonly #tracer: Tracer
  readonly #place: VenueFacts
  readonly #maximumSpanAgeMs: number
  /** Oldest first, so that a sweep looks only at those that may be due. */
  readonly #open = new Set<OrderTrace>()

  constructor(tracer: Tracer, place: VenueFacts, options: OrderSpansOptions = {}) {
    this.#tracer = tracer
    this.#place = place
    this.#maximumSpanAgeMs = options.maximumSpanAgeMs ?? DEFAULT_MAXIMUM_SPAN_AGE_MS
  }

  onTransition(transition: Transition): void {
    const { order, time } = transition
    if (order === undefined) return
    for (const effect of transition.effects) this.#apply(effect, order, transition)
    const spans = tracesOf(order)
    if (spans?.span === undefined || transition.anomalies.length === 0) return
    for (const anomaly of transition.anomalies) {
      const event = { 'trading.order.anomaly.kind': anomaly.kind, 'trading.order.text': anomaly.message }
      spans.span.addEvent('trading.order.anomaly', event, toHrTime(time))
    }
  }

  /** The context of a stage that is open, else of the order: what is called in it nests below. */
  contextOf(order: Order, stage?: OrderStage): Context | undefined {
    const spans = tracesOf(order)
    if (spans === undefined) return undefined
    const span = stage === undefined ? undefined : spans.stages.get(stage)
    return span === undefined ? spans.context : trace.setSpan(spans.context, span)
  }

  /** Continues orders that have been open for too long in a new trace, linked to the one before. */
  sweep(now: number): void {
    for (const spans of this.#open) {
      if (now - spans.startTime < this.#maximumSpanAgeMs) return
      const previous = spans.span
      this.#end(spans, now)
      if (spans.doneTime !== undefined || previous === undefined) continue
      const link: Link = { context: previous.spanContext() }
      this.#start(spans, now, ROOT_CONTEXT, [link])
    }
  }

  /** Ends every open span, with what is known: the process ends, or the SDK is shut down. */
  endAll(now: number): void {
    for (const spans of [...this.#open]) this.#end(spans, now)
  }

  #apply(effect: Effect, order: Order, { event, time }: Transition): void {
    if (effect.kind === 'created') {
      this.#create(order, time, isRequest(event))
      return
    }
    const spans = tracesOf(order)
    if (spans === undefined) return
    switch (effect.kind) {
      case 'stage_started':
        this.#startStage(spans, effect.stage, effect.time)
        break
      case 'stage_ended':
        this.#endStage(spans, effect)
        break
      case 'executed':
        this.#fill(spans, effect)
        break
      case 'corrected':
      case 'busted':
        this.#changeExecution(spans, effect, time)
        break
      case 'alias':
        if (effect.previousClientId === undefined) break
        spans.span?.addEvent(
          'trading.order.id_changed',
          { 'trading.order.client_id': effect.clientId, 'trading.order.original_client_id': effect.previousClientId },
          toHrTime(time),
        )
        break
      case 'completed':
        spans.doneTime = time
        this.#complete(spans, effect, event.text)
        break
      case 'reopened':
        spans.doneTime = undefined
        spans.span?.addEvent('trading.order.reopened', { 'trading.order.status': order.status }, toHrTime(time))
        break
      case 'forgotten':
        this.#end(spans, time)
        break
    }
  }

  #create(order: Order, time: number, byRequest: boolean): void {
    const spans: OrderTrace = {
      order,
      span: undefined,
      context: ROOT_CONTEXT,
      startTime: time,
      doneTime: undefined,
      stages: new Map(),
    }
    order.attachments.set(SPANS, spans)
    // what a venue tells arrives in whatever context opened its socket: that is nobody's parent
    this.#start(spans, time, byRequest ? contextApi.active() : ROOT_CONTEXT, [])
  }

  #start(spans: OrderTrace, time: number, parent: Context, links: Link[]): void {
    const attributes = startAttributes(spans.order, this.#place)
    const span = this.#tracer.startSpan(
      'order',
      { kind: SpanKind.INTERNAL, startTime: toHrTime(time), attributes, links },
      parent,
    )
    spans.span = span
    spans.startTime = time
    spans.context = trace.setSpan(parent, span)
    setOrderTrace(spans.order, span.spanContext())
    this.#open.add(spans)
  }

  #end(spans: OrderTrace, now: number): void {
    this.#open.delete(spans)
    for (const [stage, span] of spans.stages) {
      span.setAttribute('trading.order.stage_outcome', 'unknown')
      span.end(toHrTime(now))
      spans.stages.delete(stage)
    }
    const { span } = spans
    if (span === undefined) return
    spans.span = undefined
    if (span.isRecording()) span.setAttributes(endAttributes(spans.order, this.#place))
    span.end(toHrTime(spans.doneTime ?? now))
  }

  #startStage(spans: OrderTrace, stage: OrderStage, time: number): void {
    // a second cancel while one is under way: the first answer ends the stage
    if (stage === 'fill' || spans.stages.has(stage)) return
    spans.stages.set(
      stage,
      this.#tracer.startSpan(
        `order.${stage}`,
        { kind: SpanKind.CLIENT, startTime: toHrTime(time), attributes: identityAttributes(spans.order, this.#place) },
        spans.context,
      ),
    )
  }

  #endStage(spans: OrderTrace, effect: Extract<Effect, { kind: 'stage_ended' }>): void {
    if (!spans.stages.has(effect.stage)) this.#startStage(spans, effect.stage, effect.startTime)
    const span = spans.stages.get(effect.stage)
    if (span === undefined) return
    spans.stages.delete(effect.stage)
    if (span.isRecording()) {
      span.setAttributes(identityAttributes(spans.order, this.#place))
      span.setAttribute('trading.order.stage_outcome', effect.outcome)
      if (effect.implied) span.setAttribute('trading.order.ack.implied', true)
      if (effect.errorType !== undefined) span.setAttribute('error.type', effect.errorType)
      if (effect.cancelRejectReason !== undefined) {
        span.setAttribute('trading.order.cancel_reject.reason', effect.cancelRejectReason)
      }
      // too late for a cancel means that a fill was quicker: the normal end of that race
      if (effect.outcome !== 'ok' && effect.cancelRejectReason !== 'too_late') {
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
    }
    span.end(toHrTime(Math.max(effect.startTime, effect.endTime)))
  }

  #fill(spans: OrderTrace, effect: Extract<Effect, { kind: 'executed' }>): void {
    const { execution } = effect
    const ended = spans.span === undefined
    const last = trace.getSpanContext(spans.context)
    const span = this.#tracer.startSpan(
      'order.fill',
      {
        kind: SpanKind.CLIENT,
        startTime: toHrTime(
          ended ? execution.time : Math.max(spans.startTime, Math.min(effect.sinceTime, execution.time)),
        ),
        attributes: {
          ...identityAttributes(spans.order, this.#place),
          ...executionAttributes(execution),
        },
        // the order's span has been exported: a late fill begins a trace of its own that points to it
        links: ended && last !== undefined ? [{ context: last }] : [],
      },
      ended ? ROOT_CONTEXT : spans.context,
    )
    span.end(toHrTime(execution.time))
  }

  #changeExecution(spans: OrderTrace, effect: Extract<Effect, { kind: 'corrected' | 'busted' }>, time: number): void {
    const attributes = changeAttributes(effect)
    if (spans.span !== undefined) {
      spans.span.addEvent(`trading.execution.${effect.kind}`, attributes, toHrTime(time))
      return
    }
    // the order's span has been exported: like a late fill, it begins a trace of its own that points to it
    const last = trace.getSpanContext(spans.context)
    const span = this.#tracer.startSpan(
      effect.kind === 'busted' ? 'order.bust' : 'order.correction',
      {
        kind: SpanKind.CLIENT,
        startTime: toHrTime(time),
        attributes: { ...identityAttributes(spans.order, this.#place), ...attributes },
        links: last === undefined ? [] : [{ context: last }],
      },
      ROOT_CONTEXT,
    )
    span.end(toHrTime(time))
  }

  #complete(spans: OrderTrace, effect: Extract<Effect, { kind: 'completed' }>, text: string | undefined): void {
    const { span } = spans
    if (span === undefined || !span.isRecording()) return
    if (text !== undefined) span.setAttribute('trading.order.text', text)
    if (effect.status !== 'rejected') return
    if (effect.rejectReason !== undefined) span.setAttribute('trading.order.reject.reason', effect.rejectReason)
    span.setAttribute('error.type', effect.errorType ?? effect.rejectReason ?? 'rejected')
    span.setStatus({ code: SpanStatusCode.ERROR, ...(text === undefined ? {} : { message: text }) })
  }
}

function tracesOf(order: Order): OrderTrace | undefined {
  return order.attachments.get(SPANS) as OrderTrace | undefined
}
