import { logs as logsApi } from '@opentelemetry/api-logs'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { AlwaysOffSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { afterEach, describe, expect, test } from 'vitest'
import { type LogEventDefinition, type LogEventName, logEvents } from '../../src/catalog/log-events.js'
import { setRecordSink } from '../../src/channel/record-sink.js'
import type { OrderEvent } from '../../src/order/event.js'
import { createFixConverter } from '../../src/order/fix/index.js'
import { createOrderTracker, type OrderTrackerOptions } from '../../src/order/order-tracker.js'
import { createInMemoryTelemetry } from '../../src/testing/in-memory.js'
import type { ReceivedLog } from '../../src/testing/received.js'
import { messagesOf } from './fix-matrix.js'
import { matrixScenarios } from './fix-scenarios.js'

const submit: OrderEvent = {
  type: 'submit',
  clientId: 'a-1',
  symbol: 'BTC/USD',
  side: 'buy',
  orderType: 'limit',
  quantity: '2',
  price: '60000',
  account: 'secret-account',
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

function follow(events: readonly OrderEvent[], options: Partial<OrderTrackerOptions> = {}) {
  const telemetry = createInMemoryTelemetry()
  const { meterProvider, tracerProvider, loggerProvider } = telemetry
  const tracker = createOrderTracker({
    venue: { name: 'kraken' },
    mode: 'live',
    meterProvider,
    tracerProvider,
    loggerProvider,
    ...options,
  })
  closing.push(() => tracker.close())
  for (const event of events) tracker.apply(event)
  tracker.close()
  return telemetry
}

const names = (logs: readonly ReceivedLog[]) => logs.map(({ eventName }) => eventName)

/** What the catalog doesn't say of a record, or says and the record hasn't. */
function mistakes({ eventName, attributes, severityText, severityNumber, body }: ReceivedLog): string[] {
  const definition: LogEventDefinition | undefined = logEvents[eventName as LogEventName]
  if (definition === undefined) return [`${eventName} isn't in the catalog`]
  const unknown = Object.keys(attributes).filter(name => !Object.hasOwn(definition.attributes, name))
  const missing = Object.entries(definition.attributes).filter(
    ([name, requirement]) => requirement === 'required' && !Object.hasOwn(attributes, name),
  )
  return [
    ...unknown.map(name => `${eventName}: ${name} isn't in the catalog`),
    ...missing.map(([name]) => `${eventName}: no ${name}`),
    ...(severityText === definition.severity.toUpperCase() ? [] : [`${eventName}: ${severityText}`]),
    ...(severityNumber === { info: 9, warn: 13 }[definition.severity] ? [] : [`${eventName}: ${severityNumber}`]),
    ...(body === definition.body ? [] : [`${eventName}: ${String(body)}`]),
  ]
}

test('each event of an order is a record with its ids and its trace', () => {
  const telemetry = follow([
    submit,
    { type: 'ack', clientId: 'a-1', orderId: 'v-1' },
    { type: 'trade', clientId: 'a-1', executionId: 'x-1', lastQuantity: '0.5', lastPrice: '60000', liquidity: 'maker' },
    { type: 'trade', clientId: 'a-1', executionId: 'x-2', lastQuantity: '1.5', lastPrice: '60001' },
  ])
  expect(names(telemetry.logs)).toEqual([
    'trading.order.created',
    'trading.order.acknowledged',
    'trading.execution.traded',
    'trading.execution.traded',
    'trading.order.completed',
  ])
  const order = telemetry.spans.find(span => span.name === 'order')!
  for (const log of telemetry.logs) {
    expect([log.traceId, log.spanId]).toEqual([order.traceId, order.spanId])
    expect(log.scope.name).toBe('orderscope')
    expect(log.attributes).toMatchObject({
      'trading.venue.name': 'kraken',
      'trading.mode': 'live',
      'trading.instrument.symbol': 'BTC/USD',
      'trading.order.client_id': 'a-1',
      'trading.order.root_id': 'a-1',
      'trading.order.side': 'buy',
    })
    expect(mistakes(log)).toEqual([])
  }
  const [created, acknowledged, first, , completed] = telemetry.logs
  expect(created!.attributes).toMatchObject({ 'trading.order.quantity': '2', 'trading.order.type': 'limit' })
  expect(created!.attributes).not.toHaveProperty('trading.order.id')
  expect(
    JSON.stringify(telemetry.logs, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).not.toContain('secret-account')
  expect(acknowledged!.attributes['trading.order.id']).toBe('v-1')
  expect(first!.attributes).toMatchObject({
    'trading.execution.id': 'x-1',
    'trading.execution.quantity': '0.5',
    'trading.execution.liquidity': 'maker',
    'trading.order.cumulative_quantity': '0.5',
    'trading.order.leaves_quantity': '1.5',
  })
  expect(completed!.attributes).toMatchObject({
    'trading.order.status': 'filled',
    'trading.order.average_price': '60000.75',
  })
})

test('rejects, failed requests, busts and anomalies warn', () => {
  const rejected = follow([submit, { type: 'reject', clientId: 'a-1', reason: 'insufficient_funds', text: 'no money' }])
  expect(rejected.logs.at(-1)).toMatchObject({
    eventName: 'trading.order.rejected',
    severityText: 'WARN',
    attributes: { 'trading.order.reject.reason': 'insufficient_funds', 'trading.order.text': 'no money' },
  })
  const refused = follow([
    submit,
    { type: 'ack', clientId: 'a-1' },
    { type: 'cancel_request', clientId: 'a-1' },
    { type: 'cancel_reject', clientId: 'a-1', reason: 'too_late' },
  ])
  expect(names(refused.logs).slice(2)).toEqual(['trading.order.cancel_requested', 'trading.order.cancel_rejected'])
  const busted = follow([
    submit,
    { type: 'trade', clientId: 'a-1', executionId: 'x-1', lastQuantity: '2', lastPrice: '1' },
    { type: 'trade_bust', clientId: 'a-1', executionRefId: 'x-1' },
  ])
  expect(names(busted.logs)).toContain('trading.execution.busted')
  expect(names(busted.logs)).toContain('trading.order.anomaly')
  for (const { logs } of [rejected, refused, busted]) expect(logs.flatMap(mistakes)).toEqual([])
})

describe('every FIX scenario', () => {
  test.each(matrixScenarios.map(scenario => [scenario.id, scenario] as const))('%s', (_, scenario) => {
    const converter = createFixConverter()
    const { logs } = follow(messagesOf(scenario).flatMap(({ fields }) => converter.toOrderEvents(fields)))
    expect(logs.length).toBeGreaterThan(0)
    expect(logs.flatMap(mistakes)).toEqual([])
  })
})

test('an order whose trace isn’t sampled is logged with its trace id', () => {
  const tracerProvider = new NodeTracerProvider({ sampler: new AlwaysOffSampler() })
  const { logs } = follow([submit], { tracerProvider })
  expect(logs[0]!.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/)
})

test('anyone else’s logger provider gets the same records', () => {
  const exporter = new InMemoryLogRecordExporter()
  const foreign = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] })
  const events: OrderEvent[] = [
    submit,
    { type: 'ack', clientId: 'a-1', orderId: 'v-1' },
    { type: 'cancel_request', clientId: 'a-1' },
    { type: 'canceled', clientId: 'a-1' },
  ]
  follow(events, { loggerProvider: foreign })
  const ours = follow(events).logs
  const theirs = exporter.getFinishedLogRecords()
  expect(theirs.map(({ eventName }) => eventName)).toEqual(names(ours))
  expect(theirs.map(({ attributes }) => attributes)).toEqual(ours.map(({ attributes }) => attributes))
  expect(theirs.map(({ severityText, body }) => [severityText, body])).toEqual(
    ours.map(({ severityText, body }) => [severityText, body]),
  )
  expect(theirs[0]!.spanContext?.traceId).toMatch(/^[0-9a-f]{32}$/)
})

test('an order that is all anomalies tells ten of a kind, and events of no order ten a second', () => {
  const again: OrderEvent = { type: 'trade', clientId: 'a-1', executionId: 'x-1', lastQuantity: '1', lastPrice: '1' }
  const telemetry = follow([submit, ...Array.from({ length: 200 }, () => again)])
  const kinds = telemetry.logs.filter(({ eventName }) => eventName === 'trading.order.anomaly')
  const duplicates = kinds.filter(log => log.attributes['trading.order.anomaly.kind'] === 'duplicate_execution')
  expect(duplicates.length).toBeLessThanOrEqual(10)
  const stray = follow(Array.from({ length: 200 }, () => ({ type: 'ack' }) as OrderEvent))
  expect(stray.logs.length).toBeGreaterThan(0)
  expect(stray.logs.length).toBeLessThanOrEqual(20)
  expect(stray.logs.flatMap(mistakes)).toEqual([])
})

test('where order logs are off, or nobody takes logs, there are none', () => {
  const telemetry = createInMemoryTelemetry()
  const off = new LoggerProvider()
  setRecordSink(off, undefined)
  const { logs } = follow([submit], { loggerProvider: off })
  expect(logs).toEqual([])
  follow([submit], { loggerProvider: logsApi.getLoggerProvider() })
  expect(telemetry.logs).toEqual([])
})
