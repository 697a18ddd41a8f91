import type { Effort, Figures, Work } from '../sample.js'
import { quantile } from '../statistics.js'
import { timeOf } from '../timing.js'
import { startCollector } from './collector.js'
import { loopCpuMs, sleep } from './load.js'
import { startOrderscopeOrders } from './order-set-up.js'
import { ORDER_STEPS } from './orders.js'
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

/** As many objects as small as ours, and the array that they add to: what the caches of the machine allow. */
function bareUpdatesOf(count: number) {
  return async (): Promise<Figures> => {
    const words = new Float64Array(new SharedArrayBuffer(count * 16))
    const handles = Array.from({ length: count }, (_, index) => ({ words, at: index * 2, room: [index] }))
    const order = Uint32Array.from({ length: 1 << 17 }, () => Math.floor(Math.random() * count))
    const mask = order.length - 1
    let at = 0
    return timeOf(calls => {
      for (let i = 0; i < calls; i++) {
        const handle = handles[order[at++ & mask]!]!
        handle.words[handle.at]! += 1
      }
    })
  }
}

export const growthUpdate: Work = {
  environment: { OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  sides: { bare: bareUpdatesOf(100_000), few: updatesOf(10), some: updatesOf(1000), many: updatesOf(100_000) },
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

const WARM_ORDERS = 10_000
const REPORTS = 100_000

/** Orders that rest, and reports on any of them. */
function trackerAt(living: number) {
  return async ({ short }: Effort): Promise<Figures> => {
    const resting = short ? Math.min(living, 200_000) : living
    const collector = await startCollector()
    // spans of so many open orders would be what is measured
    const orders = await startOrderscopeOrders(collector, { sampler: 0, maximumOrders: 2_000_000 })
    // the compiler is through with all of it, however few there are
    for (let index = 0; index < WARM_ORDERS; index++) {
      for (let step = 0; step < ORDER_STEPS; step++) orders.step(resting + index, step)
    }
    for (let index = 0; index < resting; index++) for (let step = 0; step < 3; step++) orders.step(index, step)
    const chosen = Array.from({ length: REPORTS }, () => Math.floor(Math.random() * resting))
    // once more, as a venue's stream does after a reconnect
    for (const index of chosen.slice(0, REPORTS / 4)) orders.step(index, 2)
    const before = loopCpuMs()
    for (const index of chosen) orders.step(index, 2)
    const microseconds = ((loopCpuMs() - before) * 1000) / REPORTS
    collector.stop()
    return { microseconds }
  }
}

export const growthTracker: Work = {
  nodeFlags: ['--max-old-space-size=12288'],
  rounds: 1,
  sides: { few: trackerAt(1000), many: trackerAt(1_000_000) },
}
