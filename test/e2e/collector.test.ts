import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { attributes } from '../../src/catalog/attributes.js'
import { CollectorProgram } from './collector-program.js'
import { JaegerStandIn } from './jaeger-stand-in.js'
import { logs, newSpanId, newTraceId, type SpanToSend, traces } from './otlp-json.js'
import { stackBinary } from './stack-binary.js'

const root = join(import.meta.dirname, '../..')
const config = join(root, 'otel-collector.yaml')
const wait = { timeout: 20_000, interval: 100 }

const validated = [
  ['otel-collector.yaml'],
  ['deploy/scale-out/agent.yaml'],
  ['deploy/scale-out/agent.yaml', 'deploy/scale-out/agent-kafka.yaml'],
  ['deploy/scale-out/router.yaml'],
  ['deploy/scale-out/sampler.yaml'],
  ['deploy/scale-out/sampler.yaml', 'deploy/scale-out/sampler-kafka.yaml'],
]

test.each(validated)('the collector takes %s %s', (...files) => {
  const { status, stderr } = spawnSync(
    stackBinary('otelcol-contrib'),
    ['validate', ...files.map(file => `--config=${join(root, file)}`)],
    { encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

describe('a running collector', () => {
  let jaeger: JaegerStandIn
  let collector: CollectorProgram

  beforeAll(async () => {
    jaeger = await JaegerStandIn.start()
    collector = await CollectorProgram.start(
      config,
      {
        JAEGER_OTLP_ENDPOINT: `127.0.0.1:${jaeger.port}`,
        DECISION_WAIT: '2s',
        TRACE_SHARE_PERCENT: '25',
        OTHER_SHARE_PERCENT: '0',
      },
      undefined,
      // 15 s as delivered
      ['connectors::span_metrics::metrics_flush_interval: 3s'],
    )
  })

  afterAll(async () => {
    await collector?.remove()
    await jaeger?.close()
  })

  /** Traces in each of which is this span, beside an ordinary one. */
  async function sendAll(span: Omit<SpanToSend, 'traceId'>, count = 20): Promise<string[]> {
    const ids = Array.from({ length: count }, newTraceId)
    for (const traceId of ids) {
      const ordinary: SpanToSend = { traceId, name: 'order', attributes: { 'trading.order.status': 'filled' } }
      expect(await collector.send('traces', traces([ordinary, { ...span, traceId }]))).toBe(200)
    }
    return ids
  }

  const below = { parentSpanId: newSpanId() }
  const reasons: readonly (readonly [string, Omit<SpanToSend, 'traceId'>])[] = [
    ['failed', { name: 'order.submit', error: 'timed out', ...below }],
    ['was refused', { name: 'order', attributes: { 'trading.order.status': 'rejected' } }],
    [
      'lost the race for a cancel',
      { name: 'order.cancel', attributes: { 'trading.order.stage_outcome': 'rejected' }, ...below },
    ],
    ['was never answered', { name: 'order.ack', attributes: { 'trading.order.stage_outcome': 'unknown' }, ...below }],
    ['had an anomaly', { name: 'order', events: ['trading.order.anomaly'] }],
    ['was reopened', { name: 'order', events: ['trading.order.reopened'] }],
    ['had an execution busted', { name: 'order', events: ['trading.execution.busted'] }],
    ['had an execution busted late', { name: 'order.bust' }],
    ['had an execution corrected late', { name: 'order.correction' }],
    ['was filled late', { name: 'order.fill' }],
    ['was slow by a microsecond', { name: 'order.submit', durationMs: 250.001, ...below }],
    ['had a slow risk check', { name: 'order.risk_check', durationMs: 10.001, ...below }],
  ]

  test.each(reasons)('keeps every order that %s', async (_, span) => {
    const ids = await sendAll(span)
    await vi.waitFor(() => {
      for (const id of ids) expect(jaeger.traceIds).toContain(id)
    }, wait)
    // and whole
    for (const id of ids) expect(jaeger.sink.spans.filter(({ traceId }) => traceId === id)).toHaveLength(2)
  })

  test('keeps a share of the others: those that rest long, fill in time, or stay under the threshold', async () => {
    const ids = [
      ...(await sendAll({ name: 'order', durationMs: 60_000 }, 200)),
      ...(await sendAll({ name: 'order.fill', durationMs: 5000, ...below }, 200)),
      ...(await sendAll({ name: 'order.submit', durationMs: 249.9, ...below }, 200)),
    ]
    await new Promise(resolve => setTimeout(resolve, 6000))
    const kept = ids.filter(id => jaeger.traceIds.has(id)).length / ids.length
    // 25 % of 600, give or take five standard deviations
    expect(kept).toBeGreaterThan(0.16)
    expect(kept).toBeLessThan(0.34)
  })

  test('keeps nothing of what has no order and went well, when it is told so', async () => {
    const ids = Array.from({ length: 100 }, newTraceId)
    for (const traceId of ids) await collector.send('traces', traces([{ traceId, name: 'GET' }]))
    await new Promise(resolve => setTimeout(resolve, 4000))
    expect(ids.filter(id => jaeger.traceIds.has(id))).toEqual([])
  })

  test('keeps what tells of a reject long after the trace was decided', async () => {
    const ids = await sendAll({ name: 'order.submit', ...below }, 40)
    await new Promise(resolve => setTimeout(resolve, 5000))
    const dropped = ids.filter(id => !jaeger.traceIds.has(id))
    expect(dropped.length).toBeGreaterThan(10)
    for (const traceId of dropped) {
      await collector.send(
        'traces',
        traces([{ traceId, name: 'order', attributes: { 'trading.order.status': 'rejected' }, error: 'too late' }]),
      )
    }
    await vi.waitFor(() => {
      for (const id of dropped) expect(jaeger.traceIds).toContain(id)
    }, wait)
  })

  test('gives a trace that is kept what comes later', async () => {
    const [id] = await sendAll({ name: 'order.submit', error: 'timed out', ...below }, 1)
    await vi.waitFor(() => expect(jaeger.traceIds).toContain(id), wait)
    await collector.send('traces', traces([{ traceId: id!, name: 'order.fill', ...below }]))
    await vi.waitFor(() => expect(jaeger.sink.spans.filter(({ traceId }) => traceId === id)).toHaveLength(3), wait)
  })

  test('masks credentials, and nothing of ours', async () => {
    const traceId = newTraceId()
    const key = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A'
    const url = `https://api.binance.com/api/v3/order?symbol=BTCUSDT&signature=${'ab12'.repeat(16)}`
    const ours = Object.fromEntries(
      Object.entries(attributes)
        .filter(([, { type }]) => type === 'string')
        // a hash, as ids of executions are at some venues
        .map(([name]) => [
          name,
          name.endsWith('id') ? 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71' : name,
        ]),
    )
    const planted = {
      'url.full': url,
      'http.request.header.x-mbx-apikey': [key],
      apiKey: 'short',
      secret: 'short',
      'api.signature': 'short',
      note: `key ${key}`,
      'trading.order.text': `refused: {"apiKey":"${key}","sign":"abcd"}`,
    }
    const error = `binance GET ${url} 502 Bad Gateway`
    await collector.send('traces', traces([{ traceId, name: 'order', error, attributes: { ...ours, ...planted } }]))
    const span = await vi.waitFor(() => {
      const found = jaeger.sink.spans.find(each => each.traceId === traceId)
      expect(found).toBeDefined()
      return found!
    }, wait)
    const text = JSON.stringify([span.attributes, span.status])
    for (const secret of [key, 'ab12ab12', '"short"', 'abcd"']) expect(text).not.toContain(secret)
    expect(span.status.message).toBe(
      'binance GET https://api.binance.com/api/v3/order?symbol=BTCUSDT&**** 502 Bad Gateway',
    )
    expect(span.attributes['http.request.header.x-mbx-apikey']).toBe('****')
    const { 'trading.order.text': _, ...kept } = ours
    expect(span.attributes).toMatchObject(kept)
    expect(Object.keys(span.attributes).sort()).toEqual(
      [...Object.keys(ours), ...Object.keys(planted)].filter((each, at, all) => all.indexOf(each) === at).sort(),
    )
  })

  const written: readonly (readonly [string, string])[] = [
    ['in a variable of the environment', 'BINANCE_API_KEY=hunter2 OKX_SECRET=hunter2 client_secret=hunter2'],
    ['as the password of an address', 'connect to redis://bot:hunter2@cache:6379/0'],
    ['in JSON within JSON', String.raw`{"body":"{\"apiKey\":\"hunter2\",\"secret\": \"hunter2\"}"}`],
    ['in a list of JSON', '{"X-MBX-APIKEY":["hunter2"], "KC-API-SIGN": [ "hunter2" ]}'],
    ['in an encoded query', 'redirect=%2Forder%3FapiKey%3Dhunter2%26signature%3Dhunter2'],
    ['as a token', 'sessionToken: hunter2, refresh_token=hunter2, X-Amz-Security-Token=hunter2'],
  ]

  test.each(written)('masks a credential that is written %s, in all signals', async (_, text) => {
    const traceId = newTraceId()
    const command = { 'process.command_args': ['node', 'bot.js', '--key', 'hunter2'] }
    const span = { traceId, name: `GET /?${text}`, error: text, attributes: { note: text, ...command } }
    await collector.send('traces', traces([span]))
    await collector.send('logs', logs([{ eventName: 'trading.order.rejected', body: text, traceId }]))
    const file = join(collector.state, 'order-events/order-events.jsonl')
    const stored = await vi.waitFor(() => {
      const found = jaeger.sink.spans.find(each => each.traceId === traceId)
      const line = readFileSync(file, 'utf8')
        .split('\n')
        .find(each => each.includes(traceId))
      expect(found).toBeDefined()
      expect(line).toBeDefined()
      return JSON.stringify([found!.name, found!.status, found!.attributes, line])
    }, wait)
    expect(stored).toContain('****')
    expect(stored).not.toContain('hunter2')
  })

  test('does not take an address of a stream for one with a password', async () => {
    const traceId = newTraceId()
    const url = 'wss://stream.binance.com:9443/ws/btcusdt@trade'
    await collector.send('traces', traces([{ traceId, name: 'order', error: url, attributes: { url } }]))
    const span = await vi.waitFor(() => {
      const found = jaeger.sink.spans.find(each => each.traceId === traceId)
      expect(found).toBeDefined()
      return found!
    }, wait)
    expect([span.attributes.url, span.status.message]).toEqual([url, url])
  })

  test('counts all spans, kept or not, with exemplars', async () => {
    // which no other test here sends
    const name = 'order.replace'
    const before = counted(await collector.scrape('scrape'), name)
    await sendAll({ name, ...below }, 50)
    await vi.waitFor(async () => expect(counted(await collector.scrape('scrape'), name) - before).toBe(50), {
      timeout: 30_000,
      interval: 500,
    })
    await sendAll({ name, ...below }, 1)
    // an exemplar stands until the next flush
    const text = await vi.waitFor(
      async () => {
        const text = await collector.scrape('scrape', 'application/openmetrics-text; version=1.0.0')
        const found =
          /traces_span_metrics_duration_seconds_bucket\{.*order\.replace.*\} \S+ # \{.*trace_id="[0-9a-f]{32}"/
        expect(found.test(text)).toBe(true)
        return text
      },
      { timeout: 30_000, interval: 500 },
    )
    expect(/traces_span_metrics_calls_total\{.*span_kind="SPAN_KIND_CLIENT"/.test(text)).toBe(true)
    expect(text.includes('collector_instance_id')).toBe(false)
  })

  test('writes order events to a file of their own, and masks there too', async () => {
    const traceId = newTraceId()
    const sent = logs([
      { eventName: 'trading.order.rejected', body: 'order rejected', traceId },
      { eventName: '', body: 'signed with secret=hunter2hunter2', traceId },
    ])
    expect(await collector.send('logs', sent)).toBe(200)
    const read = (folder: string) =>
      readdirSync(join(collector.state, folder))
        .map(file => readFileSync(join(collector.state, folder, file), 'utf8'))
        .join('')
    await vi.waitFor(() => {
      expect(read('order-events')).toContain(traceId)
      expect(read('logs')).toContain(traceId)
    }, wait)
    expect(read('order-events')).toContain('order rejected')
    expect(read('order-events')).not.toContain('signed')
    expect(read('logs')).not.toContain('order rejected')
    expect(read('logs')).toContain('signed with ****')
  })

  test('tells of itself what the dashboards ask', async () => {
    const text = await collector.scrape('metrics')
    for (const name of [
      'otelcol_receiver_accepted_spans',
      'otelcol_exporter_sent_spans',
      'otelcol_exporter_queue_size',
      'otelcol_exporter_queue_capacity',
      'otelcol_processor_tail_sampling_global_count_traces_sampled',
      'otelcol_processor_tail_sampling_count_traces_sampled',
      'otelcol_processor_tail_sampling_sampling_traces_on_memory',
      'otelcol_process_memory_rss',
    ]) {
      expect(new RegExp(`^${name}(_total)?[{ ]`, 'm').test(text), name).toBe(true)
    }
  })
})

describe('when Jaeger is away', () => {
  test('what was decided survives a crash of the collector', async () => {
    const gone = await JaegerStandIn.start()
    const { port } = gone
    await gone.close()
    const environment = { JAEGER_OTLP_ENDPOINT: `127.0.0.1:${port}`, DECISION_WAIT: '1s', TRACE_SHARE_PERCENT: '100' }
    const first = await CollectorProgram.start(config, environment)
    const ids = Array.from({ length: 200 }, newTraceId)
    for (const traceId of ids) await first.send('traces', traces([{ traceId, name: 'order' }]))
    await vi.waitFor(async () => {
      const size = /otelcol_exporter_queue_size\{[^}]*jaeger[^}]*\} (\d+)/.exec(await first.scrape('metrics'))?.[1]
      // each of these traces is more than a hundred bytes
      expect(Number(size)).toBeGreaterThan(ids.length * 100)
    }, wait)
    await new Promise(resolve => setTimeout(resolve, 3000))
    await first.end('SIGKILL')

    const back = await JaegerStandIn.start(port)
    const second = await CollectorProgram.start(config, environment, first.state)
    try {
      await vi.waitFor(() => expect(back.traceIds.size).toBe(ids.length), { timeout: 40_000, interval: 200 })
      for (const id of ids) expect(back.traceIds).toContain(id)
    } finally {
      await second.remove()
      await back.close()
    }
  })

  test('a queue that is too small drops, and counts what it drops', async () => {
    const gone = await JaegerStandIn.start()
    await gone.close()
    const collector = await CollectorProgram.start(
      config,
      { JAEGER_OTLP_ENDPOINT: `127.0.0.1:${gone.port}`, DECISION_WAIT: '1s', TRACE_SHARE_PERCENT: '100' },
      undefined,
      ['exporters::otlp_grpc/jaeger::sending_queue::queue_size: 300000'],
    )
    try {
      const note = 'x'.repeat(5000)
      for (let sent = 0; sent < 200; sent++) {
        await collector.send('traces', traces([{ traceId: newTraceId(), name: 'order', attributes: { note } }]))
      }
      await vi.waitFor(async () => {
        const text = await collector.scrape('metrics')
        const dropped = /otelcol_exporter_enqueue_failed_spans(?:_total)?\{[^}]*\} (\d+)/.exec(text)?.[1]
        expect(Number(dropped)).toBeGreaterThan(100)
      }, wait)
    } finally {
      await collector.remove()
    }
  })
})

test('when it holds as many traces as it may, senders wait, its own metrics say so, and nothing is lost', async () => {
  const jaeger = await JaegerStandIn.start()
  const collector = await CollectorProgram.start(
    config,
    { JAEGER_OTLP_ENDPOINT: `127.0.0.1:${jaeger.port}`, DECISION_WAIT: '2s', TRACE_SHARE_PERCENT: '0' },
    undefined,
    ['processors::tail_sampling::num_traces: 100'],
  )
  try {
    const held = async () =>
      Number(
        /^otelcol_processor_tail_sampling_sampling_traces_on_memory(?:\{[^}]*\})? (\d+)/m.exec(
          await collector.scrape('metrics'),
        )?.[1],
      )
    const ids = Array.from({ length: 200 }, newTraceId)
    const sent = Promise.all(ids.map(traceId => collector.send('traces', traces([{ traceId, name: 'order' }]))))
    await vi.waitFor(async () => expect(await held()).toBe(100), wait)
    expect(new Set(await sent)).toEqual(new Set([200]))
    // each of them was looked at: what comes to one of them and is a reason to keep it is kept
    for (const traceId of ids) await collector.send('traces', traces([{ traceId, name: 'order', error: 'refused' }]))
    await vi.waitFor(() => expect(jaeger.traceIds.size).toBe(ids.length), wait)
  } finally {
    await collector.remove()
    await jaeger.close()
  }
})

/** Calls of a span that its metrics tell. */
function counted(text: string, name: string): number {
  const line = new RegExp(`^traces_span_metrics_calls_total\\{.*span_name="${name}".*\\} (\\d+)`, 'gm')
  return [...text.matchAll(line)].reduce((sum, [, count]) => sum + Number(count), 0)
}
