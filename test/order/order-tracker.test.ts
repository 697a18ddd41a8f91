import {
  context,
  type HrTime,
  metrics as metricsApi,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { metrics as metricCatalog } from '../../src/catalog/metrics.js'
import { spans as spanCatalog } from '../../src/catalog/spans.js'
import { ControlBlock, createControlMemory } from '../../src/channel/control-block.js'
import type { OrderEvent } from '../../src/order/event.js'
import { LastSeen } from '../../src/order/last-seen.js'
import { closeOpenTrackers } from '../../src/order/open-trackers.js'
import { createOrderTracker, type OrderTracker, type OrderTrackerOptions } from '../../src/order/order-tracker.js'

let spanExporter: InMemorySpanExporter
let tracerProvider: NodeTracerProvider
let meterProvider: MeterProvider
let metricExporter: InMemoryMetricExporter
let orders: OrderTracker

const start = (options: Partial<OrderTrackerOptions> = {}) => {
  orders = createOrderTracker({ venue: { name: 'test' }, tracerProvider, meterProvider, ...options })
}

beforeEach(() => {
  spanExporter = new InMemorySpanExporter()
  tracerProvider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] })
  tracerProvider.register()
  metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  meterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 })],
  })
  start()
})

afterEach(async () => {
  orders.close()
  vi.useRealTimers()
  await tracerProvider.shutdown()
  await meterProvider.shutdown()
  trace.disable()
  context.disable()
})

const T = 1_795_251_600_000
const submit = {
  type: 'submit',
  clientId: 'a-1',
  symbol: 'BTC/USD',
  side: 'buy',
  orderType: 'limit',
  quantity: '2',
  price: '100',
  time: T,
} as const
const apply = (...events: OrderEvent[]) => events.map(event => orders.apply(event))
const named = (name: string) => spanExporter.getFinishedSpans().filter(span => span.name === name)
const only = (name: string): ReadableSpan => {
  const found = named(name)
  expect(found.map(span => span.name)).toEqual([name])
  return found[0]!
}
const ms = ([s, ns]: HrTime) => s * 1000 + ns / 1e6 - T

/** name{attributes} → value (a histogram: [count, sum]). */
async function measured(): Promise<Record<string, number | number[]>> {
  await meterProvider.forceFlush()
  const result: Record<string, number | number[]> = {}
  for (const { descriptor, dataPoints } of metricExporter.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? []) {
    for (const { attributes, value } of dataPoints as { attributes: object; value: number | Histogram }[]) {
      const labels = Object.entries(attributes)
        .filter(
          ([name]) =>
            !['trading.venue.name', 'trading.instrument.symbol', 'trading.order.side', 'trading.order.type'].includes(
              name,
            ),
        )
        .map(([, text]) => text)
      result[[descriptor.name.replace('trading.', ''), ...labels].join(' ')] =
        typeof value === 'number' ? value : [value.count, value.sum!]
    }
  }
  return result
}

test('one order: spans with their times and ids, metrics with the same story', async () => {
  const parent = tracerProvider.getTracer('t').startSpan('signal')
  context.with(trace.setSpan(context.active(), parent), () => orders.apply(submit))
  apply(
    { type: 'sent', clientId: 'a-1', orderId: 'v-9', time: T + 10 },
    { type: 'ack', orderId: 'v-9', time: T + 12 },
    {
      type: 'trade',
      orderId: 'v-9',
      executionId: 'x-1',
      lastQuantity: '0.5',
      lastPrice: '100',
      liquidity: 'maker',
      time: T + 20,
    },
    {
      type: 'trade',
      orderId: 'v-9',
      executionId: 'x-1',
      lastQuantity: '0.5',
      lastPrice: '100',
      liquidity: 'maker',
      time: T + 21,
    },
    {
      type: 'trade',
      orderId: 'v-9',
      executionId: 'x-2',
      lastQuantity: '1.5',
      lastPrice: '99',
      liquidity: 'taker',
      time: T + 30,
    },
  )
  expect(orders.activeCount).toBe(0)
  expect(orders.get('a-1')).toMatchObject({
    status: 'filled',
    cumulativeQuantity: '2',
    leavesQuantity: '0',
    averagePrice: '99.25',
  })
  orders.close()

  const order = only('order')
  expect(order.parentSpanContext?.spanId).toBe(parent.spanContext().spanId)
  expect([ms(order.startTime), ms(order.endTime)]).toEqual([0, 30])
  expect(order.attributes).toMatchObject({
    'trading.order.status': 'filled',
    'trading.order.client_id': 'a-1',
    'trading.order.id': 'v-9',
    'trading.order.cumulative_quantity': '2',
    'trading.order.average_price': '99.25',
  })
  expect(order.status.code).toBe(SpanStatusCode.UNSET)
  for (const [name, from, to] of [
    ['order.submit', 0, 10],
    ['order.ack', 10, 12],
  ] as const) {
    const span = only(name)
    expect([name, ms(span.startTime), ms(span.endTime), span.parentSpanContext?.spanId]).toEqual([
      name,
      from,
      to,
      order.spanContext().spanId,
    ])
  }
  expect(
    named('order.fill').map(span => [
      ms(span.startTime),
      ms(span.endTime),
      span.attributes['trading.execution.id'],
      span.attributes['trading.execution.quantity'],
    ]),
  ).toEqual([
    [12, 20, 'x-1', '0.5'],
    [20, 30, 'x-2', '1.5'],
  ])
  const totals = await measured()
  expect(totals).toMatchObject({
    'orders filled': 1,
    'order.submissions own': 1,
    'executions stream maker trade': 1,
    'executions stream taker trade': 1,
    'execution.volume': 2,
    'execution.notional': 198.5,
    'order.stage.duration submit ok': [1, 0.01],
    'order.stage.duration ack ok': [1, 0.002],
    'order.fill.delay': [1, 0.008],
    'order.lifetime filled': [1, 0.03],
    'order.size': [1, 2],
    'order.anomalies duplicate_execution': 1,
  })
  for (const [name, value] of Object.entries(totals))
    if (name.startsWith('order.active')) expect([name, value]).toEqual([name, 0])
})

test('everything emitted is in the catalog', async () => {
  apply(
    submit,
    { type: 'trade', clientId: 'a-1', executionId: 'x', lastQuantity: '1', lastPrice: '100', time: T + 1 },
    { type: 'cancel_request', clientId: 'c-1', originalClientId: 'a-1', time: T + 2 },
    { type: 'cancel_reject', clientId: 'c-1', originalClientId: 'a-1', reason: 'broker_option', time: T + 3 },
    { type: 'replace_request', clientId: 'a-2', originalClientId: 'a-1', quantity: '3', time: T + 4 },
    { type: 'replaced', clientId: 'a-2', originalClientId: 'a-1', quantity: '3', time: T + 5 },
    { type: 'trade_bust', clientId: 'a-2', executionId: 'y', executionRefId: 'x', time: T + 6 },
    { type: 'canceled', clientId: 'a-2', time: T + 7 },
  )
  orders.apply({ ...submit, clientId: 'b-1' })
  orders.apply({ type: 'reject', clientId: 'b-1', reason: 'insufficient_funds', text: 'no money', time: T + 8 })
  orders.close()
  for (const span of spanExporter.getFinishedSpans()) {
    const definition = spanCatalog[span.name as keyof typeof spanCatalog]
    expect([span.name, definition]).not.toEqual([span.name, undefined])
    for (const name of Object.keys(span.attributes))
      expect([span.name, name, name in definition.attributes]).toEqual([span.name, name, true])
    for (const [name, requirement] of Object.entries(definition.attributes)) {
      if (requirement === 'required')
        expect([span.name, name, name in span.attributes]).toEqual([span.name, name, true])
    }
    for (const event of span.events) expect('events' in definition ? definition.events : []).toContain(event.name)
  }
  await meterProvider.forceFlush()
  for (const { descriptor, dataPoints } of metricExporter.getMetrics().at(-1)!.scopeMetrics[0]!.metrics) {
    const definition = metricCatalog[descriptor.name as keyof typeof metricCatalog]
    expect([descriptor.name, definition?.unit]).toEqual([descriptor.name, descriptor.unit])
    for (const { attributes } of dataPoints) {
      for (const name of Object.keys(attributes))
        expect([descriptor.name, name, name in definition.attributes]).toEqual([descriptor.name, name, true])
    }
  }
})

describe('what is an error and what is not', () => {
  test('a rejected order is one, with its reason and the text of the venue', () => {
    apply(submit, { type: 'reject', clientId: 'a-1', reason: 'price_band', text: 'price out of band', time: T + 5 })
    orders.close()
    expect(only('order')).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: 'price out of band' },
      attributes: { 'trading.order.status': 'rejected', 'trading.order.reject.reason': 'price_band' },
    })
    expect(only('order.ack')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'trading.order.stage_outcome': 'rejected' },
    })
  })

  test('a cancel that came too late and the fill after it are none', () => {
    apply(
      submit,
      { type: 'ack', clientId: 'a-1', time: T + 1 },
      { type: 'cancel_request', clientId: 'a-1', time: T + 2 },
      { type: 'cancel_reject', clientId: 'a-1', reason: 'too_late', time: T + 3 },
      { type: 'trade', clientId: 'a-1', executionId: 'x', lastQuantity: '2', lastPrice: '100', time: T + 4 },
    )
    orders.close()
    expect(only('order').status.code).toBe(SpanStatusCode.UNSET)
    expect(only('order.cancel')).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'trading.order.stage_outcome': 'rejected', 'trading.order.cancel_reject.reason': 'too_late' },
    })
  })
})

test('a long-resting order continues in a linked trace, and nothing of it stays open', () => {
  vi.useFakeTimers({ now: T })
  start({ maximumSpanAgeMs: 60_000 })
  const begin = performance.timeOrigin + performance.now()
  orders.apply({ ...submit, time: begin })
  orders.apply({ type: 'ack', clientId: 'a-1', time: begin + 5 })
  vi.advanceTimersByTime(130_000)
  orders.apply({ type: 'canceled', clientId: 'a-1', time: begin + 130_000 })
  orders.close()
  const parts = named('order')
  expect(parts.map(span => span.attributes['trading.order.status'])).toEqual(['new', 'new', 'canceled'])
  expect(parts[1]!.links.map(link => link.context.spanId)).toEqual([parts[0]!.spanContext().spanId])
  expect(new Set(parts.map(span => span.spanContext().traceId)).size).toBe(3)
})

test('a fill after the grace is a linked span of its own', () => {
  vi.useFakeTimers({ now: T })
  start({ lateFillGraceMs: 5000 })
  const begin = performance.timeOrigin + performance.now()
  orders.apply({ ...submit, time: begin })
  orders.apply({ type: 'canceled', clientId: 'a-1', time: begin + 5 })
  orders.apply({
    type: 'trade',
    clientId: 'a-1',
    executionId: 'x-1',
    lastQuantity: '1',
    lastPrice: '100',
    time: begin + 1000,
  })
  expect(named('order')).toEqual([])
  vi.advanceTimersByTime(10_000)
  const order = only('order')
  expect([order.attributes['trading.order.status'], order.attributes['trading.order.cumulative_quantity']]).toEqual([
    'canceled',
    '1',
  ])
  orders.apply({
    type: 'trade',
    clientId: 'a-1',
    executionId: 'x-2',
    lastQuantity: '1',
    lastPrice: '100',
    time: begin + 11_000,
  })
  const [inside, late] = named('order.fill')
  expect(inside!.parentSpanContext?.spanId).toBe(order.spanContext().spanId)
  expect(late!.links.map(link => link.context.spanId)).toEqual([order.spanContext().spanId])
  expect(late!.spanContext().traceId).not.toBe(order.spanContext().traceId)
  orders.apply({ type: 'trade_bust', clientId: 'a-1', executionId: 'b-1', executionRefId: 'x-2', time: begin + 12_000 })
  const bust = only('order.bust')
  expect(bust.attributes).toMatchObject({ 'trading.execution.ref_id': 'x-2', 'trading.order.client_id': 'a-1' })
  expect(bust.links.map(link => link.context.spanId)).toEqual([order.spanContext().spanId])
})

test('calls made while a stage is open nest under it', () => {
  orders.apply(submit)
  const stage = orders.contextOf('a-1', 'submit')!
  tracerProvider.getTracer('http').startSpan('POST', {}, stage).end()
  orders.apply({ type: 'sent', clientId: 'a-1', time: T + 1 })
  orders.close()
  expect(only('POST').parentSpanContext?.spanId).toBe(only('order.submit').spanContext().spanId)
  expect(trace.getSpanContext(orders.contextOf('a-1') ?? ROOT_CONTEXT)?.traceFlags).toBe(TraceFlags.SAMPLED)
})

test('orders told by a stream do not hang on whatever context opened its socket', () => {
  const socket = tracerProvider.getTracer('t').startSpan('connect')
  context.with(trace.setSpan(context.active(), socket), () =>
    orders.apply({
      type: 'ack',
      orderId: 'v-1',
      symbol: 'BTC/USD',
      side: 'sell',
      orderType: 'market',
      quantity: '1',
      time: T,
    }),
  )
  orders.close()
  expect(only('order').parentSpanContext).toBeUndefined()
})

test('a projection that throws harms neither the caller nor the others', async () => {
  start({
    projections: [
      {
        onTransition: () => {
          throw new Error('mine')
        },
      },
    ],
  })
  expect(() => orders.apply(submit)).not.toThrow()
  expect(await measured()).toMatchObject({ 'order.submissions own': 1 })
})

test('the process ends: all trackers end their spans', () => {
  apply(submit, { type: 'ack', clientId: 'a-1', time: T + 1 })
  closeOpenTrackers()
  expect(only('order').attributes['trading.order.status']).toBe('new')
})

test('the loop was last seen in the stage that began last', () => {
  const control = new ControlBlock(createControlMemory())
  start({ projections: [new LastSeen(() => control)] })
  apply(submit)
  expect(control.lastSeen?.order).toBe('a-1')
})

test.each([undefined, {}, { venue: {} }, { venue: { name: '' } }, { venue: { name: 7 } }])(
  'a tracker without a venue says what to write: %j',
  options => {
    expect(() => createOrderTracker(options as never)).toThrow(/createOrderTracker needs the venue's name/)
  },
)

test.each<[object, RegExp]>([
  [{ mode: 'real' }, /mode is "real"; write live, paper, backtest/],
  [{ maximumOrders: 0 }, /maximumOrders is 0; write a number above 0/],
  [{ lateFillGraceMs: '5s' }, /lateFillGraceMs is 5s; write a number from 0 on/],
  [{ lateFillGraceMs: -1 }, /lateFillGraceMs is -1/],
  [{ venu: 1 }, /has no option "venu"; there are venue, mode/],
])('a bad option says what to write: %j', (options, message) => {
  expect(() => createOrderTracker({ venue: { name: 'x' }, ...options } as never)).toThrow(message)
})

test('mode and market identifier are on every metric and span', async () => {
  start({ venue: { name: 'xetra', mic: 'XETR' }, mode: 'paper' })
  apply(submit, { type: 'trade', clientId: 'a-1', executionId: 'x', lastQuantity: '2', lastPrice: '100', time: T + 1 })
  orders.close()
  for (const span of spanExporter.getFinishedSpans()) {
    expect(span.attributes).toMatchObject({ 'trading.mode': 'paper', 'trading.venue.mic': 'XETR' })
  }
  await meterProvider.forceFlush()
  const points = metricExporter
    .getMetrics()
    .at(-1)!
    .scopeMetrics[0]!.metrics.flatMap(metric => metric.dataPoints as { attributes: object }[])
  expect(points.length).toBeGreaterThan(8)
  for (const { attributes } of points) {
    expect(attributes).toMatchObject({
      'trading.mode': 'paper',
      'trading.venue.mic': 'XETR',
      'trading.venue.name': 'xetra',
    })
  }
})

test('a tracker made before telemetry is started records from the start on, and again after another start', async () => {
  const early = createOrderTracker({ venue: { name: 'test' } })
  early.apply({ ...submit, clientId: 'early-1' })
  for (const id of ['first', 'second']) {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const provider = new MeterProvider({
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
    })
    metricsApi.setGlobalMeterProvider(provider)
    early.apply({ ...submit, clientId: id })
    early.apply({ type: 'trade', clientId: id, executionId: id, lastQuantity: '2', lastPrice: '100', time: T + 1 })
    await provider.forceFlush()
    const names = exporter
      .getMetrics()
      .at(-1)!
      .scopeMetrics[0]!.metrics.map(metric => metric.descriptor.name)
    expect(names).toContain('trading.orders')
    await provider.shutdown()
    metricsApi.disable()
  }
  early.close()
})
