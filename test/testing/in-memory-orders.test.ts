import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { createOrderTracker } from '../../src/order/order-tracker.js'
import { createInMemoryTelemetry, expectOrderTrace } from '../../src/testing/index.js'

describe('createInMemoryTelemetry with orders', () => {
  it('shows an order as a trace and as metrics, at once', async () => {
    const telemetry = createInMemoryTelemetry({ resource: { 'service.name': 'bot' } })
    const tracer = telemetry.tracerProvider.getTracer('bot')
    const { meterProvider, tracerProvider } = telemetry
    const orders = createOrderTracker({ venue: { name: 'kraken' }, meterProvider, tracerProvider })
    const tick = tracer.startSpan('tick')
    context.with(trace.setSpan(ROOT_CONTEXT, tick), () => {
      orders.apply({
        type: 'submit',
        clientId: 'a-1',
        symbol: 'BTC/USD',
        side: 'buy',
        orderType: 'limit',
        quantity: '0.05',
        price: '60000',
      })
    })
    tick.end()
    orders.apply({ type: 'ack', clientId: 'a-1', orderId: 'v-1' })
    orders.apply({ type: 'trade', clientId: 'a-1', executionId: 'x-1', lastQuantity: '0.02', lastPrice: '60000' })
    orders.apply({ type: 'trade', clientId: 'a-1', executionId: 'x-2', lastQuantity: '0.03', lastPrice: '60000' })
    orders.close()
    expectOrderTrace(telemetry, { clientId: 'a-1' })
      .toHaveStages('submit', 'ack', 'fill', 'fill')
      .toBeDone('filled')
      .toHaveExecuted('0.05', '60000')
      .toHaveNoAnomalies()
      .toBeOneTrace()
    expect(telemetry.spans[0]!.resource).toEqual({ 'service.name': 'bot' })
    const all = await telemetry.collectMetrics()
    const done = all.find(({ name }) => name === 'trading.orders')
    expect(done).toMatchObject({
      type: 'sum',
      isMonotonic: true,
      points: [{ value: 1, attributes: { 'trading.order.status': 'filled' } }],
    })
    expect(done!.points[0]!.exemplars[0]!.traceId).toBe(telemetry.spans[0]!.traceId)
    await telemetry.shutdown()
  })
})
