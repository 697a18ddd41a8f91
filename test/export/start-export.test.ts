import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { frameKinds } from '../../src/channel/lanes.js'
import { ProtobufWriter } from '../../src/channel/protobuf-writer.js'
import { TraceRef } from '../../src/channel/trace-ref.js'
import { ChannelWriter } from '../../src/channel/writer.js'
import { DeltaIntervals } from '../../src/export/delta-intervals.js'
import { WriterState } from '../../src/export/writer-state.js'
import { bind } from '../../src/metrics/bind.js'
import type { SharedMeterProviderOptions } from '../../src/metrics/meter-provider.js'
import { createOtlpSink, type OtlpSink, type OtlpSinkOptions } from '../../src/testing/otlp-sink.js'
import { baseConfig, type Connected, connect, createWriter, otlpTo } from './export-host.js'
import { parseExposition, type Sample } from './prometheus/exposition-parser.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(...parameters: Parameters<typeof connect>): Promise<Connected> {
  const connected = await connect(...parameters)
  ends.push(() => connected.end())
  return connected
}

async function sinkWith(options: OtlpSinkOptions = {}): Promise<OtlpSink> {
  const sink = await createOtlpSink(options)
  ends.push(() => sink.close())
  return sink
}

async function scrape({ url }: Connected): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
  return parseExposition(await response.text(), 'openmetrics').samples
}

const find = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}) =>
  samples.find(
    sample => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )

function recordSpans({ writer }: { readonly writer: Connected['writer'] }, from: number, to: number): void {
  const scope = writer.scope({ name: 'orderscope', version: '0.1.0' })
  const bytes = new ProtobufWriter()
  for (let i = from; i <= to; i++) {
    bytes.reset()
    bytes.hex(1, 'ab'.repeat(16))
    bytes.hex(2, i.toString(16).padStart(16, '0'))
    bytes.string(5, `span ${i}`)
    writer.writeRecord(i % 2 === 0 ? 'orders' : 'other', frameKinds.span, scope, bytes.bytes, bytes.length)
  }
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

describe.each(['loop', 'thread'] as const)('in the %s', place => {
  it('serves what is recorded, exemplars included', async () => {
    const connected = await start(place)
    const meter = connected.provider.getMeter('orderscope', '0.1.0')
    const orders = bind(meter.createCounter('trading.orders', { unit: '{order}', description: 'Orders' }), {
      side: 'buy',
    })
    orders.add(41)
    orders.add(1, TraceRef.parse(traceId, spanId), 1_795_251_600_412)
    const duration = bind(
      meter.createHistogram('trading.order.stage.duration', {
        unit: 's',
        advice: { explicitBucketBoundaries: [0.1, 1] },
      }),
      { stage: 'ack' },
    )
    duration.record(0.05)
    duration.record(0.5, TraceRef.parse(traceId, spanId), 1_795_251_600_412)
    meter.createGauge('spread').record(-2.5)
    const samples = await scrape(connected)
    const exemplar = (value: string) => ({
      labels: { trace_id: traceId, span_id: spanId },
      value,
      time: '1795251600.412',
    })
    expect(find(samples, 'trading_orders_total')).toEqual({
      name: 'trading_orders_total',
      labels: { side: 'buy' },
      value: '42',
      exemplar: exemplar('1'),
    })
    expect(find(samples, 'trading_order_stage_duration_seconds_bucket', { le: '1.0' })).toMatchObject({
      value: '2',
      exemplar: exemplar('0.5'),
    })
    expect(find(samples, 'trading_order_stage_duration_seconds_bucket', { le: '0.1' })).toEqual({
      name: 'trading_order_stage_duration_seconds_bucket',
      labels: { stage: 'ack', le: '0.1' },
      value: '1',
    })
    expect(find(samples, 'trading_order_stage_duration_seconds_sum')?.value).toBe('0.55')
    expect(find(samples, 'spread')?.value).toBe('-2.5')
    expect(find(samples, 'target_info')?.labels).toEqual({ service_name: 'bot', service_instance_id: 'i-1' })
  })

  it('asks observable instruments, shows what they told last, and only that', async () => {
    const connected = await start(place)
    const gauge = connected.provider.getMeter('bot').createObservableGauge('position')
    let venues = ['okx', 'kraken']
    gauge.addCallback(result => {
      for (const venue of venues) result.observe(7, { venue })
    })
    const shown = async () =>
      (await scrape(connected)).filter(({ name }) => name === 'position').map(({ labels }) => labels.venue)
    expect(await shown()).toEqual(['okx', 'kraken'])
    venues = ['kraken']
    expect(await shown()).toEqual(['kraken'])
    const failing = connected.provider.getMeter('bot').createObservableGauge('failing')
    failing.addCallback(() => {
      throw new Error('no')
    })
    await shown()
    expect(find(await scrape(connected), 'orderscope_observation_failures_total')?.labels).toMatchObject({
      orderscope_instrument_name: 'failing',
    })
  })

  it('serves the rest when a callback never answers', async () => {
    const connected = await start(place, { observeTimeoutMs: 30 })
    connected.provider
      .getMeter('bot')
      .createObservableGauge('stuck')
      .addCallback(() => new Promise(() => {}))
    connected.provider.getMeter('bot').createCounter('works').add(1)
    const samples = await scrape(connected)
    expect(find(samples, 'works_total')?.value).toBe('1')
    expect(Number(find(samples, 'orderscope_observation_age_seconds')?.value)).toBeGreaterThan(0.02)
  })

  it('delivers spans from both lanes, by itself and when it is asked to', async () => {
    const sink = await sinkWith()
    const connected = await start(place, { otlp: { traces: otlpTo(sink.url, 'traces') } })
    recordSpans(connected, 1, 100)
    await sink.waitUntil(({ spans }) => spans.length === 100, '100 spans')
    recordSpans(connected, 101, 5000)
    expect(await connected.drain()).toMatchObject({ delivered: true, lostSpans: 0, lostLogs: 0 })
    expect(new Set(sink.spans.map(({ name }) => name)).size).toBe(5000)
    expect(sink.spans[0]).toMatchObject({
      resource: { 'service.name': 'bot' },
      scope: { name: 'orderscope', version: '0.1.0' },
    })
    const samples = await scrape(connected)
    expect(find(samples, 'otel_sdk_exporter_span_exported_total')).toMatchObject({
      value: '5000',
      labels: { otel_component_type: 'otlp_http_span_exporter' },
    })
    expect(find(samples, 'orderscope_ring_size_bytes', { orderscope_lane: 'orders' })?.value).toBe('0')
  })

  it('sends metrics by OTLP, exemplars included, the last ones at the end', async () => {
    const sink = await sinkWith()
    const connected = await start(place, { otlp: { metrics: otlpTo(sink.url, 'metrics') } })
    const counter = bind(
      connected.provider.getMeter('orderscope').createCounter('trading.orders', { unit: '{order}' }),
      { side: 'buy' },
    )
    counter.add(3, TraceRef.parse(traceId, spanId), 1_795_251_600_412)
    expect(await connected.drain()).toMatchObject({ delivered: true })
    const metric = await sink.waitForMetric('trading.orders')
    expect(metric).toMatchObject({
      type: 'sum',
      isMonotonic: true,
      temporality: 'cumulative',
      unit: '{order}',
      resource: { 'service.name': 'bot' },
    })
    expect(metric.points).toMatchObject([
      {
        value: 3,
        attributes: { side: 'buy' },
        exemplars: [{ value: 3, traceId, spanId, timeUnixNano: 1_795_251_600_412_000_000n }],
      },
    ])
  })

  it('a collector that answers late gets everything', async () => {
    const sink = await sinkWith({ delayMs: 300 })
    const connected = await start(place, { otlp: { traces: otlpTo(sink.url, 'traces') } })
    recordSpans(connected, 1, 3000)
    expect(await connected.drain()).toMatchObject({ delivered: true, lostSpans: 0 })
    expect(sink.spans).toHaveLength(3000)
  })

  it.each([
    ['gone', undefined],
    ['silent', 'never'],
    ['refusing', { status: 503 }],
  ] as const)('says how much a %s collector didn’t take, within the bound', async (kind, answer) => {
    const sink = await createOtlpSink({ respond: () => answer })
    if (kind === 'gone') await sink.close()
    else ends.push(() => sink.close())
    const connected = await start(place, {
      exitTimeoutMs: 600,
      otlp: { traces: otlpTo(sink.url, 'traces'), metrics: otlpTo(sink.url, 'metrics') },
    })
    recordSpans(connected, 1, 20)
    const { tookMs, ...result } = await connected.drain()
    expect(result).toMatchObject({ delivered: false, lostSpans: 20 })
    expect(tookMs).toBeLessThan(kind === 'gone' ? 450 : 2000)
  })

  it('answers the health paths', async () => {
    const connected = await start(place)
    const status = async (path: string) => (await fetch(connected.url + path)).status
    expect([await status('/livez'), await status('/readyz'), await status('/healthz')]).toEqual([200, 503, 503])
    connected.writer.control.beat()
    while ((await status('/readyz')) !== 200) await new Promise(resolve => setTimeout(resolve, 20))
    const health = await (await fetch(`${connected.url}/healthz`)).json()
    expect(health).toMatchObject({
      live: { status: 'up' },
      ready: { status: 'ready' },
      details: { pid: process.pid, waiting: { spans: 0, logs: 0 } },
    })
  })

  it('is up without its port, says so, and takes it when it is free', async () => {
    const other = createServer()
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const connected = await start(place, { prometheus: { host: '127.0.0.1', port } })
    expect(connected.url).toBe('')
    expect(connected.said).toEqual([expect.stringContaining(`port ${port} on 127.0.0.1 is taken`)])
    await new Promise(resolve => other.close(resolve))
  })

  it('goes on after it was ended at any moment: no count and no span lost', async () => {
    const sink = await sinkWith()
    const parts = createWriter()
    const counter = bind(parts.provider.getMeter('orderscope').createCounter('n'), {})
    for (let generation = 1; generation <= 3; generation++) {
      const connected = await connect(place, { generation, otlp: { traces: otlpTo(sink.url, 'traces') } }, parts)
      recordSpans(parts, generation * 1000, generation * 1000 + 499)
      counter.add(500)
      if (generation === 2) await sink.waitUntil(({ spans }) => spans.length > 0, 'a span')
      await connected.kill()
      parts.writer.detach()
    }
    recordSpans(parts, 9000, 9499)
    counter.add(500)
    const last = await start(place, { generation: 4, otlp: { traces: otlpTo(sink.url, 'traces') } }, parts)
    expect(await last.drain()).toMatchObject({ delivered: true })
    expect(new Set(sink.spans.map(({ name }) => name)).size).toBe(2000)
    const samples = await scrape(last)
    expect(find(samples, 'n_total')?.value).toBe('2000')
    expect(find(samples, 'orderscope_thread_starts')?.value).toBe('4')
  })

  describe('with delta temporality', () => {
    const delta = (sink: OtlpSink, more: Partial<typeof baseConfig> = {}) => ({
      otlp: { metrics: otlpTo(sink.url, 'metrics') },
      metricTemporality: 'delta' as const,
      ...more,
    })
    const parts = (options: SharedMeterProviderOptions = {}) =>
      createWriter(1 << 20, { temporality: 'delta', ...options })
    const named = (sink: OtlpSink, name: string) => sink.metrics.filter(metric => metric.name === name)
    const points = (sink: OtlpSink, name: string) => named(sink, name).flatMap(metric => metric.points)

    it('tells each interval once, by kind, while the scrape goes on counting', async () => {
      const sink = await sinkWith()
      const made = parts()
      const connected = await start(place, delta(sink), made)
      const meter = made.provider.getMeter('orderscope')
      const orders = bind(meter.createCounter('orders'), { side: 'buy' })
      const active = bind(meter.createUpDownCounter('active'), {})
      const spread = bind(meter.createGauge('spread'), {})
      const delay = bind(meter.createHistogram('delay', { advice: { explicitBucketBoundaries: [1, 10] } }), {})
      let total = 100
      meter.createObservableCounter('messages').addCallback(result => result.observe(total))
      orders.add(3)
      active.add(2)
      spread.record(7)
      for (const value of [0.5, 5, 20]) delay.record(value)
      // nothing is asked for while the end is waited for: a scrape does
      await scrape(connected)
      await connected.drain()
      orders.add(4)
      active.add(-1)
      delay.record(2)
      delay.record(3)
      total = 130
      await scrape(connected)
      await connected.drain()
      // an interval in which nothing happened, and one with a series that was bound late
      await connected.drain()
      bind(meter.createCounter('orders'), { side: 'sell' }).add(1)
      await connected.drain()

      expect(points(sink, 'orders').map(({ value, attributes }) => [value, attributes.side])).toEqual([
        [3, 'buy'],
        [4, 'buy'],
        [1, 'sell'],
      ])
      expect(named(sink, 'orders')[0]).toMatchObject({ temporality: 'delta', isMonotonic: true })
      expect(named(sink, 'active')[0]).toMatchObject({ temporality: 'cumulative', isMonotonic: false })
      expect(points(sink, 'active').map(({ value }) => value)).toEqual([2, 1, 1, 1])
      expect(points(sink, 'spread').map(({ value }) => value)).toEqual([7, 7, 7, 7])
      expect(points(sink, 'messages').map(({ value }) => value)).toEqual([100, 30])
      expect(named(sink, 'delay')[0]).toMatchObject({ temporality: 'delta', type: 'histogram' })
      expect(
        points(sink, 'delay').map(({ bucketCounts, sum, count, min, max }) => [bucketCounts, sum, count, min, max]),
      ).toEqual([
        [[1, 1, 1], 25.5, 3, 0.5, 20],
        [[0, 2, 0], 5, 2, 2, 3],
      ])
      const [first, second, late] = points(sink, 'orders')
      expect(first!.startTimeUnixNano).toBe(BigInt(made.writer.startTime) * 1_000_000n)
      expect(second!.startTimeUnixNano).toBe(first!.timeUnixNano)
      expect(late!.startTimeUnixNano).toBeGreaterThanOrEqual(second!.timeUnixNano)

      const samples = await scrape(connected)
      expect(find(samples, 'orders_total', { side: 'buy' })?.value).toBe('7')
      expect(find(samples, 'delay_count')?.value).toBe('5')
      expect(find(samples, 'messages_total')?.value).toBe('130')
    })

    it('lowmemory leaves what is asked for cumulative', async () => {
      const sink = await sinkWith()
      const made = parts({ temporality: 'lowmemory' })
      const connected = await start(place, delta(sink, { metricTemporality: 'lowmemory' }), made)
      const meter = made.provider.getMeter('orderscope')
      meter.createObservableCounter('messages').addCallback(result => result.observe(5))
      const orders = bind(meter.createCounter('orders'), {})
      for (const count of [1, 2]) {
        orders.add(count)
        await scrape(connected)
        await connected.drain()
      }
      expect(points(sink, 'messages').map(({ value }) => value)).toEqual([5, 5])
      expect(points(sink, 'orders').map(({ value }) => value)).toEqual([1, 2])
    })

    it('tells an interval again that no collector took, as it was, and then the next', async () => {
      let answer: { status: number } | undefined = { status: 503 }
      const sink = await sinkWith({ respond: () => answer })
      const made = parts()
      const connected = await start(place, delta(sink, { exitTimeoutMs: 250 }), made)
      const orders = bind(made.provider.getMeter('orderscope').createCounter('orders'), {})
      const delay = bind(made.provider.getMeter('orderscope').createHistogram('delay'), {})
      orders.add(1)
      delay.record(1)
      expect(await connected.drain()).toMatchObject({ delivered: false })
      orders.add(2)
      delay.record(2)
      delay.record(3)
      answer = undefined
      expect(await connected.drain()).toMatchObject({ delivered: true })
      const [first, second] = points(sink, 'orders')
      expect([first, second].map(point => point?.value)).toEqual([1, 2])
      expect(second!.startTimeUnixNano).toBe(first!.timeUnixNano)
      expect(points(sink, 'delay').map(({ count, sum, min, max }) => [count, sum, min, max])).toEqual([
        [1, 1, 1, 1],
        [2, 5, 2, 3],
      ])
    })

    it('what a collector refuses for good isn’t sent again', async () => {
      let answer: { status: number } | undefined = { status: 400 }
      const sink = await sinkWith({ respond: () => answer })
      const made = parts()
      const connected = await start(place, delta(sink), made)
      const orders = bind(made.provider.getMeter('orderscope').createCounter('orders'), {})
      orders.add(1)
      await connected.drain()
      answer = undefined
      orders.add(2)
      expect(await connected.drain()).toMatchObject({ delivered: true })
      expect(points(sink, 'orders').map(({ value }) => value)).toEqual([2])
      const failed = points(sink, 'otel.sdk.exporter.metric_data_point.exported').filter(
        ({ attributes }) => attributes['error.type'] === '400',
      )
      expect(failed).toHaveLength(1)
    })

    it('tells at the end what was recorded since a thread that died had begun an interval', async () => {
      const sink = await sinkWith()
      const made = parts()
      const orders = bind(made.provider.getMeter('orderscope').createCounter('orders'), {})
      const delay = bind(made.provider.getMeter('orderscope').createHistogram('delay'), {})
      const writers = new Map<number, WriterState>()
      made.writer.attach(message => {
        if (message.kind === 'writer') writers.set(message.writer, new WriterState(message))
        else writers.get(message.writer)!.describe(message)
      })
      orders.add(1)
      delay.record(1)
      await new DeltaIntervals(writers).begin()
      orders.add(2)
      delay.record(2)
      made.writer.detach()
      const connected = await start(place, delta(sink), made)
      orders.add(3)
      delay.record(3)
      expect(await connected.drain()).toMatchObject({ delivered: true })
      expect(points(sink, 'orders').reduce((sum, { value }) => sum + value!, 0)).toBe(6)
      expect(points(sink, 'delay').map(({ sum }) => sum)).toEqual([1, 5])
    })

    it('goes on after its end at any moment: no delta lost, none told twice', async () => {
      const sink = await sinkWith()
      const made = parts({ histogramAggregation: 'base2_exponential_bucket_histogram' })
      const orders = bind(made.provider.getMeter('orderscope').createCounter('orders'), {})
      const delay = bind(made.provider.getMeter('orderscope').createHistogram('delay'), {})
      const { control } = made.writer
      control.countDrop(0)
      let recorded = 0
      for (let generation = 1; generation <= 6; generation++) {
        const connected = await connect(place, delta(sink, { generation, metricExportIntervalMs: 50 }), made)
        const until = performance.now() + 120
        while (performance.now() < until) {
          orders.add(1)
          delay.record(++recorded)
          await new Promise(resolve => setTimeout(resolve, 1))
        }
        await connected.kill()
        made.writer.detach()
      }
      const last = await start(place, delta(sink, { generation: 7 }), made)
      expect(await last.drain()).toMatchObject({ delivered: true })
      // one that was told again, since nobody knew whether it had been taken, has the same times
      const unique = <Point extends { readonly timeUnixNano: bigint }>(all: readonly Point[]) => [
        ...new Map(all.map(point => [point.timeUnixNano, point])).values(),
      ]
      const told = unique(points(sink, 'orders'))
      expect(told.reduce((sum, { value }) => sum + value!, 0)).toBe(recorded)
      for (const [i, { startTimeUnixNano }] of told.entries()) {
        if (i > 0) expect(startTimeUnixNano).toBeGreaterThanOrEqual(told[i - 1]!.timeUnixNano)
      }
      const delays = unique(points(sink, 'delay'))
      expect(delays.reduce((sum, { count }) => sum + count!, 0)).toBe(recorded)
      expect(delays.reduce((sum, point) => sum + point.sum!, 0)).toBe((recorded * (recorded + 1)) / 2)
      expect(delays[0]!.min).toBe(1)
      expect(delays.at(-1)!.max).toBe(recorded)
      const drops = unique(points(sink, 'orderscope.dropped')).map(({ value }) => value)
      expect(drops.reduce((sum, value) => sum! + value!, 0)).toBe(1)
    })
  })

  it('exponential buckets go out by OTLP, and the scrape has the explicit ones', async () => {
    const sink = await sinkWith()
    const made = createWriter(1 << 20, { histogramAggregation: 'base2_exponential_bucket_histogram' })
    const connected = await start(place, { otlp: { metrics: otlpTo(sink.url, 'metrics') } }, made)
    const delay = bind(
      made.provider.getMeter('orderscope').createHistogram('delay', {
        unit: 's',
        advice: { explicitBucketBoundaries: [1, 10] },
      }),
      {},
    )
    for (const value of [0, 1, 2, 4]) delay.record(value)
    await connected.drain()
    expect((await sink.waitForMetric('delay')).points).toMatchObject([
      { count: 4, sum: 7, min: 0, max: 4, zeroCount: 1, positive: { bucketCounts: expect.any(Array) } },
    ])
    const buckets = (await scrape(connected)).filter(({ name }) => name === 'delay_seconds_bucket')
    expect(buckets.map(({ labels, value }) => [labels.le, value])).toEqual([
      ['1.0', '2'],
      ['10.0', '4'],
      ['+Inf', '4'],
    ])
  })

  describe('released series', () => {
    const rebind = (connected: Connected, i: number) =>
      bind(connected.provider.getMeter('orderscope').createCounter('churn'), { name: `n${i}` })
    const churned = (samples: readonly Sample[]) => samples.filter(({ name }) => name === 'churn_total')

    it('are told once more by the scrape, then no longer, and their places are used again', async () => {
      const connected = await start(place)
      const held = rebind(connected, 0)
      held.add(5)
      held.release()
      expect(churned(await scrape(connected)).map(({ labels, value }) => [labels.name, value])).toEqual([['n0', '5']])
      expect(churned(await scrape(connected))).toEqual([])
      held.add(1)
      await expect
        .poll(
          async () =>
            find(await scrape(connected), 'orderscope_dropped_total', { orderscope_drop_reason: 'series_released' })
              ?.value,
        )
        .toBe('1')
    })

    it.each(['cumulative', 'delta'] as const)(
      'are told once more by OTLP that is %s, when a collector takes it',
      async temporality => {
        let answer: { status: number } | undefined = { status: 503 }
        const sink = await sinkWith({ respond: () => answer })
        const made = createWriter(1 << 20, { temporality })
        const settings = {
          otlp: { metrics: otlpTo(sink.url, 'metrics') },
          metricTemporality: temporality,
          exitTimeoutMs: 250,
        }
        const connected = await start(place, settings, made)
        const held = rebind(connected, 0)
        held.add(5)
        await connected.drain()
        held.add(2)
        held.release()
        await connected.drain()
        answer = undefined
        await connected.drain()
        await connected.drain()
        const told = sink.metrics.filter(({ name }) => name === 'churn').flatMap(({ points }) => points)
        expect(told.map(({ value }) => value)).toEqual(temporality === 'delta' ? [5, 2] : [7])
      },
    )

    it('bound, released and bound again under load, while they are read and the reader is ended: no name has another’s value', async () => {
      const sink = await sinkWith()
      const made = createWriter(1 << 20, { temporality: 'delta', seriesLimit: 200 })
      const settings = {
        otlp: { metrics: otlpTo(sink.url, 'metrics') },
        metricTemporality: 'delta' as const,
      }
      const counter = made.provider.getMeter('orderscope').createCounter('churn')
      const histogram = made.provider.getMeter('orderscope').createHistogram('sizes')
      // each name has a step of its own, which every value of it is a multiple of, and no other name has
      const primes = [
        101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197,
      ]
      const handles = primes.map(step => [bind(counter, { step }), bind(histogram, { step })] as const)
      const recorded = new Map<number, number>(primes.map(step => [step, 0]))
      let stop = false
      let turn = 0
      const churn = () => {
        // what is recorded after the drain has begun isn't owed
        if (stop) return
        for (let i = 0; i < 200; i++) {
          const at = turn++ % primes.length
          const step = primes[at]!
          handles[at]![0].add(step)
          handles[at]![1].record(step)
          recorded.set(step, recorded.get(step)! + step)
          if (turn % 7 === 0) {
            for (const handle of handles[at]!) handle.release()
            handles[at] = [bind(counter, { step }), bind(histogram, { step })]
            // names that come once and go for ever
            const once = bind(counter, { step: 211 + turn })
            once.add(211 + turn)
            once.release()
          }
        }
        setTimeout(churn, 1)
      }
      churn()
      let scraped = 0
      for (let generation = 1; generation <= 3; generation++) {
        const metricExportIntervalMs = generation === 3 ? 60_000 : 150
        const connected = await connect(place, { ...settings, metricExportIntervalMs, generation }, made)
        for (let i = 0; i < 8; i++) {
          const samples = await scrape(connected)
          const labels = churned(samples).map(({ labels }) => labels.step ?? 'overflow')
          expect(new Set(labels).size).toBe(labels.length)
          for (const { labels, value } of churned(samples)) {
            if (labels.step === undefined) continue
            scraped++
            expect(Number(value) % Number(labels.step)).toBe(0)
          }
        }
        if (generation === 3) {
          stop = true
          expect(await connected.drain()).toMatchObject({ delivered: true })
          await connected.end()
        } else {
          await connected.kill()
          made.writer.detach()
        }
      }
      expect(scraped).toBeGreaterThan(100)
      // what was told twice, since nobody knew whether it had been taken, has the same times
      const told = new Map(
        sink.metrics
          .filter(({ name }) => name === 'churn')
          .flatMap(({ points }) => points)
          .map(point => [`${point.attributes.step} ${point.timeUnixNano}`, point]),
      )
      const totals = new Map<number, number>()
      for (const { attributes, value } of told.values()) {
        const step = attributes.step as number | undefined
        if (step === undefined) continue
        expect(value! % step).toBe(0)
        totals.set(step, (totals.get(step) ?? 0) + value!)
      }
      for (const [step, total] of recorded) expect([step, totals.get(step)]).toEqual([step, total])
      const sizes = new Map(
        sink.metrics
          .filter(({ name }) => name === 'sizes')
          .flatMap(({ points }) => points)
          .map(point => [`${point.attributes.step} ${point.timeUnixNano}`, point]),
      )
      const sums = new Map<number, number>()
      for (const { attributes, sum, min, max } of sizes.values()) {
        const step = attributes.step as number
        expect([min, max]).toEqual([step, step])
        sums.set(step, (sums.get(step) ?? 0) + sum!)
      }
      for (const [step, total] of recorded) expect([step, sums.get(step)]).toEqual([step, total])
    }, 30_000)

    it('give their room to others when they have been idle for long, and their handles stay good', async () => {
      const connected = await start(place, { seriesIdleMs: 400 }, createWriter(1 << 20, { seriesLimit: 10 }))
      const handles = Array.from({ length: 9 }, (_, i) => rebind(connected, i))
      for (const handle of handles) handle.add(1)
      const gauge = connected.provider.getMeter('orderscope').createGauge('position')
      for (let i = 0; i < 9; i++) gauge.record(i, { i })
      const shown = async () => {
        handles[8]!.add(1)
        return churned(await scrape(connected)).length
      }
      await expect.poll(shown, { timeout: 5000, interval: 50 }).toBe(1)
      // bound again before its end has come about, a series goes on
      await new Promise(resolve => setTimeout(resolve, 300))
      handles[0]!.add(3)
      const after = churned(await scrape(connected))
      expect(find(after, 'churn_total', { name: 'n0' })?.value).toBe('3')
      expect((await scrape(connected)).filter(({ name }) => name === 'position')).toHaveLength(9)
      expect(connected.writer.control.dropped('series_released')).toBe(0)
      expect(connected.writer.control.dropped('series_overflow')).toBe(0)
    })
  })

  it('counts what was dropped, by reason', async () => {
    const connected = await start(place, { otlp: {} }, createWriter(1 << 16))
    const { writer, provider } = connected
    provider.getMeter('x').createCounter('c').add(Number.NaN)
    const huge = new Uint8Array(1 << 16)
    writer.writeRecord('orders', frameKinds.span, writer.scope({ name: 's' }), huge, huge.length)
    const samples = await scrape(connected)
    const dropped = (reason: string) =>
      find(samples, 'orderscope_dropped_total', { orderscope_drop_reason: reason })?.value
    expect([dropped('invalid_measurement'), dropped('record_too_large'), dropped('orders_ring_full')]).toEqual([
      '1',
      '1',
      '0',
    ])
  })

  it('tells the main thread what it and the application’s other threads have lost for good', async () => {
    const sink = await sinkWith({ respond: () => ({ status: 400 }) })
    const connected = await start(place, { otlp: { traces: otlpTo(sink.url, 'traces') } }, createWriter(1 << 16))
    const second = new ChannelWriter({ id: 1, ringBytes: 1 << 16, startTime: Date.now() })
    second.attach(message => connected.writer.post(message))
    const huge = new Uint8Array(1 << 16)
    const scope = second.scope({ name: 's' })
    for (let i = 0; i < 3; i++) second.writeRecord('other', frameKinds.span, scope, huge, huge.length)
    connected.writer.writeRecord('other', frameKinds.span, scope, huge, huge.length)
    recordSpans(connected, 1, 5)
    recordSpans({ writer: second }, 6, 7)
    await connected.drain()
    expect(connected.writer.control.losses).toEqual({
      dropped: 4,
      refusedSpans: 7,
      refusedLogs: 0,
      refusal: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ answered HTTP 400/),
    })
  })

  it('shows in /healthz how each signal fares', async () => {
    const sink = await sinkWith()
    const otlp = { traces: otlpTo(sink.url, 'traces'), logs: otlpTo(sink.url, 'logs') }
    const connected = await start(place, { otlp })
    const statuses = async () => {
      const health = (await (await fetch(`${connected.url}/healthz`)).json()) as {
        details: { otlp: Record<string, { status: string }> }
      }
      return [health.details.otlp.traces?.status, health.details.otlp.logs?.status]
    }
    expect(await statuses()).toEqual(['nothing sent yet', 'nothing sent yet'])
    recordSpans(connected, 1, 1)
    await connected.drain()
    expect(await statuses()).toEqual(['ok', 'nothing sent yet'])
  })

  it('works with certificates that can’t be read: the rest goes on, the loss is counted', async () => {
    const connected = await start(place, {
      otlp: { traces: { ...otlpTo('https://127.0.0.1:1', 'traces'), certificate: '/nowhere.pem' } },
    })
    recordSpans(connected, 1, 5)
    await connected.drain()
    expect(connected.said).toEqual([expect.stringContaining('/nowhere.pem')])
    const samples = await scrape(connected)
    expect(find(samples, 'otel_sdk_exporter_span_exported_total', { error_type: 'rejected' })?.value).toBe('5')
  })
})

it('answers for a loop that hangs, and says how to end the process', async () => {
  const connected = await start('thread', { hangAfterMs: 300 })
  const { control } = connected.writer
  control.beat()
  control.enterStage(0, 'd-000117')
  await new Promise(resolve => setTimeout(resolve, 300))
  control.beat()
  const shared = new SharedArrayBuffer(4096)
  const scraper = new Worker(
    `const { workerData: { url, shared } } = require('node:worker_threads')
     const look = async () => {
       const livez = await fetch(url + '/livez')
       if (livez.status !== 503) return setTimeout(look, 50)
       const metrics = await fetch(url + '/metrics')
       const text = JSON.stringify([livez.status, await livez.json(), metrics.status])
       new Uint8Array(shared).set(Buffer.from(text), 4)
       Atomics.store(new Int32Array(shared), 0, text.length)
       Atomics.notify(new Int32Array(shared), 0)
     }
     look()`,
    { eval: true, workerData: { url: connected.url, shared } },
  )
  await new Promise(resolve => scraper.once('online', resolve))
  // the loop stands still from here on
  Atomics.wait(new Int32Array(shared), 0, 0, 8000)
  const text = Buffer.from(shared, 4, new Int32Array(shared)[0]).toString()
  expect(JSON.parse(text)).toEqual([
    503,
    { status: 'hung', sinceSeconds: expect.any(Number), stage: 'order.risk_check', order: 'd-000117' },
    200,
  ])
  control.beat()
  while ((await fetch(`${connected.url}/livez`)).status !== 200) await new Promise(resolve => setTimeout(resolve, 20))
  expect(connected.said).toEqual([expect.stringContaining('the loop turns again, after ')])
  await scraper.terminate()
})

it('serves both series of two threads of the application under one name', async () => {
  const connected = await start('loop', { ...baseConfig })
  connected.provider.getMeter('orderscope').createCounter('n').add(1)
  const { ChannelWriter } = await import('../../src/channel/writer.js')
  const { SharedMeterProvider } = await import('../../src/metrics/meter-provider.js')
  const second = new ChannelWriter({ id: 7, ringBytes: 1 << 16, startTime: Date.now() })
  new SharedMeterProvider(second).getMeter('orderscope').createCounter('n').add(2)
  second.attach(message => connected.writer.post(message))
  const samples = (await scrape(connected)).filter(({ name }) => name === 'n_total')
  expect(samples).toEqual([
    { name: 'n_total', labels: {}, value: '1' },
    { name: 'n_total', labels: { thread_id: '7' }, value: '2' },
  ])
})

it('reads whole histograms and true exemplars while they are written at full speed', async () => {
  const connected = await start('thread')
  const bounds = [1, 2, 3, 4, 5, 6, 7, 8]
  const histogram = bind(
    connected.provider.getMeter('orderscope').createHistogram('h', { advice: { explicitBucketBoundaries: bounds } }),
    {},
  )
  let stop = false
  let recorded = 0
  // the value that is recorded is a whole number, and stands in the trace id too
  const refs = Array.from({ length: 10 }, (_, i) => TraceRef.parse(i.toString(16).padStart(32, 'c'), spanId))
  const write = () => {
    for (let i = 0; i < 20_000; i++) histogram.record(recorded % 10, refs[recorded++ % 10], 1_795_251_600_000)
    if (!stop) setImmediate(write)
  }
  write()
  for (let i = 0; i < 40; i++) {
    const samples = await scrape(connected)
    const buckets = samples.filter(({ name }) => name === 'h_bucket')
    const counts = buckets.map(({ value }) => Number(value)).map((count, at, all) => count - (all[at - 1] ?? 0))
    const total = Number(find(samples, 'h_count')!.value)
    const sum = Number(find(samples, 'h_sum')!.value)
    // sum of 0,1,…,9,0,1,…: whole rounds of 45 and what is begun
    const begun = total % 10
    expect(sum).toBe(Math.floor(total / 10) * 45 + (begun * (begun - 1)) / 2)
    expect(counts.reduce((a, b) => a + b, 0)).toBe(total)
    for (const { exemplar } of buckets) {
      if (exemplar !== undefined)
        expect(exemplar.labels.trace_id).toBe(Number(exemplar.value).toString(16).padStart(32, 'c'))
    }
  }
  stop = true
})
