import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api'
import { entryName, entryValue, pushEntry } from './propagation-list.js'

/** Longer values aren't read: W3C trace context and baggage end at 8192 bytes. */
const MAXIMUM_VALUE_LENGTH = 8192
/** A carrier with more keys is searched by the exact, lower-case name only. */
const MAXIMUM_KEYS = 256

interface MapLike {
  get(key: string): unknown
}
interface SettableMap {
  set(key: unknown, value: unknown): unknown
}

/**
 * Reads HTTP headers, a plain object in a message, a Map or Headers, and the headers of Kafka clients: objects,
 * Maps and lists of them, with Buffers as values or as keys. Names in any case; only own keys, since whatever sits
 * on a prototype was sent by nobody. Never throws.
 */
export const carrierGetter: TextMapGetter<unknown> = {
  get(carrier, key) {
    try {
      return textOf(read(carrier, key))
    } catch {
      return undefined
    }
  },
  keys(carrier) {
    try {
      if (typeof carrier !== 'object' || carrier === null) return []
      if (Array.isArray(carrier)) return carrier.slice(0, MAXIMUM_KEYS).flatMap(entry => entryName(entry) ?? [])
      if (carrier instanceof Map) return [...carrier.keys()].flatMap(key => keyText(key) ?? [])
      return Object.keys(carrier)
    } catch {
      return []
    }
  },
}

/**
 * Writes into a plain object, a Map, Headers, or a list of headers, in the form that its entries have already;
 * anything else is left alone. Never throws.
 */
export const carrierSetter: TextMapSetter<unknown> = {
  set(carrier, key, value) {
    try {
      if (typeof carrier !== 'object' || carrier === null) return
      if (Array.isArray(carrier)) pushEntry(carrier, key, value)
      else if (isMapLike(carrier)) setInMap(carrier as unknown as SettableMap, key, value)
      else (carrier as Record<string, unknown>)[key] = value
    } catch {
      // frozen, or a Proxy that refuses: the message goes out without context
    }
  },
}

function read(carrier: unknown, key: string): unknown {
  if (typeof carrier !== 'object' || carrier === null) return undefined
  if (Array.isArray(carrier)) {
    if (carrier.length > MAXIMUM_KEYS) return undefined
    return entryValue(carrier.find(entry => entryName(entry)?.toLowerCase() === key))
  }
  if (isMapLike(carrier)) return carrier.get(key) ?? anyCase(carrier, key)
  if (Object.hasOwn(carrier, key)) return (carrier as Record<string, unknown>)[key]
  return anyCase(carrier, key)
}

function anyCase(carrier: object, key: string): unknown {
  const isMap = carrier instanceof Map
  // Headers know no case
  if (!isMap && isMapLike(carrier)) return undefined
  if (isMap && carrier.size > MAXIMUM_KEYS) return undefined
  const keys = isMap ? carrier.keys() : Object.keys(carrier)
  if (Array.isArray(keys) && keys.length > MAXIMUM_KEYS) return undefined
  for (const each of keys) {
    const name = keyText(each)
    if (name !== undefined && name.length === key.length && name.toLowerCase() === key)
      return isMap ? carrier.get(each) : (carrier as Record<string, unknown>)[each as string]
  }
  return undefined
}

/** A map whose keys are bytes (@platformatic/kafka) gets bytes. */
function setInMap(map: SettableMap, key: string, value: string): void {
  const first: unknown = map instanceof Map ? map.keys().next().value : undefined
  if (first instanceof Uint8Array) {
    const there = [...(map as Map<unknown, unknown>).keys()].find(each => keyText(each) === key)
    map.set(there ?? Buffer.from(key), Buffer.from(value))
  } else map.set(key, value)
}

/** A plain object may carry a field named `get`; a map has both functions. */
function isMapLike(carrier: object): carrier is MapLike {
  const map = carrier as Partial<MapLike & SettableMap>
  return typeof map.get === 'function' && typeof map.set === 'function'
}

/** Names are short; what is longer is none. */
function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  return key instanceof Uint8Array && key.byteLength <= MAXIMUM_KEYS ? utf8(key) : undefined
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= MAXIMUM_VALUE_LENGTH ? value : undefined
  if (value instanceof Uint8Array) return value.byteLength > MAXIMUM_VALUE_LENGTH ? undefined : utf8(value)
  // a header that came several times
  if (Array.isArray(value) && value.length > 0 && !Array.isArray(value[0])) return textOf(value[0])
  return undefined
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
