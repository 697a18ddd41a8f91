import {
  type Attributes,
  type Context,
  type Counter,
  context as contextApi,
  type Gauge,
  type Histogram,
  trace,
  type UpDownCounter,
} from '@opentelemetry/api'
import { sampledTraceRef, type TraceRef, TraceRef as TraceReference } from '../channel/trace-ref.js'
import type { AnySeries, Stream } from './stream.js'

/** Which measurements become exemplars (OTEL_METRICS_EXEMPLAR_FILTER). */
export type ExemplarFilter = 'trace_based' | 'always_on' | 'always_off'

/** A series resolved once; recording through it allocates nothing. */
export interface BoundSeries {
  add(value: number, exemplar?: TraceRef, timeMs?: number): void
  record(value: number, exemplar?: TraceRef, timeMs?: number): void
  /**
   * Ends the series, for all who have a handle of it: its last value is told once more, then it is gone and its room
   * is for others. What is recorded through the handle from then on is dropped and counted. Bind again for a new one.
   */
  release(): void
}

/** Several Views of one instrument: each measurement goes to all of their series. */
class SeveralSeries implements BoundSeries {
  readonly #series: readonly AnySeries[]

  constructor(series: readonly AnySeries[]) {
    this.#series = series
  }

  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    for (const series of this.#series) series.add(value, exemplar, timeMs)
  }

  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.add(value, exemplar, timeMs)
  }

  release(): void {
    for (const series of this.#series) series.release()
  }
}

/** An instrument of ours: through the API's `add` and `record`, or bound. */
export class SyncInstrument implements Counter, UpDownCounter, Histogram, Gauge {
  readonly #streams: readonly Stream[]
  readonly #filter: ExemplarFilter

  constructor(streams: readonly Stream[], filter: ExemplarFilter) {
    this.#streams = streams
    this.#filter = filter
  }

  /** The series of these attributes; they are copied, and what isn't valid of them is left out. */
  bind(attributes: Attributes): BoundSeries {
    return this.#streams.length === 1
      ? this.#streams[0]!.find(attributes)
      : new SeveralSeries(this.#streams.map(stream => stream.find(attributes)))
  }

  add(value: number, attributes?: Attributes, context?: Context): void {
    const exemplar = this.#exemplar(context)
    for (const stream of this.#streams) stream.find(attributes, context).add(value, exemplar)
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    this.add(value, attributes, context)
  }

  #exemplar(context: Context | undefined): TraceRef | undefined {
    if (this.#filter === 'always_off') return undefined
    const span = trace.getSpanContext(context ?? contextApi.active())
    if (span === undefined) return undefined
    if (this.#filter === 'always_on') return new TraceReference(span.traceId, span.spanId)
    return sampledTraceRef(span)
  }
}
