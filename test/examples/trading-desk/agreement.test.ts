import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Summary } from '../../../examples/trading-desk/summary.js'
import { createOtlpSink, type OtlpSink, type ReceivedSpan } from '../../../src/testing/index.js'

const main = join(import.meta.dirname, '../../../examples/trading-desk/dist/main.js')
const market = join(import.meta.dirname, '../../../../shared/data/market/trades.csv')
const NOTHING: Summary = { orders: {}, executions: 0, quantity: {} }

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trading-desk-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function run(args: string[], env: Record<string, string>): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', data => (output += data))
  child.stderr.on('data', data => (output += data))
  const [code] = await once(child, 'close')
  return { code, output }
}

/** Runs the demo to its end, as a user would, with telemetry. */
async function demo(
  args: string[],
  env: Record<string, string> = {},
): Promise<Record<'venue' | 'metrics' | 'traces', Summary>> {
  const json = join(folder, `${Math.random()}.json`)
  const { code, output } = await run([...args, '--json', json], env)
  expect(code, output).toBe(0)
  return JSON.parse(readFileSync(json, 'utf8'))
}

const total = ({ orders }: Summary) => Object.values(orders).reduce((sum, count) => sum + count, 0)

test.each([11, 12, 13])('venue, scraped metrics and exported spans agree exactly, seed %i', async seed => {
  const { venue, metrics, traces } = await demo(['--orders', '80', '--seed', String(seed)])
  expect(total(venue)).toBe(80)
  expect(venue.executions).toBeGreaterThan(20)
  expect(metrics).toEqual(venue)
  expect(traces).toEqual(venue)
})

test.skipIf(!hasMarketData())('they agree on recorded prices too', async () => {
  const { venue, metrics, traces } = await demo(['--orders', '60', '--trades', market])
  expect(total(venue)).toBe(60)
  expect(Object.keys(venue.quantity)).toEqual(['BTC/USDT'])
  expect(metrics).toEqual(venue)
  expect(traces).toEqual(venue)
})

describe('they are independent of each other', () => {
  test('with one batch of spans lost on its way they disagree', async () => {
    const { venue, metrics, traces } = await demo(['--orders', '80', '--seed', '14', '--lose-batch', '2'])
    expect(metrics).toEqual(venue)
    expect(traces).not.toEqual(venue)
  })

  test('with the SDK disabled metrics and traces are empty, and the desk trades on', async () => {
    const { venue, metrics, traces } = await demo(['--orders', '30', '--seed', '15'], { OTEL_SDK_DISABLED: 'true' })
    expect(total(venue)).toBe(30)
    expect(metrics).toEqual(NOTHING)
    expect(traces).toEqual(NOTHING)
  })
})

describe('what the shell says changes nothing', () => {
  test.each<Record<string, string>>([
    { ORDERSCOPE_QUIET: '1', OTEL_METRICS_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'always_off' },
    { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'none', OTEL_INSTRUMENTATION_CCXT_ENABLED: 'false' },
    {
      OTEL_TRACES_EXPORTER: 'console',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_PROMETHEUS_PORT: '9464',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1',
      ORDERSCOPE_SERIES_LIMIT: '1',
      ORDERSCOPE_EXIT_TIMEOUT_MS: '0',
    },
  ])('%o', async env => {
    const { venue, metrics, traces } = await demo(['--orders', '15', '--seed', '17'], env)
    expect(total(venue)).toBe(15)
    expect(metrics).toEqual(venue)
    expect(traces).toEqual(venue)
  })

  test('an endpoint that is not heeded is said', async () => {
    const env = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:9/v1/logs' }
    const { output } = await run(['--orders', '1', '--preload', ''], env)
    expect(output).toContain('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is not used by the demo; it forwards everything to')
  })
})

test('an account that is missing is a failure, said in a sentence', async () => {
  // in the services alone: the desk itself doesn't know
  const NODE_OPTIONS = '--import data:text/javascript,if(process.channel)process.env.OTEL_SDK_DISABLED=true'
  const { code, output } = await run(['--orders', '5', '--seed', '18'], { NODE_OPTIONS })
  expect(output.trim().split('\n').at(-1)).toBe(
    'execution serves no metrics, so there is nothing to compare the venue with.',
  )
  expect(code).toBe(1)
})

test('a collector that the environment names gets the same spans, one trace from tick to fill', async () => {
  const collector = await createOtlpSink()
  try {
    const { traces } = await demo(['--orders', '30', '--seed', '16'], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    expect(collector.spans.filter(span => span.name === 'order').length).toBe(total(traces))
    const byId = new Map(collector.spans.map(span => [`${span.traceId} ${span.spanId}`, span]))
    const parent = (span: ReceivedSpan) => byId.get(`${span.traceId} ${span.parentSpanId}`)
    const called = (span: ReceivedSpan) => `${span.resource['service.name']} ${span.name}`
    const wayUp = (from: ReceivedSpan) => {
      const way: string[] = []
      for (let span = parent(from); span !== undefined; span = parent(span)) way.push(called(span))
      return way
    }
    const all = (name: string) => collector.spans.filter(span => span.name === name)
    expect(all('order.fill').length).toBe(traces.executions)
    for (const fill of all('order.fill')) expect(wayUp(fill)[0]).toBe('execution order')
    for (const span of [...all('order.fill'), ...all('order'), ...all('order.risk_check')])
      expect(wayUp(span).slice(-2), called(span)).toEqual(['signals signal', 'market-data tick'])

    // the desk's own requests carry the trace: what a service was asked hangs under what the other one asked
    const asked = collector.spans.filter(span => span.kind === 'server')
    const askedBy = (service: string) =>
      asked
        .filter(span => span.resource['service.name'] === service && parent(span) !== undefined)
        .map(span => [parent(span)!.kind, parent(span)!.resource['service.name']].join(' of '))
    expect(new Set(askedBy('risk'))).toEqual(new Set(['client of signals']))
    expect(new Set(askedBy('execution'))).toEqual(new Set(['client of risk']))
    expect(askedBy('risk').length).toBe(all('signal').length)
  } finally {
    await collector.close()
  }
})

describe('the collector that the environment names', () => {
  let collector: OtlpSink
  beforeAll(async () => {
    collector = await createOtlpSink({
      respond: ({ headers }) => ({ status: headers.authorization === 'Basic cGxhbnRlZA==' ? 200 : 401 }),
    })
  })
  afterAll(() => collector.close())
  const few = ['--orders', '3', '--seed', '19']

  test('gets the headers that it asks for', async () => {
    const OTEL_EXPORTER_OTLP_HEADERS = 'Authorization=Basic%20cGxhbnRlZA=='
    const { code, output } = await run(few, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS,
    })
    expect([code, output]).toEqual([0, expect.not.stringContaining('forwarded')])
    expect(collector.spans.some(span => span.name === 'order')).toBe(true)
  })

  test('and what it does not take is said', async () => {
    const { output } = await run(few, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    expect(output).toMatch(/(\d+) of \1 requests could not be forwarded to http:\/\/127\.0\.0\.1:\d+\.\n/)
  })
})

function hasMarketData(): boolean {
  try {
    return readFileSync(market).length > 0
  } catch {
    return false
  }
}
