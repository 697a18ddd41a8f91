import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api'

/** Longer values aren't read: W3C trace context and baggage end at 8192 bytes. */
const MAXIMUM_VALUE_LENGTH = 8192
/** A carrier with more keys is searched by the exact, lower-case name only. */
const MAXIMUM_KEYS = 256

interface MapLike {
  get(key: string): unknown
}
interface SettableMap {
  set(key: string, value: string): unknown
}

/**
 * Reads HTTP headers, a plain object in a message, a Map or Headers, Kafka-like headers with Buffers. Names in
 * any case; only own keys, since whatever sits on a prototype was sent by nobody. Never throws.
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
      if (typeof carrier !== 'object' || carrier === null || Array.isArray(carrier)) return []
      if (carrier instanceof Map) return [...carrier.keys()].filter(key => typeof key === 'string')
      return Object.keys(carrier)
    } catch {
      return []
    }
  },
}

/** Writes into a plain object, a Map or Headers; anything else is left alone. Never throws. */
export const carrierSetter: TextMapSetter<unknown> = {
  set(carrier, key, value) {
    try {
      if (typeof carrier !== 'object' || carrier === null || Array.isArray(carrier)) return
      if (isMapLike(carrier)) (carrier as unknown as SettableMap).set(key, value)
      else (carrier as Record<string, unknown>)[key] = value
    } catch {
      // frozen, or a Proxy that refuses: the message goes out without context
    }
  },
}

function read(carrier: unknown, key: string): unknown {
  if (typeof carrier !== 'object' || carrier === null || Array.isArray(carrier)) return undefined
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
    if (typeof each === 'string' && each.length === key.length && each.toLowerCase() === key)
      return isMap ? carrier.get(each) : (carrier as Record<string, unknown>)[each]
  }
  return undefined
}

/** A plain object may carry a field named `get`; a map has both functions. */
function isMapLike(carrier: object): carrier is MapLike {
  const map = carrier as Partial<MapLike & SettableMap>
  return typeof map.get === 'function' && typeof map.set === 'function'
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= MAXIMUM_VALUE_LENGTH ? value : undefined
  if (value instanceof Uint8Array) {
    if (value.byteLength > MAXIMUM_VALUE_LENGTH) return undefined
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  }
  // a header that came several times
  if (Array.isArray(value) && value.length > 0 && !Array.isArray(value[0])) return textOf(value[0])
  return undefined
}
