import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import type { InstrumentDescriptor, ScopeDescriptor } from '../channel/messages.js'
import { CHUNK_WORDS, type Chunk, HISTOGRAM_HEADER_WORDS, readExemplars, readWhole } from '../channel/series-memory.js'
import type { PointExemplar, PointWithExemplars } from './exemplar.js'
import type { Observation } from './observation.js'
import type { InstrumentState, SeriesState, WriterState } from './writer-state.js'

/** Series between two turns of the loop: a millisecond or so of work. */
const SERIES_PER_SLICE = 500

type NumberPoint = PointWithExemplars<number>
type HistogramPoint = PointWithExemplars<Histogram>

/** Reads all series from shared memory, cumulative, for upstream's readers. */
export class SeriesProducer implements MetricProducer {
  readonly #writers: ReadonlyMap<number, WriterState>
  readonly #observation: Observation

  constructor(writers: ReadonlyMap<number, WriterState>, observation: Observation) {
    this.#writers = writers
    this.#observation = observation
  }

  async collect(): Promise<CollectionResult> {
    await this.#observation.refresh()
    const time = Date.now()
    const metrics = new MetricGroups()
    let read = 0
    for (const writer of this.#writers.values()) {
      const shownFrom = this.#observation.shownFrom(writer.id)
      const times = { startTime: toHrTime(writer.startTime), endTime: toHrTime(time) }
      for (const instrument of writer.instruments.values()) {
        const points = metrics.pointsOf(instrument)
        // by index: series may be added while the loop turns
        for (let i = 0; i < instrument.series.length; i++) {
          const point = readPoint(writer, instrument.descriptor, instrument.series[i]!, shownFrom, times)
          if (point !== undefined) points.push(point)
          if (++read % SERIES_PER_SLICE === 0) await nextTurn()
        }
      }
    }
    return { errors: [], resourceMetrics: { resource: emptyResource(), scopeMetrics: metrics.scopeMetrics() } }
  }
}

interface Times {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

/** Threads have the same instruments: what is one metric is told as one. */
class MetricGroups {
  readonly #scopes = new Map<string, { scope: ScopeDescriptor; metrics: Map<string, MetricData> }>()

  pointsOf({ scope, descriptor }: InstrumentState): (NumberPoint | HistogramPoint)[] {
    const scopeKey = JSON.stringify([scope.name, scope.version, scope.schemaUrl])
    let group = this.#scopes.get(scopeKey)
    if (group === undefined) {
      group = { scope, metrics: new Map() }
      this.#scopes.set(scopeKey, group)
    }
    const { name, unit, kind, monotonic, integer } = descriptor
    const key = JSON.stringify([name, unit, kind, monotonic, integer])
    let metric = group.metrics.get(key)
    if (metric === undefined) {
      metric = emptyMetric(descriptor)
      group.metrics.set(key, metric)
    }
    return metric.dataPoints as (NumberPoint | HistogramPoint)[]
  }

  scopeMetrics(): CollectionResult['resourceMetrics']['scopeMetrics'] {
    return [...this.#scopes.values()].map(({ scope, metrics }) => ({
      scope: {
        name: scope.name,
        ...(scope.version === undefined ? {} : { version: scope.version }),
        ...(scope.schemaUrl === undefined ? {} : { schemaUrl: scope.schemaUrl }),
      },
      metrics: [...metrics.values()].filter(metric => metric.dataPoints.length > 0),
    }))
  }
}

function emptyMetric({ name, description, unit, kind, monotonic, integer }: InstrumentDescriptor): MetricData {
  const base = {
    descriptor: { name, description, unit, valueType: integer ? ValueType.INT : ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  }
  if (kind === 'histogram') return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: [] }
  if (kind === 'gauge') return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: [] }
  return { ...base, dataPointType: DataPointType.SUM, isMonotonic: monotonic, dataPoints: [] }
}

function readPoint(
  writer: WriterState,
  descriptor: InstrumentDescriptor,
  series: SeriesState,
  shownFrom: number,
  times: Times,
): NumberPoint | HistogramPoint | undefined {
  const chunk = writer.chunks[Math.floor(series.address / CHUNK_WORDS)]
  if (chunk === undefined) return undefined
  const offset = series.address % CHUNK_WORDS
  const second = Atomics.load(chunk.ints, offset * 2 + 1)
  if (descriptor.observable && second < shownFrom) return undefined
  const exemplars = descriptor.observable || second === 0 ? undefined : readPointExemplars(writer, second)
  const attributes = series.attributes as Attributes
  const more = exemplars === undefined || exemplars.length === 0 ? {} : { exemplars }
  if (descriptor.kind !== 'histogram') {
    const value = chunk.floats[offset + 1]!
    // a gauge that was never set
    if (Number.isNaN(value)) return undefined
    return { ...times, attributes, value, ...more }
  }
  return { ...times, attributes, value: readHistogram(chunk, offset, descriptor, series), ...more }
}

const scratches = new Map<number, Float64Array>()

function readHistogram(chunk: Chunk, offset: number, descriptor: InstrumentDescriptor, series: SeriesState): Histogram {
  const words = HISTOGRAM_HEADER_WORDS + descriptor.boundaries.length + 1
  let scratch = scratches.get(words)
  if (scratch === undefined) {
    scratch = new Float64Array(words)
    scratches.set(words, scratch)
  }
  if (readWhole(chunk, offset, words, scratch)) {
    series.lastRead ??= new Float64Array(words)
    series.lastRead.set(scratch)
  }
  // never whole so far: an empty histogram is true, a torn one isn't
  const read = series.lastRead ?? new Float64Array(words)
  const counts: number[] = []
  let count = 0
  for (let i = HISTOGRAM_HEADER_WORDS; i < words; i++) {
    counts.push(read[i]!)
    count += read[i]!
  }
  return {
    buckets: { boundaries: descriptor.boundaries as number[], counts },
    sum: read[1]!,
    count,
    ...(descriptor.recordMinMax && count > 0 ? { min: read[2]!, max: read[3]! } : {}),
  }
}

function readPointExemplars(writer: WriterState, address: number): PointExemplar[] | undefined {
  const chunk = writer.chunks[Math.floor(address / CHUNK_WORDS)]
  if (chunk === undefined) return undefined
  return readExemplars(chunk, address % CHUNK_WORDS)?.map(({ value, timeMs, traceId, spanId }) => ({
    value,
    time: toHrTime(timeMs),
    traceId,
    spanId,
  }))
}

function toHrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  // a fraction close to the next second must not round up to it
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))]
}
