import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { frameKinds } from '../../src/channel/lanes.js'
import { ProtobufWriter } from '../../src/channel/protobuf-writer.js'
import { TraceRef } from '../../src/channel/trace-ref.js'
import { ChannelWriter } from '../../src/channel/writer.js'
import { bind } from '../../src/metrics/bind.js'
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
