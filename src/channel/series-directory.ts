import type { SeriesAttributes, SeriesAttributeValue } from './messages.js'
import { type Chunk, chunkOffset, type SeriesMemory } from './series-memory.js'

/*
 * Which series there are and what they mean, on shared memory: the reader finds them there when it collects, and a
 * reader that starts anew finds all of them, so that neither thread keeps a copy of their attributes.
 *
 * Blocks of entries; a series is known by the number of its entry, which is another's only after the reader has
 * forgotten the series.
 *
 *   Int32 0  address of the series, 0 for none: stored last, and taken away first
 *         1  address of its text
 *         2  its instrument
 *
 * Text, in series memory:
 *
 *   word 0   start of the series, milliseconds since 1970
 *        1   Int32 bytes of the text
 *        2…  attributes as JSON: [name, value, name, value, …], ascending by name
 */
export const BLOCK_ENTRIES = 1024
const ENTRY_INTS = 3
const ADDRESS = 0
const TEXT = 1
const INSTRUMENT = 2

const TEXT_HEADER_WORDS = 2
/** Texts up to so many words are told apart by four words, longer ones by powers of two, so that places fit again. */
const FINE_WORDS = 64

/** An entry as the reader finds it. */
export interface DirectoryEntry {
  readonly address: number
  readonly text: number
  readonly instrument: number
}

/** The writer's end. */
export class SeriesDirectory {
  readonly #blocks: Int32Array[] = []
  readonly #memory: SeriesMemory
  readonly #onBlock: (index: number, memory: SharedArrayBuffer) => void
  readonly #free: number[] = []
  #count = 0

  constructor(memory: SeriesMemory, onBlock: (index: number, memory: SharedArrayBuffer) => void) {
    this.#memory = memory
    this.#onBlock = onBlock
  }

  /** From now on a reader finds the series. */
  enter(address: number, instrument: number, attributes: string, startTime: number): number {
    const id = this.#free.pop() ?? this.#count++
    const block = Math.floor(id / BLOCK_ENTRIES)
    if (block === this.#blocks.length) {
      const memory = new SharedArrayBuffer(BLOCK_ENTRIES * ENTRY_INTS * 4)
      this.#blocks.push(new Int32Array(memory))
      this.#onBlock(block, memory)
    }
    const ints = this.#blocks[block]!
    const at = (id % BLOCK_ENTRIES) * ENTRY_INTS
    ints[at + TEXT] = this.#write(attributes, startTime)
    ints[at + INSTRUMENT] = instrument
    Atomics.store(ints, at + ADDRESS, address)
    return id
  }

  address(id: number): number {
    return this.#blocks[Math.floor(id / BLOCK_ENTRIES)]![(id % BLOCK_ENTRIES) * ENTRY_INTS + ADDRESS]!
  }

  /** The text that the series was entered with. */
  attributes(id: number): string {
    const text = this.#text(id)
    return readText(this.#memory.chunkOf(text), chunkOffset(text))
  }

  /** No reader will find it any more; one that has may still look at it. */
  remove(id: number): void {
    Atomics.store(this.#blocks[Math.floor(id / BLOCK_ENTRIES)]!, (id % BLOCK_ENTRIES) * ENTRY_INTS + ADDRESS, 0)
  }

  /** No reader knows it: the number, and the place of its text, may be another's. */
  giveBack(id: number): void {
    const address = this.#text(id)
    const length = this.#memory.chunkOf(address).ints[chunkOffset(address) * 2 + 2]!
    this.#memory.free({ address, words: textWords(length) })
    this.#free.push(id)
  }

  #text(id: number): number {
    return this.#blocks[Math.floor(id / BLOCK_ENTRIES)]![(id % BLOCK_ENTRIES) * ENTRY_INTS + TEXT]!
  }

  #write(text: string, startTime: number): number {
    const length = Buffer.byteLength(text)
    const address = this.#memory.allocate(textWords(length))
    const chunk = this.#memory.chunkOf(address)
    const offset = chunkOffset(address)
    chunk.floats[offset] = startTime
    chunk.ints[offset * 2 + 2] = length
    chunk.bytes.write(text, (offset + TEXT_HEADER_WORDS) * 8)
    return address
  }
}

/** What lies at `index` of a block; `undefined` where there is no series. */
export function readEntry(block: Int32Array, index: number): DirectoryEntry | undefined {
  const at = index * ENTRY_INTS
  const address = Atomics.load(block, at + ADDRESS)
  return address === 0
    ? undefined
    : { address, text: Atomics.load(block, at + TEXT), instrument: Atomics.load(block, at + INSTRUMENT) }
}

/** Milliseconds since 1970. */
export function readStartTime(chunk: Chunk, offset: number): number {
  return chunk.floats[offset]!
}

/** Attributes as JSON. */
export function readText(chunk: Chunk, offset: number): string {
  const start = (offset + TEXT_HEADER_WORDS) * 8
  return chunk.bytes.toString('utf8', start, start + chunk.ints[offset * 2 + 2]!)
}

/** The attributes that a text stands for. */
export function parseAttributes(text: string): SeriesAttributes {
  const parts = JSON.parse(text) as SeriesAttributeValue[]
  const attributes: Record<string, SeriesAttributeValue> = {}
  for (let i = 0; i < parts.length; i += 2) {
    const name = parts[i] as string
    if (name !== '__proto__') attributes[name] = parts[i + 1]!
    // a property like any other
    else Object.defineProperty(attributes, name, { value: parts[i + 1], enumerable: true })
  }
  return attributes
}

function textWords(bytes: number): number {
  const words = TEXT_HEADER_WORDS + Math.ceil(bytes / 8)
  return words <= FINE_WORDS ? Math.ceil(words / 4) * 4 : 2 ** Math.ceil(Math.log2(words))
}
