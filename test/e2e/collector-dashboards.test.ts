import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CollectorProgram, freePorts } from './collector-program.js'
import { JaegerStandIn } from './jaeger-stand-in.js'
import { PrometheusProgram } from './prometheus-program.js'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'deploy/grafana/dashboards')

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string; readonly exemplar: boolean }[]
}

const panels = readdirSync(folder).flatMap(file => {
  const { panels } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { panels: Panel[] }
  return panels
    .filter(({ targets }) => targets !== undefined)
    .map(({ title, targets = [] }) => ({ file, title, queries: targets.map(({ expr }) => expr) }))
})

/** What Grafana puts in place of its variables, with everything chosen. */
const resolved = (expr: string) =>
  expr
    .replaceAll('$__rate_interval', '30s')
    .replaceAll('$__range', '300s')
    .replace(/\$(job|venue|symbol)/g, '.*')

describe('the desk, a collector and Prometheus', () => {
  let jaeger: JaegerStandIn
  let collector: CollectorProgram
  let prometheus: PrometheusProgram
  let desk: ChildProcess

  beforeAll(async () => {
    jaeger = await JaegerStandIn.start()
    collector = await CollectorProgram.start(join(root, 'otel-collector.yaml'), {
      JAEGER_OTLP_ENDPOINT: `127.0.0.1:${jaeger.port}`,
      DECISION_WAIT: '5s',
      TRACE_SHARE_PERCENT: '100',
    })
    const [first] = await freePorts(1)
    const ports = [0, 1, 2, 3].map(offset => first! + offset)
    desk = spawn(process.execPath, ['examples/trading-desk/dist/main.js', '--seed', '7'], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.ports.http}`,
        OTEL_EXPORTER_PROMETHEUS_PORT: String(first),
        OTEL_METRICS_EXPORTER: 'prometheus,otlp',
        OTEL_METRIC_EXPORT_INTERVAL: '2000',
      },
      stdio: 'ignore',
    })
    prometheus = await PrometheusProgram.start({
      bot: ports.map(port => `127.0.0.1:${port}`),
      otlp: [`127.0.0.1:${collector.ports.scrape}`],
      telemetry: [`127.0.0.1:${collector.ports.metrics}`],
    })
    await vi.waitFor(
      async () => {
        expect(
          await prometheus.query('trading_order_stage_duration_seconds_count{trading_order_stage="cancel"} > 0'),
        ).not.toEqual([])
        expect(await prometheus.query('trading_orders_total{trading_order_status="filled"} > 3')).not.toEqual([])
        expect(await prometheus.query('traces_service_graph_request_total > 0')).not.toEqual([])
      },
      { timeout: 120_000, interval: 1000 },
    )
    // a rate needs two scrapes with a change between them
    await new Promise(resolve => setTimeout(resolve, 20_000))
  }, 200_000)

  afterAll(async () => {
    if (desk !== undefined && desk.exitCode === null) {
      desk.kill('SIGINT')
      await once(desk, 'exit')
    }
    await prometheus?.remove()
    await collector?.remove()
    await jaeger?.close()
  }, 60_000)

  test.each(panels)('$file · $title shows data', async ({ queries }) => {
    for (const query of queries) {
      const series = await prometheus.query(resolved(query))
      expect(series, query).not.toEqual([])
      const numbers = series.map(({ value }) => Number(value[1]))
      expect(
        numbers.some(each => !Number.isNaN(each)),
        `only NaN: ${query}`,
      ).toBe(true)
    }
  })

  test('an exemplar leads to a trace that was kept', async () => {
    const ids = await prometheus.exemplars('trading_order_stage_duration_seconds_bucket')
    expect(ids.length).toBeGreaterThan(0)
    await vi.waitFor(() => expect(ids.some(id => jaeger.traceIds.has(id))).toBe(true), { timeout: 30_000 })
  })

  test('a metric has one name and one set of labels, scraped from the bot or by way of the collector', async () => {
    const names = async (job: string) => {
      const series = await prometheus.query(
        `group by (__name__) ({__name__=~"trading_.+|orderscope_.+", job=~"${job}"})`,
      )
      return series.map(({ metric }) => metric.__name__).sort()
    }
    const services = 'market-data|signals|risk|execution'
    expect(await names('bot')).not.toEqual([])
    await vi.waitFor(async () => expect(await names(services)).toEqual(await names('bot')), {
      timeout: 30_000,
      interval: 1000,
    })
    const labels = async (job: string) => {
      const series = await prometheus.query(`{__name__=~"trading_.+", __name__!~".*_bucket", job=~"${job}"}`)
      return new Set(series.flatMap(({ metric }) => Object.keys(metric)))
    }
    expect(await labels(services)).toEqual(await labels('bot'))
  })
})
