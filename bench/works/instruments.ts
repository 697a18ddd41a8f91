import { context, type Histogram, metrics, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import type { Work } from '../sample.js'
import { timeOf } from '../timing.js'
import { startOpenTelemetryMetrics } from './open-telemetry.js'

/** Bucket bounds in seconds, 15 of them. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10]
const ATTRIBUTES = { venue: 'binance', symbol: 'BTC/USDT', side: 'buy' } as const
/** Latencies, log-uniform from 0.1 ms to 20 s; a power of two of them. */
const VALUES = Float64Array.from({ length: 1024 }, (_, index) => 1e-4 * 2e5 ** (((index * 389) % 1024) / 1024))
const MASK = VALUES.length - 1

const onScrapeOnly = {
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  ORDERSCOPE_QUIET: '1',
}

async function startOrderscope() {
  const { startTelemetry } = await import('orderscope')
  startTelemetry({ instrumentations: false })
  return metrics.getMeter('bench')
}

async function createPromHistogram() {
  const { Histogram, Registry } = await import('prom-client')
  return new Histogram({
    name: 'latency_seconds',
    help: 'Latency.',
    labelNames: ['venue', 'symbol', 'side'],
    buckets: BUCKETS,
    registers: [new Registry()],
  })
}

const histogramOptions = { unit: 's', advice: { explicitBucketBoundaries: BUCKETS } }

export const counterAdd: Work = {
  environment: onScrapeOnly,
  sides: {
    async orderscope() {
      const { bind } = await import('orderscope')
      const series = bind((await startOrderscope()).createCounter('orders'), ATTRIBUTES)
      return timeOf(calls => {
        for (let i = 0; i < calls; i++) series.add(1)
      })
    },
    async openTelemetry() {
      const counter = (await startOpenTelemetryMetrics()).createCounter('orders')
      return timeOf(calls => {
        for (let i = 0; i < calls; i++) counter.add(1, ATTRIBUTES)
      })
    },
    async promClient() {
      const { Counter, Registry } = await import('prom-client')
      const counter = new Counter({
        name: 'orders_total',
        help: 'Orders.',
        labelNames: ['venue', 'symbol', 'side'],
        registers: [new Registry()],
      }).labels(ATTRIBUTES)
      return timeOf(calls => {
        for (let i = 0; i < calls; i++) counter.inc(1)
      })
    },
    async floor() {
      const words = new Float64Array(8192)
      const at = 17
      return timeOf(calls => {
        for (let i = 0; i < calls; i++) words[at]! += 1
      })
    },
  },
}

function recordInto(record: (value: number) => void): (calls: number) => void {
  return calls => {
    for (let i = 0; i < calls; i++) record(VALUES[i & MASK]!)
  }
}

export const histogramRecord: Work = {
  environment: onScrapeOnly,
  sides: {
    async orderscope() {
      const { bind } = await import('orderscope')
      const series = bind((await startOrderscope()).createHistogram('latency', histogramOptions), ATTRIBUTES)
      return timeOf(recordInto(value => series.record(value)))
    },
    async openTelemetry() {
      const histogram = (await startOpenTelemetryMetrics()).createHistogram('latency', histogramOptions)
      return timeOf(recordInto(value => histogram.record(value, ATTRIBUTES)))
    },
    async promClient() {
      const series = (await createPromHistogram()).labels(ATTRIBUTES)
      return timeOf(recordInto(value => series.observe(value)))
    },
    async floor() {
      const bounds = Float64Array.from(BUCKETS)
      const words = new Float64Array(8192)
      return timeOf(
        recordInto(value => {
          let low = 0
          let high = bounds.length
          while (low < high) {
            const middle = (low + high) >>> 1
            if (value > bounds[middle]!) low = middle + 1
            else high = middle
          }
          words[40 + low]! += 1
        }),
      )
    },
  },
}

/** Runs `act` inside a sampled span, as a handler of a request does. */
function inSpan<Result>(act: () => Promise<Result>): Promise<Result> {
  const span = trace.getTracer('bench').startSpan('work')
  return context.with(trace.setSpan(ROOT_CONTEXT, span), act)
}

export const histogramExemplar: Work = {
  environment: { ...onScrapeOnly, OTEL_TRACES_EXPORTER: 'otlp' },
  sides: {
    async without() {
      const { bind } = await import('orderscope')
      const series = bind((await startOrderscope()).createHistogram('latency', histogramOptions), ATTRIBUTES)
      return timeOf(recordInto(value => series.record(value)))
    },
    async held() {
      const { bind, traceRef } = await import('orderscope')
      const series = bind((await startOrderscope()).createHistogram('latency', histogramOptions), ATTRIBUTES)
      const span = trace.getTracer('bench').startSpan('order')
      const held = traceRef(span.spanContext())
      // of the event that was told, which every event has
      const time = Date.now()
      return timeOf(recordInto(value => series.record(value, held, time)))
    },
    async ambient() {
      const { bind } = await import('orderscope')
      const histogram: Histogram = (await startOrderscope()).createHistogram('latency', histogramOptions)
      const series = bind(histogram, ATTRIBUTES, { ambientSpan: true })
      return inSpan(() => timeOf(recordInto(value => series.record(value))))
    },
    async openTelemetry() {
      const histogram = (await startOpenTelemetryMetrics()).createHistogram('latency', histogramOptions)
      return timeOf(recordInto(value => histogram.record(value, ATTRIBUTES)))
    },
  },
}

export const plainCounter: Work = {
  environment: onScrapeOnly,
  sides: {
    async orderscope() {
      const counter = (await startOrderscope()).createCounter('orders')
      return timeOf(calls => {
        for (let i = 0; i < calls; i++) counter.add(1, { venue: 'binance', symbol: 'BTC/USDT', side: 'buy' })
      })
    },
    async openTelemetry() {
      const counter = (await startOpenTelemetryMetrics()).createCounter('orders')
      return timeOf(calls => {
        for (let i = 0; i < calls; i++) counter.add(1, { venue: 'binance', symbol: 'BTC/USDT', side: 'buy' })
      })
    },
  },
}

export const plainHistogram: Work = {
  environment: onScrapeOnly,
  sides: {
    async orderscope() {
      const histogram = (await startOrderscope()).createHistogram('latency', histogramOptions)
      return timeOf(recordInto(value => histogram.record(value, { venue: 'binance', symbol: 'BTC/USDT', side: 'buy' })))
    },
    async openTelemetry() {
      const histogram = (await startOpenTelemetryMetrics()).createHistogram('latency', histogramOptions)
      return timeOf(recordInto(value => histogram.record(value, { venue: 'binance', symbol: 'BTC/USDT', side: 'buy' })))
    },
  },
}
