import type { TraceRef } from './trace-ref.js'
import { formatWord } from './trace-ref.js'

/*
 * Chunks of 64-bit words on shared memory. A series lies at a word address (chunk × CHUNK_WORDS + offset):
 *
 *   word 0   Int32 version (odd while it is written) · Int32 address of its exemplars, 0 for none.
 *            Of an observable series the second half is the collection that observed it last.
 *   sum, gauge      word 1  value (a gauge that was never set is NaN)
 *                        2, 3  of a sum that a delta reader reads: the value at the ends of its last two intervals
 *   histogram       see histogram-layout.ts
 *
 * Exemplars: word 0 as above (version), then twice (the newest, the largest) five words: value, milliseconds
 * since 1970 (0: none), trace id (2 words), span id.
 *
 * One thread writes a series, so an update needs no atomic operation; the reader takes what is more than one
 * word again when the version moved. x86-64 keeps stores in order, so there a plain version does; elsewhere it
 * is stored atomically (a plain odd/even version showed no inconsistent read in 15.8 million on x86-64).
 *
 * What a series means (its attributes) lies in the same chunks, see series-directory.ts.
 */
export const CHUNK_WORDS = 8192
export const EXEMPLAR_WORDS = 11
/** Where they lie in it, behind the version. */
const NEWEST = 1
const LARGEST = 6
/** Words of a sum or gauge, without and with the checkpoints of a delta reader. */
export const NUMBER_WORDS = 2
export const DELTA_NUMBER_WORDS = 4

const ORDERED_STORES = process.arch === 'x64'

/** One chunk with both of its views. */
export class Chunk {
  readonly memory: SharedArrayBuffer
  readonly floats: Float64Array
  readonly ints: Int32Array
  #bytes: Buffer | undefined

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.floats = new Float64Array(memory)
    this.ints = new Int32Array(memory)
  }

  /** The same, for texts. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.memory)
    return this.#bytes
  }
}

/** Which chunk an address lies in. */
export function chunkIndex(address: number): number {
  return Math.floor(address / CHUNK_WORDS)
}

/** Where in its chunk. */
export function chunkOffset(address: number): number {
  return address % CHUNK_WORDS
}

/** A piece of series memory. */
export interface Place {
  readonly address: number
  readonly words: number
}

/**
 * The writer's allocator. Chunks are only ever added; what was freed in them is given to places of the same size.
 * Several may share the numbering of their chunks: figures lie closer together without the texts between them.
 */
export class SeriesMemory {
  readonly chunks: Chunk[]
  #current = -1
  #free = CHUNK_WORDS
  /** Addresses by size. */
  readonly #freed = new Map<number, number[]>()
  readonly #onChunk: (index: number, chunk: Chunk) => void

  constructor(onChunk: (index: number, chunk: Chunk) => void, chunks: Chunk[] = []) {
    this.#onChunk = onChunk
    this.chunks = chunks
  }

  /** The address of `words` words, all 0, that lie in one chunk. */
  allocate(words: number): number {
    const freed = this.#freed.get(words)?.pop()
    if (freed !== undefined) {
      const offset = chunkOffset(freed)
      this.chunkOf(freed).floats.fill(0, offset, offset + words)
      return freed
    }
    // what is larger than a chunk has one of its own
    if (words > CHUNK_WORDS) return this.#add(words) * CHUNK_WORDS
    if (this.#free + words > CHUNK_WORDS) {
      this.#current = this.#add(CHUNK_WORDS)
      // address 0 means "none"
      this.#free = this.#current === 0 ? 1 : 0
    }
    const address = this.#current * CHUNK_WORDS + this.#free
    this.#free += words
    return address
  }

  chunkOf(address: number): Chunk {
    return this.chunks[chunkIndex(address)]!
  }

  /** Gives back a place that no reader knows any more. */
  free({ address, words }: Place): void {
    const freed = this.#freed.get(words)
    if (freed === undefined) this.#freed.set(words, [address])
    else freed.push(address)
  }

  #add(words: number): number {
    const added = new Chunk(new SharedArrayBuffer(words * 8))
    this.chunks.push(added)
    this.#onChunk(this.chunks.length - 1, added)
    return this.chunks.length - 1
  }
}

/** Marks the block at `offset` as being written; returns what `endWrite` wants back. */
export function beginWrite(ints: Int32Array, offset: number): number {
  const at = offset * 2
  const version = (ints[at]! + 1) | 0
  if (ORDERED_STORES) ints[at] = version
  else Atomics.store(ints, at, version)
  return version
}

/** Marks it as whole again. */
export function endWrite(ints: Int32Array, offset: number, version: number): void {
  const at = offset * 2
  if (ORDERED_STORES) ints[at] = (version + 1) | 0
  else Atomics.store(ints, at, (version + 1) | 0)
}

/**
 * Value and time (ms since 1970) of the measurement that `writeExemplar` stores. A fraction that is handed to a function
 * becomes an object on the heap (16 bytes) wherever the compiler doesn't inline the call; one in an array doesn't.
 */
export const measurement = new Float64Array(2)

/** Stores the measurement as the newest exemplar, and as the largest if it is. */
export function writeExemplar({ floats, ints }: Chunk, offset: number, ref: TraceRef): void {
  const version = beginWrite(ints, offset)
  const newest = offset + NEWEST
  floats[newest] = measurement[0]!
  floats[newest + 1] = measurement[1]!
  const word = (newest + 2) * 2
  ints[word] = ref.trace0
  ints[word + 1] = ref.trace1
  ints[word + 2] = ref.trace2
  ints[word + 3] = ref.trace3
  ints[word + 4] = ref.span0
  ints[word + 5] = ref.span1
  const largest = offset + LARGEST
  if (floats[largest + 1] === 0 || measurement[0]! >= floats[largest]!) {
    // as whole numbers: an id may look like one of the many NaNs, which an engine may exchange for another
    for (let i = 0; i < (LARGEST - NEWEST) * 2; i++) ints[largest * 2 + i] = ints[newest * 2 + i]!
  }
  endWrite(ints, offset, version)
}

/** Tries of the reader before it serves its last whole snapshot; a writer that was preempted stays odd for long. */
const READ_ATTEMPTS = 50

/**
 * Copies `words` words from `offset` on into `into`, all from one version. `false` when the writer never stood
 * still: serve what was read last time.
 */
export function readWhole(chunk: Chunk, offset: number, words: number, into: Float64Array): boolean {
  const at = offset * 2
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    const before = Atomics.load(chunk.ints, at)
    if (before & 1) continue
    for (let i = 0; i < words; i++) into[i] = chunk.floats[offset + i]!
    if (Atomics.load(chunk.ints, at) === before) return true
  }
  return false
}

/** An exemplar as the reader hands it on. */
export interface ExemplarValue {
  readonly value: number
  readonly timeMs: number
  readonly traceId: string
  readonly spanId: string
}

const exemplarScratch = new Float64Array(EXEMPLAR_WORDS)
const exemplarScratchInts = new Int32Array(exemplarScratch.buffer)

/** The exemplars at `offset`: the newest and, if it is another, the largest. `undefined`: no whole read was possible. */
export function readExemplars(chunk: Chunk, offset: number): ExemplarValue[] | undefined {
  if (!readWhole(chunk, offset, EXEMPLAR_WORDS, exemplarScratch)) return undefined
  const newest = exemplarAt(NEWEST)
  const largest = exemplarAt(LARGEST)
  if (newest === undefined) return []
  if (
    largest === undefined ||
    (largest.timeMs === newest.timeMs && largest.spanId === newest.spanId && largest.value === newest.value)
  )
    return [newest]
  return [newest, largest]
}

function exemplarAt(at: number): ExemplarValue | undefined {
  const timeMs = exemplarScratch[at + 1]!
  if (timeMs === 0) return undefined
  const ints = exemplarScratchInts
  const word = (at + 2) * 2
  return {
    value: exemplarScratch[at]!,
    timeMs,
    traceId:
      formatWord(ints[word]!) + formatWord(ints[word + 1]!) + formatWord(ints[word + 2]!) + formatWord(ints[word + 3]!),
    spanId: formatWord(ints[word + 4]!) + formatWord(ints[word + 5]!),
  }
}
