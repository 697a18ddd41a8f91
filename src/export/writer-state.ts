import { setImmediate as nextTurn } from 'node:timers/promises'
import { ControlBlock } from '../channel/control-block.js'
import { type HistogramLayout, histogramLayout } from '../channel/histogram-layout.js'
import type { RingMemory } from '../channel/lanes.js'
import type {
  InstrumentDescriptor,
  ScopeDescriptor,
  SeriesAttributes,
  SeriesRelease,
  WriterMessage,
} from '../channel/messages.js'
import {
  BLOCK_ENTRIES,
  type DirectoryEntry,
  parseAttributes,
  readEntry,
  readStartTime,
  readText,
} from '../channel/series-directory.js'
import { Chunk, chunkIndex, chunkOffset } from '../channel/series-memory.js'

/** How a series comes to its end. */
export interface SeriesEnd {
  /** Number of the release. */
  readonly release: number
  /** By the monotonic clock. */
  readonly releasedAt: number
  /** Readers that have told its last value, as bits. */
  served: number
  /** The writer knows that all of them have. */
  isTold: boolean
}

/** A series that was found in the directory. */
export class SeriesState {
  readonly id: number
  readonly address: number
  /** Its place may be another's by now: it must not be read. */
  isGone = false
  /** Of a series that is gone: points of it may be told still. */
  #keptText: string | undefined = undefined
  /** Nothing is written to it any more: it is told by each reader once more. */
  end: SeriesEnd | undefined = undefined
  /** Something that changes with each measurement, and since when it has been so. */
  mark: { readonly value: number; readonly since: number } | undefined = undefined
  /** Words that were read whole of it; they are in the writer's copies. */
  copiedWords = 0
  readonly instrument: InstrumentState
  readonly #writer: WriterState
  readonly #text: number

  constructor(writer: WriterState, instrument: InstrumentState, id: number, { address, text }: DirectoryEntry) {
    this.id = id
    this.instrument = instrument
    this.address = address
    this.#writer = writer
    this.#text = text
  }

  /** Milliseconds since 1970. */
  get startTime(): number {
    return readStartTime(this.#writer.chunks[chunkIndex(this.#text)]!, chunkOffset(this.#text))
  }

  /** Read anew each time: whoever needs something of them again and again keeps that, by this object. */
  get attributes(): SeriesAttributes {
    const { id } = this.#writer
    const attributes = parseAttributes(this.#keptText ?? this.#readText())
    return id === 0 ? attributes : { ...attributes, 'thread.id': id }
  }

  /** Before its places are given free. */
  leave(): void {
    this.#keptText = this.#readText()
    this.isGone = true
  }

  #readText(): string {
    return readText(this.#writer.chunks[chunkIndex(this.#text)]!, chunkOffset(this.#text))
  }
}

/** An instrument and its series. */
export interface InstrumentState {
  readonly scope: ScopeDescriptor
  readonly descriptor: InstrumentDescriptor
  /** Where the figures of its histograms lie. */
  readonly layout: HistogramLayout
  readonly series: Set<SeriesState>
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
  readonly #directory: (Int32Array | undefined)[] = []
  /** By id. */
  readonly #series: (SeriesState | undefined)[] = []
  readonly #copies: (Float64Array | undefined)[] = []
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
            series: new Set(),
          })
        }
        break
      case 'directory':
        this.#directory[message.index] ??= new Int32Array(message.memory)
        break
      case 'released':
        this.#release(message)
        break
      case 'revived':
      case 'gone':
        this.#end(message.kind, message.id)
        break
      case 'observables':
        this.hasObservables = true
        break
    }
  }

  /** Everything that the writer had described is here, so that all of its series can be found. */
  get isDescribed(): boolean {
    const blocks = this.#directory.length + this.chunks.length
    return this.scopes.size + this.instruments.size + blocks >= this.control.descriptions
  }

  /** Takes in the series that have come since; lets the loop turn about every millisecond. */
  async discover(): Promise<void> {
    for (let block = 0; block < this.#directory.length; block++) {
      let found = false
      for (let index = 0; index < BLOCK_ENTRIES; index++) {
        const id = block * BLOCK_ENTRIES + index
        if (this.#series[id] === undefined && this.#find(id) !== undefined) found = true
      }
      if (found) await nextTurn()
    }
  }

  /** The last whole copy of what lies in a chunk, for when the writer doesn't stand still. */
  copies(chunk: number): Float64Array {
    this.#copies[chunk] ??= new Float64Array(this.chunks[chunk]!.floats.length)
    return this.#copies[chunk]
  }

  /** A series of which no more is known than its id; `undefined` when there is none, or its parts are still on the way. */
  #find(id: number): SeriesState | undefined {
    const known = this.#series[id]
    if (known !== undefined) return known
    const block = this.#directory[Math.floor(id / BLOCK_ENTRIES)]
    const entry = block === undefined ? undefined : readEntry(block, id % BLOCK_ENTRIES)
    if (entry === undefined) return undefined
    const { address, text } = entry
    const instrument = this.instruments.get(entry.instrument)
    const hasChunks = this.chunks[chunkIndex(address)] !== undefined && this.chunks[chunkIndex(text)] !== undefined
    if (instrument === undefined || !hasChunks) return undefined
    const series = new SeriesState(this, instrument, id, entry)
    this.#series[id] = series
    instrument.series.add(series)
    return series
  }

  #release({ id, release }: SeriesRelease): void {
    const series = this.#find(id)
    if (series === undefined) return
    series.end = { release, releasedAt: performance.now(), served: 0, isTold: false }
    this.released.set(id, series)
  }

  #end(step: 'revived' | 'gone', id: number): void {
    const series = step === 'gone' ? this.#series[id] : this.#find(id)
    if (series === undefined) return
    this.released.delete(id)
    series.end = undefined
    if (step === 'revived') return
    series.leave()
    series.instrument.series.delete(series)
    this.#series[id] = undefined
  }
}
