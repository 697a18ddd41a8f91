import type { AggregationOption, IAttributesProcessor, ViewOptions } from '@opentelemetry/sdk-metrics'
import { EXPONENTIAL_SIZES, MAXIMUM_BOUNDARIES } from '../channel/histogram-layout.js'
import type { ScopeDescriptor, SeriesKind } from '../channel/messages.js'

/** Instrument kinds by upstream's names (`InstrumentType`), without loading the SDK into the trading thread. */
export type InstrumentKind =
  | 'COUNTER'
  | 'GAUGE'
  | 'HISTOGRAM'
  | 'UP_DOWN_COUNTER'
  | 'OBSERVABLE_COUNTER'
  | 'OBSERVABLE_GAUGE'
  | 'OBSERVABLE_UP_DOWN_COUNTER'

/** What histograms without a View become by OTLP (OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION). */
export type HistogramAggregation = 'explicit_bucket_histogram' | 'base2_exponential_bucket_histogram'

/** An instrument as it was created. */
export interface InstrumentIdentity {
  readonly kind: InstrumentKind
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly integer: boolean
  readonly advisedBoundaries: readonly number[] | undefined
}

/** What one metric stream looks like. */
export interface StreamShape {
  readonly name: string
  readonly description: string
  readonly kind: SeriesKind
  readonly boundaries: readonly number[]
  readonly recordMinMax: boolean
  /** Exponential buckets by OTLP, at most so many of each sign; 0: none. */
  readonly exponentialSize: number
  readonly seriesLimit: number | undefined
  readonly attributesProcessor: IAttributesProcessor | undefined
}

/** The specification's default boundaries (milliseconds by tradition; our own instruments advise seconds). */
const DEFAULT_BOUNDARIES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000]

// AggregationType of @opentelemetry/sdk-metrics
const DROP = 1
const SUM = 2
const LAST_VALUE = 3
const EXPLICIT_BUCKET_HISTOGRAM = 4
const EXPONENTIAL_HISTOGRAM = 5

/**
 * The streams of an instrument: one for each matching View, one by default where none matches, none where a View
 * drops it (https://opentelemetry.io/docs/specs/otel/metrics/sdk/#measurement-processing).
 */
export function shapeStreams(
  instrument: InstrumentIdentity,
  scope: ScopeDescriptor,
  views: readonly ViewOptions[],
  histogramAggregation: HistogramAggregation,
): StreamShape[] {
  const matching = views.filter(view => matches(view, instrument, scope))
  if (matching.length === 0) return [shape(instrument, undefined, histogramAggregation)]
  const shapes = matching
    .filter(view => view.aggregation?.type !== (DROP as number))
    .map(view => shape(instrument, view, histogramAggregation))
  // two Views of the same outcome would tell every measurement twice under one name
  return shapes.filter((each, i) => !shapes.slice(0, i).some(earlier => isSameStream(earlier, each)))
}

function isSameStream(a: StreamShape, b: StreamShape): boolean {
  return (
    a.name === b.name &&
    a.kind === b.kind &&
    a.boundaries.join() === b.boundaries.join() &&
    a.exponentialSize === b.exponentialSize &&
    a.attributesProcessor === undefined &&
    b.attributesProcessor === undefined
  )
}

/** Says what is wrong with a View: the specification wants it to fail fast, at the caller. */
export function checkViews(views: readonly ViewOptions[]): void {
  for (const view of views) {
    const selects =
      view.instrumentName ??
      view.instrumentType ??
      view.instrumentUnit ??
      view.meterName ??
      view.meterVersion ??
      view.meterSchemaUrl
    if (selects === undefined) {
      throw new TypeError('orderscope: a View selects nothing; give it an instrumentName (`*` for all) or a meterName')
    }
    if (view.name !== undefined && (view.instrumentName === undefined || view.instrumentName.includes('*'))) {
      throw new TypeError(
        `orderscope: the View named "${view.name}" must select one instrument; give it an instrumentName without \`*\``,
      )
    }
  }
}

function matches(view: ViewOptions, instrument: InstrumentIdentity, scope: ScopeDescriptor): boolean {
  return (
    (view.instrumentName === undefined || matchesPattern(view.instrumentName, instrument.name)) &&
    (view.instrumentType === undefined || (view.instrumentType as string) === instrument.kind) &&
    (view.instrumentUnit === undefined || view.instrumentUnit === instrument.unit) &&
    (view.meterName === undefined || view.meterName === scope.name) &&
    (view.meterVersion === undefined || view.meterVersion === scope.version) &&
    (view.meterSchemaUrl === undefined || view.meterSchemaUrl === scope.schemaUrl)
  )
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern.toLowerCase() === name.toLowerCase()
  const expression = pattern
    .split('*')
    .map(part => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${expression}$`, 'i').test(name)
}

function shape(
  instrument: InstrumentIdentity,
  view: ViewOptions | undefined,
  histogramAggregation: HistogramAggregation,
): StreamShape {
  const kind = aggregationKind(view?.aggregation, instrument.kind)
  const options = histogramOptions(view?.aggregation)
  return {
    name: view?.name ?? instrument.name,
    description: view?.description ?? instrument.description,
    kind,
    boundaries:
      kind === 'histogram'
        ? checkBoundaries(options?.boundaries ?? instrument.advisedBoundaries ?? DEFAULT_BOUNDARIES)
        : [],
    recordMinMax: options?.recordMinMax ?? true,
    exponentialSize:
      kind === 'histogram' ? exponentialSize(view?.aggregation, instrument.kind, histogramAggregation) : 0,
    seriesLimit: view?.aggregationCardinalityLimit,
    attributesProcessor: combine(view?.attributesProcessors),
  }
}

function aggregationKind(option: AggregationOption | undefined, kind: InstrumentKind): SeriesKind {
  switch (option?.type as number | undefined) {
    case SUM:
      return 'sum'
    case LAST_VALUE:
      return 'gauge'
    case EXPLICIT_BUCKET_HISTOGRAM:
    case EXPONENTIAL_HISTOGRAM:
      return 'histogram'
    default:
      if (kind === 'HISTOGRAM') return 'histogram'
      return kind === 'GAUGE' || kind === 'OBSERVABLE_GAUGE' ? 'gauge' : 'sum'
  }
}

function exponentialSize(
  option: AggregationOption | undefined,
  kind: InstrumentKind,
  byDefault: HistogramAggregation,
): number {
  const type = option?.type as number | undefined
  const isDefault = type !== EXPONENTIAL_HISTOGRAM && type !== EXPLICIT_BUCKET_HISTOGRAM && kind === 'HISTOGRAM'
  if (isDefault) return byDefault === 'base2_exponential_bucket_histogram' ? EXPONENTIAL_SIZES.default : 0
  if (type !== EXPONENTIAL_HISTOGRAM) return 0
  const size = histogramOptions(option)?.maxSize ?? EXPONENTIAL_SIZES.default
  if (!Number.isFinite(size)) return EXPONENTIAL_SIZES.default
  return Math.min(EXPONENTIAL_SIZES.maximum, Math.max(EXPONENTIAL_SIZES.minimum, Math.trunc(size)))
}

function histogramOptions(
  option: AggregationOption | undefined,
): { boundaries?: number[]; recordMinMax?: boolean; maxSize?: number } | undefined {
  return option !== undefined && 'options' in option ? option.options : undefined
}

/** Sorted, finite, without repetition, and not more than a scrape can bear. */
function checkBoundaries(boundaries: readonly number[]): number[] {
  const usable = boundaries.filter(bound => Number.isFinite(bound)).sort((a, b) => a - b)
  return usable.filter((bound, i) => i === 0 || bound !== usable[i - 1]).slice(0, MAXIMUM_BOUNDARIES)
}

function combine(processors: readonly IAttributesProcessor[] | undefined): IAttributesProcessor | undefined {
  if (processors === undefined || processors.length === 0) return undefined
  return {
    process: (attributes, context) =>
      processors.reduce((left, processor) => processor.process(left, context), attributes),
  }
}
