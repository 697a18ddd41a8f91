import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import {
  AggregationTemporality,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import type { DeliveryCounts } from './delivery-counts.js'
import type { Destination } from './destination.js'
import { MetricsEncoder } from './metrics-encoder.js'

/** Sends collected metrics by OTLP, exemplars included; tried again until the time-out of the export is over. */
export class OtlpMetricExporter implements PushMetricExporter {
  readonly #destination: Destination
  readonly #counts: DeliveryCounts
  readonly #timeoutMs: number
  readonly #encoder = new MetricsEncoder()

  constructor(destination: Destination, counts: DeliveryCounts, timeoutMs: number) {
    this.#destination = destination
    this.#counts = counts
    this.#timeoutMs = timeoutMs
  }

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    this.#export(metrics).then(done, (error: Error) => done({ code: ExportResultCode.FAILED, error }))
  }

  async #export(metrics: ResourceMetrics): Promise<ExportResult> {
    const deadline = performance.now() + this.#timeoutMs
    const points = metrics.scopeMetrics
      .flatMap(scope => scope.metrics)
      .reduce((sum, metric) => sum + metric.dataPoints.length, 0)
    const request = await this.#encoder.encode(metrics, nextTurn as () => Promise<void>)
    const { failed, errorType } = await this.#destination.deliver(request, points, { deadline })
    this.#counts.add(points, failed, errorType)
    if (failed === 0) return { code: ExportResultCode.SUCCESS }
    return {
      code: ExportResultCode.FAILED,
      error: new Error(`${this.#destination.address} ${this.#destination.lastError}`),
    }
  }

  /** There is nothing that waits: a collection is sent when it is made. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#destination.close()
  }

  selectAggregationTemporality(): AggregationTemporality {
    return AggregationTemporality.CUMULATIVE
  }
}

/** Upstream's periodic reader with our producer and our exporter. */
export function createOtlpMetricReader(options: {
  readonly destination: Destination
  readonly counts: DeliveryCounts
  readonly producers: MetricProducer[]
  readonly intervalMs: number
  readonly timeoutMs: number
}): PeriodicExportingMetricReader {
  // upstream throws when the time-out is longer than the interval
  const timeoutMs = Math.min(options.timeoutMs, options.intervalMs)
  return new PeriodicExportingMetricReader({
    // a little less than upstream's time-out, so that the answer is ours
    exporter: new OtlpMetricExporter(options.destination, options.counts, timeoutMs * 0.95),
    exportIntervalMillis: options.intervalMs,
    exportTimeoutMillis: timeoutMs,
    metricProducers: options.producers,
  })
}
