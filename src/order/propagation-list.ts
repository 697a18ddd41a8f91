/*
 * Headers as a list, as clients of message brokers have them:
 *
 *   { traceparent: Buffer }             node-rdkafka, @confluentinc/kafka-javascript
 *   { key: 'traceparent', value: … }    many others; the key may be bytes
 *   ['traceparent', …]                  pairs
 */

interface KeyAndValue {
  readonly key: unknown
  readonly value: unknown
}

/** The name of a header in a list; `undefined` for what is none. */
export function entryName(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  if (Array.isArray(entry)) return entry.length === 2 ? text(entry[0]) : undefined
  if (isKeyAndValue(entry)) return text(entry.key)
  const keys = Object.keys(entry)
  return keys.length === 1 ? keys[0] : undefined
}

/** Its value. */
export function entryValue(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return undefined
  if (Array.isArray(entry)) return entry[1]
  return isKeyAndValue(entry) ? entry.value : Object.values(entry)[0]
}

/** Adds a header, or replaces the one of that name, in the form of the first one; of node-rdkafka in an empty list. */
export function pushEntry(list: unknown[], name: string, value: string): void {
  const first = list[0]
  // a list of something else
  if (list.length > 0 && entryName(first) === undefined) return
  const entry = Array.isArray(first)
    ? [name, value]
    : Object(first) === first && isKeyAndValue(first as object)
      ? { key: name, value }
      : { [name]: value }
  const at = list.findIndex(each => entryName(each)?.toLowerCase() === name)
  if (at < 0) list.push(entry)
  else list[at] = entry
}

function isKeyAndValue(entry: object): entry is KeyAndValue {
  return Object.hasOwn(entry, 'key') && Object.hasOwn(entry, 'value')
}

function text(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  return key instanceof Uint8Array && key.byteLength <= 256 ? Buffer.from(key).toString('utf8') : undefined
}
