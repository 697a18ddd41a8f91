import { setImmediate as nextTurn } from 'node:timers/promises'
import { ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import type { InstrumentDescriptor, ScopeDescriptor } from '../channel/messages.js'
import { type PointValue, readCumulativePoint } from './cumulative-point.js'
import type { DeltaIntervals } from './delta-intervals.js'
import { readDeltaPoint, whenStill } from './delta-point.js'
import type { DurationHistogram } from './duration-histogram.js'
import type { Observation } from './observation.js'
import type { ProcessorShare } from './processor-share.js'
import { type SeriesReader, seriesReaders } from './series-ends.js'
import type { InstrumentState, SeriesEnd, WriterState } from './writer-state.js'

/** Series between two turns of the loop: a millisecond or so of work. */
const SERIES_PER_SLICE = 500

/** Series between two looks at how long the processor was held: a tenth of a millisecond or so. */
const SERIES_PER_LOOK = 50

/** What a producer may have. */
export interface SeriesProducerOptions {
  /** Of a reader that wants deltas where instruments have them; its collection must have begun. */
  readonly intervals?: DeltaIntervals | undefined
  /** Told how long each collection took. */
  readonly durations?: DurationHistogram | undefined
  readonly share?: ProcessorShare
}

/** Reads all series from shared memory, for upstream's readers. */
export class SeriesProducer implements MetricProducer {
  readonly #writers: ReadonlyMap<number, WriterState>
  readonly #observation: Observation
  readonly #reader: SeriesReader
  readonly #intervals: DeltaIntervals | undefined
  readonly #durations: DurationHistogram | undefined
  readonly #share: ProcessorShare | undefined
  /** Told for the last time by the latest collection. */
  #ending: readonly SeriesEnd[] = []

  constructor(
    writers: ReadonlyMap<number, WriterState>,
    observation: Observation,
    reader: SeriesReader,
    { intervals, durations, share }: SeriesProducerOptions = {},
  ) {
    this.#writers = writers
    this.#observation = observation
    this.#reader = reader
    this.#intervals = intervals
    this.#durations = durations
    this.#share = share
  }

  async collect(): Promise<CollectionResult> {
    const started = performance.now()
    const result = await this.#collect()
    this.#durations?.add((performance.now() - started) / 1000)
    return result
  }

  async #collect(): Promise<CollectionResult> {
    await this.#observation.refresh()
    const endTime = Date.now()
    const metrics = new MetricGroups()
    const intervals = this.#intervals
    const collection = intervals?.current
    const ending: SeriesEnd[] = []
    let read = 0
    for (const writer of this.#writers.values()) {
      const takesPart = collection !== undefined && writer.control.intervals.takesPartIn(collection.number)
      await writer.discover()
      for (const [id, instrument] of writer.instruments) {
        const shownFrom = this.#observation.shownFrom(writer.id, id)
        const shape = shapeOf(instrument.descriptor, this.#reader, intervals !== undefined)
        if (shape.isDelta && !takesPart) continue
        const points = metrics.pointsOf(instrument, shape)
        for (const series of instrument.series) {
          if (++read % SERIES_PER_LOOK === 0) this.#share?.rest()
          if (read % SERIES_PER_SLICE === 0) await nextTurn()
          if (shape.isDelta && instrument.descriptor.kind === 'histogram') await whenStill(writer, series)
          // it may have come to its end meanwhile
          if (series.isGone) continue
          const { end } = series
          const point = !shape.isDelta
            ? readCumulativePoint(writer, instrument, series, shape.isExponential, { endTime, shownFrom })
            : collection && readDeltaPoint(writer, instrument, series, collection, shownFrom)
          if (end !== undefined && (end.served & this.#bit) === 0) {
            // what was released since the interval ended may have figures in the next
            if (!shape.isDelta || end.releasedAt < collection!.begunAt) ending.push(end)
          } else if (end !== undefined && !shape.isDelta) continue
          // with deltas one that was told for the last time has more only because it goes on: the word of it is on its way
          if (point !== undefined) points.push(point)
        }
      }
    }
    // what is told again was read when more might still have come
    if (collection?.isRepeated !== true) this.#ending = ending
    if (this.#reader === 'scrape') this.taken()
    return { errors: [], resourceMetrics: { resource: emptyResource(), scopeMetrics: metrics.scopeMetrics() } }
  }

  /** What was collected has got to where it should: the last values in it need not be told again. */
  taken(): void {
    // a series that goes on, or is released once more, has another end
    for (const end of this.#ending) end.served |= this.#bit
    this.#ending = []
  }

  get #bit(): number {
    return seriesReaders[this.#reader]
  }
}

interface Shape {
  readonly isDelta: boolean
  readonly isExponential: boolean
}

function shapeOf({ temporality, exponentialSize }: InstrumentDescriptor, reader: SeriesReader, deltas: boolean): Shape {
  return {
    isDelta: deltas && temporality === 'delta',
    // without intervals the block of all time is there only where no intervals are kept
    isExponential: reader === 'otlp' && exponentialSize > 0 && (deltas || temporality === 'cumulative'),
  }
}

/** Threads have the same instruments: what is one metric is told as one. */
class MetricGroups {
  readonly #scopes = new Map<string, { scope: ScopeDescriptor; metrics: Map<string, MetricData> }>()

  pointsOf({ scope, descriptor }: InstrumentState, shape: Shape): DataPoint<PointValue>[] {
    const scopeKey = JSON.stringify([scope.name, scope.version, scope.schemaUrl])
    let group = this.#scopes.get(scopeKey)
    if (group === undefined) {
      group = { scope, metrics: new Map() }
      this.#scopes.set(scopeKey, group)
    }
    const { name, unit, kind, monotonic, integer } = descriptor
    const key = JSON.stringify([name, unit, kind, monotonic, integer, shape.isDelta, shape.isExponential])
    let metric = group.metrics.get(key)
    if (metric === undefined) {
      metric = emptyMetric(descriptor, shape)
      group.metrics.set(key, metric)
    }
    return metric.dataPoints as DataPoint<PointValue>[]
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

function emptyMetric(descriptor: InstrumentDescriptor, { isDelta, isExponential }: Shape): MetricData {
  const { name, description, unit, kind, monotonic, integer } = descriptor
  const base = {
    descriptor: { name, description, unit, valueType: integer ? ValueType.INT : ValueType.DOUBLE },
    aggregationTemporality: isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
  }
  if (kind === 'histogram') {
    return isExponential
      ? { ...base, dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM, dataPoints: [] }
      : { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: [] }
  }
  if (kind === 'gauge') return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: [] }
  return { ...base, dataPointType: DataPointType.SUM, isMonotonic: monotonic, dataPoints: [] }
}
