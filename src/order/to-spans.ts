import {
  type Attributes,
  type Context,
  context as contextApi,
  ROOT_CONTEXT,
  type SpanContext,
  type TracerProvider,
  trace as traceApi,
} from '@opentelemetry/api'
import { orderStages } from '../catalog/attributes.js'
import { attributesOf } from '../spans/attribute-sink.js'
import type { OrderStage } from './event.js'
import { isRequest } from './event-reading.js'
import type { VenueFacts } from './order-series.js'
import { type EndingSpan, type OrderSpan, type OrderSpanSource, orderSpanSource } from './order-span.js'
import { setOrderTrace } from './order-trace.js'
import { tellChange, tellEnd, tellExecution, tellIdentity } from './span-attributes.js'
import type { Effect, Order, OrderProjection, Transition } from './transition.js'

/** How long an `order` span may be open before it is exported and continued in a linked trace. */
const DEFAULT_MAXIMUM_SPAN_AGE_MS = 5 * 60_000
/** Links from one order to the spans that it was continued from or filled late under. */
const TRACE = Symbol('orderscope.order.spans')

/** Settings of the traces of orders. */
export interface OrderSpansOptions {
  readonly maximumSpanAgeMs?: number
}

const STAGE_SPANS = Object.fromEntries(orderStages.map(stage => [stage, `order.${stage}`])) as Record<
  OrderStage,
  string
>
const STAGE_INDEX = Object.fromEntries(orderStages.map((stage, index) => [stage, index])) as Record<OrderStage, number>
const NO_LINKS: readonly SpanContext[] = []
/** Start of a stage that isn't open; a fraction, so that the arrays of starts hold doubles from the first. */
const CLOSED = -0.5
const NONE_OPEN: readonly number[] = orderStages.map(() => CLOSED)

/** The trace of one order. */
class OrderTrace {
  readonly order: Order
  /** The last `order` span: parent of the stages, target of links. */
  span: OrderSpan
  /** What that span is below of. */
  parent: Context
  isOpen = true
  startTime: number
  /** When the order was done, for the end of its span. */
  doneTime: number | undefined = undefined
  /** What the order's end added to the attributes of its span. */
  text: string | undefined = undefined
  rejectReason: string | undefined = undefined
  errorType: string | undefined = undefined
  /** By stage: when it began, and its span where it has one before its end. */
  stageStarts: readonly number[] = NONE_OPEN
  openStages = 0
  stageSpans: (OrderSpan | undefined)[] | undefined = undefined

  constructor(order: Order, span: OrderSpan, parent: Context, startTime: number) {
    this.order = order
    this.span = span
    this.parent = parent
    this.startTime = startTime
  }

  openStage(index: number, time: number): void {
    // most orders have no more than one stage open at a time, and none for the longest part of their lives
    if (this.stageStarts === NONE_OPEN) this.stageStarts = NONE_OPEN.slice()
    const starts = this.stageStarts as number[]
    starts[index] = time
    this.openStages++
  }

  closeStage(index: number): void {
    if (this.stageStarts[index] === CLOSED) return
    this.openStages--
    if (this.openStages === 0) this.stageStarts = NONE_OPEN
    else (this.stageStarts as number[])[index] = CLOSED
    if (this.stageSpans !== undefined) this.stageSpans[index] = undefined
  }
}

/** The traces of orders: one `order` span, and a short span for each stage and each execution below it. */
export class OrderSpans implements OrderProjection {
  readonly #source: OrderSpanSource
  readonly #place: VenueFacts
  readonly #maximumSpanAgeMs: number
  /** Oldest first, so that a sweep looks only at those that may be due. */
  readonly #open = new Set<OrderTrace>()

  constructor(provider: TracerProvider, place: VenueFacts, options: OrderSpansOptions = {}) {
    this.#source = orderSpanSource(provider, place)
    this.#place = place
    this.#maximumSpanAgeMs = options.maximumSpanAgeMs ?? DEFAULT_MAXIMUM_SPAN_AGE_MS
  }

  onTransition(transition: Transition): void {
    const { order, time } = transition
    if (order === undefined) return
    for (const effect of transition.effects) this.#apply(effect, order, transition)
    if (transition.anomalies.length === 0) return
    const trace = traceOf(order)
    if (trace === undefined || !trace.isOpen) return
    for (const anomaly of transition.anomalies) {
      const event = { 'trading.order.anomaly.kind': anomaly.kind, 'trading.order.text': anomaly.message }
      trace.span.event('trading.order.anomaly', event, time)
    }
  }

  /** The context of a stage that is open, else of the order: what is called in it nests below. */
  contextOf(order: Order, stage?: OrderStage): Context | undefined {
    const trace = traceOf(order)
    if (trace === undefined) return undefined
    const context = traceApi.setSpan(trace.parent, trace.span.span)
    const span = stage === undefined ? undefined : this.#stageSpan(trace, stage)
    return span === undefined ? context : traceApi.setSpan(context, span.span)
  }

  /** The span of a stage that is open: made now, if it hasn't been before. */
  #stageSpan(trace: OrderTrace, stage: OrderStage): OrderSpan | undefined {
    const index = STAGE_INDEX[stage]
    const start = trace.stageStarts[index]!
    if (start === CLOSED) return undefined
    const known = trace.stageSpans?.[index]
    if (known !== undefined) return known
    const span = this.#source.open(STAGE_SPANS[stage], trace.order, start, trace.span)
    trace.stageSpans ??= []
    trace.stageSpans[index] = span
    return span
  }

  /** Continues orders that have been open for too long in a new trace, linked to the one before. */
  sweep(now: number): void {
    for (const trace of this.#open) {
      if (now - trace.startTime < this.#maximumSpanAgeMs) return
      this.#end(trace, now)
      if (trace.doneTime !== undefined) continue
      trace.span = this.#source.start(trace.order, now, ROOT_CONTEXT, [trace.span.span.spanContext()])
      trace.parent = ROOT_CONTEXT
      trace.isOpen = true
      trace.startTime = now
      setOrderTrace(trace.order, trace.span)
      this.#open.add(trace)
    }
  }

  /** Ends every open span, with what is known: the process ends, or the SDK is shut down. */
  endAll(now: number): void {
    for (const trace of [...this.#open]) this.#end(trace, now)
  }

  #apply(effect: Effect, order: Order, { event, time }: Transition): void {
    if (effect.kind === 'created') {
      this.#create(order, time, isRequest(event))
      return
    }
    const trace = traceOf(order)
    if (trace === undefined) return
    switch (effect.kind) {
      case 'stage_started':
        this.#startStage(trace, effect.stage, effect.time)
        break
      case 'stage_ended':
        this.#stageEnded(trace, effect)
        break
      case 'executed':
        this.#fill(trace, effect)
        break
      case 'corrected':
      case 'busted':
        this.#changeExecution(trace, effect, time)
        break
      case 'alias':
        if (effect.previousClientId === undefined) break
        this.#event(trace, 'trading.order.id_changed', time, {
          'trading.order.client_id': effect.clientId,
          'trading.order.original_client_id': effect.previousClientId,
        })
        break
      case 'completed':
        trace.doneTime = time
        this.#complete(trace, effect, event.text)
        break
      case 'reopened':
        trace.doneTime = undefined
        this.#event(trace, 'trading.order.reopened', time, { 'trading.order.status': order.status })
        break
      case 'forgotten':
        this.#end(trace, time)
        break
    }
  }

  #create(order: Order, time: number, byRequest: boolean): void {
    // what a venue tells arrives in whatever context opened its socket: that is nobody's parent
    const parent = byRequest ? contextApi.active() : ROOT_CONTEXT
    const span = this.#source.start(order, time, parent, NO_LINKS)
    const trace = new OrderTrace(order, span, parent, time)
    order.attachments.set(TRACE, trace)
    setOrderTrace(order, span)
    this.#open.add(trace)
  }

  #end(trace: OrderTrace, now: number): void {
    this.#open.delete(trace)
    if (trace.openStages > 0) for (const stage of orderStages) this.#giveUpStage(trace, stage, now)
    if (!trace.isOpen) return
    trace.isOpen = false
    const ending = this.#source.end(trace.span)
    if (ending === undefined) return
    tellEnd(ending, trace.order, this.#place)
    if (trace.text !== undefined) ending.text('trading.order.text', trace.text)
    if (trace.rejectReason !== undefined) ending.text('trading.order.reject.reason', trace.rejectReason)
    if (trace.errorType !== undefined) ending.text('error.type', trace.errorType)
    ending.finish(trace.doneTime ?? now)
  }

  /** Ends a stage of which nothing will be heard any more. */
  #giveUpStage(trace: OrderTrace, stage: OrderStage, now: number): void {
    if (trace.stageStarts[STAGE_INDEX[stage]] === CLOSED) return
    const ending = this.#closeStage(trace, stage, now)
    ending?.text('trading.order.stage_outcome', 'unknown')
    ending?.finish(now)
  }

  #event(trace: OrderTrace, name: string, time: number, attributes: Attributes): void {
    if (trace.isOpen) trace.span.event(name, attributes, time)
  }

  #startStage(trace: OrderTrace, stage: OrderStage, time: number): void {
    const index = STAGE_INDEX[stage]
    // a second cancel while one is under way: the first answer ends the stage
    if (stage === 'fill' || trace.stageStarts[index] !== CLOSED) return
    trace.openStage(index, time)
    const span = this.#source.startStage(STAGE_SPANS[stage], trace.order, time, trace.span)
    if (span === undefined) return
    trace.stageSpans ??= []
    trace.stageSpans[index] = span
  }

  /** A stage is over: the span that it has, or one that began at `startTime`, with the order's ids. */
  #closeStage(trace: OrderTrace, stage: OrderStage, startTime: number): EndingSpan | undefined {
    const index = STAGE_INDEX[stage]
    const start = trace.stageStarts[index]!
    const span = trace.stageSpans?.[index]
    trace.closeStage(index)
    const { order } = trace
    const ending =
      span === undefined
        ? this.#source.endBelow(STAGE_SPANS[stage], order, start === CLOSED ? startTime : start, trace.span)
        : this.#source.end(span)
    if (ending !== undefined) tellIdentity(ending, order, this.#place)
    return ending
  }

  #stageEnded(trace: OrderTrace, effect: Extract<Effect, { kind: 'stage_ended' }>): void {
    // a fill is a span of its own
    if (effect.stage === 'fill') return
    const ending = this.#closeStage(trace, effect.stage, effect.startTime)
    if (ending === undefined) return
    ending.text('trading.order.stage_outcome', effect.outcome)
    if (effect.implied) ending.flag('trading.order.ack.implied', true)
    if (effect.errorType !== undefined) ending.text('error.type', effect.errorType)
    if (effect.cancelRejectReason !== undefined) {
      ending.text('trading.order.cancel_reject.reason', effect.cancelRejectReason)
    }
    // too late for a cancel means that a fill was quicker: the normal end of that race
    if (effect.outcome !== 'ok' && effect.cancelRejectReason !== 'too_late') ending.fail()
    ending.finish(Math.max(effect.startTime, effect.endTime))
  }

  #fill(trace: OrderTrace, { execution, sinceTime }: Extract<Effect, { kind: 'executed' }>): void {
    const { order, isOpen, span, startTime } = trace
    const ending = isOpen
      ? this.#source.endBelow('order.fill', order, Math.max(startTime, Math.min(sinceTime, execution.time)), span)
      : this.#source.endLinked('order.fill', order, execution.time, span)
    if (ending === undefined) return
    tellIdentity(ending, order, this.#place)
    tellExecution(ending, execution)
    ending.finish(execution.time)
  }

  #changeExecution(trace: OrderTrace, effect: Extract<Effect, { kind: 'corrected' | 'busted' }>, time: number): void {
    if (trace.isOpen) {
      trace.span.event(
        `trading.execution.${effect.kind}`,
        attributesOf(sink => tellChange(sink, effect)),
        time,
      )
      return
    }
    const name = effect.kind === 'busted' ? 'order.bust' : 'order.correction'
    const ending = this.#source.endLinked(name, trace.order, time, trace.span)
    if (ending === undefined) return
    tellIdentity(ending, trace.order, this.#place)
    tellChange(ending, effect)
    ending.finish(time)
  }

  #complete(trace: OrderTrace, effect: Extract<Effect, { kind: 'completed' }>, text: string | undefined): void {
    if (!trace.isOpen) return
    trace.text = text
    if (effect.status !== 'rejected') return
    trace.rejectReason = effect.rejectReason
    trace.errorType = effect.errorType ?? effect.rejectReason ?? 'rejected'
    trace.span.fail(text)
  }
}

function traceOf(order: Order): OrderTrace | undefined {
  return order.attachments.get(TRACE) as OrderTrace | undefined
}
