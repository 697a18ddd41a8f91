import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../scripts/stack/folders.mjs'
import { createStack, type Stack } from '../../scripts/stack/stack.mjs'
import { Prometheus, type Series } from './ask-prometheus.js'
import { eventually } from './eventually.js'

/** Where docker-compose.yml's Prometheus looks for a bot on this machine. */
const SCRAPED = { collector: 9464, receiver: 9465 }
const bots: ChildProcess[] = []
let stack: Stack
let prometheus: Prometheus

beforeAll(async () => {
  stack = await createStack({ profiles: ['backends'] })
  await stack.start('prometheus', 'otel-collector')
  const prometheusUrl = await stack.url('prometheus', 9090)
  prometheus = new Prometheus(prometheusUrl)
  await startBot('way-collector', SCRAPED.collector, {
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${await stack.url('otel-collector', 4318)}/v1/metrics`,
  })
  await startBot('way-receiver', SCRAPED.receiver, {
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${prometheusUrl}/api/v1/otlp/v1/metrics`,
  })
})
afterAll(async () => {
  for (const bot of bots) {
    bot.kill()
    if (bot.exitCode === null && bot.signalCode === null) await once(bot, 'exit')
  }
  await stack?.end()
})

/** A bot on this machine that is scraped and sends its metrics by OTLP too. */
async function startBot(name: string, port: number, way: Readonly<Record<string, string>>): Promise<void> {
  const bot = spawn(process.execPath, ['--import', 'orderscope/register', 'test/e2e/fixtures/bot.mjs'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      OTEL_SERVICE_NAME: name,
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '900',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      ...way,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  bots.push(bot)
  const local = await new Promise<number>((resolve, reject) => {
    const said: string[] = []
    createInterface({ input: bot.stderr! }).on('line', line => {
      said.push(line)
      const found = /metrics http:\/\/[^:]+:(\d+)\//.exec(line)
      if (found) resolve(Number(found[1]))
    })
    bot.once('exit', () => reject(new Error(`the bot ended: ${said.join('\n')}`)))
  })
  await stack.expose(port, local)
}

/**
 * Name and labels without those that say which way it came, with the figure. Bounds of buckets are compared as numbers:
 * Prometheus writes `1.0` for one that it scrapes, and its own receiver writes `1`.
 */
function figures(series: readonly Series[]): Record<string, number> {
  return Object.fromEntries(
    series.map(({ metric: { job: _, instance: __, le, ...labels }, value }) => [
      JSON.stringify([
        le === undefined ? '' : Number(le),
        ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
      ]),
      value,
    ]),
  )
}

const names = (series: readonly Series[]) => [...new Set(series.map(({ metric }) => metric.__name__))].sort()

describe.each([
  ['the collector', 'way-collector', SCRAPED.collector],
  ["Prometheus's own receiver", 'way-receiver', SCRAPED.receiver],
])('by %s', (_, job, port) => {
  const scraped = (match: string) => `{__name__=~"${match}", job="bot", instance="host.docker.internal:${port}"}`

  test('the orders have the same names, labels and figures as by the scrape', async () => {
    await eventually(async () => {
      const direct = figures(await prometheus.query(scraped('trading_.+')))
      const sent = figures(await prometheus.query(`{__name__=~"trading_.+", job="${job}"}`))
      expect(Object.keys(direct).length).toBeGreaterThan(50)
      expect(sent).toEqual(direct)
    })
  })

  test('everything else has the same names', async () => {
    const match = '(orderscope|nodejs|process|v8js|otel)_.+'
    await eventually(async () => {
      const direct = names(await prometheus.query(scraped(match)))
      expect(direct.length).toBeGreaterThan(10)
      expect(names(await prometheus.query(`{__name__=~"${match}", job="${job}"}`))).toEqual(direct)
    })
  })
})
