import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CollectorProgram, freePorts } from './collector-program.js'
import { JaegerStandIn } from './jaeger-stand-in.js'
import { PrometheusProgram } from './prometheus-program.js'

const root = join(import.meta.dirname, '../..')

describe('one program, three ways to Prometheus', () => {
  let jaeger: JaegerStandIn
  let collector: CollectorProgram
  let scraping: PrometheusProgram
  let receiving: PrometheusProgram
  let program: ChildProcess

  beforeAll(async () => {
    jaeger = await JaegerStandIn.start()
    // takes metrics by OTLP and scrapes nothing
    receiving = await PrometheusProgram.start({})
    collector = await CollectorProgram.start(
      join(root, 'otel-collector.yaml'),
      { JAEGER_OTLP_ENDPOINT: `127.0.0.1:${jaeger.port}` },
      undefined,
      [
        `exporters::otlp_http/prometheus::metrics_endpoint: ${receiving.url}/api/v1/otlp/v1/metrics`,
        'service::pipelines::metrics::exporters: [prometheus, otlp_http/prometheus]',
      ],
    )
    const [port] = await freePorts(1)
    program = spawn(
      process.execPath,
      ['--import', 'orderscope/register', 'test/servers/fixtures/trading-program.mjs'],
      {
        cwd: root,
        env: {
          PATH: process.env.PATH,
          OTEL_SERVICE_NAME: 'program',
          OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
          OTEL_METRICS_EXPORTER: 'prometheus,otlp',
          OTEL_METRIC_EXPORT_INTERVAL: '1000',
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.ports.http}`,
        },
        stdio: ['pipe', 'ignore', 'ignore'],
      },
    )
    scraping = await PrometheusProgram.start({
      bot: [`127.0.0.1:${port}`],
      otlp: [`127.0.0.1:${collector.ports.scrape}`],
    })
  })

  afterAll(async () => {
    program?.stdin?.end()
    if (program !== undefined && program.exitCode === null) await once(program, 'exit')
    await scraping?.remove()
    await receiving?.remove()
    await collector?.remove()
    await jaeger?.close()
  })

  test('the same names, labels and numbers', async () => {
    const series = async (prometheus: PrometheusProgram, job: string) => {
      const found = await prometheus.query(`{__name__=~"trading_.+", job="${job}"}`)
      return Object.fromEntries(
        found.map(({ metric, value }) => {
          const { job: _, instance: __, ...labels } = metric
          // OpenMetrics writes whole bounds as 1.0, and the receiver as 1: one number
          if (labels.le !== undefined && labels.le !== '+Inf') labels.le = String(Number(labels.le))
          return [JSON.stringify(Object.entries(labels).sort()), value[1]]
        }),
      )
    }
    await vi.waitFor(
      async () => {
        const scraped = await series(scraping, 'bot')
        expect(Object.keys(scraped).length).toBeGreaterThan(50)
        expect(await series(scraping, 'program')).toEqual(scraped)
        expect(await series(receiving, 'program')).toEqual(scraped)
      },
      { timeout: 40_000, interval: 1000 },
    )
  })
})
