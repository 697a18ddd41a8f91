import { writeSync } from 'node:fs'
import { inspect } from 'node:util'
import { ExportResultCode } from '@opentelemetry/core'
import {
  AggregationTemporality,
  type DataPoint,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { exemplarsOf } from './exemplar.js'

/**
 * A reader that prints metrics to stdout as upstream's `ConsoleMetricExporter` does, but at once: what a thread
 * says by `console` waits for the application's loop, and is lost at the end of the process.
 */
export function createConsoleMetricReader(options: {
  readonly producers: MetricProducer[]
  readonly intervalMs: number
  readonly timeoutMs: number
}): PeriodicExportingMetricReader {
  const exporter: PushMetricExporter = {
    export(metrics, done) {
      try {
        for (const { descriptor, dataPointType, dataPoints } of metrics.scopeMetrics.flatMap(scope => scope.metrics)) {
          writeSync(
            1,
            `${inspect({ descriptor, dataPointType, dataPoints: dataPoints.map(plain) }, { depth: null })}\n`,
          )
        }
        done({ code: ExportResultCode.SUCCESS })
      } catch (error) {
        done({ code: ExportResultCode.FAILED, error: error as Error })
      }
    },
    forceFlush: async () => {},
    shutdown: async () => {},
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  }
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: options.intervalMs,
    // upstream throws when the time-out is longer than the interval
    exportTimeoutMillis: Math.min(options.timeoutMs, options.intervalMs),
    metricProducers: options.producers,
  })
}

/** Attributes of a series' point are no property of its own. */
function plain(point: DataPoint<unknown>): DataPoint<unknown> {
  const { startTime, endTime, attributes, value } = point
  const exemplars = exemplarsOf(point)
  return { startTime, endTime, attributes, value, ...(exemplars.length === 0 ? {} : { exemplars }) }
}
