import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { attributes } from '../../src/catalog/attributes.js'
import { spans } from '../../src/catalog/spans.js'
import { CollectorProgram, freePorts } from './collector-program.js'
import { PrometheusProgram } from './prometheus-program.js'
import { stackBinary } from './stack-binary.js'

const root = join(import.meta.dirname, '../..')

/** The table of docs/jaeger.md. */
const searches = readFileSync(join(root, 'docs/jaeger.md'), 'utf8')
  .split('\n')
  .map(line => line.split('|').map(cell => cell.trim().replaceAll('`', '')))
  .filter(cells => cells.length === 6 && Object.hasOwn(spans, cells[2]!))
  .map(([, question, operation, tags, minDuration]) => ({
    question: question!,
    operation: operation!,
    tags: Object.fromEntries(tags === '' ? [] : [tags!.split('=') as [string, string]]),
    minDuration: minDuration!,
  }))

/** What happens on each run of the desk; the rest of the searches need an accident that may not come. */
const certain = [
  'What became of my order?',
  '… by the id that the venue gave it?',
  '… with all its replaces?',
  'Which orders were refused?',
  'Which went wrong in any way?',
  'What did one instrument do?',
]

interface Trace {
  readonly traceID: string
  readonly spans: readonly { readonly operationName: string; readonly tags: readonly Tag[] }[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>
}
interface Tag {
  readonly key: string
  readonly value: unknown
}

describe('the desk, a collector, Jaeger and Prometheus', () => {
  let url: string
  let jaeger: ChildProcess
  let collector: CollectorProgram
  let prometheus: PrometheusProgram
  let state: string
  let orders: Trace[]

  async function get<Data>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Data> {
    const response = await fetch(`${url}${path}?${new URLSearchParams(parameters)}`)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} ${JSON.stringify(parameters)}: ${response.status} ${text}`)
    return JSON.parse(text).data
  }

  const search = (operation: string, tags: Readonly<Record<string, string>>, minDuration = '') =>
    get<Trace[]>('/api/traces', {
      service: 'execution',
      operation,
      lookback: '1h',
      limit: '1000',
      ...(Object.keys(tags).length === 0 ? {} : { tags: JSON.stringify(tags) }),
      ...(minDuration === '' ? {} : { minDuration }),
    })

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'orderscope-jaeger-'))
    const [http, grpc, otlp, otlpHttp, health, own] = (await freePorts(6)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    url = `http://127.0.0.1:${http}`
    collector = await CollectorProgram.start(join(root, 'otel-collector.yaml'), {
      JAEGER_OTLP_ENDPOINT: `127.0.0.1:${otlp}`,
      DECISION_WAIT: '10s',
      TRACE_SHARE_PERCENT: '100',
    })
    prometheus = await PrometheusProgram.start({ otlp: [`127.0.0.1:${collector.ports.scrape}`] })
    const settings = [
      `extensions::jaeger_query::http::endpoint: 127.0.0.1:${http}`,
      `extensions::jaeger_query::grpc::endpoint: 127.0.0.1:${grpc}`,
      `extensions::healthcheckv2::http::endpoint: 127.0.0.1:${health}`,
      `receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:${otlp}`,
      `receivers::otlp::protocols::http::endpoint: 127.0.0.1:${otlpHttp}`,
      `service::telemetry::metrics::readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${own}}}}}]`,
    ]
    jaeger = spawn(
      stackBinary('jaeger'),
      [`--config=${join(root, 'deploy/jaeger/config.yaml')}`, ...settings.map(setting => `--config=yaml:${setting}`)],
      {
        env: {
          PATH: process.env.PATH,
          JAEGER_STATE: state,
          JAEGER_UI: join(root, 'deploy/jaeger/ui.json'),
          PROMETHEUS_URL: prometheus.url,
        },
        stdio: ['ignore', 'ignore', 'ignore'],
      },
    )
    await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${health}/status`)).ok).toBe(true), {
      timeout: 30_000,
      interval: 200,
    })
    const desk = spawn(
      process.execPath,
      ['examples/trading-desk/dist/main.js', '--orders', '200', '--seed', '3', '--json', join(state, 'desk.json')],
      {
        cwd: root,
        env: { PATH: process.env.PATH, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.ports.http}` },
        stdio: 'ignore',
      },
    )
    expect((await once(desk, 'exit'))[0]).toBe(0)
    const { venue } = JSON.parse(readFileSync(join(state, 'desk.json'), 'utf8')) as {
      venue: { orders: Record<string, number> }
    }
    const all = Object.values(venue.orders).reduce((sum, each) => sum + each, 0)
    orders = await vi.waitFor(
      async () => {
        const found = await search('order', {})
        expect(found.length).toBe(all)
        return found
      },
      { timeout: 60_000, interval: 1000 },
    )
  }, 240_000)

  afterAll(async () => {
    if (jaeger !== undefined && jaeger.exitCode === null) {
      jaeger.kill('SIGTERM')
      await once(jaeger, 'exit')
    }
    await prometheus?.remove()
    await collector?.remove()
    if (state !== undefined) await rm(state, { recursive: true, force: true })
  }, 60_000)

  test('one order is one trace over all services of the desk', async () => {
    for (const { processes, spans } of orders) {
      expect(new Set(Object.values(processes).map(({ serviceName }) => serviceName))).toEqual(
        new Set(['market-data', 'signals', 'risk', 'execution']),
      )
      expect(spans.filter(({ operationName }) => operationName === 'order')).toHaveLength(1)
    }
  })

  test('the questions of docs/jaeger.md name spans and attributes that there are', () => {
    expect(searches.length).toBeGreaterThan(15)
    for (const { tags } of searches) {
      for (const [name, value] of Object.entries(tags)) {
        if (name === 'error') continue
        expect(Object.keys(attributes)).toContain(name)
        const known = attributes[name as keyof typeof attributes]
        if ('values' in known) expect(known.values).toContain(value)
      }
    }
  })

  test.each(searches)('$question Jaeger takes it', async ({ question, operation, tags, minDuration }) => {
    const order = orders[0]!.spans.find(({ operationName }) => operationName === 'order')!
    // ids are those of an order that there is
    const own = Object.fromEntries(
      Object.entries(tags).map(([name, value]) => {
        const exact = name.endsWith('id') ? order.tags.find(({ key }) => key === name)!.value : value
        return [name, String(exact)]
      }),
    )
    const found = await search(operation, own, minDuration)
    if (certain.includes(question)) expect(found.length).toBeGreaterThan(0)
    for (const { spans } of found) {
      expect(spans.map(({ operationName }) => operationName)).toContain(operation)
    }
    if (Object.keys(tags)[0]?.endsWith('id')) expect(found).toHaveLength(1)
  })

  test('the picture of dependencies has the edges of the desk', async () => {
    const edges = await get<{ parent: string; child: string }[]>('/api/dependencies', {
      endTs: String(Date.now()),
      lookback: String(3_600_000),
    })
    const drawn = edges.map(({ parent, child }) => `${parent} → ${child}`)
    for (const edge of ['market-data → signals', 'signals → risk', 'risk → execution']) expect(drawn).toContain(edge)
  })

  test('the Monitor tab has figures of the stages', async () => {
    await vi.waitFor(
      async () => {
        const response = await fetch(
          `${url}/api/metrics/calls?${new URLSearchParams({
            service: 'execution',
            groupByOperation: 'true',
            spanKind: 'client',
            lookback: '600000',
            step: '5000',
            ratePer: '60000',
            quantile: '0.95',
          })}`,
        )
        const answer = JSON.stringify(await response.json())
        expect(answer).toContain('order.submit')
      },
      { timeout: 40_000, interval: 1000 },
    )
  })
})
