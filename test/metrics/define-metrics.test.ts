import { metrics as metricsApi } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterEach, expect, it } from 'vitest'
import { defineAttributes, defineMetrics } from '../../src/index.js'
import { createInMemoryTelemetry } from '../../src/testing/index.js'

const attributes = defineAttributes({
  'acme.signal.kind': {
    type: 'string',
    brief: 'What the signal saw.',
    values: ['momentum', 'reversal'],
    metricLabel: 'yes',
  },
})
const metrics = defineMetrics(
  {
    'acme.signals': {
      kind: 'counter',
      unit: '{signal}',
      brief: 'Signals that fired.',
      integer: true,
      attributes: { 'acme.signal.kind': 'required', 'trading.instrument.symbol': 'recommended' },
    },
    'acme.model.duration': {
      kind: 'histogram',
      unit: 's',
      brief: 'Time that the model took.',
      buckets: [0.001, 0.01],
      attributes: {},
    },
    'acme.exposure': { kind: 'up_down_counter', unit: '{unit}', brief: 'What is out.', attributes: {} },
    'acme.temperature': { kind: 'gauge', unit: '1', brief: 'How hot the market is.', attributes: {} },
  },
  { attributes, scope: 'acme' },
)

afterEach(() => metricsApi.disable())

it('binds each kind to an instrument as defined', async () => {
  const telemetry = createInMemoryTelemetry({ global: true })
  metrics.bind('acme.signals', { 'acme.signal.kind': 'momentum', 'trading.instrument.symbol': undefined }).add(2)
  metrics.bind('acme.model.duration', {}).record(0.005)
  metrics.bind('acme.exposure', {}).add(-3)
  metrics.bind('acme.temperature', {}).record(0.5)
  const received = await telemetry.collectMetrics()
  await telemetry.shutdown()
  const seen = received.map(({ name, unit, description, scope, points }) => ({
    name,
    unit,
    description,
    scope: scope.name,
    points: points.length,
    attributes: points[0]!.attributes,
    value: points[0]!.value,
  }))
  expect(seen).toMatchObject([
    {
      name: 'acme.signals',
      unit: '{signal}',
      description: 'Signals that fired.',
      scope: 'acme',
      points: 1,
      attributes: { 'acme.signal.kind': 'momentum' },
      value: 2,
    },
    { name: 'acme.model.duration', unit: 's' },
    { name: 'acme.exposure', value: -3 },
    { name: 'acme.temperature', value: 0.5 },
  ])
  expect(received[1]!.points[0]).toMatchObject({ explicitBounds: [0.001, 0.01], bucketCounts: [0, 1, 0] })
})

it('may be bound before telemetry is started, and follows it when it is started anew', async () => {
  const early = metrics.bind('acme.signals', { 'acme.signal.kind': 'reversal' })
  early.add(1)
  for (const value of [3, 5]) {
    const telemetry = createInMemoryTelemetry({ global: true })
    early.add(value)
    const [received] = await telemetry.collectMetrics()
    await telemetry.shutdown()
    expect(received!.points.map(point => point.value)).toEqual([value])
  }
})

it("records through anyone's meter provider", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  })
  const early = metrics.bind('acme.signals', { 'acme.signal.kind': 'momentum' })
  metricsApi.setGlobalMeterProvider(provider)
  early.add(1)
  metrics.bind('acme.signals', { 'acme.signal.kind': 'momentum' }).add(1)
  await provider.forceFlush()
  const scope = exporter.getMetrics()[0]!.scopeMetrics[0]!
  expect(scope.scope.name).toBe('acme')
  expect(scope.metrics[0]!.dataPoints).toMatchObject([{ value: 2, attributes: { 'acme.signal.kind': 'momentum' } }])
  await provider.shutdown()
})

it('throws for a name that was not defined', () => {
  expect(() => metrics.bind('acme.signal' as never, {} as never)).toThrow(
    'bind: no metric "acme.signal" was defined; there are acme.signals,',
  )
  expect(() => metrics.bind('toString' as never, {} as never)).toThrow('no metric "toString"')
})

it('leaves out an attribute that the metric has not', async () => {
  const telemetry = createInMemoryTelemetry({ global: true })
  metrics.bind('acme.signals', { 'acme.signal.kind': 'momentum', 'trading.order.id': '77' } as never).add(1)
  metrics.bind('acme.signals', undefined as never).add(1)
  const [received] = await telemetry.collectMetrics()
  await telemetry.shutdown()
  expect(received!.points.map(point => point.attributes)).toEqual([{ 'acme.signal.kind': 'momentum' }, {}])
})
