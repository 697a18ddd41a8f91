import { SpanKind, type Tracer, trace } from '@opentelemetry/api'
import type { Effort, Figures, Work } from '../sample.js'
import { type Collector, startCollector } from './collector.js'
import { freePort, sleep } from './load.js'
import { startOpenTelemetryTraces } from './open-telemetry.js'

/** A span as an order's stage has it. */
function makeSpan(tracer: Tracer, index: number): void {
  const span = tracer.startSpan('venue.call', {
    kind: SpanKind.CLIENT,
    attributes: {
      'trading.venue.name': 'binance',
      'trading.instrument.symbol': 'BTC/USDT',
      'trading.order.side': 'buy',
      'trading.order.client_id': `bench-${index}`,
      'trading.order.id': `venue-${index}`,
      'trading.order.stage': 'ack',
    },
  })
  span.end()
}

interface SpanSetUp {
  readonly tracer: Tracer
  /** Where a scrape tells what was dropped. */
  readonly metricsUrl?: string
  /** Waits until what was recorded is delivered. */
  flush(): Promise<void>
}

async function orderscope(collector: Collector, ringBytes?: number): Promise<SpanSetUp> {
  const { startTelemetry } = await import('orderscope')
  const port = await freePort()
  startTelemetry({
    quiet: true,
    instrumentations: false,
    logsExporters: [],
    prometheus: { port },
    otlp: { endpoint: collector.url },
    ...(ringBytes === undefined ? {} : { ringBytes }),
  })
  const metricsUrl = `http://127.0.0.1:${port}/metrics`
  return { tracer: trace.getTracer('bench'), metricsUrl, flush: () => untilQuiet(collector) }
}

async function openTelemetry(collector: Collector): Promise<SpanSetUp> {
  return startOpenTelemetryTraces(collector.url)
}

/** Until the collector has got nothing new for a second. */
async function untilQuiet(collector: Collector): Promise<void> {
  let known = -1
  for (let quiet = 0; quiet < 10; ) {
    const spans = await collector.spans()
    quiet = spans === known ? quiet + 1 : 0
    known = spans
    await sleep(100)
  }
}

function burst(count: number, start: (collector: Collector) => Promise<SpanSetUp>) {
  return async (): Promise<Figures> => {
    const collector = await startCollector()
    const { tracer, metricsUrl, flush } = await start(collector)
    // the telemetry thread is up, as it is in a bot that trades
    await sleep(1000)
    for (let index = 0; index < count; index++) makeSpan(tracer, index)
    await flush()
    await untilQuiet(collector)
    const lost = count - (await collector.spans())
    const counted = metricsUrl === undefined ? 0 : await dropped(metricsUrl)
    collector.stop()
    return { lost, uncounted: Math.abs(lost - counted) }
  }
}

async function dropped(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text()
  const counts = [...text.matchAll(/^orderscope_dropped_total\{[^}]*ring_full[^}]*\} (\S+)/gm)]
  return counts.reduce((sum, [, value]) => sum + Number(value), 0)
}

export const spanBurst: Work = {
  rounds: 1,
  sides: { orderscope: burst(10_000, orderscope), openTelemetry: burst(10_000, openTelemetry) },
}

export const spanBurstLarge: Work = {
  rounds: 1,
  sides: {
    orderscope: burst(100_000, collector => orderscope(collector, 32 * 2 ** 20)),
    openTelemetry: burst(100_000, openTelemetry),
  },
}

export const spanBurstBeyond: Work = {
  rounds: 1,
  sides: { orderscope: burst(300_000, orderscope), openTelemetry: burst(300_000, openTelemetry) },
}

const LATENCY_MS = 100

/** Spans made as quickly as what is on its way allows, so that nothing is lost; how many arrive in a second. */
function rate(count: number, onTheWay: number, start: (collector: Collector) => Promise<SpanSetUp>) {
  return async ({ short }: Effort): Promise<Figures> => {
    const all = short ? count : count * 4
    const collector = await startCollector(LATENCY_MS)
    const { tracer } = await start(collector)
    await sleep(1000)
    const started = performance.now()
    let made = 0
    for (let arrived = 0; arrived < all; ) {
      for (; made < all && made - arrived < onTheWay; made++) makeSpan(tracer, made)
      await sleep(5)
      arrived = await collector.spans()
      if (performance.now() - started > 60_000) throw new Error(`only ${arrived} of ${all} spans arrived`)
    }
    const seconds = (performance.now() - started) / 1000
    collector.stop()
    return { perSecond: all / seconds }
  }
}

export const spanRate: Work = {
  sides: {
    // half of the default ring, and the queue of 2,048 that BatchSpanProcessor has by default
    orderscope: rate(40_000, 12_000, orderscope),
    openTelemetry: rate(8192, 2048, openTelemetry),
  },
}
