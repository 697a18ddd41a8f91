import { once } from 'node:events'
import { createServer, get, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, type MetricProducer } from '@opentelemetry/sdk-metrics'
import { afterEach, describe, expect, it } from 'vitest'
import type { HealthReport } from '../../../src/export/health-report.js'
import { PrometheusEndpoint, type PrometheusEndpointOptions } from '../../../src/export/prometheus/endpoint.js'
import { parseExposition } from './exposition-parser.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const healthy: HealthReport = { live: { status: 'up' }, ready: { status: 'ready' }, details: { pid: 1 } }

interface Started {
  readonly endpoint: PrometheusEndpoint
  readonly provider: MeterProvider
  readonly port: number
  readonly said: string[]
}

async function start(options: Partial<PrometheusEndpointOptions> = {}): Promise<Started> {
  const said: string[] = []
  let endpoint: PrometheusEndpoint | undefined
  const port = await new Promise<number>(resolve => {
    endpoint = new PrometheusEndpoint({
      host: '127.0.0.1',
      port: 0,
      producers: [],
      health: () => healthy,
      say: line => said.push(line),
      onListening: address => resolve(address.port),
      ...options,
    })
  })
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': 'bot' }),
    readers: [endpoint!],
  })
  ends.push(() => provider.shutdown())
  return { endpoint: endpoint!, provider, port, said }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers, method, agent: false }, async message => {
      const chunks: Buffer[] = []
      for await (const chunk of message) chunks.push(chunk as Buffer)
      resolve({ status: message.statusCode!, headers: message.headers, body: Buffer.concat(chunks) })
    })
      .on('error', reject)
      .end()
  })
}

const OPEN_METRICS = { accept: 'application/openmetrics-text;version=1.0.0' }

describe('/metrics', () => {
  it('is upstream’s exporter and answers in the format that is asked for', async () => {
    const { endpoint, provider, port } = await start()
    expect(endpoint).toBeInstanceOf(PrometheusExporter)
    provider.getMeter('orderscope').createCounter('trading.orders', { unit: '{order}' }).add(2, { side: 'buy' })
    const text = await ask(port, '/metrics')
    expect(text.status).toBe(200)
    expect(text.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(parseExposition(text.body.toString(), 'text').samples).toContainEqual({
      name: 'trading_orders_total',
      labels: { side: 'buy' },
      value: '2',
    })
    const openMetrics = await ask(port, '/metrics?x=1', OPEN_METRICS)
    expect(openMetrics.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    parseExposition(openMetrics.body.toString(), 'openmetrics')
  })

  it('answers a broken Accept header with text', async () => {
    const { port } = await start()
    const answer = await ask(port, '/metrics', { accept: ';;q=x,((,application/openmetrics-text;q=' })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toContain('text/plain')
  })

  it('compresses what is large for those who take it', async () => {
    const { provider, port } = await start()
    const counter = provider.getMeter('orderscope').createCounter('many')
    for (let i = 0; i < 200; i++) counter.add(1, { i })
    const [plain, gzipped] = await Promise.all([
      ask(port, '/metrics'),
      ask(port, '/metrics', { 'accept-encoding': 'gzip' }),
    ])
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(gzipped.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzipped.body).toString()).toBe(plain.body.toString())
  })

  it('answers HEAD like GET without the body, and nothing else', async () => {
    const { port } = await start()
    const head = await ask(port, '/metrics', {}, 'HEAD')
    expect([head.status, head.body.length]).toEqual([200, 0])
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await ask(port, '/metrics', {}, method)
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  })

  it('names the paths where there is nothing', async () => {
    const { port } = await start()
    for (const path of ['/', '/metrics/', '//', '/%']) {
      const answer = await ask(port, path)
      expect(answer.status).toBe(404)
      expect(answer.body.toString()).toContain('/metrics, /livez, /readyz, /healthz')
    }
  })

  it('says 503 when collecting takes too long or fails, and recovers', async () => {
    let mode: 'hang' | 'fail' | 'work' = 'hang'
    let letGo = () => {}
    const empty = { errors: [], resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics: [] } }
    const producer: MetricProducer = {
      async collect() {
        if (mode === 'hang') await new Promise<void>(resolve => (letGo = resolve))
        if (mode === 'fail') throw new Error('out of order')
        return empty
      },
    }
    const { port } = await start({ producers: [producer], collectTimeoutMs: 50 })
    const late = await ask(port, '/metrics')
    expect([late.status, late.body.toString()]).toEqual([503, 'The metrics could not be collected within 50 ms.\n'])
    mode = 'fail'
    letGo()
    await new Promise(setImmediate)
    const failed = await ask(port, '/metrics')
    expect([failed.status, failed.body.toString()]).toEqual([
      503,
      'The metrics could not be collected: out of order.\n',
    ])
    mode = 'work'
    expect((await ask(port, '/metrics')).status).toBe(200)
  })

  it('shares a collection among scrapes that come together', async () => {
    let collections = 0
    let letGo = () => {}
    const gate = new Promise<void>(resolve => (letGo = resolve))
    const producer: MetricProducer = {
      async collect() {
        collections++
        await gate
        return { errors: [], resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics: [] } }
      },
    }
    const { port, endpoint } = await start({ producers: [producer] })
    const scrapes = [ask(port, '/metrics'), ask(port, '/metrics', OPEN_METRICS), ask(port, '/metrics')]
    // a connection that asked for nothing is open as well; all three requests have arrived when it has
    await ask(port, '/livez')
    letGo()
    for (const { status } of await Promise.all(scrapes)) expect(status).toBe(200)
    expect(collections).toBe(1)
    await ask(port, '/metrics')
    expect(collections).toBe(2)
    await endpoint.shutdown()
  })

  it('those that come while a text is written share the next collection', async () => {
    let collections = 0
    const producer: MetricProducer = {
      async collect() {
        collections++
        return { errors: [], resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics: [] } }
      },
    }
    const { provider, port } = await start({ producers: [producer] })
    const counter = provider.getMeter('orderscope').createCounter('many')
    for (let i = 0; i < 1900; i++) counter.add(1, { i, filler: 'x'.repeat(4000) })
    const scrapes: Promise<Answer>[] = []
    for (let i = 0; i < 15; i++) {
      scrapes.push(ask(port, '/metrics'))
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    const texts = await Promise.all(scrapes)
    expect(texts.every(({ status, body }) => status === 200 && body.length > 7_000_000)).toBe(true)
    expect(collections).toBeLessThanOrEqual(4)
  })

  it('outlives scrapers that hang up', async () => {
    const { provider, port } = await start()
    const counter = provider.getMeter('orderscope').createCounter('many')
    for (let i = 0; i < 1500; i++) counter.add(1, { i, filler: 'x'.repeat(500) })
    for (let i = 0; i < 5; i++) {
      const socket = connect(port, '127.0.0.1')
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
      await once(socket, 'data')
      socket.destroy()
    }
    const rubbish = connect(port, '127.0.0.1')
    rubbish.end('\u0000\u0001 not http\r\n\r\n')
    rubbish.resume()
    await once(rubbish, 'close')
    expect((await ask(port, '/metrics')).status).toBe(200)
  })

  it('hears a probe although somebody hoards connections', async () => {
    const { port } = await start()
    const hoarded = Array.from({ length: 400 }, () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET /metrics HTTP/1.1\r\nX-Slow: ')
      return socket
    })
    await Promise.all(hoarded.map(socket => once(socket, 'connect')))
    for (let i = 0; i < 3; i++) expect((await ask(port, '/livez')).status).toBe(200)
    for (const socket of hoarded) socket.destroy()
  })

  it('answers 200 scrapes at once', async () => {
    const { port } = await start()
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(port, '/metrics')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it('ends although a scraper reads nothing', async () => {
    const { provider, port } = await start()
    const counter = provider.getMeter('orderscope').createCounter('many')
    for (let i = 0; i < 1500; i++) counter.add(1, { i, filler: 'x'.repeat(5000) })
    const socket = connect(port, '127.0.0.1')
    ends.push(async () => socket.destroy())
    socket.pause()
    socket.on('error', () => {})
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(socket, 'readable')
    await provider.shutdown()
  })
})

describe('health', () => {
  it.each([
    [{ status: 'up' }, { status: 'ready' }, [200, 200, 200]],
    [{ status: 'starting' }, { status: 'starting' }, [200, 503, 503]],
    [
      { status: 'hung', sinceSeconds: 6.2, stage: 'order.risk_check', order: 'd-000117' },
      { status: 'hung' },
      [503, 503, 503],
    ],
    [{ status: 'up' }, { status: 'ending' }, [200, 503, 503]],
  ] as const)('%j and %j', async (live, ready, statuses) => {
    const report: HealthReport = { live, ready, details: {} }
    const { port } = await start({ health: () => report })
    const answers = await Promise.all(['/livez', '/readyz', '/healthz'].map(path => ask(port, path)))
    expect(answers.map(answer => answer.status)).toEqual(statuses)
    expect(answers.map(answer => JSON.parse(answer.body.toString()))).toEqual([live, ready, report])
    expect((await ask(port, '/livez', {}, 'POST')).status).toBe(405)
  })
})

describe('an address that is not of this machine', () => {
  it('is told with what to write instead', async () => {
    const line = await new Promise<string>(resolve => {
      // of a network for documentation, https://www.rfc-editor.org/rfc/rfc5737
      const options = { host: '192.0.2.1', port: 0, producers: [], health: () => healthy }
      const endpoint = new PrometheusEndpoint({ ...options, say: resolve, onListening: () => {} })
      const provider = new MeterProvider({ readers: [endpoint] })
      ends.push(() => provider.shutdown())
    })
    expect(line).toMatch(
      /^192\.0\.2\.1 is no address of this machine\. .* Write OTEL_EXPORTER_PROMETHEUS_HOST=127\.0\.0\.1 /,
    )
  })
})

describe('a taken port', () => {
  it('is told once, and taken over when it is free', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const said: string[] = []
    const listening = new Promise<number>(resolve => {
      const endpoint = new PrometheusEndpoint({
        host: '127.0.0.1',
        port,
        producers: [],
        health: () => healthy,
        say: line => {
          said.push(line)
          setTimeout(() => other.close(), 60)
        },
        onListening: address => resolve(address.port),
        retryMs: 20,
      })
      const provider = new MeterProvider({ readers: [endpoint] })
      ends.push(() => provider.shutdown())
    })
    expect(await listening).toBe(port)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(`port ${port} on 127.0.0.1 is taken`)
    if (process.platform === 'linux') expect(said[0]).toContain(`(pid ${process.pid}, node`)
    await new Promise<void>((resolve, reject) =>
      get({ port, host: '127.0.0.1', path: '/livez', agent: false }, () => resolve()).on('error', reject),
    )
  })
})
