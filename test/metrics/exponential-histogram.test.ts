import { AggregationType } from '@opentelemetry/sdk-metrics'
import { ExponentialHistogramAccumulation } from '@opentelemetry/sdk-metrics/build/src/aggregator/ExponentialHistogram.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bind } from '../../src/metrics/bind.js'
import { createInMemoryTelemetry } from '../../src/testing/in-memory.js'

/** What a histogram with this View tells by OTLP after these measurements. */
async function tell(values: readonly number[], options: { maxSize?: number; recordMinMax?: boolean; signed: boolean }) {
  const { signed, ...rest } = options
  const telemetry = createInMemoryTelemetry({
    views: [{ instrumentName: 'h', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: rest } }],
  })
  const boundaries = signed ? [-1, 0, 1] : [1, 10]
  const histogram = telemetry.meterProvider
    .getMeter('test')
    .createHistogram('h', { advice: { explicitBucketBoundaries: boundaries } })
  const bound = bind(histogram, {})
  for (const value of values) bound.record(value)
  const [metric] = await telemetry.collectMetrics()
  return metric!
}

/** What upstream tells of them. */
function upstream(values: readonly number[], maxSize: number | undefined) {
  const accumulation = new ExponentialHistogramAccumulation([0, 0], maxSize)
  for (const value of values) accumulation.record(value)
  const { sum, count, scale, zeroCount, positive, negative, min, max } = accumulation.toPointValue()
  const buckets = ({ offset, bucketCounts }: typeof positive) =>
    bucketCounts.length === 0 ? { offset: 0, bucketCounts } : { offset, bucketCounts }
  return {
    count,
    sum,
    scale,
    zeroCount,
    positive: buckets(positive),
    negative: buckets(negative),
    ...(count > 0 ? { min, max } : {}),
  }
}

const magnitudes = fc.oneof(
  // from one another by any number of powers of two, the bounds of buckets among them
  fc.integer({ min: -1074, max: 1023 }).map(exponent => 2 ** exponent),
  fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
  fc.double({ min: 0.5, max: 2, noNaN: true }),
  fc.double({ min: 1e-4, max: 10, noNaN: true }),
  fc.constantFrom(0, Number.MIN_VALUE, 2 ** -1022, 2 ** -1022 - Number.MIN_VALUE, Number.MAX_VALUE, 1, 1 + 2 ** -52),
)
const sizes = fc.oneof(fc.constant(undefined), fc.integer({ min: 2, max: 400 }))

test('the buckets are upstream’s, for any values', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(magnitudes, fc.boolean()), { minLength: 1, maxLength: 200 }),
      fc.boolean(),
      sizes,
      async (measured, signed, maxSize) => {
        const values = measured.map(([value, negative]) => (signed && negative ? -value : value))
        const size = maxSize === undefined ? {} : { maxSize }
        const metric = await tell(values, { ...size, signed })
        expect(metric.type).toBe('exponentialHistogram')
        const { attributes, startTimeUnixNano, timeUnixNano, exemplars, ...told } = metric.points[0]!
        const expected = upstream(values, maxSize)
        // protobuf leaves a 0 out, and has no -0
        expect({ scale: 0, ...told, min: told.min! + 0, max: told.max! + 0 }).toEqual({
          ...expected,
          min: expected.min! + 0,
          max: expected.max! + 0,
        })
      },
    ),
    { numRuns: 300 },
  )
})

test('a size below two is two, minimum and maximum are left out where the View says so', async () => {
  const metric = await tell([1, 2, 4, 8, 1000], { maxSize: 1, recordMinMax: false, signed: false })
  const [point] = metric.points
  expect(point!.positive!.bucketCounts).toEqual(upstream([1, 2, 4, 8, 1000], 2).positive.bucketCounts)
  expect(point).not.toHaveProperty('min')
  expect(point).not.toHaveProperty('max')
})

test('a size beyond what fits into shared memory is cut, and what is no measurement is refused', async () => {
  const values = Array.from({ length: 3000 }, (_, i) => 1.01 ** i)
  const metric = await tell([...values, -1, Number.NaN, Number.POSITIVE_INFINITY], { maxSize: 100_000, signed: false })
  const expected = upstream(values, 1600)
  expect(metric.points[0]).toMatchObject({ count: 3000, scale: expected.scale, positive: expected.positive })
})
