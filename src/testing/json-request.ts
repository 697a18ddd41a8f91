import type { Field, Message } from '../channel/otlp-schema.js'
import type { DecodedMessage, DecodedValue } from '../channel/protobuf-reader.js'

/** The body isn't an OTLP request; the message is a sentence for the sender. */
export class MalformedBodyError extends Error {
  override readonly name = 'MalformedBodyError'
}

const MAXIMUM_DEPTH = 64

/**
 * Checks an OTLP/JSON value by the schema and gives it the form that protobuf bytes are decoded to. Unknown
 * fields are skipped, as the specification wants.
 *
 * @throws {MalformedBodyError} naming the field that is wrong.
 */
export function readJsonMessage(value: unknown, message: Message): DecodedMessage {
  return readMessage(value, message, message.name, 0)
}

function readMessage(value: unknown, message: Message, path: string, depth: number): DecodedMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object', value)
  if (depth > MAXIMUM_DEPTH) throw new MalformedBodyError(`${path} is nested more than ${MAXIMUM_DEPTH} levels deep.`)
  const result: DecodedMessage = {}
  for (const field of message.fields.values()) {
    const given = (value as Record<string, unknown>)[field.name]
    if (given === undefined || given === null) continue
    const at = `${path}.${field.name}`
    if (!field.repeated) {
      result[field.name] = readField(given, field, at, depth)
      continue
    }
    if (!Array.isArray(given)) throw wrong(at, 'a list', given)
    result[field.name] = given.map((item, i) => readField(item, field, `${at}[${i}]`, depth))
  }
  return result
}

function readField(value: unknown, field: Field, path: string, depth: number): DecodedValue {
  if (field.message !== undefined) return readMessage(value, field.message, path, depth + 1)
  switch (field.scalar!) {
    case 'string':
    case 'bytes':
      if (typeof value === 'string') return value
      throw wrong(path, 'a string', value)
    case 'id':
      if (typeof value === 'string' && /^([0-9a-fA-F]{2})*$/.test(value)) return value.toLowerCase()
      throw wrong(path, 'an id in hexadecimal', value)
    case 'bool':
      if (typeof value === 'boolean') return value
      throw wrong(path, 'true or false', value)
    case 'double':
      if (typeof value === 'number') return value
      if (typeof value === 'string' && /^(NaN|-?Infinity|-?\d+(\.\d*)?(e[+-]?\d+)?)$/i.test(value)) return value
      throw wrong(path, 'a number', value)
    case 'int64':
    case 'uint64':
    case 'fixed64':
    case 'sfixed64':
      if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return value
      if (typeof value === 'number' && Number.isInteger(value)) return String(BigInt(value))
      throw wrong(path, 'a whole number as decimal text', value)
    default:
      if (typeof value === 'number' && Number.isInteger(value)) return value
      if (typeof value === 'string' && /^-?\d{1,10}$/.test(value)) return Number(value)
      throw wrong(path, 'a whole number', value)
  }
}

function wrong(path: string, expected: string, given: unknown): MalformedBodyError {
  const shown = (JSON.stringify(given) ?? String(given)).slice(0, 60)
  return new MalformedBodyError(`${path} must be ${expected}, but is ${shown}.`)
}
