import { createRingMemory, RingWriter } from './byte-ring.js'
import { ControlBlock, createControlMemory, dropIndex } from './control-block.js'
import { type FrameKind, frameKinds, type Lane, type RingMemory } from './lanes.js'
import type { InstrumentDescriptor, ReaderMessage, ScopeDescriptor, WriterMessage } from './messages.js'
import { SeriesDirectory } from './series-directory.js'
import { type Chunk, chunkOffset, EXEMPLAR_WORDS, type Place, SeriesMemory } from './series-memory.js'

const { span: SPAN, log: LOG } = frameKinds
/** What finds no room. */
const RING_FULL = {
  orders: {
    [SPAN]: dropIndex('orders_ring_full', 'orders', SPAN),
    [LOG]: dropIndex('orders_ring_full', 'orders', LOG),
  },
  other: { [SPAN]: dropIndex('other_ring_full', 'other', SPAN), [LOG]: dropIndex('other_ring_full', 'other', LOG) },
} as const

/** A reader that has released nothing for so long has nobody who takes its records: a slow collector answers sooner. */
const STALLED_MS = 500

/** Where a series lies, and the id that the reader knows it by. */
export interface SeriesPlace {
  readonly id: number
  readonly chunk: Chunk
  readonly offset: number
}

/** Whoever writes a series. */
export interface SeriesOwner {
  /** The series hasn't changed for long, and its room is needed. */
  idle(): void
  /** Words of its place. */
  readonly words: number
  /** Where its exemplars lie; 0: nowhere. */
  readonly exemplars: number
  /** The last value has been served: its places are looked at for the last time. */
  leave(): void
}

/** The writing end of the channel: one for each thread of the application that records something. */
export class ChannelWriter {
  readonly id: number
  readonly control: ControlBlock
  readonly startTime: number
  readonly #memory: SeriesMemory
  readonly #directory: SeriesDirectory
  readonly #spans: Readonly<Record<Lane, RingWriter>>
  readonly #logs: Readonly<Record<Lane, RingWriter>>
  /** Everything said so far that a restarted reader has to know. */
  readonly #descriptors: WriterMessage[] = []
  /** By id: whoever writes a series. */
  readonly #owners: (SeriesOwner | undefined)[] = []
  /** By id: the number of its latest release. */
  readonly #released = new Map<number, number>()
  #releases = 0
  /** Places that wait for the reader to forget them. */
  readonly #leaving = new Map<number, readonly Place[]>()
  readonly #scopeIds = new Map<string, number>()
  readonly #scopeIdsByObject = new WeakMap<ScopeDescriptor, number>()
  #post: ((message: WriterMessage) => void) | undefined
  #nextInstrument = 0
  /** By the monotonic clock: until then records wait for room. */
  #patientUntil = Number.NEGATIVE_INFINITY

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
    const tellChunk = (index: number, { memory }: Chunk): void =>
      this.#describe({ kind: 'chunk', writer: this.id, index, memory })
    this.#memory = new SeriesMemory(tellChunk)
    this.#directory = new SeriesDirectory(new SeriesMemory(tellChunk, this.#memory.chunks), (index, memory) =>
      this.#describe({ kind: 'directory', writer: this.id, index, memory }),
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
    for (const message of this.#descriptors) post(message)
    for (const [id, release] of this.#released) post({ kind: 'released', writer: this.id, id, release })
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

  /**
   * Reserves a place for a series; `initialize` fills it before the reader can find it. `attributes`: the text that
   * stands for them.
   */
  series(
    instrument: number,
    words: number,
    attributes: string,
    initialize: (chunk: Chunk, offset: number) => void,
    startTime = this.startTime,
  ): SeriesPlace {
    const address = this.#memory.allocate(words)
    const chunk = this.#memory.chunkOf(address)
    const offset = chunkOffset(address)
    initialize(chunk, offset)
    return { id: this.#directory.enter(address, instrument, attributes, startTime), chunk, offset }
  }

  /** The text that a series was made with; good until it has left. */
  attributes(id: number): string {
    return this.#directory.attributes(id)
  }

  /** Who is told when the reader has served the last value of a series, or needs its room. */
  own(id: number, owner: SeriesOwner): void {
    this.#owners[id] = owner
  }

  /** Whoever writes the series now. */
  owner(id: number): SeriesOwner | undefined {
    return this.#owners[id]
  }

  /** Nothing is written to it any more. */
  release(id: number): void {
    const release = this.#releases++
    this.#released.set(id, release)
    this.post({ kind: 'released', writer: this.id, id, release })
  }

  /** It goes on after all, by another owner. */
  revive(id: number, owner: SeriesOwner): void {
    this.#owners[id] = owner
    this.#released.delete(id)
    this.post({ kind: 'revived', writer: this.id, id })
  }

  /** An answer of the reader about series of this writer. */
  receive(message: ReaderMessage): void {
    if (!('writer' in message) || message.writer !== this.id) return
    if (message.kind === 'served') {
      for (const { id, release } of message.releases) {
        // what was recorded between an earlier release and the latest has not been served
        if (this.#released.get(id) === release) this.#leave(id)
      }
    } else if (message.kind === 'freed') for (const id of message.ids) this.#free(id)
    else for (const id of message.ids) this.#owners[id]?.idle()
  }

  #leave(id: number): void {
    const owner = this.#owners[id]!
    this.#released.delete(id)
    const places: Place[] = [{ address: this.#directory.address(id), words: owner.words }]
    if (owner.exemplars !== 0) places.push({ address: owner.exemplars, words: EXEMPLAR_WORDS })
    this.#leaving.set(id, places)
    owner.leave()
    this.#owners[id] = undefined
    this.#directory.remove(id)
    this.post({ kind: 'gone', writer: this.id, id })
  }

  #free(id: number): void {
    const places = this.#leaving.get(id)
    if (places === undefined) return
    this.#leaving.delete(id)
    for (const place of places) this.#memory.free(place)
    this.#directory.giveBack(id)
  }

  /** Room for the exemplars of a series. */
  exemplars(): number {
    return this.#memory.allocate(EXEMPLAR_WORDS)
  }

  /** The chunk of an address. */
  chunkOf(address: number): Chunk {
    return this.#memory.chunkOf(address)
  }

  announceObservables(): void {
    this.#describe({ kind: 'observables', writer: this.id })
  }

  /** Puts a record into its lane's ring; what doesn't fit is counted. */
  writeRecord(lane: Lane, kind: FrameKind, scope: number, payload: Uint8Array, length: number): void {
    const ring = kind === SPAN ? this.#spans[lane] : this.#logs[lane]
    if (length > ring.maximumPayloadBytes) this.control.countDrop(dropIndex('record_too_large', lane, kind))
    else if (!ring.write(kind, 0, scope, payload, length)) {
      if (!this.#writeLater(ring, kind, scope, payload, length)) this.control.countDrop(RING_FULL[lane][kind])
    }
  }

  /**
   * Runs `act`, in which records that find no room wait for the reader in another thread to make some: for the end of a
   * process, when all orders end at once. They wait `boundMs` in all and block the thread; returns how long it took.
   */
  patiently(boundMs: number, act: () => void): number {
    const began = performance.now()
    this.#patientUntil = began + boundMs
    try {
      act()
    } finally {
      this.#patientUntil = Number.NEGATIVE_INFINITY
    }
    return performance.now() - began
  }

  #writeLater(ring: RingWriter, kind: FrameKind, scope: number, payload: Uint8Array, length: number): boolean {
    while (performance.now() < this.#patientUntil) {
      const leftMs = this.#patientUntil - performance.now()
      if (!ring.waitForRelease(Math.min(leftMs, STALLED_MS))) this.#patientUntil = Number.NEGATIVE_INFINITY
      else if (ring.write(kind, 0, scope, payload, length)) return true
    }
    return false
  }

  #describe(message: WriterMessage): void {
    this.#descriptors.push(message)
    if (message.kind !== 'writer' && message.kind !== 'observables') this.control.countDescription()
    this.#post?.(message)
  }
}
