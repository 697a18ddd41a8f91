import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import { sdkMetrics } from '../catalog/sdk-metrics.js'
import { type Drop, drops } from '../channel/control-block.js'
import { frameKinds, type Lane, lanes } from '../channel/lanes.js'
import type { DeltaIntervals } from './delta-intervals.js'
import type { DurationHistogram } from './duration-histogram.js'
import { toHrTime } from './exemplar.js'
import type { CallbackFailures } from './observation.js'
import type { DeliveryCounts } from './otlp/delivery-counts.js'
import type { RecordLane } from './otlp/record-lane.js'
import { SelfDeltas } from './self-deltas.js'
import type { WriterState } from './writer-state.js'

/** Instruments that have used this share of their series are named. */
const CROWDED_SHARE = 0.75

type SdkMetricName = keyof typeof sdkMetrics

/** An exporter of this process, as the semantic conventions name it. */
export interface ExporterCounts {
  /** What it exports. */
  readonly record: 'span' | 'log' | 'metric_data_point'
  readonly attributes: Attributes
  readonly counts: DeliveryCounts
}

/** Drops that are told as one, by their indexes in `drops`. */
type Dropped = readonly [attributes: Attributes, indexes: readonly number[]]

const allDrops: readonly Drop[] = drops
/** `orderscope.dropped`: by reason, and by lane where there is one. */
const droppedByReason = groupDrops(
  () => true,
  ({ reason, lane }) => ({
    'orderscope.drop.reason': reason,
    ...(lane === undefined ? {} : { 'orderscope.lane': lane }),
  }),
)
/** `otel.sdk.processor.*.processed`: records that got no further than the ring, in the conventions' words. */
const unprocessed = {
  span: droppedRecords('span', 'batching_span_processor'),
  log: droppedRecords('log', 'batching_log_processor'),
}

function groupDrops(isMeant: (drop: Drop) => boolean, attributesOf: (drop: Drop) => Attributes): Dropped[] {
  const groups = new Map<string, [Attributes, number[]]>()
  for (const [index, drop] of allDrops.entries()) {
    if (!isMeant(drop)) continue
    const attributes = attributesOf(drop)
    const key = JSON.stringify(attributes)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [attributes, [index]])
    else known[1].push(index)
  }
  return [...groups.values()]
}

function component(type: string): Attributes {
  return { 'otel.component.type': type, 'otel.component.name': `${type}/0` }
}

function droppedRecords(kind: 'span' | 'log', type: string): Dropped[] {
  return groupDrops(
    drop => drop.kind === frameKinds[kind],
    ({ reason }) => ({ ...component(type), 'error.type': reason.endsWith('ring_full') ? 'queue_full' : reason }),
  )
}

/** Where the SDK's own figures come from. */
export interface SelfMetricsSources {
  readonly writers: ReadonlyMap<number, WriterState>
  readonly lanesOf: (lane: (typeof lanes)[number]) => readonly RecordLane[]
  /** Records of a lane that a collector refused for good. */
  readonly refused: (lane: Lane) => number
  readonly exporters: readonly ExporterCounts[]
  /** How long the collections of the readers took, by `otel.component.type`. */
  readonly collections: ReadonlyMap<string, DurationHistogram>
  /** Resolves when the observables have been asked for this collection, so that their age is that of what is served. */
  readonly observed: () => Promise<void>
  readonly loopAgeSeconds: () => number | undefined
  readonly observationAgeSeconds: () => number | undefined
  readonly observationFailures: () => Iterable<CallbackFailures>
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
  /** Of values that are differences already. */
  readonly #isAdded = new WeakSet<Attributes>()

  /** `intervals`: counters are told by the intervals of the delta reader. */
  constructor(sources: SelfMetricsSources, intervals?: DeltaIntervals) {
    this.#sources = sources
    this.#deltas = intervals && new SelfDeltas(intervals, sources.writers)
  }

  async collect(): Promise<CollectionResult> {
    const { writers, lanesOf, exporters, starts, observed } = this.#sources
    await observed()
    for (const writer of writers.values()) await writer.discover()
    this.#deltas?.begin()
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
    const metrics = [
      this.#metric('orderscope.dropped', [
        ...droppedByReason.map(dropped => this.#dropped('orderscope.dropped', dropped)),
        ...lanes.map(
          (lane): Value => [
            { 'orderscope.drop.reason': 'refused', 'orderscope.lane': lane },
            this.#sources.refused(lane),
          ],
        ),
      ]),
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
        [...this.#sources.observationFailures()].map(({ instrument, type, count }) => [
          { 'orderscope.instrument.name': instrument, 'error.type': type },
          count,
        ]),
      ),
      this.#metric('orderscope.instrument.series', [...crowdedInstruments(writers)]),
      this.#metric('orderscope.thread.starts', [[{}, starts]]),
      ...exporters.flatMap(exporter => this.#exporterMetrics(exporter)),
      this.#metric('otel.sdk.exporter.operation.duration', exporters.flatMap(durationsOf)),
      this.#metric(
        'otel.sdk.metric_reader.collection.duration',
        [...this.#sources.collections].map(([type, durations]): Value => {
          const histogram = histogramOf(durations)
          return [component(type), histogram.count === 0 ? undefined : histogram]
        }),
      ),
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

  #exporterMetrics({ record, attributes, counts }: ExporterCounts): MetricData[] {
    const failed = [...counts.failed].map(([type, count]): Value => [{ ...attributes, 'error.type': type }, count])
    const metrics = [
      this.#metric(`otel.sdk.exporter.${record}.inflight`, [[attributes, counts.inflight]]),
      this.#metric(`otel.sdk.exporter.${record}.exported`, [[attributes, counts.delivered], ...failed]),
    ]
    if (record === 'metric_data_point') return metrics
    const name = `otel.sdk.processor.${record}.processed` as const
    const processed: Value = [component(`batching_${record}_processor`), counts.processed]
    return [this.#metric(name, [processed, ...unprocessed[record].map(each => this.#dropped(name, each))]), ...metrics]
  }

  /** With deltas they are what was added, by checkpoints in shared memory. */
  #dropped(name: SdkMetricName, [attributes, indexes]: Dropped): Value {
    const controls = [...this.#sources.writers.values()].map(({ control }) => control)
    const one = (index: number) =>
      this.#deltas?.dropped(index) ?? controls.reduce((sum, control) => sum + control.droppedAt(index), 0)
    this.#isAdded.add(this.#same(attributes, name))
    return [attributes, indexes.reduce((sum, index) => sum + one(index), 0)]
  }

  #metric(name: SdkMetricName, values: readonly Value[]): MetricData {
    const { kind, unit, brief } = sdkMetrics[name]
    const integer = 'integer' in sdkMetrics[name]
    const deltas = kind === 'counter' || kind === 'histogram' ? this.#deltas : undefined
    const times = deltas?.times(this.#startTime) ?? { startTime: this.#startTime, endTime: now() }
    const points = values.flatMap(([attributes, total]) => {
      if (total === undefined) return []
      const same = this.#same(attributes, name)
      const value = deltas === undefined || this.#isAdded.has(same) ? total : since(deltas, name, same, total)
      // as with all deltas: where nothing was added there is nothing to tell
      const isNothing = typeof value === 'number' ? value === 0 : value.count === 0
      return deltas !== undefined && isNothing ? [] : [{ ...times, attributes: same, value }]
    })
    const base = {
      descriptor: { name, description: brief, unit, valueType: integer ? ValueType.INT : ValueType.DOUBLE },
      aggregationTemporality: deltas === undefined ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA,
    }
    if (kind === 'histogram') {
      return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: points as DataPoint<Histogram>[] }
    }
    const dataPoints = points as DataPoint<number>[]
    return kind === 'gauge'
      ? { ...base, dataPointType: DataPointType.GAUGE, dataPoints }
      : { ...base, dataPointType: DataPointType.SUM, isMonotonic: kind === 'counter', dataPoints }
  }

  #same(attributes: Attributes, name: SdkMetricName): Attributes {
    const key = `${name} ${JSON.stringify(attributes)}`
    const known = this.#attributes.get(key) ?? attributes
    this.#attributes.set(key, known)
    return known
  }
}

type Value = readonly [Attributes, number | Histogram | undefined]

function durationsOf({ attributes, counts }: ExporterCounts): Value[] {
  return [...counts.durations].map(([errorType, durations]) => [
    errorType === '' ? attributes : { ...attributes, 'error.type': errorType },
    histogramOf(durations),
  ])
}

function histogramOf({ bounds, counts, sum }: Pick<DurationHistogram, 'bounds' | 'counts' | 'sum'>): Histogram {
  return {
    buckets: { boundaries: bounds as number[], counts: [...counts] },
    count: counts.reduce((all, count) => all + count, 0),
    sum,
  }
}

function since(
  deltas: SelfDeltas,
  name: string,
  attributes: Attributes,
  total: number | Histogram,
): number | Histogram {
  if (typeof total === 'number') return deltas.since(name, attributes, total)
  const { boundaries: bounds, counts: all } = total.buckets
  const counts = all.map((count, bucket) => deltas.since(`${name} ${bucket}`, attributes, count))
  return histogramOf({ bounds, counts, sum: deltas.since(`${name} sum`, attributes, total.sum ?? 0) })
}

/** Instruments that have used three quarters of their limit, by name: what is beyond the limit is no series of its own. */
function* crowdedInstruments(writers: ReadonlyMap<number, WriterState>): Generator<Value> {
  const most = new Map<string, number>()
  for (const { instruments } of writers.values()) {
    for (const { descriptor, series } of instruments.values()) {
      if (series.size < descriptor.seriesLimit * CROWDED_SHARE) continue
      most.set(descriptor.name, Math.max(most.get(descriptor.name) ?? 0, series.size))
    }
  }
  for (const [name, size] of most) yield [{ 'orderscope.instrument.name': name }, size]
}

function now(): HrTime {
  return toHrTime(Date.now())
}
