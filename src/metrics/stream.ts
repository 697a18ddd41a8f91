import { type Context, context as contextApi } from '@opentelemetry/api'
import type { IAttributesProcessor } from '@opentelemetry/sdk-metrics'
import { dropIndex } from '../channel/control-block.js'
import type { InstrumentDescriptor, SeriesAttributes } from '../channel/messages.js'
import { HISTOGRAM_HEADER_WORDS, type Slot } from '../channel/series-memory.js'
import type { ChannelWriter } from '../channel/writer.js'
import { AttributeIndex } from './attribute-index.js'
import { searchableBounds } from './bucket-search.js'
import { type AnySeries, GaugeSeries, HistogramSeries, SumSeries } from './series.js'
import { canonicalize } from './series-attributes.js'

const OVERFLOW = dropIndex('series_overflow')
const OVERFLOW_ATTRIBUTES: SeriesAttributes = Object.freeze({ 'otel.metric.overflow': true })
const NO_ATTRIBUTES: SeriesAttributes = Object.freeze({})

/** How a stream keeps the number of its series and their attributes in bounds. */
export interface StreamOptions {
  /** Series for the life of the process, the overflow series among them. */
  readonly seriesLimit: number
  /** Of a View. */
  readonly attributesProcessor?: IAttributesProcessor
  /** Negative values are measurements too. */
  readonly signed: boolean
  /** Whether exemplars are kept at all. */
  readonly exemplars: boolean
  /** Added to every series: the worker thread that wrote it. */
  readonly threadId: number
}

/** One metric stream: an instrument as a View (or none) shapes it, and its series. */
export class Stream {
  readonly descriptor: InstrumentDescriptor
  readonly #writer: ChannelWriter
  readonly #options: StreamOptions
  readonly #id: number
  readonly #bounds: Float64Array
  readonly #series = new Map<string, AnySeries>()
  readonly #index = new AttributeIndex<AnySeries>()
  #overflow: AnySeries | undefined

  constructor(writer: ChannelWriter, scope: number, descriptor: InstrumentDescriptor, options: StreamOptions) {
    this.descriptor = descriptor
    this.#writer = writer
    this.#options = options
    this.#bounds = searchableBounds(descriptor.boundaries)
    this.#id = writer.instrument(scope, descriptor)
  }

  /** The series of these attributes, made at the first call; the overflow series beyond the limit. Never throws. */
  find(attributes: Readonly<Record<string, unknown>> = NO_ATTRIBUTES, context?: Context): AnySeries {
    try {
      const found = this.#index.find(attributes)
      if (found !== undefined) {
        if (found === this.#overflow) this.#writer.control.countDrop(OVERFLOW)
        return found
      }
      return this.#create(attributes, context)
    } catch {
      // a getter of the caller's object threw, or a Proxy did: the measurement counts, without attributes
      return this.#resolve('[]', NO_ATTRIBUTES)
    }
  }

  #create(attributes: Readonly<Record<string, unknown>>, context: Context | undefined): AnySeries {
    const processor = this.#options.attributesProcessor
    const processed =
      processor === undefined
        ? attributes
        : processor.process({ ...attributes } as never, context ?? contextApi.active())
    const canonical = canonicalize(processed)
    const series = this.#resolve(canonical.key, canonical.attributes)
    // What overflows would fill the index with sets that have no series, and what a View makes of attributes may
    // depend on the context (it adds baggage, say).
    if (series !== this.#overflow && processor === undefined) this.#index.remember(attributes, series)
    return series
  }

  #resolve(key: string, attributes: SeriesAttributes): AnySeries {
    const known = this.#series.get(key)
    if (known !== undefined) return known
    if (this.#series.size >= this.#options.seriesLimit - 1) {
      this.#writer.control.countDrop(OVERFLOW)
      this.#overflow ??= this.#allocate(OVERFLOW_ATTRIBUTES)
      return this.#overflow
    }
    const series = this.#allocate(attributes)
    this.#series.set(key, series)
    return series
  }

  #allocate(attributes: SeriesAttributes): AnySeries {
    const { kind } = this.descriptor
    const words = kind === 'histogram' ? HISTOGRAM_HEADER_WORDS + this.descriptor.boundaries.length + 1 : 2
    const { threadId } = this.#options
    const labeled = threadId === 0 ? attributes : Object.freeze({ ...attributes, 'thread.id': threadId })
    const slot = this.#writer.series(this.#id, words, labeled, place => initialize(place, kind))
    const options = { integer: this.descriptor.integer, exemplars: this.#options.exemplars }
    if (kind === 'histogram') {
      return new HistogramSeries(this.#writer, slot, options, this.#bounds, this.#options.signed)
    }
    if (kind === 'gauge') return new GaugeSeries(this.#writer, slot, options)
    return new SumSeries(this.#writer, slot, options, this.descriptor.monotonic)
  }
}

function initialize({ chunk, offset }: Slot, kind: InstrumentDescriptor['kind']): void {
  if (kind === 'gauge') chunk.floats[offset + 1] = Number.NaN
  if (kind === 'histogram') {
    chunk.floats[offset + 2] = Number.POSITIVE_INFINITY
    chunk.floats[offset + 3] = Number.NEGATIVE_INFINITY
  }
}
