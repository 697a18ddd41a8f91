import { type Context, context, createContextKey, ROOT_CONTEXT, TraceFlags, trace, ValueType } from '@opentelemetry/api'
import {
  type AggregationOption,
  AggregationType,
  createAllowListAttributesProcessor,
  InstrumentType,
} from '@opentelemetry/sdk-metrics'
import { beforeEach, describe, expect, test } from 'vitest'
import type { InstrumentDescriptor, WriterMessage } from '../../src/channel/messages.js'
import { type Chunk, readExemplars, readWhole } from '../../src/channel/series-memory.js'
import { TraceRef } from '../../src/channel/trace-ref.js'
import { ChannelWriter } from '../../src/channel/writer.js'
import { AttributeIndex } from '../../src/metrics/attribute-index.js'
import { bind } from '../../src/metrics/bind.js'
import { SharedMeterProvider, type SharedMeterProviderOptions } from '../../src/metrics/meter-provider.js'
import { foundSeries } from '../channel/found-series.js'

interface Seen {
  instrument: InstrumentDescriptor
  attributes: Record<string, unknown>
  words: number[]
  chunk: Chunk
  offset: number
}

let writer: ChannelWriter
let messages: WriterMessage[]

beforeEach(() => {
  writer = new ChannelWriter({ id: 0, ringBytes: 1, startTime: 0 })
  messages = []
  writer.attach(message => messages.push(message))
})

const provide = (options?: SharedMeterProviderOptions) => new SharedMeterProvider(writer, options).getMeter('test')

/** What a reader would find, from the messages and the memory alone. */
function read(): Seen[] {
  return foundSeries(messages).map(({ instrument, attributes, chunk, offset }) => {
    const size = instrument.kind === 'histogram' ? 4 + instrument.boundaries.length + 1 : 2
    const into = new Float64Array(size)
    expect(readWhole(chunk, offset, size, into)).toBe(true)
    return { instrument, attributes, words: [...into.subarray(1)], chunk, offset }
  })
}

const totals = () => read().map(({ attributes, words }) => [attributes, words[0]])

describe('counters and gauges', () => {
  test('the same attributes in any order are one series', () => {
    const counter = provide().createCounter('c')
    counter.add(1, { a: 'x', b: 2 })
    counter.add(2, { b: 2, a: 'x' })
    counter.add(4)
    counter.add(8, {})
    expect(totals()).toEqual([
      [{ a: 'x', b: 2 }, 3],
      [{}, 12],
    ])
  })

  test('what is no finite number, or negative on a counter, is counted and changes nothing', () => {
    const counter = provide().createCounter('c')
    const bound = bind(counter, {})
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, '5', 10n, undefined, null, {}]) {
      bound.add(value as number)
      counter.add(value as number)
    }
    counter.add(2)
    expect(totals()).toEqual([[{}, 2]])
    expect(writer.control.dropped('invalid_measurement')).toBe(16)
  })

  test('hostile attribute objects neither throw nor poison', () => {
    const counter = provide().createCounter('c')
    const circular: Record<string, unknown> = { ok: 'yes' }
    circular.self = circular
    const mutated = { a: 'before' }
    counter.add(1, mutated)
    mutated.a = 'after'
    counter.add(1, circular as never)
    counter.add(1, { big: 1n } as never)
    counter.add(1, {
      get bad(): string {
        throw new Error('no')
      },
    })
    counter.add(
      1,
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
    )
    counter.add(1, null as never)
    counter.add(1, { nan: Number.NaN, list: ['a', 1n, 'b'], '': 'x' } as never)
    expect(totals()).toEqual([
      [{ a: 'before' }, 1],
      [{ ok: 'yes' }, 1],
      [{}, 4],
      [{ list: ['a', 'b'] }, 1],
    ])
  })

  test('what an object inherits is no attribute, whichever comes first', () => {
    const counter = provide().createCounter('c')
    counter.add(1, Object.create({ a: 'x' }))
    counter.add(2, { a: 'x' })
    counter.add(4, Object.create({ a: 'x' }))
    expect(totals()).toEqual([
      [{}, 5],
      [{ a: 'x' }, 2],
    ])
  })

  test('long texts that are one series when cut are not all kept', () => {
    const index = new AttributeIndex<number>()
    const long = { text: 'x'.repeat(1025) }
    index.remember(long, 1)
    index.remember({ call: () => {} } as never, 2)
    index.remember({ text: 'short' }, 3)
    expect([index.find(long), index.find({ text: 'short' })]).toEqual([undefined, 3])
  })

  test('up-down counters fall, gauges hold the last value and none before the first', () => {
    const meter = provide()
    const upDown = meter.createUpDownCounter('u')
    upDown.add(3)
    upDown.add(-5)
    const gauge = bind(meter.createGauge('g'), {})
    expect(read()[1]!.words[0]).toBeNaN()
    gauge.record(7)
    gauge.record(-7.5)
    expect(totals()).toEqual([
      [{}, -2],
      [{}, -7.5],
    ])
  })

  test('asking twice for an instrument gives the same series', () => {
    const provider = new SharedMeterProvider(writer)
    provider.getMeter('m', '1').createCounter('c').add(1)
    provider.getMeter('m', '1').createCounter('C').add(1)
    provider.getMeter('m', '2').createCounter('c').add(1)
    expect(totals()).toEqual([
      [{}, 2],
      [{}, 1],
    ])
  })

  test('the series limit holds for the life of the process, with an overflow series beyond', () => {
    const counter = provide({ seriesLimit: 3 }).createCounter('c')
    for (let i = 0; i < 10; i++) counter.add(1, { i })
    for (let i = 0; i < 10; i++) counter.add(1, { i })
    bind(counter, { i: 99 }).add(5)
    expect(totals()).toEqual([
      [{ i: 0 }, 2],
      [{ i: 1 }, 2],
      [{ 'otel.metric.overflow': true }, 21],
    ])
    expect(writer.control.dropped('series_overflow')).toBe(17)
  })

  test('an invalid name records nowhere and harms nobody', () => {
    const counter = provide().createCounter('1 bad name')
    counter.add(1)
    bind(counter, {}).add(1)
    expect(read()).toEqual([])
  })

  test('instruments of whole numbers cut fractions off, as upstream does', () => {
    const meter = provide()
    const counter = meter.createCounter('c', { valueType: ValueType.INT })
    counter.add(1.5)
    bind(counter, {}).add(2.9)
    meter.createGauge('g', { valueType: ValueType.INT }).record(-2.7)
    meter.createHistogram('h', { valueType: ValueType.INT, advice: { explicitBucketBoundaries: [1] } }).record(1.9)
    expect(read().map(({ words }) => words)).toEqual([[3], [-2], [1, 1, 1, 1, 0]])
  })

  test('options of the wrong type neither throw nor harm the reader', () => {
    const meter = provide()
    meter.createCounter('a', { description: 7n, unit: 1n } as never).add(1)
    meter.createHistogram('b', { description: {}, advice: { explicitBucketBoundaries: 'no' } } as never).record(1)
    expect(read().map(({ instrument }) => [instrument.description, instrument.unit])).toEqual([
      ['7', '1'],
      ['[object Object]', ''],
    ])
  })

  test('integers are said to be integers', () => {
    provide().createCounter('c', { valueType: ValueType.INT, unit: '{order}', description: 'd' }).add(1)
    expect(read()[0]!.instrument).toMatchObject({ integer: true, unit: '{order}', description: 'd', monotonic: true })
  })
})

describe('histograms', () => {
  test('buckets have inclusive upper bounds; sum, minimum and maximum are kept', () => {
    const histogram = provide().createHistogram('h', { advice: { explicitBucketBoundaries: [1, 2, 5] } })
    for (const value of [0, 1, 1.5, 2, 5, 6]) histogram.record(value)
    expect(read()[0]!.words).toEqual([15.5, 0, 6, 2, 2, 1, 1])
  })

  test('negative values count where a bound below zero says that they are meant', () => {
    const meter = provide()
    const signed = meter.createHistogram('s', { advice: { explicitBucketBoundaries: [-1, 0, 1] } })
    const unsigned = meter.createHistogram('u', { advice: { explicitBucketBoundaries: [1] } })
    signed.record(-5)
    unsigned.record(-5)
    expect(read().map(({ words }) => words.slice(3))).toEqual([
      [1, 0, 0, 0],
      [0, 0],
    ])
    expect(writer.control.dropped('invalid_measurement')).toBe(1)
  })

  test('boundaries that are unsorted, repeated or not finite are mended', () => {
    provide()
      .createHistogram('h', { advice: { explicitBucketBoundaries: [5, 1, 1, Number.NaN, Number.POSITIVE_INFINITY] } })
      .record(1)
    expect(read()[0]!.instrument.boundaries).toEqual([1, 5])
  })
})

describe('exemplars', () => {
  const sampled = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
  }
  const other = {
    traceId: 'ffffffffffffffffffffffffffffffff',
    spanId: '8000000000000001',
    traceFlags: TraceFlags.SAMPLED,
  }
  const inSpan = (span: typeof sampled) => trace.setSpanContext(context.active(), span)
  const exemplars = () => {
    const { chunk, offset } = read()[0]!
    const address = chunk.ints[offset * 2 + 1]!
    return address === 0
      ? []
      : readExemplars(chunk, address)!.map(({ value, traceId, spanId }) => ({ value, traceId, spanId }))
  }

  test('the newest and the largest are kept, with the ids of the span that was active', () => {
    const counter = provide().createCounter('c')
    counter.add(5, {}, inSpan(sampled))
    counter.add(1, {}, inSpan(other))
    counter.add(100)
    const { traceFlags: _, ...first } = sampled
    const { traceFlags: __, ...second } = other
    expect(exemplars()).toEqual([
      { value: 1, ...second },
      { value: 5, ...first },
    ])
  })

  test('each measurement has the span of its own context, whichever contexts were there before', () => {
    const counter = provide().createCounter('c')
    const first = inSpan(sampled)
    const below = first.setValue(createContextKey('who'), 'x')
    const second = inSpan(other)
    const contexts = [first, first, second, below, ROOT_CONTEXT, below, second, ROOT_CONTEXT, second, first]
    let value = 0
    let expected: unknown
    for (const current of contexts) {
      counter.add(++value, {}, current)
      const span = trace.getSpanContext(current)
      if (span !== undefined) expected = { value, traceId: span.traceId, spanId: span.spanId }
      // the newest, which is the largest too
      expect(exemplars()).toEqual([expected])
    }
  })

  test('an unsampled span is no exemplar, unless the filter says so', () => {
    const unsampled = { ...sampled, traceFlags: TraceFlags.NONE }
    const counter = provide().createCounter('c')
    counter.add(1, {}, inSpan(unsampled))
    expect(exemplars()).toEqual([])
    provide({ exemplarFilter: 'always_on' }).createCounter('always').add(1, {}, inSpan(unsampled))
    const off = provide({ exemplarFilter: 'always_off' }).createCounter('off')
    off.add(1, {}, inSpan(sampled))
    bind(off, {}).add(1, TraceRef.parse(sampled.traceId, sampled.spanId), 1)
    const [, always, never] = read().map(({ chunk, offset }) => chunk.ints[offset * 2 + 1]!)
    expect([always! > 0, never]).toEqual([true, 0])
  })
})

describe('views', () => {
  test('rename, other buckets, fewer attributes, dropped', () => {
    const meter = provide({
      views: [
        {
          instrumentName: 'h',
          name: 'renamed',
          description: 'other',
          aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [10] } },
          attributesProcessors: [createAllowListAttributesProcessor(['keep'])],
        },
        { instrumentName: 'noise.*', aggregation: { type: AggregationType.DROP } },
      ],
    })
    meter.createHistogram('h', { advice: { explicitBucketBoundaries: [1] } }).record(3, { keep: 1, drop: 2 })
    meter.createCounter('noise.a').add(1)
    bind(meter.createCounter('noise.b'), {}).add(1)
    const [seen, ...rest] = read()
    expect(rest).toEqual([])
    expect([seen!.instrument.name, seen!.instrument.description, seen!.attributes, seen!.words]).toEqual([
      'renamed',
      'other',
      { keep: 1 },
      [3, 3, 3, 1, 0],
    ])
  })

  test('two matching views make two streams, also of a bound handle', () => {
    const meter = provide({ views: [{ instrumentType: InstrumentType.COUNTER }, { instrumentName: 'c', name: 'd' }] })
    const counter = meter.createCounter('c')
    counter.add(1, { a: 1 })
    bind(counter, { a: 1 }).add(2)
    expect(read().map(({ instrument, words }) => [instrument.name, words[0]])).toEqual([
      ['c', 3],
      ['d', 3],
    ])
  })

  test('two matching views of the same outcome make one stream', () => {
    const meter = provide({ views: [{ instrumentName: 'c' }, { meterName: 'test' }] })
    meter.createCounter('c').add(1)
    expect(read().map(({ instrument, words }) => [instrument.name, words[0]])).toEqual([['c', 1]])
  })

  test('a processor of attributes is asked each time, with the context', () => {
    const key = createContextKey('account')
    const account = { process: (attributes: object, from: Context) => ({ ...attributes, account: from.getValue(key) }) }
    const meter = provide({ views: [{ instrumentName: 'c', attributesProcessors: [account as never] }] })
    const counter = meter.createCounter('c')
    counter.add(1, { a: 1 }, ROOT_CONTEXT.setValue(key, 'one'))
    counter.add(2, { a: 1 }, ROOT_CONTEXT.setValue(key, 'two'))
    expect(totals()).toEqual([
      [{ a: 1, account: 'one' }, 1],
      [{ a: 1, account: 'two' }, 2],
    ])
  })

  test('what may fall keeps its negative values under any aggregation', () => {
    const histogram: AggregationOption = {
      type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
      options: { boundaries: [1] },
    }
    const meter = provide({
      views: [
        { instrumentName: 'u', aggregation: histogram },
        { instrumentName: 'g', aggregation: { type: AggregationType.SUM } },
      ],
    })
    meter.createUpDownCounter('u').add(-2)
    meter.createGauge('g').record(-3)
    expect(read().map(({ instrument, words }) => [instrument.monotonic, words[0]])).toEqual([
      [false, -2],
      [false, -3],
    ])
    expect(writer.control.dropped('invalid_measurement')).toBe(0)
  })

  test('a View that selects nothing, or renames many, fails at the caller', () => {
    expect(() => provide({ views: [{ name: 'x' }] })).toThrow(/selects nothing/)
    expect(() => provide({ views: [{ instrumentName: 'a*', name: 'x' }] })).toThrow(/must select one instrument/)
  })
})

describe('observable instruments', () => {
  test('callbacks are asked at once; one that throws is named and the rest is served', async () => {
    const provider = new SharedMeterProvider(writer)
    const meter = provider.getMeter('m')
    meter.createObservableGauge('g').addCallback(result => result.observe(4, { a: 1 }))
    meter.createObservableCounter('bad').addCallback(() => {
      throw new Error('no')
    })
    const up = meter.createObservableUpDownCounter('u')
    meter.addBatchObservableCallback(
      async result => {
        await Promise.resolve()
        result.observe(up, -3)
      },
      [up],
    )
    expect(messages.some(message => message.kind === 'observables')).toBe(true)
    expect(await provider.observables.observe(1)).toEqual({
      failed: [{ instrument: 'bad', type: 'exception' }],
      late: [],
    })
    expect(totals()).toEqual([
      [{ a: 1 }, 4],
      [{}, -3],
    ])
    const marks = read().map(({ chunk, offset }) => chunk.ints[offset * 2 + 1])
    expect(marks).toEqual([1, 1])
  })

  test('a counter below zero is refused', async () => {
    const provider = new SharedMeterProvider(writer)
    provider
      .getMeter('m')
      .createObservableCounter('c')
      .addCallback(result => result.observe(-1))
    await provider.observables.observe(1)
    expect(totals()).toEqual([[{}, 0]])
    expect(writer.control.dropped('invalid_measurement')).toBe(1)
  })
})
