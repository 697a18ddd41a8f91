import type { TraceRef } from '../channel/trace-ref.js'
import type { OrderSpan } from './order-span.js'
import type { Order } from './transition.js'

const TRACE = Symbol('orderscope.order.trace')

/** Leaves the order's span for those who record exemplars and log records; whoever makes the spans calls it first. */
export function setOrderTrace(order: Order, span: OrderSpan): void {
  order.attachments.set(TRACE, span)
}

/** The trace that an exemplar of this order should lead to; `undefined` when it isn't sampled. */
export function orderTrace(order: Order): TraceRef | undefined {
  return orderSpan(order)?.ref
}

/** The order's last span, sampled or not; `undefined` while nobody makes spans. */
export function orderSpan(order: Order): OrderSpan | undefined {
  return order.attachments.get(TRACE) as OrderSpan | undefined
}
