import {
  type Context,
  context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
  ValueType,
} from '@opentelemetry/api'
import { createVenueApiRecorder } from '../../src/desk/venue-api.js'
import type { OrderEvent } from '../../src/order/event.js'
import { createOrderTracker, type OrderTracker } from '../../src/order/order-tracker.js'
import { counted, type Way } from './ways.js'

/** 2026-11-21, in milliseconds since 1970. */
export const T0 = 1_795_251_600_000

export type Program = (way: Way) => void | Promise<void>

/** Orders with everything that a tracker can be told to use. */
export function trackerOf({ meterProvider, tracerProvider, loggerProvider }: Way): OrderTracker {
  return createOrderTracker({
    venue: { name: 'xetra', mic: 'XETR' },
    mode: 'paper',
    meterProvider,
    tracerProvider,
    loggerProvider,
    maximumOrders: 100,
  })
}

function orders(events: readonly OrderEvent[]): Program {
  return way => {
    const tracker = trackerOf(way)
    for (const [index, event] of events.entries()) tracker.apply({ ...event, time: T0 + index * 2.5 } as OrderEvent)
    tracker.close()
  }
}

const submit = (clientId: string, more: object = {}): OrderEvent => ({
  type: 'submit',
  clientId,
  symbol: 'SAP/EUR',
  side: 'buy',
  orderType: 'limit',
  quantity: '10',
  price: '120.5',
  ...more,
})
const fill = (clientId: string, execution: number, lastQuantity: string): OrderEvent => ({
  type: 'trade',
  clientId,
  executionId: `x-${execution}`,
  lastQuantity,
  lastPrice: '120.4',
})

/** Has spans of its own begin and end at times that are told. */
function at(way: Way, name: string, from: number, to: number, more: { parent?: Context; kind?: SpanKind } = {}): Span {
  const span = way.tracerProvider
    .getTracer('app', '1.0.0')
    .startSpan(name, { startTime: T0 + from, kind: more.kind ?? SpanKind.INTERNAL }, more.parent ?? ROOT_CONTEXT)
  span.end(T0 + to)
  return span
}

/** Programs that use metrics, spans or orders, each in one respect. */
export const programs: Readonly<Record<string, Program>> = {
  'counters by attributes of all kinds, in any order': way => {
    const meter = way.meterProvider.getMeter('app', '1.0.0', { schemaUrl: 'https://example.com/1' })
    const counter = counted(meter.createCounter('app.signals', { unit: '{signal}', description: 'Signals.' }))
    for (let i = 0; i < 5; i++) {
      way.measure(counter, 1, { a: 'x', n: 1, yes: true })
      way.measure(counter, 2.5, { yes: true, n: 1, a: 'x' })
      way.measure(counter, 1, { a: 'x', n: '1', yes: true })
      way.measure(counter, 1, { list: ['p', 'q'] })
      way.measure(counter, 1, { list: ['q', 'p'] })
      way.measure(counter, 1, { a: '' })
      way.measure(counter, 1, {})
    }
  },
  'an up-down counter that falls, a gauge that is set': way => {
    const meter = way.meterProvider.getMeter('app')
    const open = counted(meter.createUpDownCounter('app.open'))
    const spread = meter.createGauge('app.spread', { unit: '1' })
    for (const value of [3, -1, -4, 0.5]) way.measure(open, value, { side: 'sell' })
    for (const value of [0.1, -2, 7]) way.measure(spread, value, { side: 'sell' })
  },
  'histograms at and between their bounds, least and greatest': way => {
    const meter = way.meterProvider.getMeter('app')
    const advice = { explicitBucketBoundaries: [0, 0.1, 1, 10] }
    const latency = meter.createHistogram('app.latency', { unit: 's', advice })
    for (const value of [0, 0.05, 0.1, 0.1000001, 1, 9.999, 10, 11, 1e9]) way.measure(latency, value, { stage: 'ack' })
    const unadvised = meter.createHistogram('app.sizes')
    for (const value of [0, 5, 7, 10_000, 10_001]) way.measure(unadvised, value, {})
  },
  'whole numbers lose their fractions': way => {
    const meter = way.meterProvider.getMeter('app')
    const lots = counted(meter.createCounter('app.lots', { valueType: ValueType.INT }))
    for (const value of [1, 2.9, 0.4]) way.measure(lots, value, { a: 1 })
  },
  'the same instrument asked for twice, and its namesake in another scope': way => {
    for (const scope of ['app', 'app', 'library']) {
      const counter = counted(way.meterProvider.getMeter(scope).createCounter('app.twice'))
      way.measure(counter, 1, { a: 1 })
    }
  },
  'observable instruments': async way => {
    const meter = way.meterProvider.getMeter('app')
    meter.createObservableGauge('app.position').addCallback(result => {
      result.observe(5, { symbol: 'SAP/EUR' })
      result.observe(-3, { symbol: 'BTC/EUR' })
    })
    const [up, total] = [meter.createObservableUpDownCounter('app.level'), meter.createObservableCounter('app.total')]
    meter.addBatchObservableCallback(
      async result => {
        await Promise.resolve()
        result.observe(up, -2, { a: 1 })
        result.observe(total, 40)
      },
      [up, total],
    )
  },
  'measurements within spans': way => {
    const meter = way.meterProvider.getMeter('app')
    const counter = counted(meter.createCounter('app.ticks'))
    const latency = meter.createHistogram('app.latency', { advice: { explicitBucketBoundaries: [1, 2] } })
    const span = way.tracerProvider.getTracer('app').startSpan('tick', { startTime: T0 })
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
      way.measure(counter, 3, { a: 1 })
      way.measure(latency, 1.5, { a: 1 })
    })
    span.end(T0 + 1)
  },
  'spans of every kind, attribute and status': way => {
    const tracer = way.tracerProvider.getTracer('app', '1.0.0', { schemaUrl: 'https://example.com/1' })
    const root = tracer.startSpan('signal', { startTime: T0, attributes: { a: 'x', n: 1, f: 0.5, yes: false } })
    root.setAttribute('list', ['a', 'b']).setAttributes({ n: 2, 'a.long': 'ü'.repeat(500), flags: [true, false] })
    root.addEvent('seen', { depth: 3, name: 'book' }, T0 + 1)
    root.addEvent('noted', T0 + 2)
    const below = trace.setSpan(ROOT_CONTEXT, root)
    for (const [index, kind] of [
      SpanKind.INTERNAL,
      SpanKind.SERVER,
      SpanKind.CLIENT,
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
    ].entries()) {
      const span = tracer.startSpan(`of kind ${kind}`, { kind, startTime: T0 + index }, below)
      if (index === 1) span.setStatus({ code: SpanStatusCode.ERROR, message: 'no route' })
      if (index === 2) span.setStatus({ code: SpanStatusCode.OK })
      if (index === 3) span.recordException(Object.assign(new TypeError('odd'), { stack: 'at nowhere' }), T0 + 9)
      if (index === 4) span.updateName('renamed')
      span.end(T0 + 10 + index)
    }
    root.end(T0 + 20)
    root.setAttribute('late', true)
  },
  'spans with links, a remote parent and its trace state': way => {
    const tracer = way.tracerProvider.getTracer('app')
    const remote = {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
      traceState: createTraceState('desk=7,other=x'),
    }
    const first = at(way, 'first', 0, 1)
    const links = [{ context: first.spanContext(), attributes: { why: 'batched' } }]
    const span = tracer.startSpan('second', { startTime: T0 + 2, links }, trace.setSpanContext(ROOT_CONTEXT, remote))
    span.addLink({ context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 0 } })
    at(way, 'third', 3, 4, { parent: trace.setSpan(ROOT_CONTEXT, span), kind: SpanKind.CLIENT })
    span.end(T0 + 5)
    const unsampled = trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: TraceFlags.NONE })
    at(way, 'of a trace that is not kept', 3, 4, { parent: unsampled })
  },
  'an order that fills': orders([
    submit('a', { strategy: 'pairs', account: 'house', timeInForce: 'day' }),
    { type: 'sent', clientId: 'a' },
    { type: 'ack', clientId: 'a', orderId: 'v-1' },
    fill('a', 1, '4'),
    { ...fill('a', 2, '6'), liquidity: 'maker' } as OrderEvent,
  ]),
  'orders that are rejected, canceled, expire, or whose fate nobody knows': orders([
    submit('a'),
    { type: 'reject', clientId: 'a', reason: 'risk_limit', text: 'no money' } as unknown as OrderEvent,
    submit('b', { side: 'sell', orderType: 'market', price: undefined }),
    { type: 'ack', clientId: 'b', orderId: 'v-2' },
    { type: 'cancel_request', clientId: 'b' },
    { type: 'cancel_reject', clientId: 'b', reason: 'too_late' },
    { type: 'canceled', clientId: 'b', text: 'by the venue' },
    submit('c', { timeInForce: 'ioc' }),
    fill('c', 3, '1'),
    { type: 'expired', clientId: 'c' },
    submit('d'),
    { type: 'sent', clientId: 'd' },
  ] as OrderEvent[]),
  'a chain of replacements': orders([
    submit('a'),
    { type: 'ack', clientId: 'a', orderId: 'v-1' },
    { type: 'replace_request', clientId: 'b', originalClientId: 'a', quantity: '12', price: '121' },
    { type: 'replaced', clientId: 'b', originalClientId: 'a', orderId: 'v-2' },
    fill('b', 1, '12'),
  ] as unknown as OrderEvent[]),
  'what goes wrong: busts, corrections, twice told, overfilled, unknown': orders([
    submit('a'),
    fill('a', 1, '4'),
    fill('a', 1, '4'),
    fill('a', 2, '6'),
    fill('a', 3, '5'),
    { type: 'trade_bust', clientId: 'a', executionRefId: 'x-3' },
    {
      type: 'trade_correct',
      clientId: 'a',
      executionId: 'x-4',
      executionRefId: 'x-2',
      lastQuantity: '5',
      lastPrice: '1',
    },
    { type: 'ack', clientId: 'nobody', orderId: 'v-9' },
    { type: 'canceled', clientId: 'a' },
  ] as unknown as OrderEvent[]),
  'an order below a signal, with work of others below its stages': way => {
    const tracker = trackerOf(way)
    const tracer = way.tracerProvider.getTracer('app')
    const tick = tracer.startSpan('tick', { startTime: T0 })
    context.with(trace.setSpan(ROOT_CONTEXT, tick), () => tracker.apply({ ...submit('a'), time: T0 } as OrderEvent))
    at(way, 'POST', 1, 2, { parent: tracker.contextOf('a', 'submit')!, kind: SpanKind.CLIENT })
    tracker.apply({ type: 'sent', clientId: 'a', time: T0 + 3 })
    const span = trace.getSpan(tracker.contextOf('a')!)!
    span.setAttribute('app.signal', 'momentum').addEvent('app.seen', { depth: 3 }, T0 + 4)
    tracker.apply({ ...fill('a', 1, '10'), time: T0 + 5 } as OrderEvent)
    tick.end(T0 + 6)
    tracker.close()
  },
  'a recorder of a venue': way => {
    const venue = createVenueApiRecorder({ venue: { name: 'kraken' }, meterProvider: way.meterProvider })
    venue.recordRequest('createOrder', 0.0125)
    venue.recordRequest('createOrder', 0.5, 'RequestTimeout')
    venue.recordRequest('fetchTicker', 2, 'a class of its own')
    venue.recordRetry('createOrder')
    venue.recordError('createOrder', 'InsufficientFunds')
    venue.recordThrottle(0.25)
    venue.recordBan('rate_limit')
  },
}
