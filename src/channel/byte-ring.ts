import type { FrameKind } from './lanes.js'

/*
 * A ring of framed records on shared memory: one thread writes, one reads, neither waits.
 *
 *   bytes 0–63     Int32 HEAD (bytes ever committed), TAIL (bytes ever released), modulo 2^32
 *   bytes 64–…     data, a power of two long
 *
 * A frame is 12 bytes of header (payload length, kind << 16 | resource, scope), then the payload, padded to 4.
 * Frames are contiguous: where one wouldn't fit before the end, a header with length SKIP sends the reader
 * back to the start. The tail moves only when the reader has got rid of the records for good, so that a
 * restarted reader begins with what the last one hadn't delivered.
 */
const HEAD = 0
const TAIL = 1
const RING_HEADER_BYTES = 64
const FRAME_HEADER_BYTES = 12
const SKIP = -1
/** Between two looks of a writer that waits. */
const RELEASE_LOOK_MS = 2

/** Room for the shared memory of a ring of `dataBytes`, which is rounded up to a power of two (64 KiB to 1 GiB). */
export function createRingMemory(dataBytes: number): SharedArrayBuffer {
  let size = 1 << 16
  while (size < dataBytes && size < 1 << 30) size *= 2
  return new SharedArrayBuffer(RING_HEADER_BYTES + size)
}

/** Up to here a loop is quicker than a view and its `set`, and makes no garbage. */
const LOOPED_BYTES = 1024

/** Whole words: what is copied beyond `length` lies in the padding of the frame. */
function copyWords(to: Int32Array, at: number, from: Uint8Array, length: number): void {
  const words = wordsOf(from)
  if (words === undefined) {
    const bytes = new Uint8Array(to.buffer, to.byteOffset)
    bytes.set(from.subarray(0, length), at * 4)
    return
  }
  const count = (length + 3) >> 2
  for (let i = 0; i < count; i++) to[at + i] = words[i]!
}

let lastBytes: Uint8Array | undefined
let lastWords: Int32Array | undefined

/** The same memory by words; a writer hands over the same buffer again and again. */
function wordsOf(bytes: Uint8Array): Int32Array | undefined {
  if (bytes === lastBytes) return lastWords
  lastBytes = bytes
  lastWords =
    bytes.byteOffset % 4 === 0 && bytes.length % 4 === 0
      ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
      : undefined
  return lastWords
}

/** The writing end. */
export class RingWriter {
  readonly #state: Int32Array
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #size: number
  #head: number

  constructor(memory: SharedArrayBuffer) {
    this.#state = new Int32Array(memory, 0, 2)
    this.#size = memory.byteLength - RING_HEADER_BYTES
    this.#words = new Int32Array(memory, RING_HEADER_BYTES)
    this.#bytes = new Uint8Array(memory, RING_HEADER_BYTES)
    this.#head = Atomics.load(this.#state, HEAD) >>> 0
  }

  /** The largest payload that can ever fit. */
  get maximumPayloadBytes(): number {
    return this.#size / 2 - FRAME_HEADER_BYTES
  }

  /** Copies `length` bytes of `payload` in as one record. `false` when there is no room: the caller counts it. */
  write(kind: FrameKind, resource: number, scope: number, payload: Uint8Array, length: number): boolean {
    const size = this.#size
    const need = FRAME_HEADER_BYTES + ((length + 3) & ~3)
    if (need > size / 2) return false
    const head = this.#head
    const used = (head - (Atomics.load(this.#state, TAIL) >>> 0)) >>> 0
    let at = head & (size - 1)
    const toEnd = size - at
    const skip = toEnd < need ? toEnd : 0
    if (used + skip + need > size) return false
    if (skip > 0) {
      this.#words[at >> 2] = SKIP
      at = 0
    }
    const word = at >> 2
    this.#words[word] = length
    this.#words[word + 1] = (kind << 16) | resource
    this.#words[word + 2] = scope
    if (length === payload.length) this.#bytes.set(payload, at + FRAME_HEADER_BYTES)
    else if (length > LOOPED_BYTES) this.#bytes.set(payload.subarray(0, length), at + FRAME_HEADER_BYTES)
    else copyWords(this.#words, word + FRAME_HEADER_BYTES / 4, payload, length)
    this.#head = (head + skip + need) >>> 0
    Atomics.store(this.#state, HEAD, this.#head | 0)
    return true
  }

  /** Waits until the reader has released something, `boundMs` at the longest; whether it has. Blocks the thread. */
  waitForRelease(boundMs: number): boolean {
    const tail = Atomics.load(this.#state, TAIL)
    const until = performance.now() + boundMs
    // the reader wakes nobody: it would do so for every batch of a process's life
    while (Atomics.load(this.#state, TAIL) === tail && performance.now() < until) {
      Atomics.wait(this.#state, TAIL, tail, RELEASE_LOOK_MS)
    }
    return Atomics.load(this.#state, TAIL) !== tail
  }

  /** Bytes that the reader hasn't released. */
  get usedBytes(): number {
    return (this.#head - (Atomics.load(this.#state, TAIL) >>> 0)) >>> 0
  }
}

/** One record, still lying in the ring: `payload` is a view that is good until `release(end)`. */
export interface Frame {
  readonly kind: FrameKind
  readonly resource: number
  readonly scope: number
  readonly payload: Uint8Array
  /** Position behind the record, for `release`. */
  readonly end: number
}

/** The reading end. */
export class RingReader {
  readonly #state: Int32Array
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #size: number
  #cursor: number

  constructor(memory: SharedArrayBuffer) {
    this.#state = new Int32Array(memory, 0, 2)
    this.#size = memory.byteLength - RING_HEADER_BYTES
    this.#words = new Int32Array(memory, RING_HEADER_BYTES)
    this.#bytes = new Uint8Array(memory, RING_HEADER_BYTES)
    this.#cursor = Atomics.load(this.#state, TAIL) >>> 0
  }

  get capacityBytes(): number {
    return this.#size
  }

  /** Bytes committed and not released. */
  get usedBytes(): number {
    return ((Atomics.load(this.#state, HEAD) >>> 0) - (Atomics.load(this.#state, TAIL) >>> 0)) >>> 0
  }

  /** Bytes committed behind the cursor. */
  get unreadBytes(): number {
    return ((Atomics.load(this.#state, HEAD) >>> 0) - this.#cursor) >>> 0
  }

  /** The next record and a step forward; `undefined` when there is none. The record stays in the ring. */
  next(): Frame | undefined {
    const head = Atomics.load(this.#state, HEAD) >>> 0
    if (this.#cursor === head) return undefined
    let at = this.#cursor & (this.#size - 1)
    let length = this.#words[at >> 2]!
    if (length === SKIP) {
      this.#cursor = (this.#cursor + this.#size - at) >>> 0
      at = 0
      length = this.#words[0]!
    }
    const word = at >> 2
    const tag = this.#words[word + 1]!
    this.#cursor = (this.#cursor + FRAME_HEADER_BYTES + ((length + 3) & ~3)) >>> 0
    const start = at + FRAME_HEADER_BYTES
    return {
      kind: (tag >>> 16) as FrameKind,
      resource: tag & 0xffff,
      scope: this.#words[word + 2]!,
      payload: this.#bytes.subarray(start, start + length),
      end: this.#cursor,
    }
  }

  /** Another reader that stands where this one does, to look at what is to come. */
  lookAhead(): RingReader {
    const other = new RingReader(this.#state.buffer as SharedArrayBuffer)
    other.#cursor = this.#cursor
    return other
  }

  /** Everything up to `position` (a frame's `end`) may be overwritten. Positions must be released in order. */
  release(position: number): void {
    Atomics.store(this.#state, TAIL, position | 0)
  }

  /** Back to the first record that wasn't released. */
  rewind(): void {
    this.#cursor = Atomics.load(this.#state, TAIL) >>> 0
  }
}
