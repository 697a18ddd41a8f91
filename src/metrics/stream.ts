import { type Context, context as contextApi } from '@opentelemetry/api'
import type { IAttributesProcessor } from '@opentelemetry/sdk-metrics'
import { dropIndex } from '../channel/control-block.js'
import { type HistogramLayout, histogramLayout, MAXIMUM, MINIMUM, NO_EPOCH } from '../channel/histogram-layout.js'
import type { InstrumentDescriptor, SeriesAttributes } from '../channel/messages.js'
import { DELTA_NUMBER_WORDS, NUMBER_WORDS, type Slot } from '../channel/series-memory.js'
import type { ChannelWriter } from '../channel/writer.js'
import { AttributeIndex } from './attribute-index.js'
import { BlockHistogramSeries } from './block-histogram-series.js'
import { clearBlock } from './histogram-blocks.js'
import { GaugeSeries, HistogramSeries, SumSeries } from './series.js'
import { canonicalize } from './series-attributes.js'

/** Any series: an instrument of one kind may be aggregated as another by a View. */
export type AnySeries = SumSeries | GaugeSeries | HistogramSeries | BlockHistogramSeries

const OVERFLOW = dropIndex('series_overflow')
const OVERFLOW_ATTRIBUTES: SeriesAttributes = Object.freeze({ 'otel.metric.overflow': true })
const NO_ATTRIBUTES: SeriesAttributes = Object.freeze({})

/** How a stream keeps the number of its series and their attributes in bounds. */
export interface StreamOptions {
  /** Series for the life of the process, the overflow series among them. */
  readonly seriesLimit: number
  /** Of a View. */
  readonly attributesProcessor?: IAttributesProcessor
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
  readonly #layout: HistogramLayout
  readonly #series = new Map<string, AnySeries>()
  readonly #index = new AttributeIndex<AnySeries>()
  #overflow: AnySeries | undefined

  constructor(writer: ChannelWriter, scope: number, descriptor: InstrumentDescriptor, options: StreamOptions) {
    this.descriptor = descriptor
    this.#writer = writer
    this.#options = options
    this.#bounds = Float64Array.from(descriptor.boundaries)
    this.#layout = histogramLayout(descriptor)
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
    // what overflows would fill the index with sets that have no series
    if (series !== this.#overflow) this.#index.remember(attributes, series)
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
    const { kind, temporality, signed } = this.descriptor
    const layout = this.#layout
    const numberWords = temporality === 'delta' ? DELTA_NUMBER_WORDS : NUMBER_WORDS
    const words = kind === 'histogram' ? layout.words : numberWords
    const { threadId } = this.#options
    const labeled = threadId === 0 ? attributes : Object.freeze({ ...attributes, 'thread.id': threadId })
    const slot = this.#writer.series(this.#id, words, labeled, place => this.#initialize(place))
    const options = { integer: this.descriptor.integer, exemplars: this.#options.exemplars }
    if (kind === 'histogram') {
      return layout.blocks.length === 0
        ? new HistogramSeries(this.#writer, slot, options, this.#bounds, signed)
        : new BlockHistogramSeries(this.#writer, slot, options, this.#bounds, this.descriptor, layout)
    }
    if (kind === 'gauge') return new GaugeSeries(this.#writer, slot, options)
    return new SumSeries(this.#writer, slot, options, this.descriptor.monotonic && !this.descriptor.observable)
  }

  #initialize({ chunk: { floats }, offset }: Slot): void {
    const { kind, exponentialSize, temporality } = this.descriptor
    if (kind === 'gauge') floats[offset + 1] = Number.NaN
    if (kind !== 'histogram') return
    floats[offset + MINIMUM] = Number.POSITIVE_INFINITY
    floats[offset + MAXIMUM] = Number.NEGATIVE_INFINITY
    const { blocks, blockWords } = this.#layout
    // the block of all time belongs to no interval; those of a delta reader wait for their first
    const epoch = temporality === 'delta' ? NO_EPOCH : 0
    for (const block of blocks) clearBlock(floats, offset + block, blockWords, epoch, exponentialSize > 0)
  }
}
