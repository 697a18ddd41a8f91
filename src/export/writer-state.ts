import { ControlBlock } from '../channel/control-block.js'
import { type HistogramLayout, histogramLayout } from '../channel/histogram-layout.js'
import type { RingMemory } from '../channel/lanes.js'
import type { InstrumentDescriptor, ScopeDescriptor, SeriesAttributes, WriterMessage } from '../channel/messages.js'
import { Chunk } from '../channel/series-memory.js'

/** A series that is known by its place in shared memory. */
export interface SeriesState {
  readonly address: number
  readonly attributes: SeriesAttributes
  /** Milliseconds since 1970. */
  readonly startTime: number
  /** Nothing is written to it any more: it is told by each reader once more. */
  isReleased: boolean
  /** By the monotonic clock. */
  releasedAt: number
  /** Readers that have told its last value, as bits. */
  served: number
  /** The writer knows that all of them have. */
  isTold: boolean
  /** Its place may be another's by now: it must not be read. */
  isGone: boolean
  /** Something that changes with each measurement, and since when it has been so. */
  mark: number | undefined
  markedAt: number
  /** What was read last, for when the writer doesn't stand still. */
  lastRead: Float64Array | undefined
  /** The same with the exponential block. */
  lastWhole: Float64Array | undefined
}

/** An instrument and its series. */
export interface InstrumentState {
  readonly scope: ScopeDescriptor
  readonly descriptor: InstrumentDescriptor
  /** Where the figures of its histograms lie. */
  readonly layout: HistogramLayout
  readonly series: Map<number, SeriesState>
}

/** What is known of one writing thread. */
export class WriterState {
  readonly id: number
  readonly control: ControlBlock
  readonly rings: RingMemory
  /** Milliseconds since 1970. */
  readonly startTime: number
  readonly chunks: (Chunk | undefined)[] = []
  readonly scopes = new Map<number, ScopeDescriptor>()
  readonly instruments = new Map<number, InstrumentState>()
  /** It wants to be asked before a collection. */
  hasObservables = false
  readonly #series = new Map<number, InstrumentState>()
  /** Series that come to their end, by id. */
  readonly released = new Map<number, SeriesState>()

  constructor(message: WriterMessage & { readonly kind: 'writer' }) {
    this.id = message.writer
    this.control = new ControlBlock(message.control)
    this.rings = message.rings
    this.startTime = message.startTime
  }

  /** Takes a description in; one that is said again changes nothing. */
  describe(message: WriterMessage): void {
    switch (message.kind) {
      case 'chunk':
        this.chunks[message.index] ??= new Chunk(message.memory)
        break
      case 'scope':
        this.scopes.set(message.id, message.scope)
        break
      case 'instrument':
        if (!this.instruments.has(message.id)) {
          const scope = this.scopes.get(message.scope) ?? { name: '' }
          const descriptor = message.instrument
          this.instruments.set(message.id, {
            scope,
            descriptor,
            layout: histogramLayout(descriptor),
            series: new Map(),
          })
        }
        break
      case 'series':
        this.#describeSeries(message)
        break
      case 'released':
      case 'revived':
      case 'gone':
        this.#end(message.kind, message.id)
        break
      case 'observables':
        this.hasObservables = true
        break
    }
  }

  #describeSeries(message: WriterMessage & { readonly kind: 'series' }): void {
    const { id, address, attributes, startTime = this.startTime } = message
    const instrument = this.instruments.get(message.instrument)
    if (instrument === undefined || this.#series.has(id)) return
    this.#series.set(id, instrument)
    instrument.series.set(id, {
      address,
      attributes,
      startTime,
      isReleased: false,
      releasedAt: 0,
      served: 0,
      isTold: false,
      isGone: false,
      mark: undefined,
      markedAt: 0,
      lastRead: undefined,
      lastWhole: undefined,
    })
  }

  #end(step: 'released' | 'revived' | 'gone', id: number): void {
    const instrument = this.#series.get(id)
    const series = instrument?.series.get(id)
    if (instrument === undefined || series === undefined) return
    if (step === 'released') {
      series.isReleased = true
      series.releasedAt = performance.now()
      this.released.set(id, series)
      return
    }
    this.released.delete(id)
    if (step === 'revived') {
      series.isReleased = false
      series.served = 0
      series.isTold = false
      return
    }
    series.isGone = true
    instrument.series.delete(id)
    this.#series.delete(id)
  }
}
