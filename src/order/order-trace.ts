import type { SpanContext } from '@opentelemetry/api'
import { sampledTraceRef, type TraceRef } from '../channel/trace-ref.js'
import type { Order } from './transition.js'

const TRACE = Symbol('orderscope.order.trace')
const CONTEXT = Symbol('orderscope.order.context')

/** Leaves the order's span for those who record exemplars and log records; whoever makes the spans calls it first. */
export function setOrderTrace(order: Order, context: SpanContext): void {
  order.attachments.set(TRACE, sampledTraceRef(context))
  order.attachments.set(CONTEXT, context)
}

/** The trace that an exemplar of this order should lead to; `undefined` when it isn't sampled. */
export function orderTrace(order: Order): TraceRef | undefined {
  return order.attachments.get(TRACE) as TraceRef | undefined
}

/** The order's span, sampled or not; `undefined` while nobody makes spans. */
export function orderSpanContext(order: Order): SpanContext | undefined {
  return order.attachments.get(CONTEXT) as SpanContext | undefined
}
