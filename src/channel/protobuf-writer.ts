/** A record larger than this isn't written at all. */
const MAXIMUM_RECORD_BYTES = 16 << 20

const encoder = new TextEncoder()

/**
 * Protobuf (https://protobuf.dev/programming-guides/encoding/) into one buffer that is used again and again and
 * lies outside of shared memory, where byte stores are quicker.
 */
export class ProtobufWriter {
  bytes = new Uint8Array(4096)
  length = 0
  #view = new DataView(this.bytes.buffer)
  readonly #maximumBytes: number

  /** Writing more than `maximumBytes` throws a `RangeError`. */
  constructor(maximumBytes = MAXIMUM_RECORD_BYTES) {
    this.#maximumBytes = maximumBytes
  }

  reset(): void {
    this.length = 0
  }

  /** A message field: returns the mark for `endMessage`. Two bytes are kept for the length. */
  beginMessage(field: number): number {
    this.#room(8)
    this.varint((field << 3) | 2)
    this.length += 2
    return this.length
  }

  /** Fills in the length; a two-byte varint may be padded, which every decoder takes. */
  endMessage(mark: number): void {
    const size = this.length - mark
    const at = mark - 2
    if (size < 16384) {
      this.bytes[at] = (size & 127) | 128
      this.bytes[at + 1] = size >>> 7
      return
    }
    this.#room(2)
    this.bytes.copyWithin(mark + 2, mark, this.length)
    this.length += 2
    this.bytes[at] = (size & 127) | 128
    this.bytes[at + 1] = ((size >>> 7) & 127) | 128
    this.bytes[at + 2] = ((size >>> 14) & 127) | 128
    this.bytes[at + 3] = size >>> 21
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    this.#room(10)
    let rest = value
    while (rest > 127) {
      this.bytes[this.length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.length++] = rest
  }

  uint(field: number, value: number): void {
    if (value === 0) return
    this.varint(field << 3)
    this.varint(value)
  }

  /** int64, also negative: two's complement of 64 bits. */
  int64(field: number, value: number): void {
    this.varint(field << 3)
    if (value >= 0) return this.varint(value)
    this.#room(10)
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 127n) {
      this.bytes[this.length++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.bytes[this.length++] = Number(rest)
  }

  /** A whole number from 0 to 2^53 that is written even when it is 0: in a list every value counts. */
  uintOrZero(field: number, value: number): void {
    this.varint(field << 3)
    this.varint(value)
  }

  /** sint32: small negative numbers are short. */
  sint32(field: number, value: number): void {
    this.uint(field, ((value << 1) ^ (value >> 31)) >>> 0)
  }

  bool(field: number, value: boolean): void {
    this.varint(field << 3)
    this.varint(value ? 1 : 0)
  }

  double(field: number, value: number): void {
    this.#room(12)
    this.varint((field << 3) | 1)
    this.#view.setFloat64(this.length, value, true)
    this.length += 8
  }

  fixed32(field: number, value: number): void {
    this.#room(8)
    this.varint((field << 3) | 5)
    this.#word(value)
  }

  /** A whole number up to 2^53 either way, as fixed64 or sfixed64. */
  sfixed64(field: number, value: number): void {
    this.#room(12)
    this.varint((field << 3) | 1)
    this.#long(value)
  }

  /** A list of counts. */
  packedFixed64(field: number, values: readonly number[]): void {
    this.#room(16 + values.length * 8)
    this.varint((field << 3) | 2)
    this.varint(values.length * 8)
    for (const value of values) this.#long(value)
  }

  packedDoubles(field: number, values: readonly number[]): void {
    this.#room(16 + values.length * 8)
    this.varint((field << 3) | 2)
    this.varint(values.length * 8)
    for (const value of values) {
      this.#view.setFloat64(this.length, value, true)
      this.length += 8
    }
  }

  /** Milliseconds since 1970, with the fractions that a double has, as nanoseconds in fixed64. */
  timeMs(field: number, milliseconds: number): void {
    const seconds = Math.floor(milliseconds / 1000)
    this.#time(field, seconds, Math.round((milliseconds - seconds * 1000) * 1e6))
  }

  /** Nanoseconds since 1970 as fixed64, from [seconds, nanoseconds]; as a double they'd step by 256 ns. */
  time(field: number, time: readonly [number, number]): void {
    this.#time(field, time[0], time[1])
  }

  #time(field: number, since1970: number, nanoseconds: number): void {
    this.#room(12)
    this.varint((field << 3) | 1)
    const seconds = Math.max(0, Math.min(since1970, 0xffffffff))
    // bit operations take their numbers modulo 2^32; the remainder of two doubles is a call, and slow
    const high = Math.floor(seconds / 65536) * 1e9
    const low = (seconds & 65535) * 1e9 + nanoseconds
    const lowWord = (high & 65535) * 65536 + (low >>> 0)
    this.#word(lowWord)
    this.#word(Math.floor(high / 65536) + Math.floor(low / 4294967296) + Math.floor(lowWord / 4294967296))
  }

  /** Hexadecimal text as bytes. */
  hex(field: number, text: string): void {
    const size = text.length >> 1
    this.#room(size + 4)
    this.varint((field << 3) | 2)
    this.varint(size)
    for (let i = 0; i < size; i++) {
      this.bytes[this.length++] = (nibble(text.charCodeAt(2 * i)) << 4) | nibble(text.charCodeAt(2 * i + 1))
    }
  }

  /** Two words of an id as bytes, the first digits first. */
  id64(field: number, first: number, second: number): void {
    this.#room(12)
    this.varint((field << 3) | 2)
    this.bytes[this.length++] = 8
    this.#idWord(first)
    this.#idWord(second)
  }

  /** The same of four words. */
  id128(field: number, first: number, second: number, third: number, fourth: number): void {
    this.#room(20)
    this.varint((field << 3) | 2)
    this.bytes[this.length++] = 16
    this.#idWord(first)
    this.#idWord(second)
    this.#idWord(third)
    this.#idWord(fourth)
  }

  /**
   * A message in `field` with the texts 1: `name` and 2: { 1: `text` }, as OTLP has a text attribute. Short ASCII texts
   * only, which most are: `false` where they aren't, and nothing is written.
   */
  shortPair(field: number, name: string, text: string): boolean {
    const key = keyOf(name)
    const { length: keyLength, words } = key
    const texts = text.length
    const size = keyLength + texts + 3
    if (keyLength === 0 || size > 127) return false
    this.#room(size + 16)
    const start = this.length
    this.varint((field << 3) | 2)
    const { bytes } = this
    let at = this.length
    bytes[at++] = size
    const view = this.#view
    // what goes over the end of the key is overwritten by what follows it
    for (let i = 0, done = 0; done < keyLength; i++, done += 8) view.setFloat64(at + done, words[i]!, true)
    at += keyLength
    bytes[at] = texts + 2
    bytes[at + 1] = 10
    bytes[at + 2] = texts
    at += 3
    let any = 0
    for (let i = 0; i < texts; i++) {
      const code = text.charCodeAt(i)
      any |= code
      bytes[at + i] = code
    }
    if (any > 127) {
      this.length = start
      return false
    }
    this.length = at + texts
    return true
  }

  raw(field: number, value: Uint8Array): void {
    this.varint((field << 3) | 2)
    this.varint(value.length)
    this.#room(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  string(field: number, text: string): void {
    const size = text.length
    this.#room(size * 3 + 8)
    this.varint((field << 3) | 2)
    if (size < 128 && this.#ascii(text)) return
    const mark = this.length
    // the length comes first: leave room for the largest it can be, then close the gap
    const room = size * 3 < 128 ? 1 : size * 3 < 16384 ? 2 : 4
    const { written } = encoder.encodeInto(text, this.bytes.subarray(mark + room))
    this.length = mark
    if (room === 1) this.bytes[this.length++] = written
    else {
      for (let i = 0; i < room; i++) {
        this.bytes[this.length++] = ((written >>> (7 * i)) & 127) | (i < room - 1 ? 128 : 0)
      }
    }
    this.length += written
  }

  /** Bytes that are messages already, their tags included. */
  append(value: Uint8Array): void {
    this.#room(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  #ascii(text: string): boolean {
    const size = text.length
    const start = this.length + 1
    for (let i = 0; i < size; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      this.bytes[start + i] = code
    }
    this.bytes[this.length] = size
    this.length = start + size
    return true
  }

  #long(value: number): void {
    const high = Math.floor(value / 4294967296)
    this.#word(value - high * 4294967296)
    this.#word(high)
  }

  #idWord(word: number): void {
    const { bytes, length } = this
    bytes[length] = word >>> 24
    bytes[length + 1] = (word >>> 16) & 255
    bytes[length + 2] = (word >>> 8) & 255
    bytes[length + 3] = word & 255
    this.length = length + 4
  }

  #word(value: number): void {
    const { bytes, length } = this
    const word = value | 0
    bytes[length] = word & 255
    bytes[length + 1] = (word >>> 8) & 255
    bytes[length + 2] = (word >>> 16) & 255
    bytes[length + 3] = word >>> 24
    this.length = length + 4
  }

  #room(more: number): void {
    const need = this.length + more
    if (need <= this.bytes.length) return
    if (need > this.#maximumBytes) throw new RangeError(`more than ${this.#maximumBytes} bytes`)
    const larger = new Uint8Array(Math.min(this.#maximumBytes, Math.max(need, this.bytes.length * 2)))
    larger.set(this.bytes.subarray(0, this.length))
    this.bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** A name as the bytes of field 1, and the tag of field 2 that follows it. */
interface Key {
  /** 0 where the name is no short ASCII text. */
  readonly length: number
  /** Eight bytes in each, as numbers that are stored with one instruction; ASCII is never NaN, which wouldn't be kept. */
  readonly words: Float64Array
}

/** Names come from a program's source: they are few. */
const MAXIMUM_KEYS = 1024
const keys = new Map<string, Key>()
const NO_KEY: Key = { length: 0, words: new Float64Array(0) }

/** Kept, because bytes are copied several times as quickly as the characters of a text. */
function keyOf(name: string): Key {
  const known = keys.get(name)
  if (known !== undefined) return known
  const key = encodeKey(name)
  if (keys.size >= MAXIMUM_KEYS) keys.clear()
  keys.set(name, key)
  return key
}

function encodeKey(name: string): Key {
  const size = name.length
  if (size > 120) return NO_KEY
  const length = size + 3
  const view = new DataView(new ArrayBuffer((length + 7) & ~7))
  view.setUint8(0, 10)
  view.setUint8(1, size)
  for (let i = 0; i < size; i++) {
    const code = name.charCodeAt(i)
    if (code > 127) return NO_KEY
    view.setUint8(i + 2, code)
  }
  view.setUint8(size + 2, 18)
  const words = Float64Array.from({ length: view.byteLength / 8 }, (_, i) => view.getFloat64(i * 8, true))
  return { length, words }
}

function nibble(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87
}
