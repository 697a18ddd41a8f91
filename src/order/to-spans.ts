import {
  type Attributes,
  type Context,
  context as contextApi,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { orderStages } from '../catalog/attributes.js'
import type { AttributeList } from '../channel/otlp-values.js'
import type { OrderStage } from './event.js'
import { isRequest } from './event-reading.js'
import type { VenueFacts } from './order-series.js'
import { type OrderSpan, type OrderSpanSource, orderSpanSource } from './order-span.js'
import { setOrderTrace } from './order-trace.js'
import { endAttributes, identityAttributes, startAttributes } from './span-attributes.js'
import type { Effect, Order, OrderProjection, Transition } from './transition.js'

/** How long an `order` span may be open before it is exported and continued in a linked trace. */
const DEFAULT_MAXIMUM_SPAN_AGE_MS = 5 * 60_000
/** Links from one order to the spans that it was continued from or filled late under. */
const SPANS = Symbol('orderscope.order.spans')

/** Settings of the traces of orders. */
export interface OrderSpansOptions {
  readonly maximumSpanAgeMs?: number
}

const STAGE_SPANS = Object.fromEntries(orderStages.map(stage => [stage, `order.${stage}`])) as Record<
  OrderStage,
  string
>
const NO_LINKS: readonly SpanContext[] = []
const NOTHING: AttributeList = []

interface OrderTrace {
  readonly order: Order
  /** The last `order` span: parent of the stages, target of links. */
  span: OrderSpan
  /** What that span is below of. */
  parent: Context
  isOpen: boolean
  startTime: number
  /** When the order was done, for the end of its span. */
  doneTime: number | undefined
  /** What the order's end added to the attributes of its span. */
  outcome: AttributeList
  readonly stages: Map<OrderStage, OrderSpan>
}

/** The traces of orders: one `order` span, and a short span for each stage and each execution below it. */
export class OrderSpans implements OrderProjection {
  readonly #source: OrderSpanSource
  readonly #place: VenueFacts
  readonly #maximumSpanAgeMs: number
  /** Oldest first, so that a sweep looks only at those that may be due. */
  readonly #open = new Set<OrderTrace>()

  constructor(provider: TracerProvider, place: VenueFacts, options: OrderSpansOptions = {}) {
    this.#source = orderSpanSource(provider)
    this.#place = place
    this.#maximumSpanAgeMs = options.maximumSpanAgeMs ?? DEFAULT_MAXIMUM_SPAN_AGE_MS
  }

  onTransition(transition: Transition): void {
    const { order, time } = transition
    if (order === undefined) return
    for (const effect of transition.effects) this.#apply(effect, order, transition)
    if (transition.anomalies.length === 0) return
    const spans = tracesOf(order)
    if (spans === undefined || !spans.isOpen) return
    for (const anomaly of transition.anomalies) {
      const event = { 'trading.order.anomaly.kind': anomaly.kind, 'trading.order.text': anomaly.message }
      spans.span.event('trading.order.anomaly', event, time)
    }
  }

  /** The context of a stage that is open, else of the order: what is called in it nests below. */
  contextOf(order: Order, stage?: OrderStage): Context | undefined {
    const spans = tracesOf(order)
    if (spans === undefined) return undefined
    const context = trace.setSpan(spans.parent, spans.span.span)
    const span = stage === undefined ? undefined : spans.stages.get(stage)
    return span === undefined ? context : trace.setSpan(context, span.span)
  }

  /** Continues orders that have been open for too long in a new trace, linked to the one before. */
  sweep(now: number): void {
    for (const spans of this.#open) {
      if (now - spans.startTime < this.#maximumSpanAgeMs) return
      this.#end(spans, now)
      if (spans.doneTime !== undefined) continue
      this.#start(spans, now, ROOT_CONTEXT, [spans.span.span.spanContext()])
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
        this.#event(spans, 'trading.order.id_changed', time, {
          'trading.order.client_id': effect.clientId,
          'trading.order.original_client_id': effect.previousClientId,
        })
        break
      case 'completed':
        spans.doneTime = time
        this.#complete(spans, effect, event.text)
        break
      case 'reopened':
        spans.doneTime = undefined
        this.#event(spans, 'trading.order.reopened', time, { 'trading.order.status': order.status })
        break
      case 'forgotten':
        this.#end(spans, time)
        break
    }
  }

  #create(order: Order, time: number, byRequest: boolean): void {
    // what a venue tells arrives in whatever context opened its socket: that is nobody's parent
    const parent = byRequest ? contextApi.active() : ROOT_CONTEXT
    const spans: OrderTrace = {
      order,
      span: this.#startRoot(order, time, parent, NO_LINKS),
      parent,
      isOpen: true,
      startTime: time,
      doneTime: undefined,
      outcome: NOTHING,
      stages: new Map(),
    }
    order.attachments.set(SPANS, spans)
    setOrderTrace(order, spans.span.ref)
    this.#open.add(spans)
  }

  /** Continues an order in a span of its own. */
  #start(spans: OrderTrace, time: number, parent: Context, links: readonly SpanContext[]): void {
    spans.span = this.#startRoot(spans.order, time, parent, links)
    spans.parent = parent
    spans.isOpen = true
    spans.startTime = time
    setOrderTrace(spans.order, spans.span.ref)
    this.#open.add(spans)
  }

  #startRoot(order: Order, time: number, parent: Context, links: readonly SpanContext[]): OrderSpan {
    return this.#source.startRoot('order', SpanKind.INTERNAL, time, parent, links, () =>
      startAttributes(order, this.#place),
    )
  }

  #end(spans: OrderTrace, now: number): void {
    this.#open.delete(spans)
    for (const [stage, span] of spans.stages) {
      this.#finishStage(spans, span, now, ['trading.order.stage_outcome', 'unknown'])
      spans.stages.delete(stage)
    }
    if (!spans.isOpen) return
    spans.isOpen = false
    const { span, order, outcome } = spans
    span.finish(spans.doneTime ?? now, span.isRecording() ? endAttributes(order, this.#place, outcome) : NOTHING)
  }

  #event(spans: OrderTrace, name: string, time: number, attributes: Attributes): void {
    if (spans.isOpen) spans.span.event(name, attributes, time)
  }

  #startStage(spans: OrderTrace, stage: OrderStage, time: number): void {
    // a second cancel while one is under way: the first answer ends the stage
    if (stage === 'fill' || spans.stages.has(stage)) return
    spans.stages.set(stage, this.#startStageSpan(spans, stage, time))
  }

  #startStageSpan(spans: OrderTrace, stage: OrderStage, time: number): OrderSpan {
    return this.#source.startChild(STAGE_SPANS[stage], SpanKind.CLIENT, time, spans.span, () =>
      identityAttributes(spans.order, this.#place),
    )
  }

  #endStage(spans: OrderTrace, effect: Extract<Effect, { kind: 'stage_ended' }>): void {
    // a fill is a span of its own
    if (effect.stage === 'fill') return
    const span = spans.stages.get(effect.stage) ?? this.#startStageSpan(spans, effect.stage, effect.startTime)
    spans.stages.delete(effect.stage)
    const outcome = ['trading.order.stage_outcome', effect.outcome] as (string | boolean)[]
    if (effect.implied) outcome.push('trading.order.ack.implied', true)
    if (effect.errorType !== undefined) outcome.push('error.type', effect.errorType)
    if (effect.cancelRejectReason !== undefined) {
      outcome.push('trading.order.cancel_reject.reason', effect.cancelRejectReason)
    }
    // too late for a cancel means that a fill was quicker: the normal end of that race
    if (effect.outcome !== 'ok' && effect.cancelRejectReason !== 'too_late') span.fail()
    this.#finishStage(spans, span, Math.max(effect.startTime, effect.endTime), outcome)
  }

  #finishStage(spans: OrderTrace, span: OrderSpan, time: number, outcome: AttributeList): void {
    span.finish(time, span.isRecording() ? this.#identityAnd(spans.order, outcome) : NOTHING)
  }

  #identityAnd(order: Order, more: AttributeList): AttributeList {
    const list = identityAttributes(order, this.#place)
    for (const part of more) list.push(part)
    return list
  }

  #fill(spans: OrderTrace, { execution, sinceTime }: Extract<Effect, { kind: 'executed' }>): void {
    const { order, isOpen, span: above, startTime } = spans
    const begin = isOpen ? Math.max(startTime, Math.min(sinceTime, execution.time)) : execution.time
    const attributes = () => {
      const list = identityAttributes(order, this.#place)
      if (execution.id !== undefined) list.push('trading.execution.id', execution.id)
      list.push('trading.execution.quantity', execution.quantity)
      if (execution.price !== undefined) list.push('trading.execution.price', execution.price)
      if (execution.liquidity !== undefined) list.push('trading.execution.liquidity', execution.liquidity)
      list.push('trading.event.source', execution.source)
      return list
    }
    const span = isOpen
      ? this.#source.startChild('order.fill', SpanKind.CLIENT, begin, above, attributes)
      : this.#startLinked('order.fill', begin, above, attributes)
    span.finish(execution.time, span.isRecording() ? attributes() : NOTHING)
  }

  /** The order's span has been exported: what comes late begins a trace of its own that points to it. */
  #startLinked(name: string, time: number, last: OrderSpan, attributes: () => AttributeList): OrderSpan {
    return this.#source.startRoot(name, SpanKind.CLIENT, time, ROOT_CONTEXT, [last.span.spanContext()], attributes)
  }

  #changeExecution(spans: OrderTrace, effect: Extract<Effect, { kind: 'corrected' | 'busted' }>, time: number): void {
    const { execution, executionId, refId } = effect
    const change: Attributes = {
      ...(executionId === undefined ? {} : { 'trading.execution.id': executionId }),
      'trading.execution.ref_id': refId,
      'trading.execution.quantity': execution.quantity,
      ...(execution.price === undefined ? {} : { 'trading.execution.price': execution.price }),
    }
    if (spans.isOpen) {
      spans.span.event(`trading.execution.${effect.kind}`, change, time)
      return
    }
    const attributes = () => this.#identityAnd(spans.order, Object.entries(change).flat() as string[])
    const span = this.#startLinked(
      effect.kind === 'busted' ? 'order.bust' : 'order.correction',
      time,
      spans.span,
      attributes,
    )
    span.finish(time, attributes())
  }

  #complete(spans: OrderTrace, effect: Extract<Effect, { kind: 'completed' }>, text: string | undefined): void {
    const { span } = spans
    if (!spans.isOpen || !span.isRecording()) return
    const outcome: string[] = text === undefined ? [] : ['trading.order.text', text]
    if (effect.status === 'rejected') {
      if (effect.rejectReason !== undefined) outcome.push('trading.order.reject.reason', effect.rejectReason)
      outcome.push('error.type', effect.errorType ?? effect.rejectReason ?? 'rejected')
      span.fail(text)
    }
    spans.outcome = outcome
  }
}

function tracesOf(order: Order): OrderTrace | undefined {
  return order.attachments.get(SPANS) as OrderTrace | undefined
}
