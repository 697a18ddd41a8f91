import { ControlBlock } from '../channel/control-block.js'
import { type HistogramLayout, histogramLayout } from '../channel/histogram-layout.js'
import type { Lane } from '../channel/lanes.js'
import type { InstrumentDescriptor, ScopeDescriptor, SeriesAttributes, WriterMessage } from '../channel/messages.js'
import { Chunk } from '../channel/series-memory.js'

/** A series that is known by its place in shared memory. */
export interface SeriesState {
  readonly address: number
  readonly attributes: SeriesAttributes
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
  readonly series: SeriesState[]
}

/** What is known of one writing thread. */
export class WriterState {
  readonly id: number
  readonly control: ControlBlock
  readonly rings: Readonly<Record<Lane, SharedArrayBuffer>>
  /** Milliseconds since 1970. */
  readonly startTime: number
  readonly chunks: (Chunk | undefined)[] = []
  readonly scopes = new Map<number, ScopeDescriptor>()
  readonly instruments = new Map<number, InstrumentState>()
  /** It wants to be asked before a collection. */
  hasObservables = false
  readonly #series = new Set<number>()

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
          this.instruments.set(message.id, { scope, descriptor, layout: histogramLayout(descriptor), series: [] })
        }
        break
      case 'series':
        if (this.#series.has(message.id)) break
        this.#series.add(message.id)
        this.instruments.get(message.instrument)?.series.push({
          address: message.address,
          attributes: message.attributes,
          lastRead: undefined,
          lastWhole: undefined,
        })
        break
      case 'observables':
        this.hasObservables = true
        break
    }
  }
}
