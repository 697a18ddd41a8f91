import {
  type BatchObservableCallback,
  diag,
  type Meter,
  type MeterOptions,
  type MeterProvider,
  type MetricOptions,
  type Observable,
  ValueType,
} from '@opentelemetry/api'
import type { ViewOptions } from '@opentelemetry/sdk-metrics'
import type { ScopeDescriptor } from '../channel/messages.js'
import type { ChannelWriter } from '../channel/writer.js'
import { type ExemplarFilter, SyncInstrument } from './instruments.js'
import { ObservableInstrument, ObservableRegistry } from './observables.js'
import { Stream } from './stream.js'
import { type TemporalityPreference, temporalityOf } from './temporality.js'
import {
  checkViews,
  type HistogramAggregation,
  type InstrumentIdentity,
  type InstrumentKind,
  shapeStreams,
} from './views.js'

/** Settings of a meter provider on shared memory. */
export interface SharedMeterProviderOptions {
  readonly views?: readonly ViewOptions[]
  /** Series that an instrument may have at a time. Default 2000. */
  readonly seriesLimit?: number
  /** What the OTLP reader makes of sums and histograms. Default `cumulative`. */
  readonly temporality?: TemporalityPreference
  /** Of histograms by OTLP. Default `explicit_bucket_histogram`. */
  readonly histogramAggregation?: HistogramAggregation
  /** Default `trace_based`. */
  readonly exemplarFilter?: ExemplarFilter
}

/** Kinds that the specification keeps from negative values, also where a View makes a histogram of them. */
const neverFalls: ReadonlySet<InstrumentKind> = new Set(['COUNTER', 'HISTOGRAM', 'OBSERVABLE_COUNTER'])

const NAME = /^[a-z][a-z0-9_.\-/]{0,254}$/i

/**
 * A meter provider whose instruments write series into shared memory, for a telemetry thread to read.
 *
 * @example
 * const provider = new SharedMeterProvider(writer)
 * const orders = provider.getMeter('my-bot').createCounter('orders')
 * orders.add(1, { side: 'buy' })
 */
export class SharedMeterProvider implements MeterProvider {
  /** Callbacks to run when the reader asks. */
  readonly observables: ObservableRegistry
  readonly #writer: ChannelWriter
  readonly #options: Required<SharedMeterProviderOptions>
  readonly #meters = new Map<number, SharedMeter>()

  /** Throws a TypeError for a View that selects nothing or renames several instruments. */
  constructor(writer: ChannelWriter, options: SharedMeterProviderOptions = {}) {
    this.#writer = writer
    this.#options = {
      views: options.views ?? [],
      seriesLimit: options.seriesLimit ?? 2000,
      temporality: options.temporality ?? 'cumulative',
      histogramAggregation: options.histogramAggregation ?? 'explicit_bucket_histogram',
      exemplarFilter: options.exemplarFilter ?? 'trace_based',
    }
    checkViews(this.#options.views)
    this.observables = new ObservableRegistry(() => writer.announceObservables())
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    const scope: ScopeDescriptor = {
      name: String(name ?? ''),
      ...(version === undefined ? {} : { version: String(version) }),
      ...(options?.schemaUrl === undefined ? {} : { schemaUrl: options.schemaUrl }),
    }
    const id = this.#writer.scope(scope)
    let meter = this.#meters.get(id)
    if (meter === undefined) {
      meter = new SharedMeter(this.#writer, id, scope, this.#options, this.observables)
      this.#meters.set(id, meter)
    }
    return meter
  }
}

class SharedMeter implements Meter {
  readonly #writer: ChannelWriter
  readonly #scopeId: number
  readonly #scope: ScopeDescriptor
  readonly #options: Required<SharedMeterProviderOptions>
  readonly #observables: ObservableRegistry
  /** By identity: asking twice for an instrument gives the same one, so nothing is counted in two places. */
  readonly #instruments = new Map<string, SyncInstrument | ObservableInstrument>()

  constructor(
    writer: ChannelWriter,
    scopeId: number,
    scope: ScopeDescriptor,
    options: Required<SharedMeterProviderOptions>,
    observables: ObservableRegistry,
  ) {
    this.#writer = writer
    this.#scopeId = scopeId
    this.#scope = scope
    this.#options = options
    this.#observables = observables
  }

  createCounter(name: string, options?: MetricOptions): SyncInstrument {
    return this.#sync('COUNTER', name, options)
  }
  createUpDownCounter(name: string, options?: MetricOptions): SyncInstrument {
    return this.#sync('UP_DOWN_COUNTER', name, options)
  }
  createHistogram(name: string, options?: MetricOptions): SyncInstrument {
    return this.#sync('HISTOGRAM', name, options)
  }
  createGauge(name: string, options?: MetricOptions): SyncInstrument {
    return this.#sync('GAUGE', name, options)
  }
  createObservableCounter(name: string, options?: MetricOptions): ObservableInstrument {
    return this.#observable('OBSERVABLE_COUNTER', name, options)
  }
  createObservableUpDownCounter(name: string, options?: MetricOptions): ObservableInstrument {
    return this.#observable('OBSERVABLE_UP_DOWN_COUNTER', name, options)
  }
  createObservableGauge(name: string, options?: MetricOptions): ObservableInstrument {
    return this.#observable('OBSERVABLE_GAUGE', name, options)
  }
  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#observables.addBatch(callback, observables)
  }
  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#observables.removeBatch(callback, observables)
  }

  #sync(kind: InstrumentKind, name: string, options: MetricOptions | undefined): SyncInstrument {
    return this.#instrument(kind, name, options, streams => new SyncInstrument(streams, this.#options.exemplarFilter))
  }

  #observable(kind: InstrumentKind, name: string, options: MetricOptions | undefined): ObservableInstrument {
    return this.#instrument(
      kind,
      name,
      options,
      streams => new ObservableInstrument(String(name), streams, this.#observables),
    )
  }

  #instrument<Kind extends SyncInstrument | ObservableInstrument>(
    kind: InstrumentKind,
    name: string,
    options: MetricOptions | undefined,
    create: (streams: readonly Stream[]) => Kind,
  ): Kind {
    const advised: unknown = options?.advice?.explicitBucketBoundaries
    const identity: InstrumentIdentity = {
      kind,
      name: String(name),
      // plain JavaScript may hand over anything
      description: String(options?.description ?? ''),
      unit: String(options?.unit ?? ''),
      integer: options?.valueType === ValueType.INT,
      advisedBoundaries: Array.isArray(advised) ? advised : undefined,
    }
    // a name that the specification forbids gives an instrument that records nowhere
    if (!NAME.test(identity.name)) {
      diag.warn(`orderscope: "${identity.name}" is no instrument name; write letters, digits, _ . - / after a letter`)
      return create([])
    }
    const key = JSON.stringify([kind, identity.name.toLowerCase(), identity.unit, identity.integer])
    const known = this.#instruments.get(key)
    if (known !== undefined) return known as Kind
    const instrument = create(this.#streams(identity))
    this.#instruments.set(key, instrument)
    return instrument
  }

  #streams(identity: InstrumentIdentity): Stream[] {
    const { kind } = identity
    const { views, histogramAggregation, temporality } = this.#options
    return shapeStreams(identity, this.#scope, views, histogramAggregation).map(
      shape =>
        new Stream(
          this.#writer,
          this.#scopeId,
          {
            name: shape.name,
            description: shape.description,
            unit: identity.unit,
            kind: shape.kind,
            monotonic: shape.kind === 'sum' && neverFalls.has(kind),
            integer: identity.integer,
            observable: kind.startsWith('OBSERVABLE'),
            boundaries: shape.boundaries,
            recordMinMax: shape.recordMinMax,
            // bounds below zero say that the instrument means negative values, and so does a kind that may fall
            signed: shape.boundaries.some(bound => bound < 0) || !neverFalls.has(kind),
            exponentialSize: shape.exponentialSize,
            seriesLimit: shape.seriesLimit ?? this.#options.seriesLimit,
            temporality: shape.kind === 'gauge' ? 'cumulative' : temporalityOf(kind, temporality),
          },
          {
            ...(shape.attributesProcessor === undefined ? {} : { attributesProcessor: shape.attributesProcessor }),
            exemplars: this.#options.exemplarFilter !== 'always_off',
          },
        ),
    )
  }
}
