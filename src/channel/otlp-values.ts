import type { ProtobufWriter } from './protobuf-writer.js'

/** Deeper values (log bodies, mostly circular ones) are cut. */
const MAXIMUM_DEPTH = 8
const MAXIMUM_ITEMS = 128

/** Cuts long strings; tells how many were. */
export interface ValueLimits {
  readonly maximumLength: number
  /** Counts up with every cut value. */
  cut: number
}

/** For what has been cut before: attributes of a resource or a series. */
const unlimited: ValueLimits = { maximumLength: Number.POSITIVE_INFINITY, cut: 0 }

/** A list of OTLP `KeyValue` in `field`. */
export function writeAttributes(
  writer: ProtobufWriter,
  field: number,
  attributes: Readonly<Record<string, unknown>>,
  limits: ValueLimits = unlimited,
): void {
  for (const name in attributes) {
    const value = attributes[name]
    if (value === undefined || value === null) continue
    writeKeyValue(writer, field, name, value, limits, 0)
  }
}

/** One of them. */
export function writeAttribute(
  writer: ProtobufWriter,
  field: number,
  name: string,
  value: string | boolean,
  limits: ValueLimits = unlimited,
): void {
  writeKeyValue(writer, field, name, value, limits, 0)
}

function writeKeyValue(
  writer: ProtobufWriter,
  field: number,
  name: string,
  value: unknown,
  limits: ValueLimits,
  depth: number,
): void {
  if (typeof value === 'string' && value.length <= limits.maximumLength && writer.shortPair(field, name, value)) return
  const pair = writer.beginMessage(field)
  writer.string(1, name)
  const any = writer.beginMessage(2)
  writeAnyValue(writer, value, limits, depth)
  writer.endMessage(any)
  writer.endMessage(pair)
}

/** The content of an OTLP `AnyValue`. */
export function writeAnyValue(writer: ProtobufWriter, value: unknown, limits: ValueLimits, depth = 0): void {
  if (typeof value === 'string') return writeText(writer, value, limits)
  if (typeof value === 'boolean') return writer.bool(2, value)
  if (typeof value === 'number') {
    // upstream's rule: whole numbers are int64
    return Number.isSafeInteger(value) ? writer.int64(3, value) : writer.double(4, value)
  }
  if (typeof value === 'bigint') return writeText(writer, value.toString(), limits)
  if (value === null || typeof value !== 'object') return
  if (value instanceof Uint8Array) {
    if (value.length > limits.maximumLength) limits.cut++
    return writer.raw(7, value.subarray(0, limits.maximumLength))
  }
  if (depth >= MAXIMUM_DEPTH) {
    limits.cut++
    return
  }
  writeCollection(writer, value, limits, depth)
}

function writeCollection(writer: ProtobufWriter, value: object, limits: ValueLimits, depth: number): void {
  if (Array.isArray(value)) {
    const list = writer.beginMessage(5)
    if (value.length > MAXIMUM_ITEMS) limits.cut++
    for (const item of value.slice(0, MAXIMUM_ITEMS)) {
      const any = writer.beginMessage(1)
      writeAnyValue(writer, item, limits, depth + 1)
      writer.endMessage(any)
    }
    return writer.endMessage(list)
  }
  const list = writer.beginMessage(6)
  const entries = Object.entries(value)
  if (entries.length > MAXIMUM_ITEMS) limits.cut++
  for (const [name, item] of entries.slice(0, MAXIMUM_ITEMS)) {
    if (item !== undefined) writeKeyValue(writer, 1, name, item, limits, depth + 1)
  }
  writer.endMessage(list)
}

function writeText(writer: ProtobufWriter, text: string, limits: ValueLimits): void {
  if (text.length <= limits.maximumLength) return writer.string(1, text)
  limits.cut++
  writer.string(1, text.slice(0, limits.maximumLength))
}
