import {
  type Attributes,
  type Context,
  type Counter,
  context as contextApi,
  type Gauge,
  type Histogram,
  type SpanContext,
  trace,
  type UpDownCounter,
} from '@opentelemetry/api'
import { sampledTraceRef, TraceRef } from '../channel/trace-ref.js'
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

/** How a series is bound. */
export interface BindOptions {
  /**
   * Each measurement is tied to the span that is active when it is made, as `add` and `record` of an instrument do.
   * The look-up takes several times as long as the update itself; where a trace is at hand anyway, hand it over.
   */
  readonly ambientSpan?: boolean
}

/** A series that asks for the active span at every measurement for which none is handed over. */
class AmbientSeries implements BoundSeries {
  readonly #series: BoundSeries
  readonly #spans: AmbientSpans

  constructor(series: BoundSeries, spans: AmbientSpans) {
    this.#series = series
    this.#spans = spans
  }

  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.#series.add(value, exemplar ?? this.#spans.find(contextApi.active()), timeMs)
  }

  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.add(value, exemplar, timeMs)
  }

  release(): void {
    this.#series.release()
  }
}

/**
 * The span of a context as a reference, if the filter wants it. The last of each is kept, since one span makes many
 * measurements, most of them in one context; a context never changes.
 */
class AmbientSpans {
  readonly #filter: ExemplarFilter
  #context: Context | undefined
  #span: SpanContext | undefined
  #ref: TraceRef | undefined

  constructor(filter: ExemplarFilter) {
    this.#filter = filter
  }

  find(context: Context): TraceRef | undefined {
    if (this.#filter === 'always_off') return undefined
    if (context === this.#context) return this.#ref
    const span = trace.getSpanContext(context)
    if (span === undefined) return undefined
    this.#context = context
    if (span !== this.#span) {
      this.#span = span
      this.#ref = this.#filter === 'always_on' ? TraceRef.parse(span.traceId, span.spanId) : sampledTraceRef(span)
    }
    return this.#ref
  }
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
  readonly #spans: AmbientSpans

  constructor(streams: readonly Stream[], filter: ExemplarFilter) {
    this.#streams = streams
    this.#spans = new AmbientSpans(filter)
  }

  /** The series of these attributes; they are copied, and what isn't valid of them is left out. */
  bind(attributes: Attributes, options?: BindOptions): BoundSeries {
    const series =
      this.#streams.length === 1
        ? this.#streams[0]!.find(attributes)
        : new SeveralSeries(this.#streams.map(stream => stream.find(attributes)))
    return options?.ambientSpan === true ? new AmbientSeries(series, this.#spans) : series
  }

  add(value: number, attributes?: Attributes, context?: Context): void {
    const exemplar = this.#spans.find(context ?? contextApi.active())
    for (const stream of this.#streams) stream.find(attributes, context).add(value, exemplar)
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    this.add(value, attributes, context)
  }
}
