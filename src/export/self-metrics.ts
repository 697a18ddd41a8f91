import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import { sdkMetrics } from '../catalog/sdk-metrics.js'
import { dropReasons } from '../channel/control-block.js'
import { lanes } from '../channel/lanes.js'
import type { DeltaIntervals } from './delta-intervals.js'
import { toHrTime } from './exemplar.js'
import type { DeliveryCounts } from './otlp/delivery-counts.js'
import type { RecordLane } from './otlp/record-lane.js'
import { SelfDeltas } from './self-deltas.js'
import type { WriterState } from './writer-state.js'

type SdkMetricName = keyof typeof sdkMetrics

/** An exporter of this process, as the semantic conventions name it. */
export interface ExporterCounts {
  readonly metric:
    | 'otel.sdk.exporter.span.exported'
    | 'otel.sdk.exporter.log.exported'
    | 'otel.sdk.exporter.metric_data_point.exported'
  /** `otlp_http_span_exporter` and the like. */
  readonly componentType: string
  readonly counts: DeliveryCounts
}

/** Where the SDK's own figures come from. */
export interface SelfMetricsSources {
  readonly writers: ReadonlyMap<number, WriterState>
  readonly lanesOf: (lane: (typeof lanes)[number]) => readonly RecordLane[]
  readonly exporters: readonly ExporterCounts[]
  /** Resolves when the observables have been asked for this collection, so that their age is that of what is served. */
  readonly observed: () => Promise<void>
  readonly loopAgeSeconds: () => number | undefined
  readonly observationAgeSeconds: () => number | undefined
  readonly observationFailures: () => ReadonlyMap<string, number>
  /** Which start of the telemetry thread this is. */
  readonly starts: number
}

/** The SDK's own health as metrics: what was exported, dropped and is waiting, and how old things are. */
export class SelfMetrics implements MetricProducer {
  readonly #sources: SelfMetricsSources
  readonly #startTime: HrTime = now()
  /** The same object for the same attributes, for the sake of those who cache by it. */
  readonly #attributes = new Map<string, Attributes>()

  readonly #deltas: SelfDeltas | undefined

  /** `intervals`: counters are told by the intervals of the delta reader. */
  constructor(sources: SelfMetricsSources, intervals?: DeltaIntervals) {
    this.#sources = sources
    this.#deltas = intervals && new SelfDeltas(intervals, sources.writers)
  }

  async collect(): Promise<CollectionResult> {
    await this.#sources.observed()
    this.#deltas?.begin()
    const { writers, lanesOf, exporters, starts } = this.#sources
    const controls = [...writers.values()].map(({ control }) => control)
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
    const metrics = [
      this.#metric(
        'orderscope.dropped',
        dropReasons.map(reason => [
          { 'orderscope.drop.reason': reason },
          total(controls.map(control => control.dropped(reason))),
        ]),
      ),
      this.#metric(
        'orderscope.ring.size',
        lanes.map(lane => [{ 'orderscope.lane': lane }, total(lanesOf(lane).map(({ usedBytes }) => usedBytes))]),
      ),
      this.#metric(
        'orderscope.ring.capacity',
        lanes.map(lane => [
          { 'orderscope.lane': lane },
          total(lanesOf(lane).map(({ capacityBytes }) => capacityBytes)),
        ]),
      ),
      this.#metric('orderscope.loop.age', [[{}, this.#sources.loopAgeSeconds()]]),
      this.#metric('orderscope.observation.age', [[{}, this.#sources.observationAgeSeconds()]]),
      this.#metric(
        'orderscope.observation.failures',
        [...this.#sources.observationFailures()].map(([name, count]) => [
          { 'orderscope.instrument.name': name },
          count,
        ]),
      ),
      this.#metric('orderscope.thread.starts', [[{}, starts]]),
      ...exporters.map(({ metric, componentType, counts }) => {
        const component = { 'otel.component.type': componentType, 'otel.component.name': `${componentType}/0` }
        const failed = [...counts.failed].map(([type, count]): [Attributes, number] => [
          { ...component, 'error.type': type },
          count,
        ])
        return this.#metric(metric, [[component, counts.delivered], ...failed])
      }),
    ].filter(metric => metric.dataPoints.length > 0)
    return {
      errors: [],
      resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: this.#scope(), metrics }] },
    }
  }

  /** The application's thread says which version it is. */
  #scope(): { name: string; version?: string } {
    const scopes = [...(this.#sources.writers.get(0)?.scopes.values() ?? [])]
    const version = scopes.find(({ name }) => name === 'orderscope')?.version
    return { name: 'orderscope', ...(version === undefined ? {} : { version }) }
  }

  #metric(name: SdkMetricName, values: readonly (readonly [Attributes, number | undefined])[]): MetricData {
    const { kind, unit, brief } = sdkMetrics[name]
    const integer = 'integer' in sdkMetrics[name]
    const deltas = kind === 'counter' ? this.#deltas : undefined
    const times = deltas?.times(this.#startTime) ?? { startTime: this.#startTime, endTime: now() }
    const base = {
      descriptor: { name, description: brief, unit, valueType: integer ? ValueType.INT : ValueType.DOUBLE },
      aggregationTemporality: deltas === undefined ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA,
      dataPoints: values.flatMap(([attributes, total]) => {
        if (total === undefined) return []
        const same = this.#same(attributes)
        const value = deltas === undefined ? total : deltas.since(name, same, total)
        // as with all deltas: where nothing was added there is nothing to tell
        return deltas !== undefined && value === 0 ? [] : [{ ...times, attributes: same, value }]
      }),
    }
    return kind === 'counter'
      ? { ...base, dataPointType: DataPointType.SUM, isMonotonic: true }
      : { ...base, dataPointType: DataPointType.GAUGE }
  }

  #same(attributes: Attributes): Attributes {
    const key = JSON.stringify(attributes)
    const known = this.#attributes.get(key) ?? attributes
    this.#attributes.set(key, known)
    return known
  }
}

function now(): HrTime {
  return toHrTime(Date.now())
}
