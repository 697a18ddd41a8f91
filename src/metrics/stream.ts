import { type Context, context as contextApi } from '@opentelemetry/api'
import type { IAttributesProcessor } from '@opentelemetry/sdk-metrics'
import { dropIndex } from '../channel/control-block.js'
import { histogramLayout, MAXIMUM, MINIMUM, NO_EPOCH } from '../channel/histogram-layout.js'
import type { InstrumentDescriptor } from '../channel/messages.js'
import { type Chunk, DELTA_NUMBER_WORDS, NUMBER_WORDS } from '../channel/series-memory.js'
import type { ChannelWriter, SeriesPlace } from '../channel/writer.js'
import { AttributeIndex } from './attribute-index.js'
import { BlockHistogramSeries } from './block-histogram-series.js'
import { searchableBounds } from './bucket-search.js'
import { clearBlock } from './histogram-blocks.js'
import { GaugeSeries, HistogramSeries, type Series, type SeriesKeeper, SeriesRules, SumSeries } from './series.js'
import { attributesText } from './series-attributes.js'
import { SeriesIndex } from './series-index.js'

/** Any series: an instrument of one kind may be aggregated as another by a View. */
export type AnySeries = SumSeries | GaugeSeries | HistogramSeries | BlockHistogramSeries

/** So often the index of attributes is begun anew. */
const RELEASES_AN_INDEX = 1000

const OVERFLOW = dropIndex('series_overflow')
const OVERFLOW_TEXT = attributesText({ 'otel.metric.overflow': true })
const NO_ATTRIBUTES = Object.freeze({})
const NO_ATTRIBUTES_TEXT = attributesText(NO_ATTRIBUTES)

/** How a stream keeps the number of its series and their attributes in bounds. */
export interface StreamOptions {
  /** Of a View. */
  readonly attributesProcessor?: IAttributesProcessor
  /** Whether exemplars are kept at all. */
  readonly exemplars: boolean
}

/** One metric stream: an instrument as a View (or none) shapes it, and its series. */
export class Stream implements SeriesKeeper {
  readonly descriptor: InstrumentDescriptor
  readonly #writer: ChannelWriter
  readonly #options: StreamOptions
  /** By which the reader knows it. */
  readonly id: number
  readonly #rules: SeriesRules
  /** Those that are released and not gone among them: bound again they go on where they were. */
  readonly #series: SeriesIndex
  #index = new AttributeIndex<AnySeries>()
  #living = 0
  #released = 0
  #releases = 0
  #overflow: AnySeries | undefined

  constructor(writer: ChannelWriter, scope: number, descriptor: InstrumentDescriptor, options: StreamOptions) {
    this.descriptor = descriptor
    this.#writer = writer
    this.#options = options
    this.#rules = this.#rulesOf(this)
    this.#series = new SeriesIndex(id => writer.attributes(id))
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
      return this.#resolve(NO_ATTRIBUTES_TEXT)
    }
  }

  #create(attributes: Readonly<Record<string, unknown>>, context: Context | undefined): AnySeries {
    const processor = this.#options.attributesProcessor
    const processed =
      processor === undefined
        ? attributes
        : processor.process({ ...attributes } as never, context ?? contextApi.active())
    const text = attributesText(processed)
    // Whoever holds a handle never asks again: only who does is worth the index, which takes as much memory as the rest
    // of a series. What a View makes of attributes may depend on the context (it adds baggage, say), and what overflows
    // would fill the index with sets that have no series.
    const known = this.#series.find(text)
    const series = this.#resolve(text, known)
    if (known !== undefined && processor === undefined) this.#index.remember(attributes, series)
    return series
  }

  #resolve(text: string, id = this.#series.find(text)): AnySeries {
    const known = id === undefined ? undefined : (this.#writer.owner(id) as AnySeries)
    if (known !== undefined && !known.isReleased) return known
    const { seriesLimit } = this.descriptor
    // what was released and isn't gone still has its place: there may be as many of them, and no more
    const places = this.#living + this.#released
    if (this.#living >= seriesLimit - 1 || (places >= 2 * seriesLimit && known === undefined)) {
      this.#writer.control.countDrop(OVERFLOW)
      this.#overflow ??= this.#seriesAt(this.#allocate(OVERFLOW_TEXT), this.#rulesOf(undefined))
      return this.#overflow
    }
    this.#living++
    if (known !== undefined) return this.#revive(known)
    const series = this.#seriesAt(this.#allocate(text), this.#rules)
    this.#writer.own(series.id, series)
    this.#series.add(text, series.id)
    return series
  }

  release({ id }: Series): void {
    this.#living--
    this.#released++
    // it still leads to what was released, and would keep it for ever
    if (++this.#releases % RELEASES_AN_INDEX === 0) this.#index = new AttributeIndex()
    this.#writer.release(id)
  }

  gone(series: Series): void {
    this.#released--
    this.#series.remove(this.attributes(series), series.id)
  }

  attributes({ id }: Series): string {
    return this.#writer.attributes(id)
  }

  again(text: string): AnySeries {
    return this.#resolve(text)
  }

  /** A new handle for a released series whose end hasn't been told: totals go on, what is a state begins anew. */
  #revive(released: AnySeries): AnySeries {
    this.#released--
    const { place } = released
    const { kind, monotonic } = this.descriptor
    if (kind === 'gauge') place.chunk.floats[place.offset + 1] = Number.NaN
    else if (kind === 'sum' && !monotonic) place.chunk.floats[place.offset + 1] = 0
    const series = this.#seriesAt(place, this.#rules)
    this.#writer.revive(place.id, series)
    return series
  }

  #allocate(text: string): SeriesPlace {
    const startTime = this.#releases === 0 ? undefined : Date.now()
    return this.#writer.series(this.id, this.#rules.words, text, this.#initialize, startTime)
  }

  #seriesAt(place: SeriesPlace, rules: SeriesRules): AnySeries {
    const { kind } = this.descriptor
    if (kind === 'histogram') {
      return rules.layout.blocks.length === 0
        ? new HistogramSeries(rules, place)
        : new BlockHistogramSeries(rules, place)
    }
    return kind === 'gauge' ? new GaugeSeries(rules, place) : new SumSeries(rules, place)
  }

  #rulesOf(keeper: SeriesKeeper | undefined): SeriesRules {
    const { kind, monotonic, signed, integer, observable, temporality, boundaries, exponentialSize } = this.descriptor
    const isDelta = temporality === 'delta'
    // a Prometheus counter can't fall; of a gauge any value may be meant
    const neverNegative = kind === 'histogram' ? !signed : kind === 'sum' && monotonic
    const layout = histogramLayout(this.descriptor)
    return new SeriesRules({
      lowest: neverNegative ? 0 : Number.NEGATIVE_INFINITY,
      integer,
      bounds: searchableBounds(boundaries),
      host: this.#writer,
      exemplars: this.#options.exemplars && !observable,
      keeper,
      layout,
      words: kind === 'histogram' ? layout.words : isDelta ? DELTA_NUMBER_WORDS : NUMBER_WORDS,
      exponentialSize,
      isDelta,
    })
  }

  readonly #initialize = ({ floats }: Chunk, offset: number): void => {
    const { kind, exponentialSize, temporality } = this.descriptor
    if (kind === 'gauge') floats[offset + 1] = Number.NaN
    if (kind !== 'histogram') return
    floats[offset + MINIMUM] = Number.POSITIVE_INFINITY
    floats[offset + MAXIMUM] = Number.NEGATIVE_INFINITY
    const { blocks, blockWords } = this.#rules.layout
    // the block of all time belongs to no interval; those of a delta reader wait for their first
    const epoch = temporality === 'delta' ? NO_EPOCH : 0
    for (const block of blocks) clearBlock(floats, offset + block, blockWords, epoch, exponentialSize > 0)
  }
}
