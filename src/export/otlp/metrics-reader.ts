import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import {
  AggregationTemporality,
  type IMetricReader,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import type { DeltaIntervals } from '../delta-intervals.js'
import type { DeliveryCounts } from './delivery-counts.js'
import { DeltaProducer } from './delta-producer.js'
import type { Destination } from './destination.js'
import { MetricsEncoder } from './metrics-encoder.js'

/** Sends collected metrics by OTLP, exemplars included; tried again until the time-out of the export is over. */
export class OtlpMetricExporter implements PushMetricExporter {
  readonly #destination: Destination
  readonly #counts: DeliveryCounts
  readonly #timeoutMs: number
  readonly #intervals: DeltaIntervals | undefined
  readonly #onTaken: () => void
  readonly #encoder = new MetricsEncoder()
  #delivery: Promise<unknown> | undefined
  readonly #underWay = new Set<() => void>()
  #givingUp = 0
  /** Exports of which not everything was taken. */
  failedExports = 0

  constructor(
    destination: Destination,
    counts: DeliveryCounts,
    timeoutMs: number,
    onTaken: () => void,
    intervals?: DeltaIntervals,
  ) {
    this.#destination = destination
    this.#counts = counts
    this.#timeoutMs = timeoutMs
    this.#onTaken = onTaken
    this.#intervals = intervals
  }

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    if (this.#givingUp > 0) {
      this.failedExports++
      done({ code: ExportResultCode.FAILED, error: this.#failure() })
      return
    }
    let isOpen = true
    const isGivenUp = () => !isOpen
    const finish = (result: ExportResult): void => {
      if (!isOpen) return
      isOpen = false
      this.#underWay.delete(giveUp)
      if (result.code !== ExportResultCode.SUCCESS) this.failedExports++
      done(result)
    }
    const giveUp = (): void => finish({ code: ExportResultCode.FAILED, error: this.#failure() })
    this.#underWay.add(giveUp)
    this.#export(metrics, isGivenUp).then(finish, (error: Error) => finish({ code: ExportResultCode.FAILED, error }))
  }

  /**
   * Exports under way, and those begun before `until` settles, fail at once, so that upstream's time-outs for them, which hold the process
   * where this runs in the application's loop, end with them.
   */
  giveUp(until: Promise<unknown>): void {
    this.#givingUp++
    for (const each of [...this.#underWay]) each()
    this.#destination.wake()
    void until.finally(() => this.#givingUp--)
  }

  async #export(metrics: ResourceMetrics, isGivenUp: () => boolean): Promise<ExportResult> {
    const deadline = performance.now() + this.#timeoutMs
    const points = metrics.scopeMetrics
      .flatMap(scope => scope.metrics)
      .reduce((sum, metric) => sum + metric.dataPoints.length, 0)
    const collection = this.#intervals?.current
    if (collection !== undefined) {
      // one that was given up may still be under way, and a collector may still take it
      await this.#delivery
      if (this.#intervals?.isTaken) return { code: ExportResultCode.SUCCESS }
    }
    const request = await this.#encoder.encode(metrics, nextTurn as () => Promise<void>)
    const underWay = this.#counts.begin(points)
    const delivery = this.#destination.deliver(request, points, { deadline, isGivenUp })
    this.#delivery = delivery
    const { failed, errorType, abandoned } = await delivery
    underWay.ended(failed, errorType)
    // what was refused for good must not be sent again; what nobody answered is
    if (abandoned !== true) {
      if (collection !== undefined) this.#intervals?.commit(collection)
      this.#onTaken()
    }
    if (failed === 0) return { code: ExportResultCode.SUCCESS }
    return { code: ExportResultCode.FAILED, error: this.#failure() }
  }

  #failure(): Error {
    return new Error(`${this.#destination.address} ${this.#destination.lastError}`)
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

/** A reader, and how to end what it has under way. */
export interface OtlpMetricReader {
  readonly reader: IMetricReader
  /** Sends what was recorded until now; with deltas, after what waits to be sent again. Whether all of it was taken. */
  flush(timeoutMs: number): Promise<boolean>
  /** Exports under way fail at once, and so do those that are begun until `until`, which never rejects, settles. */
  giveUp(until: Promise<unknown>): void
}

/** Upstream's periodic reader with our producer and our exporter. */
export function createOtlpMetricReader(options: {
  readonly destination: Destination
  readonly counts: DeliveryCounts
  readonly producers: MetricProducer[]
  /** For deltas; the producers must read them. */
  readonly intervals?: DeltaIntervals | undefined
  /** A collector took what was collected last, or refused it for good. */
  readonly onTaken: () => void
  readonly intervalMs: number
  readonly timeoutMs: number
}): OtlpMetricReader {
  // upstream throws when the time-out is longer than the interval
  const timeoutMs = Math.min(options.timeoutMs, options.intervalMs)
  // a little less than upstream's time-out, so that the answer is ours
  const { intervals } = options
  const exporter = new OtlpMetricExporter(
    options.destination,
    options.counts,
    timeoutMs * 0.95,
    options.onTaken,
    intervals,
  )
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: options.intervalMs,
    exportTimeoutMillis: timeoutMs,
    metricProducers: intervals === undefined ? options.producers : [new DeltaProducer(intervals, options.producers)],
  })
  return {
    reader,
    giveUp: until => exporter.giveUp(until),
    async flush(timeoutMillis) {
      const before = exporter.failedExports
      await reader.forceFlush({ timeoutMillis })
      // what has just been taken was of before
      if (intervals?.current?.isOld && intervals.isTaken) await reader.forceFlush({ timeoutMillis })
      return exporter.failedExports === before
    },
  }
}
