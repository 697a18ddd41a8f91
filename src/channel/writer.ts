import { createRingMemory, RingWriter } from './byte-ring.js'
import { ControlBlock, createControlMemory, dropIndex } from './control-block.js'
import { type FrameKind, frameKinds, type Lane, type RingMemory } from './lanes.js'
import type {
  InstrumentDescriptor,
  ReaderMessage,
  ScopeDescriptor,
  SeriesAttributes,
  WriterMessage,
} from './messages.js'
import { EXEMPLAR_WORDS, SeriesMemory, type Slot } from './series-memory.js'

const { span: SPAN, log: LOG } = frameKinds
/** What finds no room. */
const RING_FULL = {
  orders: {
    [SPAN]: dropIndex('orders_ring_full', 'orders', SPAN),
    [LOG]: dropIndex('orders_ring_full', 'orders', LOG),
  },
  other: { [SPAN]: dropIndex('other_ring_full', 'other', SPAN), [LOG]: dropIndex('other_ring_full', 'other', LOG) },
} as const

/** A place in series memory. */
export interface Place {
  readonly slot: Slot
  readonly words: number
}

/** The place of a series, by the id that the reader knows it by. */
export interface SeriesPlace extends Place {
  readonly id: number
}

/** Whoever writes a series. */
export interface SeriesOwner {
  /** The series hasn't changed for long, and its room is needed. */
  idle(): void
  /** The last value has been served: gives up all its places. */
  leave(): readonly Place[]
}

function releaseKey(id: number): string {
  return `released ${id}`
}

/** The writing end of the channel: one for each thread of the application that records something. */
export class ChannelWriter {
  readonly id: number
  readonly control: ControlBlock
  readonly startTime: number
  readonly #memory: SeriesMemory
  readonly #spans: Readonly<Record<Lane, RingWriter>>
  readonly #logs: Readonly<Record<Lane, RingWriter>>
  /** Everything said so far that a restarted reader has to know. */
  readonly #descriptors = new Map<string | number, WriterMessage>()
  /** By id: whoever writes a series. */
  readonly #owners = new Map<number, SeriesOwner>()
  /** Places that wait for the reader to forget them. */
  readonly #leaving = new Map<number, readonly Place[]>()
  readonly #scopeIds = new Map<string, number>()
  readonly #scopeIdsByObject = new WeakMap<ScopeDescriptor, number>()
  #post: ((message: WriterMessage) => void) | undefined
  #nextInstrument = 0
  #nextSeries = 0
  #nextDescriptor = 0

  /** `id`: the threadId, 0 for the main thread. `ringBytes`: size of each ring. */
  constructor(options: { readonly id: number; readonly ringBytes: number; readonly startTime: number }) {
    this.id = options.id
    this.startTime = options.startTime
    this.control = new ControlBlock(createControlMemory())
    // the operating system commits what is used of it
    const memory: RingMemory = {
      orders_spans: createRingMemory(options.ringBytes),
      orders_logs: createRingMemory(options.ringBytes),
      other_spans: createRingMemory(options.ringBytes),
      other_logs: createRingMemory(options.ringBytes),
    }
    this.#spans = { orders: new RingWriter(memory.orders_spans), other: new RingWriter(memory.other_spans) }
    this.#logs = { orders: new RingWriter(memory.orders_logs), other: new RingWriter(memory.other_logs) }
    this.#memory = new SeriesMemory((index, chunk) =>
      this.#describe({ kind: 'chunk', writer: this.id, index, memory: chunk.memory }),
    )
    this.#describe({
      kind: 'writer',
      writer: this.id,
      control: this.control.memory,
      rings: memory,
      startTime: options.startTime,
    })
  }

  /** Connects a reader, the first or a restarted one: it is told everything from the beginning. */
  attach(post: (message: WriterMessage) => void): void {
    this.#post = post
    for (const message of this.#descriptors.values()) post(message)
    // nobody is left who knew them
    for (const id of [...this.#leaving.keys()]) this.#free(id)
  }

  /** The reader is gone; what is described meanwhile waits for the next one. */
  detach(): void {
    this.#post = undefined
  }

  /** Says something that a restarted reader needn't know. */
  post(message: WriterMessage): void {
    this.#post?.(message)
  }

  /** The id of a scope; the same for the same name, version and schema, quickest for the same object. */
  scope(scope: ScopeDescriptor): number {
    const seen = this.#scopeIdsByObject.get(scope)
    if (seen !== undefined) return seen
    const id = this.#scopeId({ name: scope.name, version: scope.version, schemaUrl: scope.schemaUrl })
    this.#scopeIdsByObject.set(scope, id)
    return id
  }

  #scopeId(scope: ScopeDescriptor): number {
    const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl])
    const known = this.#scopeIds.get(key)
    if (known !== undefined) return known
    const id = this.#scopeIds.size
    this.#scopeIds.set(key, id)
    this.#describe({ kind: 'scope', writer: this.id, id, scope })
    return id
  }

  instrument(scope: number, instrument: InstrumentDescriptor): number {
    const id = this.#nextInstrument++
    this.#describe({ kind: 'instrument', writer: this.id, id, scope, instrument })
    return id
  }

  /** Reserves a place for a series; `initialize` fills it before the reader hears of it. */
  series(
    instrument: number,
    words: number,
    attributes: SeriesAttributes,
    initialize: (slot: Slot) => void,
    startTime?: number,
  ): SeriesPlace {
    const slot = this.#memory.allocate(words)
    initialize(slot)
    const id = this.#nextSeries++
    const from = startTime === undefined ? {} : { startTime }
    this.#describe({ kind: 'series', writer: this.id, id, instrument, address: slot.address, attributes, ...from }, id)
    return { id, slot, words }
  }

  /** Who is told when the reader has served the last value of a series, or needs its room. */
  own(id: number, owner: SeriesOwner): void {
    this.#owners.set(id, owner)
  }

  /** Nothing is written to the series any more. */
  release(id: number): void {
    this.#describe({ kind: 'released', writer: this.id, id }, releaseKey(id))
  }

  /** A released series that isn't gone goes on, with another owner. */
  revive(id: number, owner: SeriesOwner): void {
    this.#owners.set(id, owner)
    this.#descriptors.delete(releaseKey(id))
    this.post({ kind: 'revived', writer: this.id, id })
  }

  /** An answer of the reader about series of this writer. */
  receive(message: ReaderMessage): void {
    if (!('ids' in message) || message.writer !== this.id) return
    for (const id of message.ids) {
      if (message.kind === 'freed') this.#free(id)
      else if (message.kind === 'idle') this.#owners.get(id)?.idle()
      else if (this.#descriptors.has(releaseKey(id))) this.#leave(id)
    }
  }

  #leave(id: number): void {
    const owner = this.#owners.get(id)
    this.#owners.delete(id)
    this.#descriptors.delete(id)
    this.#descriptors.delete(releaseKey(id))
    if (owner !== undefined) this.#leaving.set(id, owner.leave())
    this.post({ kind: 'gone', writer: this.id, id })
  }

  #free(id: number): void {
    for (const { slot, words } of this.#leaving.get(id) ?? []) this.#memory.free(slot, words)
    this.#leaving.delete(id)
  }

  exemplars(): Place {
    return { slot: this.#memory.allocate(EXEMPLAR_WORDS), words: EXEMPLAR_WORDS }
  }

  announceObservables(): void {
    this.#describe({ kind: 'observables', writer: this.id })
  }

  /** Puts a record into its lane's ring; what doesn't fit is counted. */
  writeRecord(lane: Lane, kind: FrameKind, scope: number, payload: Uint8Array, length: number): void {
    const ring = kind === SPAN ? this.#spans[lane] : this.#logs[lane]
    if (length > ring.maximumPayloadBytes) this.control.countDrop(dropIndex('record_too_large', lane, kind))
    else if (!ring.write(kind, 0, scope, payload, length)) this.control.countDrop(RING_FULL[lane][kind])
  }

  #describe(message: WriterMessage, key: string | number = `${message.kind} ${this.#nextDescriptor++}`): void {
    this.#descriptors.set(key, message)
    this.#post?.(message)
  }
}
