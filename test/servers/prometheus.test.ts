import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { migration } from '../../src/catalog/migration.js'
import { createOtlpSink, type OtlpSink } from '../../src/testing/otlp-sink.js'
import { PrometheusProgram } from '../e2e/prometheus-program.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

let sink: OtlpSink
let program: ChildProcess
let metricsUrl: string
let prometheus: PrometheusProgram

beforeAll(async () => {
  sink = await createOtlpSink()
  program = spawn(process.execPath, ['--import', 'orderscope/register', 'test/servers/fixtures/trading-program.mjs'], {
    cwd: root,
    env: { ...process.env, OTEL_EXPORTER_PROMETHEUS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    stdio: ['pipe', 'inherit', 'pipe'],
  })
  metricsUrl = await urlIn(program)
  // Debian's, which is older than that of the stack
  prometheus = await PrometheusProgram.start({ bot: [new URL(metricsUrl).host] }, { file: 'prometheus', flags: [] })
})

afterAll(async () => {
  await prometheus?.remove()
  program?.stdin?.end()
  if (program !== undefined && program.exitCode === null) await once(program, 'exit')
  await sink?.close()
})

describe('promtool', () => {
  it('finds nothing in what is served', async () => {
    const response = await fetch(metricsUrl, { headers: { accept: 'text/plain' } })
    const text = await response.text()
    expect(text).toContain('trading_orders_total{')
    // exits with 1 when the text can't be parsed, with 3 when a name breaks a rule
    execFileSync('promtool', ['check', 'metrics'], { input: text, stdio: ['pipe', 'pipe', 'inherit'] })
  })
})

describe('a real Prometheus', () => {
  it('scrapes the orders', async () => {
    const counts = await vi.waitFor(
      async () => {
        const counts = await prometheus.api.byLabel(
          'sum by (trading_order_status) (trading_orders_total)',
          'trading_order_status',
        )
        expect(Object.keys(counts)).toHaveLength(3)
        return counts
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(counts).toEqual({ filled: 1, canceled: 1, rejected: 1 })
  })

  it('gives back the exemplar that leads to the trace', async () => {
    const order = await sink.waitForSpan(
      span => span.name === 'order' && span.attributes['trading.order.status'] === 'filled',
      20_000,
    )
    const exemplars = await vi.waitFor(
      async () => {
        const found = await prometheus.api.exemplars('trading_orders_total{trading_order_status="filled"}')
        expect(found.length).toBeGreaterThan(0)
        return found
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(exemplars).toContainEqual({ trace_id: order.traceId, span_id: expect.any(String) })
  })

  it.each(migration.flatMap(({ queries }) => Object.values(queries)))('understands %s', async query => {
    await prometheus.api.query(query)
  })
})

/** The address in the start-up line. */
function urlIn(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr!.on('data', piece => {
      text += piece
      const found = /metrics (http:\S+)/.exec(text)
      if (found !== null) resolve(found[1]!)
    })
    child.once('exit', code => reject(new Error(`the program ended with ${code} before it served metrics: ${text}`)))
  })
}
