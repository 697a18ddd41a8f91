import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PointExemplar } from '../../../src/export/exemplar.js'
import { ExpositionWriter } from '../../../src/export/prometheus/exposition.js'
import { parseExposition } from './exposition-parser.js'

const startTime: HrTime = [1_795_000_000, 0]
const endTime: HrTime = [1_795_251_600, 412_000_000]
const own = { name: 'orderscope', version: '0.1.0' }
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

interface Point {
  readonly attributes?: Attributes
  readonly value: unknown
  readonly exemplars?: readonly PointExemplar[]
}

function metric(type: DataPointType, name: string, points: readonly Point[], more: object = {}): MetricData {
  return {
    descriptor: { name, description: '', unit: '', valueType: ValueType.DOUBLE, ...more },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: type,
    isMonotonic: true,
    ...more,
    dataPoints: points.map(point => ({ startTime, endTime, attributes: {}, ...point })),
  } as unknown as MetricData
}

const counter = (name: string, points: readonly Point[], more?: object) => metric(DataPointType.SUM, name, points, more)
const gauge = (name: string, points: readonly Point[], more?: object) => metric(DataPointType.GAUGE, name, points, more)
const histogram = (name: string, points: readonly Point[], more?: object) =>
  metric(DataPointType.HISTOGRAM, name, points, more)

function collected(...metrics: MetricData[]): ResourceMetrics {
  return {
    resource: resourceFromAttributes({ 'service.name': 'bot' }),
    scopeMetrics: [{ scope: own, metrics }],
  }
}

function write(metrics: ResourceMetrics, format: 'text' | 'openmetrics', conflicts: string[] = []): string {
  const writer = new ExpositionWriter((name, reason) => conflicts.push(`${name}: ${reason}`))
  return [...writer.write(metrics, format)].join('')
}

const duration = histogram(
  'trading.order.stage.duration',
  [
    {
      attributes: { 'trading.venue.name': 'okx' },
      value: { buckets: { boundaries: [0.001, 1, 10], counts: [1, 2, 0, 1] }, sum: 13.5, count: 4, min: 0, max: 12 },
      exemplars: [
        { value: 0.5, time: endTime, traceId, spanId },
        { value: 12, time: [1_795_251_500, 0], traceId, spanId },
      ],
    },
  ],
  { unit: 's', description: 'Time that "a" stage\ntakes' },
)

describe('text 0.0.4', () => {
  it('writes a counter, a gauge and a histogram', () => {
    const text = write(
      collected(
        counter('trading.orders', [{ attributes: { side: 'buy' }, value: 41 }], {
          unit: '{order}',
          description: 'Orders',
        }),
        gauge('spread', [{ value: 0.25 }], { unit: '1' }),
        duration,
      ),
      'text',
    )
    expect(text).toBe(`# HELP target_info Target metadata
# TYPE target_info gauge
target_info{service_name="bot"} 1
# HELP trading_orders_total Orders
# TYPE trading_orders_total counter
trading_orders_total{side="buy"} 41
# TYPE spread_ratio gauge
spread_ratio 0.25
# HELP trading_order_stage_duration_seconds Time that "a" stage\\ntakes
# TYPE trading_order_stage_duration_seconds histogram
trading_order_stage_duration_seconds_bucket{trading_venue_name="okx",le="0.001"} 1
trading_order_stage_duration_seconds_bucket{trading_venue_name="okx",le="1"} 3
trading_order_stage_duration_seconds_bucket{trading_venue_name="okx",le="10"} 3
trading_order_stage_duration_seconds_bucket{trading_venue_name="okx",le="+Inf"} 4
trading_order_stage_duration_seconds_count{trading_venue_name="okx"} 4
trading_order_stage_duration_seconds_sum{trading_venue_name="okx"} 13.5
`)
    parseExposition(text, 'text')
  })
})

describe('OpenMetrics 1.0.0', () => {
  it('tells units, exemplars on the buckets they fall in, and the end', () => {
    const text = write(collected(duration), 'openmetrics')
    expect(text).toBe(`# TYPE target info
# HELP target Target metadata
target_info{service_name="bot"} 1
# TYPE trading_order_stage_duration_seconds histogram
# UNIT trading_order_stage_duration_seconds seconds
# HELP trading_order_stage_duration_seconds Time that \\"a\\" stage\\ntakes
trading_order_stage_duration_seconds_bucket{trading_venue_name="okx",le="0.001"} 1
trading_order_stage_duration_seconds_bucket{trading_venue_name="okx",le="1.0"} 3 # {trace_id="${traceId}",span_id="${spanId}"} 0.5 1795251600.412
trading_order_stage_duration_seconds_bucket{trading_venue_name="okx",le="10.0"} 3
trading_order_stage_duration_seconds_bucket{trading_venue_name="okx",le="+Inf"} 4 # {trace_id="${traceId}",span_id="${spanId}"} 12 1795251500.000
trading_order_stage_duration_seconds_count{trading_venue_name="okx"} 4
trading_order_stage_duration_seconds_sum{trading_venue_name="okx"} 13.5
# EOF
`)
    parseExposition(text, 'openmetrics')
  })

  it('names a counter family without _total and gives it the newest exemplar', () => {
    const text = write(
      collected(
        counter('trading.orders', [
          {
            value: 41,
            exemplars: [
              { value: 1, time: [1_795_251_600, 0], traceId: 'a'.repeat(32), spanId },
              { value: 2, time: [1_795_251_601, 0], traceId, spanId },
            ],
          },
        ]),
      ),
      'openmetrics',
    )
    expect(text).toContain('# TYPE trading_orders counter\n')
    expect(text).toContain(`trading_orders_total 41 # {trace_id="${traceId}",span_id="${spanId}"} 2 1795251601.000\n`)
  })

  it('shows no exemplar that is older than the last one of its bucket, and one of a millisecond', () => {
    const attributes = {}
    const slowest = { value: 0.9, time: [1_795_251_500, 0] as HrTime, traceId: 'a'.repeat(32), spanId }
    const writer = new ExpositionWriter(() => {})
    const bucketOf = (...exemplars: PointExemplar[]) => {
      const value = { buckets: { boundaries: [1, 2], counts: [3, 1, 0] }, sum: 3, count: 4 }
      const metrics = collected(histogram('wait', [{ attributes, value, exemplars }]))
      const text = [...writer.write(metrics, 'openmetrics')].join('')
      return /le="1.0"\} 3(.*)/.exec(text)![1]
    }
    const newest = { value: 0.5, time: endTime, traceId, spanId }
    expect(bucketOf(slowest)).toContain('0.9 1795251500.000')
    expect(bucketOf(slowest, newest)).toContain('0.5 1795251600.412')
    expect(bucketOf(slowest, { ...newest, value: 1.5 })).toBe('')
    expect(bucketOf({ ...newest, value: 0.4 })).toContain('0.5 1795251600.412')
    expect(bucketOf({ ...newest, value: 0.3, time: [1_795_251_601, 0] })).toContain('0.3 1795251601.000')
  })

  it('tells the sum of a histogram with values below zero, under the same names', () => {
    const slippage = histogram('slippage', [
      { value: { buckets: { boundaries: [-1, 0, 1], counts: [1, 0, 1, 0] }, sum: -3, count: 2 } },
    ])
    const { types, samples } = parseExposition(write(collected(slippage), 'openmetrics'), 'openmetrics')
    expect(Object.fromEntries(types)).toMatchObject({ slippage_bucket: 'unknown', slippage_sum: 'unknown' })
    expect(samples).toContainEqual({ name: 'slippage_sum', labels: {}, value: '-3' })
    expect(samples).toContainEqual({ name: 'slippage_bucket', labels: { le: '0.0' }, value: '1' })
    const text = write(collected(slippage), 'text')
    expect(text).toContain('# TYPE slippage histogram\n')
  })
})

describe('numbers', () => {
  it.each([
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [-0, '0'],
  ])('%d is written %s', (value, text) => {
    expect(write(collected(gauge('x', [{ value }])), 'text')).toContain(`\nx ${text}\n`)
  })
})

describe('scopes', () => {
  it('labels what comes from other libraries, and only that', () => {
    const text = write(
      {
        resource: resourceFromAttributes({}),
        scopeMetrics: [
          { scope: own, metrics: [gauge('a', [{ value: 1 }])] },
          {
            scope: { name: 'other "lib"', version: '2' },
            metrics: [gauge('a', [{ value: 2, attributes: { x: 1 } }, { value: 3 }])],
          },
          { scope: { name: 'third' }, metrics: [gauge('a', [{ value: 4 }])] },
        ],
      },
      'text',
    )
    expect(text).toBe(`# TYPE a gauge
a 1
a{x="1",otel_scope_name="other \\"lib\\"",otel_scope_version="2"} 2
a{otel_scope_name="other \\"lib\\"",otel_scope_version="2"} 3
a{otel_scope_name="third"} 4
`)
  })
})

describe('conflicts', () => {
  it.each([
    [
      'another type',
      [
        gauge('x', [{ value: 1 }]),
        histogram('x', [{ value: { buckets: { boundaries: [], counts: [1] }, sum: 1, count: 1 } }]),
      ],
      'x:',
    ],
    [
      'a name of a histogram',
      [
        histogram('x', [{ value: { buckets: { boundaries: [], counts: [1] }, sum: 1, count: 1 } }]),
        gauge('x.count', [{ value: 1 }]),
      ],
      'x.count: x_count is the name of x (histogram) already',
    ],
    ['target_info', [gauge('target.info', [{ value: 1 }])], 'target.info:'],
    [
      'two series with the same labels',
      [gauge('x', [{ attributes: { a: '' }, value: 1 }, { value: 2 }])],
      'x: two of its series',
    ],
  ] as [string, MetricData[], string][])('leaves out what clashes and says so: %s', (_, metrics, said) => {
    for (const format of ['text', 'openmetrics'] as const) {
      const conflicts: string[] = []
      parseExposition(write(collected(...metrics), format, conflicts), format)
      expect(conflicts).toHaveLength(1)
      expect(conflicts[0]).toContain(said)
    }
  })

  it('shows a counter and a gauge of one name where the format can', () => {
    const metrics = collected(counter('x', [{ value: 1 }]), gauge('x', [{ value: 2 }]))
    expect(parseExposition(write(metrics, 'text'), 'text').samples.map(sample => sample.name)).toEqual([
      'target_info',
      'x_total',
      'x',
    ])
    expect(parseExposition(write(metrics, 'openmetrics'), 'openmetrics').samples.map(sample => sample.name)).toEqual([
      'target_info',
      'x_total',
    ])
  })
})

it('comes in pieces', () => {
  const points = Array.from({ length: 5000 }, (_, i) => ({ attributes: { i }, value: i }))
  const pieces = [...new ExpositionWriter(() => {}).write(collected(gauge('x', points)), 'text')]
  expect(pieces.length).toBeGreaterThan(1)
  expect(parseExposition(pieces.join(''), 'text').samples).toHaveLength(5001)
})

describe('whatever comes in', () => {
  const name = fc.oneof(
    fc.constantFrom('a', 'a.b', 'a_b', 'a_total', 'a.count', 'a_sum', 'b', 'total', '__x', 'le'),
    fc.string({ unit: 'grapheme' }),
  )
  const unit = fc.oneof(fc.constantFrom('', '1', 's', 'By/s', '{x}', '%'), fc.string())
  const value = fc.oneof(fc.double(), fc.integer())
  const attributes = fc.dictionary(
    name,
    fc.oneof(fc.string({ unit: 'binary' }), fc.boolean(), fc.double(), fc.array(fc.string())),
    { maxKeys: 4 },
  )
  const exemplars = fc.array(
    fc.record({
      value: fc.double(),
      time: fc.constant(endTime),
      traceId: fc.constant(traceId),
      spanId: fc.constant(spanId),
    }),
    { maxLength: 2 },
  )
  const number = fc.record({ attributes, value, exemplars })
  const buckets = fc.uniqueArray(fc.double({ noNaN: true }), { maxLength: 4 }).chain(bounds =>
    fc.array(fc.nat(), { minLength: bounds.length + 1, maxLength: bounds.length + 1 }).map(counts => ({
      boundaries: bounds.filter(bound => Number.isFinite(bound)).sort((a, b) => a - b),
      counts,
    })),
  )
  const distribution = fc.record({ attributes, value: fc.record({ buckets, sum: value, count: fc.nat() }), exemplars })
  const more = fc.record({ unit, description: fc.string({ unit: 'binary' }) })
  const anyMetric = fc.oneof(
    fc
      .tuple(name, fc.array(number, { maxLength: 3 }), more, fc.boolean())
      .map(([n, points, m, isMonotonic]) => counter(n, points, { ...m, isMonotonic })),
    fc.tuple(name, fc.array(number, { maxLength: 3 }), more).map(([n, points, m]) => gauge(n, points, m)),
    fc.tuple(name, fc.array(distribution, { maxLength: 3 }), more).map(([n, points, m]) => histogram(n, points, m)),
  )
  const scope = fc.record({
    name: fc.oneof(fc.constant('orderscope'), fc.string({ unit: 'binary' })),
    version: fc.string(),
  })
  const everything = fc.record({
    resource: attributes.map(all => resourceFromAttributes(all)),
    scopeMetrics: fc.array(fc.record({ scope, metrics: fc.array(anyMetric, { maxLength: 4 }) }), { maxLength: 3 }),
  })

  it.each(['text', 'openmetrics'] as const)('is a valid exposition in %s', format => {
    fc.assert(
      fc.property(everything, metrics => {
        parseExposition(write(metrics, format), format)
      }),
      { numRuns: 300 },
    )
  })
})
