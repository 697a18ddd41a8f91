import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Effort, Figures, Work } from '../sample.js'
import { quantile, quantileOfTime } from '../statistics.js'
import { freePort, sleep } from './load.js'
import { startOpenTelemetryMetrics } from './open-telemetry.js'

const SERIES = 10_000
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10]
const TURNS_KEPT = 1 << 24

/** Records a value into series number `index`. */
type Record = (index: number, value: number) => void

interface MetricSetUp {
  readonly url: string
  /** Makes the first `count` series. */
  bind(count: number): Record
}

export function attributesOf(index: number) {
  return {
    venue: `venue-${index % 10}`,
    symbol: `COIN${Math.floor(index / 20)}/USDT`,
    side: index % 20 < 10 ? 'buy' : 'sell',
  }
}

export async function orderscopeSeries(): Promise<MetricSetUp> {
  const { metrics } = await import('@opentelemetry/api')
  const { bind, startTelemetry } = await import('orderscope')
  const port = await freePort()
  startTelemetry({
    quiet: true,
    instrumentations: false,
    tracesExporters: [],
    logsExporters: [],
    prometheus: { port },
    seriesLimit: 1_000_000,
  })
  const histogram = metrics
    .getMeter('bench')
    .createHistogram('latency', { unit: 's', advice: { explicitBucketBoundaries: BUCKETS } })
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    bind: count => {
      const series = Array.from({ length: count }, (_, index) => bind(histogram, attributesOf(index)))
      return (index, value) => series[index]!.record(value)
    },
  }
}

async function openTelemetrySeries(): Promise<MetricSetUp> {
  const port = await freePort()
  const meter = await startOpenTelemetryMetrics(port)
  const histogram = meter.createHistogram('latency', { unit: 's', advice: { explicitBucketBoundaries: BUCKETS } })
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    bind: count => {
      const attributes = Array.from({ length: count }, (_, index) => attributesOf(index))
      return (index, value) => histogram.record(value, attributes[index]!)
    },
  }
}

async function promClientSeries(): Promise<MetricSetUp> {
  const { createServer } = await import('node:http')
  const { Histogram, Registry } = await import('prom-client')
  const registry = new Registry()
  const histogram = new Histogram({
    name: 'latency_seconds',
    help: 'Latency.',
    labelNames: ['venue', 'symbol', 'side'],
    buckets: BUCKETS,
    registers: [registry],
  })
  const server = createServer((_request, response) => {
    registry.metrics().then(text => response.end(text))
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    bind: count => {
      const series = Array.from({ length: count }, (_, index) => histogram.labels(attributesOf(index)))
      return (index, value) => series[index]!.observe(value)
    },
  }
}

/** Scrapes one after another in a process of its own, on any processor; the milliseconds that each took. */
export async function scrapes(url: string, count: number): Promise<readonly number[]> {
  const program = fileURLToPath(new URL('scraper-process.js', import.meta.url))
  const everyCore = `0-${availableParallelism() - 1}`
  const child =
    process.platform === 'linux'
      ? fork(program, [url, String(count)], {
          execPath: 'taskset',
          execArgv: ['-c', everyCore, process.execPath],
          env: process.env,
        })
      : fork(program, [url, String(count)], { execArgv: [] })
  const times = await new Promise<readonly number[]>((resolve, reject) => {
    child.once('message', message => resolve(message as number[]))
    child.once('exit', code => reject(new Error(`the scraper ended with ${code}`)))
  })
  return times
}

/** A loop that never rests records into random series, and is scraped without pause. */
function scraped(start: () => Promise<MetricSetUp>) {
  return async ({ short }: Effort): Promise<Figures> => {
    const { url, bind } = await start()
    const record = bind(SERIES)
    for (let index = 0; index < SERIES; index++) record(index, 0.01)
    await sleep(500)
    const turns = new Float64Array(TURNS_KEPT)
    let turn = 0
    let running = true
    let before = performance.now()
    const next = (): void => {
      const now = performance.now()
      if (turn < TURNS_KEPT) turns[turn++] = now - before
      before = now
      record((turn * 7919) % SERIES, 0.02)
      if (running) setImmediate(next)
    }
    next()
    const times = await scrapes(url, short ? 8 : 20)
    running = false
    return { loopP9999: quantileOfTime(turns.subarray(1, turn), 0.9999), scrape: quantile(times, 0.5) }
  }
}

export const scrape: Work = {
  rounds: 1,
  sides: {
    orderscope: scraped(orderscopeSeries),
    openTelemetry: scraped(openTelemetrySeries),
    promClient: scraped(promClientSeries),
  },
}

export const scrapeOneCore: Work = {
  rounds: 1,
  oneCore: true,
  environment: { ORDERSCOPE_THREAD_NICENESS: '10' },
  sides: { orderscope: scraped(orderscopeSeries) },
}

/** What 10,000 series add to the memory of the process, with a value in each. */
function memoryOf(start: () => Promise<MetricSetUp>) {
  return async (): Promise<Figures> => {
    const { bind } = await start()
    bind(1)(0, 0.01)
    await sleep(500)
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    const record = bind(SERIES)
    for (let index = 0; index < SERIES; index++) record(index, 0.01)
    await sleep(1000)
    globalThis.gc?.()
    return { megabytes: (process.memoryUsage().rss - before) / 2 ** 20 }
  }
}

export const seriesMemory: Work = {
  sides: {
    orderscope: memoryOf(orderscopeSeries),
    openTelemetry: memoryOf(openTelemetrySeries),
    promClient: memoryOf(promClientSeries),
  },
}
