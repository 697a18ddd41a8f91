import { SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createOrderTracker } from '../../src/order/order-tracker.js'
import { NodeTracerProvider } from '../../src/spans/sdk-trace.js'
import { delivered, play, steps } from './order-races.js'
import { thousandths } from './order-story.js'

/** What somebody who sees nothing but the spans would say was executed, in thousandths. */
function executedBy(spans: readonly ReadableSpan[]): number {
  const quantities = new Map<unknown, number>()
  const told = spans.flatMap(({ name, attributes, events, endTime }) => [
    ...(name === 'order.fill' ? [{ name, attributes, time: endTime }] : []),
    ...events,
  ])
  for (const { name, attributes = {} } of told) {
    const quantity = thousandths(String(attributes['trading.execution.quantity'] ?? '0'))
    if (name === 'order.fill') quantities.set(attributes['trading.execution.id'], quantity)
  }
  for (const { name, attributes = {} } of told) {
    const quantity = thousandths(String(attributes['trading.execution.quantity'] ?? '0'))
    const ref = attributes['trading.execution.ref_id']
    if (name === 'trading.execution.corrected') quantities.set(ref, quantity)
  }
  for (const { name, attributes = {} } of told) {
    if (name === 'trading.execution.busted') quantities.delete(attributes['trading.execution.ref_id'])
  }
  return [...quantities.values()].reduce((sum, quantity) => sum + quantity, 0)
}

it('the spans of any lifecycle tell what was executed, once, in one trace that ends', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), fc.array(fc.nat(1000), { maxLength: 12 }), (story, acked, swaps) => {
      const exporter = new InMemorySpanExporter()
      let started = 0
      const counting = {
        onStart: () => started++,
        onEnd: () => {},
        forceFlush: async () => {},
        shutdown: async () => {},
      }
      const tracerProvider = new NodeTracerProvider({ spanProcessors: [counting, new SimpleSpanProcessor(exporter)] })
      const orders = createOrderTracker({ venue: { name: 'v' }, tracerProvider })
      const told = play('a', story, acked)
      for (const event of delivered(told, swaps)) orders.apply(event)
      const order = orders.get('a')!
      orders.close()
      const spans = exporter.getFinishedSpans()

      expect(spans).toHaveLength(started)
      expect(executedBy(spans)).toBe(told.executed)
      const roots = spans.filter(({ name }) => name === 'order')
      // one that was taken for another order first has ended before
      const root = roots.at(-1)!
      expect(root.attributes['trading.order.client_id']).toBe(order.clientId)
      expect(root.attributes['trading.order.status']).toBe(order.status)
      expect(thousandths(String(root.attributes['trading.order.cumulative_quantity'] ?? '0'))).toBe(told.executed)
      for (const span of spans) {
        expect(span.spanContext().traceFlags).toBe(TraceFlags.SAMPLED)
        // an answer that comes before its request may have an order of its own, until they are known to be one
        const parent = roots.find(other => other.spanContext().spanId === span.parentSpanContext?.spanId)
        if (span.name !== 'order') expect(parent?.spanContext().traceId).toBe(span.spanContext().traceId)
        if (span.name === 'order.fill') expect(span.status.code).toBe(SpanStatusCode.UNSET)
      }
    }),
    { numRuns: 300 },
  )
})
