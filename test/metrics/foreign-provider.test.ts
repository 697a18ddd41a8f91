import { type Attributes, type Meter, ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WriterMessage } from '../../src/channel/messages.js'
import { ChannelWriter } from '../../src/channel/writer.js'
import { bind } from '../../src/metrics/bind.js'
import { SharedMeterProvider } from '../../src/metrics/meter-provider.js'
import { foundSeries } from '../channel/found-series.js'

const BOUNDARIES = [1, 5, 10]
const values = [0, 0.25, 1, 3, 5, 7.5, 12, -2, Number.NaN, Number.POSITIVE_INFINITY]

interface Step {
  readonly instrument: 'counter' | 'upDown' | 'gauge' | 'histogram'
  readonly bound: boolean
  readonly value: number
  readonly attributes: Attributes
}

/** The same program on any meter: half of it through bound handles. */
function record(meter: Meter, steps: readonly Step[]): void {
  const instruments = {
    counter: meter.createCounter('counter'),
    upDown: meter.createUpDownCounter('upDown'),
    gauge: meter.createGauge('gauge', { valueType: ValueType.DOUBLE }),
    histogram: meter.createHistogram('histogram', { advice: { explicitBucketBoundaries: BOUNDARIES } }),
  }
  for (const { instrument: name, bound, value, attributes } of steps) {
    // upstream stores what isn't finite; the bound handle keeps that from it
    if (!bound && !Number.isFinite(value)) continue
    const instrument = instruments[name]
    const target = bound ? bind(instrument, attributes) : undefined
    if (target !== undefined) target.add(value)
    else if ('add' in instrument && name !== 'gauge' && name !== 'histogram') instrument.add(value, attributes)
    else (instrument as ReturnType<Meter['createHistogram']>).record(value, attributes)
  }
}

type Totals = Record<string, number | number[]>
const key = (name: string, attributes: object) => `${name} ${JSON.stringify(Object.entries(attributes).sort())}`

async function upstreamTotals(steps: readonly Step[]): Promise<Totals> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  record(provider.getMeter('m'), steps)
  await provider.forceFlush()
  const totals: Totals = {}
  for (const metric of exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? []) {
    for (const { attributes, value } of metric.dataPoints as DataPoint<number | Histogram>[]) {
      totals[key(metric.descriptor.name, attributes)] =
        metric.dataPointType === DataPointType.HISTOGRAM
          ? [
              (value as Histogram).sum ?? 0,
              (value as Histogram).min ?? 0,
              (value as Histogram).max ?? 0,
              ...(value as Histogram).buckets.counts,
            ]
          : (value as number)
    }
  }
  await provider.shutdown()
  return totals
}

function ourTotals(steps: readonly Step[]): Totals {
  const writer = new ChannelWriter({ id: 0, ringBytes: 1, startTime: 0 })
  const messages: WriterMessage[] = []
  writer.attach(message => messages.push(message))
  record(new SharedMeterProvider(writer).getMeter('m'), steps)
  const totals: Totals = {}
  for (const { instrument, attributes, chunk, offset: at } of foundSeries(messages)) {
    const { name, kind } = instrument
    const { floats } = chunk
    const value = kind === 'histogram' ? [...floats.subarray(at + 1, at + 5 + BOUNDARIES.length)] : floats[at + 1]!
    // a series that was bound and never recorded into: ours shows it, upstream doesn't know of it
    const untouched = Array.isArray(value) ? value[1] === Number.POSITIVE_INFINITY : value === 0 || Number.isNaN(value)
    if (!untouched) totals[key(name, attributes)] = value
  }
  return totals
}

test('bound or not, on our meter provider or on upstream’s: the same totals', async () => {
  const step = fc.record({
    instrument: fc.constantFrom('counter', 'upDown', 'gauge', 'histogram') as fc.Arbitrary<Step['instrument']>,
    bound: fc.boolean(),
    value: fc.constantFrom(...values),
    attributes: fc.constantFrom<Attributes>({}, { a: 'x' }, { a: 'y', n: 1 }, { n: 1, a: 'y' }, { list: ['p', 'q'] }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const upstream = await upstreamTotals(steps)
      for (const [name, value] of Object.entries(upstream)) if (value === 0) delete upstream[name]
      expect(ourTotals(steps)).toEqual(upstream)
    }),
    { numRuns: 100 },
  )
})
