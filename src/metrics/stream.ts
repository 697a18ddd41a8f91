import { type Context, context as contextApi } from '@opentelemetry/api'
import type { IAttributesProcessor } from '@opentelemetry/sdk-metrics'
import { dropIndex } from '../channel/control-block.js'
import { type HistogramLayout, histogramLayout, MAXIMUM, MINIMUM, NO_EPOCH } from '../channel/histogram-layout.js'
import type { InstrumentDescriptor, SeriesAttributes } from '../channel/messages.js'
import { DELTA_NUMBER_WORDS, NUMBER_WORDS, type Slot } from '../channel/series-memory.js'
import type { ChannelWriter, SeriesPlace } from '../channel/writer.js'
import { AttributeIndex } from './attribute-index.js'
import { BlockHistogramSeries } from './block-histogram-series.js'
import { searchableBounds } from './bucket-search.js'
import { clearBlock } from './histogram-blocks.js'
import { GaugeSeries, HistogramSeries, type Series, type SeriesKeeper, SumSeries } from './series.js'
import { canonicalize } from './series-attributes.js'

/** Any series: an instrument of one kind may be aggregated as another by a View. */
export type AnySeries = SumSeries | GaugeSeries | HistogramSeries | BlockHistogramSeries

/** So often the index of attributes is begun anew. */
const RELEASES_AN_INDEX = 1000

const OVERFLOW = dropIndex('series_overflow')
const OVERFLOW_ATTRIBUTES: SeriesAttributes = Object.freeze({ 'otel.metric.overflow': true })
const NO_ATTRIBUTES: SeriesAttributes = Object.freeze({})

/** How a stream keeps the number of its series and their attributes in bounds. */
export interface StreamOptions {
  /** Of a View. */
  readonly attributesProcessor?: IAttributesProcessor
  /** Whether exemplars are kept at all. */
  readonly exemplars: boolean
  /** Added to every series: the worker thread that wrote it. */
  readonly threadId: number
}

/** One metric stream: an instrument as a View (or none) shapes it, and its series. */
export class Stream implements SeriesKeeper {
  readonly descriptor: InstrumentDescriptor
  readonly #writer: ChannelWriter
  readonly #options: StreamOptions
  /** By which the reader knows it. */
  readonly id: number
  readonly #bounds: Float64Array
  readonly #layout: HistogramLayout
  readonly #series = new Map<string, AnySeries>()
  #index = new AttributeIndex<AnySeries>()
  /** Released, and not gone: bound again they go on where they were. */
  readonly #released = new Map<string, AnySeries>()
  readonly #names = new WeakMap<Series, { readonly key: string; readonly attributes: SeriesAttributes }>()
  #releases = 0
  #overflow: AnySeries | undefined

  constructor(writer: ChannelWriter, scope: number, descriptor: InstrumentDescriptor, options: StreamOptions) {
    this.descriptor = descriptor
    this.#writer = writer
    this.#options = options
    this.#bounds = searchableBounds(descriptor.boundaries)
    this.#layout = histogramLayout(descriptor)
    this.id = writer.instrument(scope, descriptor)
  }

  /** The series of these attributes, made at the first call; the overflow series beyond the limit. Never throws. */
  find(attributes: Readonly<Record<string, unknown>> = NO_ATTRIBUTES, context?: Context): AnySeries {
    try {
      const found = this.#index.find(attributes)
      if (found !== undefined && !found.isReleased) {
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
    const { key, attributes: canonical } = canonicalize(processed)
    // Whoever holds a handle never asks again: only who does is worth the index, which takes as much memory as the rest
    // of a series. What a View makes of attributes may depend on the context (it adds baggage, say), and what overflows
    // would fill the index with sets that have no series.
    const asksAgain = this.#series.has(key)
    const series = this.#resolve(key, canonical)
    if (asksAgain && processor === undefined) this.#index.remember(attributes, series)
    return series
  }

  #resolve(key: string, attributes: SeriesAttributes): AnySeries {
    const known = this.#series.get(key)
    if (known !== undefined) return known
    const { seriesLimit } = this.descriptor
    // what was released and isn't gone still has its place: there may be as many of them, and no more
    const places = this.#series.size + this.#released.size
    if (this.#series.size >= seriesLimit - 1 || (places >= 2 * seriesLimit && !this.#released.has(key))) {
      this.#writer.control.countDrop(OVERFLOW)
      this.#overflow ??= this.#allocate(OVERFLOW_ATTRIBUTES)
      return this.#overflow
    }
    const series = this.#revive(key) ?? this.#allocate(attributes)
    series.keep(this)
    this.#writer.own(series.place.id, series)
    this.#names.set(series, { key, attributes })
    this.#series.set(key, series)
    return series
  }

  release(series: Series): void {
    const { key } = this.#names.get(series)!
    this.#series.delete(key)
    this.#released.set(key, series as AnySeries)
    // it still leads to what was released, and would keep it for ever
    if (++this.#releases % RELEASES_AN_INDEX === 0) this.#index = new AttributeIndex()
    this.#writer.release(series.place.id)
  }

  gone(series: Series): void {
    const { key } = this.#names.get(series)!
    if (this.#released.get(key) === series) this.#released.delete(key)
  }

  again(series: Series): AnySeries {
    const { key, attributes } = this.#names.get(series)!
    return this.#resolve(key, attributes)
  }

  /** A new handle for a released series whose end hasn't been told: totals go on, what is a state begins anew. */
  #revive(key: string): AnySeries | undefined {
    const released = this.#released.get(key)
    if (released === undefined) return undefined
    this.#released.delete(key)
    const { place } = released
    const { kind, monotonic } = this.descriptor
    if (kind === 'gauge') place.slot.chunk.floats[place.slot.offset + 1] = Number.NaN
    else if (kind === 'sum' && !monotonic) place.slot.chunk.floats[place.slot.offset + 1] = 0
    const series = this.#seriesAt(place)
    released.handOver(series)
    this.#writer.revive(place.id, series)
    return series
  }

  #allocate(attributes: SeriesAttributes): AnySeries {
    const { kind, temporality } = this.descriptor
    const numberWords = temporality === 'delta' ? DELTA_NUMBER_WORDS : NUMBER_WORDS
    const words = kind === 'histogram' ? this.#layout.words : numberWords
    const { threadId } = this.#options
    const labeled = threadId === 0 ? attributes : Object.freeze({ ...attributes, 'thread.id': threadId })
    const startTime = this.#releases === 0 ? undefined : Date.now()
    return this.#seriesAt(this.#writer.series(this.id, words, labeled, slot => this.#initialize(slot), startTime))
  }

  #seriesAt(place: SeriesPlace): AnySeries {
    const { kind, signed, monotonic, integer } = this.descriptor
    const options = { integer, exemplars: this.#options.exemplars }
    if (kind === 'histogram') {
      return this.#layout.blocks.length === 0
        ? new HistogramSeries(this.#writer, place, options, this.#bounds, signed)
        : new BlockHistogramSeries(this.#writer, place, options, this.#bounds, this.descriptor, this.#layout)
    }
    if (kind === 'gauge') return new GaugeSeries(this.#writer, place, options)
    return new SumSeries(this.#writer, place, options, monotonic)
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
