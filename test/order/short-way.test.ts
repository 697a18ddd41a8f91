import { context, propagation, ROOT_CONTEXT, type TracerProvider, trace } from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrderEvent } from '../../src/order/event.js'
import { createOrderTracker, type OrderTracker } from '../../src/order/order-tracker.js'
import { createInMemoryTelemetry, type ReceivedSpan } from '../../src/testing/index.js'

const T0 = 1_795_251_600_000
const END = BigInt(T0 + 1000) * 1_000_000n

/** The same spans, whichever ids they got. */
function shape(spans: readonly ReceivedSpan[]) {
  const byId = new Map(spans.map(span => [span.spanId, span]))
  const traces = [...new Set(spans.map(({ traceId }) => traceId))]
  return spans.map(span => ({
    name: span.name,
    kind: span.kind,
    trace: traces.indexOf(span.traceId),
    parent: byId.get(span.parentSpanId)?.name ?? span.parentSpanId,
    start: span.startTimeUnixNano,
    // what was still open ended when the tracker was closed, a moment apart
    end: span.endTimeUnixNano > END ? 'closed' : span.endTimeUnixNano,
    attributes: span.attributes,
    events: span.events,
    links: span.links.map(link => byId.get(link.spanId)?.name ?? 'gone'),
    status: span.status,
  }))
}

/** What `act` leaves of spans, by the short way and by a tracer provider that could be anyone's. */
async function bothWays(act: (orders: OrderTracker, provider: TracerProvider) => void) {
  const shapes = []
  for (const isShort of [true, false]) {
    const telemetry = createInMemoryTelemetry()
    const tracerProvider: TracerProvider = isShort
      ? telemetry.tracerProvider
      : { getTracer: (...args) => telemetry.tracerProvider.getTracer(...args) }
    const { meterProvider } = telemetry
    const orders = createOrderTracker({
      venue: { name: 'xetra', mic: 'XETR' },
      mode: 'paper',
      meterProvider,
      tracerProvider,
    })
    act(orders, tracerProvider)
    orders.close()
    shapes.push(shape(telemetry.spans))
    await telemetry.shutdown()
  }
  return { short: shapes[0]!, byTheApi: shapes[1]! }
}

const ids = fc.constantFrom('a-1', 'a-2', 'ä-3')
const amounts = fc.integer({ min: 1, max: 500 }).map(String)
const anyEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.record({
    type: fc.constant('submit' as const),
    clientId: ids,
    symbol: fc.constant('SAP'),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    orderType: fc.constant('limit' as const),
    quantity: amounts,
    price: amounts,
    account: fc.constantFrom(undefined, 'house'),
  }) as fc.Arbitrary<OrderEvent>,
  fc.record({
    type: fc.constantFrom('sent' as const, 'ack' as const, 'canceled' as const, 'expired' as const),
    clientId: ids,
    orderId: fc.constantFrom(undefined, 'v-1'),
    text: fc.constantFrom(undefined, 'by the venue'),
  }) as fc.Arbitrary<OrderEvent>,
  fc.record({
    type: fc.constantFrom('cancel_request' as const, 'replace_request' as const, 'replaced' as const),
    clientId: ids,
    quantity: amounts,
  }) as fc.Arbitrary<OrderEvent>,
  fc.record({
    type: fc.constant('trade' as const),
    clientId: ids,
    executionId: fc.constantFrom('x-1', 'x-2', 'x-3'),
    lastQuantity: amounts,
    lastPrice: fc.option(amounts, { nil: undefined }),
  }) as fc.Arbitrary<OrderEvent>,
  fc.record({
    type: fc.constant('trade_bust' as const),
    clientId: ids,
    executionRefId: fc.constantFrom('x-1', 'x-2'),
  }) as fc.Arbitrary<OrderEvent>,
  fc.record({
    type: fc.constant('reject' as const),
    clientId: ids,
    reason: fc.constantFrom(undefined, 'risk_limit' as const),
    text: fc.constantFrom(undefined, 'no money'),
  }) as fc.Arbitrary<OrderEvent>,
  fc.record({
    type: fc.constant('cancel_reject' as const),
    clientId: ids,
    reason: fc.constantFrom('too_late' as const, 'unknown_order' as const),
  }) as fc.Arbitrary<OrderEvent>,
)

describe('spans of orders by the short way', () => {
  // for its context manager
  beforeAll(() => new NodeTracerProvider().register())
  afterAll(() => {
    trace.disable()
    context.disable()
    propagation.disable()
  })

  it('are those of the API', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 25 }), async events => {
        const { short, byTheApi } = await bothWays(orders => {
          for (const [index, event] of events.entries())
            orders.apply({ ...event, time: T0 + index * 1.25 } as OrderEvent)
        })
        // a stage of the API's may begin with an attribute that the order loses later; order of ends is the same
        expect(short).toEqual(byTheApi)
      }),
      { numRuns: 60 },
    )
  })

  it('are below what is active, and above what is called in a stage', async () => {
    const { short, byTheApi } = await bothWays((orders, provider) => {
      const tracer = provider.getTracer('bot')
      const tick = tracer.startSpan('tick', { startTime: T0 })
      context.with(trace.setSpan(ROOT_CONTEXT, tick), () =>
        orders.apply({ type: 'submit', clientId: 'a', symbol: 'SAP', side: 'buy', orderType: 'limit', time: T0 }),
      )
      tracer.startSpan('POST', { startTime: T0 + 1 }, orders.contextOf('a', 'submit')).end(T0 + 2)
      orders.apply({ type: 'sent', clientId: 'a', time: T0 + 3 })
      tracer.startSpan('later', { startTime: T0 + 4 }, orders.contextOf('a', 'submit')).end(T0 + 5)
      tick.end(T0 + 6)
      orders.apply({ type: 'reject', clientId: 'a', reason: 'risk_limit', text: 'no', time: T0 + 7 })
    })
    expect(short).toEqual(byTheApi)
    expect(short.find(({ name }) => name === 'POST')!.parent).toBe('order.submit')
    expect(short.find(({ name }) => name === 'later')!.parent).toBe('order')
    expect(short.find(({ name }) => name === 'order')!.parent).toBe('tick')
  })

  it('take what others set on them', async () => {
    const error = new TypeError('odd')
    const { short, byTheApi } = await bothWays(orders => {
      orders.apply({ type: 'submit', clientId: 'a', symbol: 'SAP', side: 'buy', orderType: 'limit', time: T0 })
      const span = trace.getSpan(orders.contextOf('a')!)!
      span.setAttribute('app.signal', 'momentum').setAttributes({ 'app.score': 0.5, 'app.tags': ['a', 'b'] })
      span.addEvent('app.seen', { depth: 3 }, T0 + 1)
      span.addEvent('app.noted', T0 + 2)
      span.addLink({ context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 } })
      span.recordException(error, T0 + 3)
      orders.apply({ type: 'canceled', clientId: 'a', time: T0 + 9 })
    })
    expect(short).toEqual(byTheApi)
    expect(short.find(({ name }) => name === 'order')!.attributes).toMatchObject({ 'app.signal': 'momentum' })
  })
})
