import type { Field, Message, ScalarType } from './otlp-schema.js'

/** Deeper nesting than any sender has: twelve levels down to an attribute of a span, then lists in lists. */
const MAXIMUM_DEPTH = 64

/** A message as OTLP/JSON has it: ids in hexadecimal, 64-bit numbers as decimal text, other bytes in base64. */
export interface DecodedMessage {
  [field: string]: DecodedValue
}
export type DecodedValue = string | number | boolean | DecodedMessage | DecodedValue[]

/** The bytes aren't a message of that kind; says what is wrong and at which byte. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
}

/**
 * Decodes protobuf bytes by a schema into the shape of OTLP/JSON
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). Unknown fields are skipped, packed and
 * unpacked lists both read; fields that aren't in the bytes aren't in the result.
 *
 * @throws {ProtobufError} when the bytes are cut off, nested too deeply or of another form.
 * @example
 * decodeMessage(bytes, otlpMessage('ExportTraceServiceRequest')).resourceSpans
 */
export function decodeMessage(bytes: Uint8Array, message: Message): DecodedMessage {
  return new Reader(bytes).message(message, bytes.length, 0)
}

const strictText = new TextDecoder('utf-8', { fatal: true })

/** Wire type of a scalar that isn't packed. */
function wireTypeOf(type: ScalarType): number {
  if (type === 'double' || type === 'fixed64' || type === 'sfixed64') return 1
  if (type === 'fixed32') return 5
  return type === 'string' || type === 'bytes' || type === 'id' ? 2 : 0
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  message(message: Message, end: number, depth: number): DecodedMessage {
    if (depth > MAXIMUM_DEPTH) throw this.#error(`nested more than ${MAXIMUM_DEPTH} levels deep`)
    const result: DecodedMessage = {}
    while (this.#at < end) {
      const tag = this.#varint(end)
      const number = Number(tag >> 3n)
      const wire = Number(tag & 7n)
      if (number === 0) throw this.#error('field number 0')
      const field = message.fields.get(number)
      if (field === undefined) {
        this.#skip(wire, end)
        continue
      }
      const value = this.#field(field, wire, end, depth, `${message.name}.${field.name}`)
      if (!field.repeated) result[field.name] = value as DecodedValue
      else {
        const list = (result[field.name] as DecodedValue[] | undefined) ?? []
        if (Array.isArray(value)) for (const item of value) list.push(item)
        else list.push(value)
        result[field.name] = list
      }
    }
    return result
  }

  #field(field: Field, wire: number, end: number, depth: number, name: string): DecodedValue {
    if (field.message !== undefined) {
      if (wire !== 2) throw this.#error(`${name} has wire type ${wire} instead of 2`)
      return this.message(field.message, this.#lengthDelimited(end, name), depth + 1)
    }
    const scalar = field.scalar!
    const expected = wireTypeOf(scalar)
    if (wire === expected) return this.#scalar(scalar, end, name)
    if (!field.repeated || wire !== 2) throw this.#error(`${name} has wire type ${wire} instead of ${expected}`)
    const packedEnd = this.#lengthDelimited(end, name)
    const list: DecodedValue[] = []
    while (this.#at < packedEnd) list.push(this.#scalar(scalar, packedEnd, name))
    return list
  }

  #scalar(type: ScalarType, end: number, name: string): DecodedValue {
    switch (type) {
      case 'string':
        return this.#text(this.#lengthDelimited(end, name), name)
      case 'bytes':
        return this.#take(this.#lengthDelimited(end, name)).toString('base64')
      case 'id':
        return this.#take(this.#lengthDelimited(end, name)).toString('hex')
      case 'bool':
        return this.#varint(end) !== 0n
      case 'int32':
      case 'enum':
        return Number(BigInt.asIntN(32, this.#varint(end)))
      case 'uint32':
        return Number(BigInt.asUintN(32, this.#varint(end)))
      case 'sint32': {
        const value = Number(BigInt.asUintN(32, this.#varint(end)))
        return (value >>> 1) ^ -(value & 1)
      }
      case 'int64':
        return BigInt.asIntN(64, this.#varint(end)).toString()
      case 'uint64':
        return BigInt.asUintN(64, this.#varint(end)).toString()
      case 'fixed32':
        return this.#bytes.readUInt32LE(this.#advance(4, end, name))
      case 'fixed64':
        return this.#bytes.readBigUInt64LE(this.#advance(8, end, name)).toString()
      case 'sfixed64':
        return this.#bytes.readBigInt64LE(this.#advance(8, end, name)).toString()
      case 'double': {
        const value = this.#bytes.readDoubleLE(this.#advance(8, end, name))
        // JSON has no such numbers; protobuf's mapping writes them as text
        return Number.isFinite(value) ? value : String(value)
      }
    }
  }

  /** A varint of up to 64 bits. */
  #varint(end: number): bigint {
    let low = 0
    let shift = 0
    // seven bits at a time; up to 28 of them fit a small integer
    for (; shift < 28; shift += 7) {
      const byte = this.#byte(end)
      low |= (byte & 127) << shift
      if (byte < 128) return BigInt(low)
    }
    let value = BigInt(low)
    for (; shift < 70; shift += 7) {
      const byte = this.#byte(end)
      value |= BigInt(byte & 127) << BigInt(shift)
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    throw this.#error('a number longer than 10 bytes')
  }

  #byte(end: number): number {
    if (this.#at >= end) throw this.#error('cut off in the middle of a number')
    return this.#bytes[this.#at++]!
  }

  #advance(size: number, end: number, name: string): number {
    const start = this.#at
    if (end - start < size) throw this.#error(`${name} is cut off: ${size} bytes expected, ${end - start} left`)
    this.#at = start + size
    return start
  }

  /** Reads a length; returns where what follows ends. */
  #lengthDelimited(end: number, name: string): number {
    const size = this.#varint(end)
    if (size > BigInt(end - this.#at)) {
      throw this.#error(`${name} is cut off: ${size} bytes expected, ${end - this.#at} left`)
    }
    return this.#at + Number(size)
  }

  #take(end: number): Buffer {
    const start = this.#at
    this.#at = end
    return this.#bytes.subarray(start, end)
  }

  #text(end: number, name: string): string {
    const start = this.#at
    this.#at = end
    const bytes = this.#bytes
    let ascii = true
    for (let i = start; i < end && ascii; i++) ascii = bytes[i]! < 128
    if (ascii) return bytes.toString('latin1', start, end)
    try {
      // a copy, since text can't be decoded from shared memory
      return strictText.decode(new Uint8Array(bytes.subarray(start, end)))
    } catch {
      throw this.#error(`${name} is not valid UTF-8`)
    }
  }

  #skip(wire: number, end: number): void {
    if (wire === 0) this.#varint(end)
    else if (wire === 1) this.#advance(8, end, 'an unknown field')
    else if (wire === 5) this.#advance(4, end, 'an unknown field')
    else if (wire === 2) this.#at = this.#lengthDelimited(end, 'an unknown field')
    else throw this.#error(`wire type ${wire}, which OTLP doesn't use`)
  }

  #error(what: string): ProtobufError {
    return new ProtobufError(`not an OTLP message: ${what} (at byte ${this.#at})`)
  }
}
