import { emptyResource } from '@opentelemetry/resources'
import type { MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { beforeEach, expect, test } from 'vitest'
import type { ReaderMessage, WriterMessage } from '../../src/channel/messages.js'
import { ChannelWriter } from '../../src/channel/writer.js'
import { DeltaIntervals } from '../../src/export/delta-intervals.js'
import { Observation } from '../../src/export/observation.js'
import { DeltaProducer } from '../../src/export/otlp/delta-producer.js'
import { SeriesEnds } from '../../src/export/series-ends.js'
import { SeriesProducer } from '../../src/export/series-producer.js'
import { WriterState } from '../../src/export/writer-state.js'
import { bind } from '../../src/metrics/bind.js'
import { SharedMeterProvider } from '../../src/metrics/meter-provider.js'

/*
 * The two ends with what they say to each other held back, as it is for hundreds of milliseconds on a busy machine:
 * messages of worker threads go through the loop of the main thread. What is recorded meanwhile must not be lost.
 */
let writer: ChannelWriter
let said: WriterMessage[]
let answers: ReaderMessage[]
let meter: ReturnType<SharedMeterProvider['getMeter']>
let intervals: DeltaIntervals
let producer: SeriesProducer
let ends: SeriesEnds
let writers: Map<number, WriterState>

beforeEach(() => {
  writer = new ChannelWriter({ id: 0, ringBytes: 1 << 16, startTime: Date.now() - 1000 })
  meter = new SharedMeterProvider(writer, { temporality: 'delta' }).getMeter('test')
  startReader()
})

/** A reading end that knows nothing yet; the one before, if there was one, is gone. */
function startReader(): void {
  said = []
  answers = []
  writers = new Map()
  writer.attach(message => said.push(message))
  intervals = new DeltaIntervals(writers)
  const observation = new Observation({ writers, ask: () => {}, timeoutMs: 10, isLoopHeld: () => false })
  producer = new SeriesProducer(writers, observation, 'otlp', { intervals })
  ends = new SeriesEnds(writers, ['otlp'], 0, message => answers.push(message))
}

/** The reader gets what was said until now. */
function deliver(): void {
  for (const message of said.splice(0)) {
    if (message.kind === 'writer') writers.set(message.writer, new WriterState(message))
    else writers.get(message.writer)!.describe(message)
    if (message.kind === 'gone') answers.push({ kind: 'freed', writer: 0, ids: [message.id] })
  }
}

/** The writer gets the reader's answers. */
function answer(): void {
  for (const message of answers.splice(0)) writer.receive(message)
}

/** What an interval brought, by name of the metric: totals, and sums of histograms. */
async function collect(meanwhile: () => void = () => {}): Promise<Record<string, number>> {
  const collection = (await intervals.begin())!
  meanwhile()
  const { resourceMetrics } = await producer.collect()
  intervals.collected(collection)
  intervals.commit(collection)
  producer.taken()
  ends.tellServed()
  return sumsOf(resourceMetrics)
}

function sumsOf(resourceMetrics: ResourceMetrics): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { descriptor, dataPoints } of resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)) {
    for (const { value } of dataPoints) {
      const amount = typeof value === 'number' ? value : (value as { sum: number }).sum
      sums[descriptor.name] = (sums[descriptor.name] ?? 0) + amount
    }
  }
  return sums
}

function instruments() {
  return [meter.createCounter('total'), meter.createHistogram('delay')] as const
}

test('an answer to a release that is over doesn’t end what was recorded since', async () => {
  const both = instruments()
  for (const each of both) {
    const handle = bind(each, {})
    handle.add(1)
    handle.release()
  }
  deliver()
  expect(await collect()).toEqual({ total: 1, delay: 1 })
  for (const each of both) {
    const handle = bind(each, {})
    handle.add(2)
    handle.release()
  }
  // to the first release
  answer()
  deliver()
  expect(await collect()).toEqual({ total: 2, delay: 2 })
  answer()
  deliver()
  answer()
  for (const each of both) bind(each, {}).add(3)
  deliver()
  expect(await collect()).toEqual({ total: 3, delay: 3 })
  expect(writer.control.dropped('series_released')).toBe(0)
})

test('a series that goes on is told before the word of it is there', async () => {
  const both = instruments()
  for (const each of both) bind(each, {}).release()
  deliver()
  await collect()
  for (const each of both) bind(each, {}).add(2)
  expect(await collect()).toEqual({ total: 2, delay: 2 })
  deliver()
  expect(await collect()).toEqual({})
})

test('what is recorded and released while an interval is being read is in the next', async () => {
  const both = instruments()
  const handles = both.map(each => bind(each, {}))
  for (const handle of handles) handle.add(1)
  deliver()
  const first = await collect(() => {
    for (const handle of handles) {
      handle.add(2)
      handle.release()
    }
    deliver()
  })
  answer()
  deliver()
  const second = await collect()
  // a total is read as it is, what lies in buckets by its interval
  expect([first, second]).toEqual([{ total: 3, delay: 1 }, { delay: 2 }])
})

test('series that the reader hasn’t heard of are told whole by the next collection, from the beginning', async () => {
  deliver()
  expect(await collect()).toEqual({})
  const [total, delay] = instruments()
  bind(total, {}).add(2)
  bind(delay, {}).add(2)
  expect(await collect()).toEqual({})
  bind(total, {}).add(3)
  bind(delay, {}).add(3)
  expect(await collect()).toEqual({})
  deliver()
  expect(await collect()).toEqual({ total: 5, delay: 5 })
  bind(delay, {}).add(7)
  // a chunk and more: thousands of series
  for (let i = 0; i < 1500; i++) bind(delay, { i }).add(1)
  expect(await collect()).toEqual({})
  deliver()
  expect(await collect()).toEqual({ delay: 1507 })
})

test('what ended in an interval that a reader began before it died stays until its own interval was told', async () => {
  const handles = instruments().map(each => bind(each, {}))
  for (const handle of handles) handle.add(1)
  deliver()
  await intervals.begin()
  // in the next interval
  for (const handle of handles) {
    handle.add(2)
    handle.release()
  }
  startReader()
  deliver()
  await new Promise(resolve => setTimeout(resolve, 5))
  const first = await collect()
  expect(first.delay).toBe(1)
  answer()
  deliver()
  answer()
  const second = await collect()
  expect(second.delay).toBe(2)
  // a total is read when it is told: all of it is in one of the two
  expect((first.total ?? 0) + (second.total ?? 0)).toBe(3)
})

test('two that collect at once tell the same, and what was recorded between them is told next', async () => {
  const handles = instruments().map(each => bind(each, {}))
  const trading: MetricProducer = {
    async collect() {
      for (const handle of handles) handle.add(1)
      await new Promise(resolve => setTimeout(resolve, 2))
      return { errors: [], resourceMetrics: { resource: emptyResource(), scopeMetrics: [] } }
    },
  }
  deliver()
  const all = new DeltaProducer(intervals, [trading, producer])
  const told = { total: 0, delay: 0 }
  const take = (sums: Record<string, number>) => {
    told.total += sums.total ?? 0
    told.delay += sums.delay ?? 0
  }
  for (let round = 0; round < 5; round++) {
    const [timer, flush] = await Promise.all([all.collect(), all.collect()])
    expect(sumsOf(flush!.resourceMetrics)).toEqual(sumsOf(timer!.resourceMetrics))
    take(sumsOf(timer!.resourceMetrics))
    if (!intervals.isTaken) intervals.commit(intervals.current!)
  }
  take(await collect())
  expect(told).toEqual({ total: 10, delay: 10 })
})
