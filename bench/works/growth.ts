import type { Effort, Figures, Work } from '../sample.js'
import { quantile } from '../statistics.js'
import { timeOf } from '../timing.js'
import { startCollector } from './collector.js'
import { sleep } from './load.js'
import { startOrderscopeOrders } from './order-set-up.js'
import { orderscopeSeries, scrapes } from './scrape.js'

/** Updates in an order that no cache foresees. */
function updatesOf(count: number) {
  return async (): Promise<Figures> => {
    const { bind, startTelemetry } = await import('orderscope')
    const { metrics } = await import('@opentelemetry/api')
    startTelemetry({
      quiet: true,
      instrumentations: false,
      tracesExporters: [],
      logsExporters: [],
      prometheus: { port: 0 },
      seriesLimit: 1_000_000,
    })
    const counter = metrics.getMeter('bench').createCounter('updates')
    const series = Array.from({ length: count }, (_, index) => bind(counter, { index }))
    const order = Uint32Array.from({ length: 1 << 17 }, () => Math.floor(Math.random() * count))
    const mask = order.length - 1
    let at = 0
    return timeOf(calls => {
      for (let i = 0; i < calls; i++) series[order[at++ & mask]!]!.add(1)
    })
  }
}

export const growthUpdate: Work = {
  environment: { OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  sides: { few: updatesOf(10), some: updatesOf(1000), many: updatesOf(100_000) },
}

function scrapeOf(count: number) {
  return async (): Promise<Figures> => {
    const { url, bind } = await orderscopeSeries()
    const record = bind(count)
    for (let index = 0; index < count; index++) record(index, 0.01)
    await sleep(1000)
    const times = await scrapes(url, 8)
    return { microsecondsPerSeries: (quantile(times, 0.5) * 1000) / count }
  }
}

export const growthScrape: Work = {
  rounds: 1,
  sides: { few: scrapeOf(2000), many: scrapeOf(20_000) },
}

/** Orders that rest while others are told about. */
function trackerAt(living: number) {
  return async ({ short }: Effort): Promise<Figures> => {
    const resting = short ? Math.min(living, 200_000) : living
    const collector = await startCollector()
    // spans of so many open orders would be what is measured
    const orders = await startOrderscopeOrders(collector, { sampler: 0, maximumOrders: 2_000_000 })
    for (let index = 0; index < resting; index++) {
      orders.step(index, 0)
      orders.step(index, 1)
    }
    const events = Math.min(resting, 20_000)
    const chosen = new Set<number>()
    while (chosen.size < Math.min(events, resting)) chosen.add(Math.floor(Math.random() * resting))
    const started = performance.now()
    for (const index of chosen) {
      orders.step(index, 2)
      orders.step(index, 3)
    }
    const microseconds = ((performance.now() - started) * 1000) / (chosen.size * 2)
    collector.stop()
    return { microseconds }
  }
}

export const growthTracker: Work = {
  nodeFlags: ['--max-old-space-size=12288'],
  rounds: 1,
  sides: { few: trackerAt(1000), many: trackerAt(1_000_000) },
}
