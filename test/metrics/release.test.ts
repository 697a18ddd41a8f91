import { beforeEach, describe, expect, test } from 'vitest'
import type { SeriesRelease, WriterMessage } from '../../src/channel/messages.js'
import { ChannelWriter } from '../../src/channel/writer.js'
import { bind } from '../../src/metrics/bind.js'
import { SharedMeterProvider, type SharedMeterProviderOptions } from '../../src/metrics/meter-provider.js'
import { createInMemoryTelemetry } from '../../src/testing/in-memory.js'
import { type FoundSeries, foundSeries } from '../channel/found-series.js'

let writer: ChannelWriter
let messages: WriterMessage[]
beforeEach(() => {
  writer = new ChannelWriter({ id: 0, ringBytes: 1, startTime: 0 })
  messages = []
  writer.attach(message => messages.push(message))
})

const meter = (options?: SharedMeterProviderOptions) => new SharedMeterProvider(writer, options).getMeter('test')
/** Those that a reader finds. */
const series = () => foundSeries(messages)
const attributes = () => series().map(found => found.attributes)
const addressOf = (n: number) => series().find(found => found.attributes.n === n)!.address
/** The reader answers to the last message about a series. */
function serve(id: number): void {
  const last = messages.findLast(message => message.kind === 'released' && message.id === id)
  writer.receive({ kind: 'served', writer: 0, releases: [last as SeriesRelease] })
}
function finish(id: number): void {
  serve(id)
  writer.receive({ kind: 'freed', writer: 0, ids: [id] })
}

describe('a released handle', () => {
  test.each(['counter', 'up-down counter', 'gauge', 'histogram'] as const)(
    'of a %s records nowhere, and is counted',
    kind => {
      const instrument = {
        counter: () => meter().createCounter('x'),
        'up-down counter': () => meter().createUpDownCounter('x'),
        gauge: () => meter().createGauge('x'),
        histogram: () => meter().createHistogram('x'),
      }[kind]()
      const handle = bind(instrument, { a: 1 })
      handle.add(5)
      handle.release()
      handle.release()
      handle.add(7)
      handle.record(7)
      expect(writer.control.dropped('series_released')).toBe(2)
      expect(writer.control.dropped('invalid_measurement')).toBe(0)
      expect(messages.filter(({ kind }) => kind === 'released')).toHaveLength(1)
    },
  )

  test('leaves others with other attributes alone, and a new one begins anew', () => {
    const counter = meter().createCounter('x')
    const first = bind(counter, { a: 1 })
    const second = bind(counter, { a: 2 })
    first.add(5)
    first.release()
    second.add(1)
    const [{ id, chunk, offset }] = series() as [FoundSeries]
    expect(chunk.floats[offset + 1]).toBe(5)
    finish(id)
    expect(attributes()).toEqual([{ a: 2 }])
    bind(counter, { a: 1 }).add(1)
    expect(attributes()).toEqual([{ a: 1 }, { a: 2 }])
    expect(chunk.floats[offset + 1]).toBe(1)
    expect(writer.control.dropped('series_released')).toBe(0)
  })
})

test('a place is used again when the reader has forgotten the series, not before', () => {
  const counter = meter().createCounter('x')
  bind(counter, { n: 1 }).release()
  bind(counter, { n: 2 })
  const [{ id, address }] = series() as [FoundSeries]
  expect(addressOf(2)).not.toBe(address)
  serve(id)
  expect(attributes()).toEqual([{ n: 2 }])
  bind(counter, { n: 3 })
  expect(addressOf(3)).not.toBe(address)
  expect(series().some(found => found.id === id)).toBe(false)
  writer.receive({ kind: 'freed', writer: 0, ids: [id] })
  bind(counter, { n: 4 })
  expect(addressOf(4)).toBe(address)
  expect(series()[id]!.attributes).toEqual({ n: 4 })
})

test('what is bound again before its end was told goes on: no total is lost, and states begin anew', async () => {
  const telemetry = createInMemoryTelemetry()
  const own = telemetry.meterProvider.getMeter('test')
  const instruments = [
    own.createCounter('c'),
    own.createUpDownCounter('u'),
    own.createGauge('g'),
    own.createHistogram('h'),
  ]
  for (const instrument of instruments) {
    const handle = bind(instrument, { a: 1 })
    handle.add(5)
    handle.release()
    bind(instrument, { a: 1 }).add(2)
    handle.add(100)
  }
  const told = async () =>
    Object.fromEntries(
      (await telemetry.collectMetrics()).map(({ name, points }) => [name, points.map(p => p.value ?? p.sum)]),
    )
  expect(await told()).toEqual({ c: [7], u: [2], g: [2], h: [7] })
  expect(await told()).toEqual({ c: [7], u: [2], g: [2], h: [7] })
})

test('the last value is told once, then nothing; what comes later has a start of its own', async () => {
  const telemetry = createInMemoryTelemetry()
  const counter = telemetry.meterProvider.getMeter('test').createCounter('c')
  const handle = bind(counter, { a: 1 })
  handle.add(5)
  handle.release()
  const points = async () => (await telemetry.collectMetrics()).flatMap(metric => metric.points)
  const [last] = await points()
  expect(last!.value).toBe(5)
  expect(await points()).toEqual([])
  bind(counter, { a: 1 }).add(1)
  const [anew] = await points()
  expect(anew!.value).toBe(1)
  expect(anew!.startTimeUnixNano).toBeGreaterThanOrEqual(last!.timeUnixNano)
})

test('the limit gives the room back: thousands of names, one after the other', async () => {
  const telemetry = createInMemoryTelemetry()
  const counter = telemetry.meterProvider.getMeter('test').createCounter('c')
  let seen = 0
  for (let i = 0; i < 10_000; i++) {
    const handle = bind(counter, { symbol: `S${i}` })
    handle.add(i + 1)
    handle.release()
    if (i % 500 === 499) {
      for (const { attributes, value } of (await telemetry.collectMetrics()).flatMap(metric => metric.points)) {
        seen++
        expect(`S${value! - 1}`).toBe(attributes.symbol)
      }
    }
  }
  expect(seen).toBe(10_000)
})

test('while nobody reads, no more places are taken than twice the limit', () => {
  const counter = meter({ seriesLimit: 10 }).createCounter('c')
  for (let i = 0; i < 100; i++) bind(counter, { i }).release()
  expect(series().length).toBeLessThanOrEqual(21)
  expect(writer.control.dropped('series_overflow')).toBeGreaterThan(0)
})

test('a reader that starts anew hears of no series that is gone', () => {
  const counter = meter().createCounter('x')
  bind(counter, { n: 1 }).release()
  bind(counter, { n: 2 }).release()
  bind(counter, { n: 3 })
  finish(series()[0]!.id)
  messages = []
  writer.attach(message => messages.push(message))
  expect(attributes()).toEqual([{ n: 2 }, { n: 3 }])
  expect(messages.filter(({ kind }) => kind === 'released')).toHaveLength(1)
})

test('a handle that was idle for long goes on, as a new series', async () => {
  const counter = meter().createCounter('x')
  const handle = bind(counter, { n: 1 })
  handle.add(1)
  const [{ id, chunk, offset }] = series() as [FoundSeries]
  writer.receive({ kind: 'idle', writer: 0, ids: [id] })
  finish(id)
  expect(series()).toEqual([])
  handle.add(2)
  handle.add(3)
  expect(attributes()).toEqual([{ n: 1 }])
  expect(chunk.floats[offset + 1]).toBe(5)
  expect(writer.control.dropped('series_released')).toBe(0)
  bind(counter, { n: 1 }).release()
  handle.add(4)
  expect(writer.control.dropped('series_released')).toBe(0)
})
