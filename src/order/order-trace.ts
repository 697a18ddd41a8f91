import type { TraceRef } from '../channel/trace-ref.js'
import type { Order } from './transition.js'

const TRACE = Symbol('orderscope.order.trace')

/** Leaves the order's sampled trace for those who record exemplars; whoever makes the spans calls it first. */
export function setOrderTrace(order: Order, trace: TraceRef | undefined): void {
  order.attachments.set(TRACE, trace)
}

/** The trace that an exemplar of this order should lead to; `undefined` when it isn't sampled. */
export function orderTrace(order: Order): TraceRef | undefined {
  return order.attachments.get(TRACE) as TraceRef | undefined
}
