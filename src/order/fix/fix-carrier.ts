import { type FixFields, readerOf } from './fix-fields.js'

/** The user-defined tags that carry a trace; both sides of a session agree on them. */
export interface FixCarrierTags {
  readonly traceparent: number
  readonly tracestate?: number
  readonly baggage?: number
}

/** Fields of a message as `inject` writes into them and `extract` reads from them. */
export interface FixCarrier {
  get(name: string): string | undefined
  set(name: string, value: string): void
}

const defaultTags: FixCarrierTags = { traceparent: 5001, tracestate: 5002, baggage: 5003 }

/**
 * Lets a trace travel in user-defined tags of a FIX message, between a desk's own systems: a venue refuses tags that
 * it doesn't know. What can't be written to (a frozen object) is left as it is.
 *
 * @param fields of a message that is about to be encoded, or was decoded
 * @param tags which tag carries what; 5001, 5002 and 5003 when left out. What has no tag doesn't travel
 * @throws {TypeError} for a tag outside of 5000–39999, the ranges of user-defined tags
 *   (https://www.fixtrading.org/standards/user-defined-fields/)
 * @example
 * inject(fixCarrier(fields), orders.contextOf('a-1'))
 * context.with(extract(fixCarrier(parseFixMessage(text).fields)), () => handle(text))
 */
export function fixCarrier(fields: FixFields, tags: FixCarrierTags = defaultTags): FixCarrier {
  const known = new Map(Object.entries(tags).filter(([, tag]) => tag !== undefined))
  for (const [name, tag] of known) {
    if (!Number.isInteger(tag) || tag < 5000 || tag > 39_999)
      throw new TypeError(`orderscope: fixCarrier: ${name} is tag ${tag}; write a user-defined one, such as 5001`)
  }
  return {
    get(name) {
      const tag = known.get(name)
      return tag === undefined ? undefined : readerOf(fields)(tag)
    },
    set(name, value) {
      const tag = known.get(name)
      if (tag !== undefined) write(fields, tag, value)
    },
  }
}

function write(fields: FixFields, tag: number, value: string): void {
  if (fields instanceof Map) {
    // as the engine has its keys
    const key = typeof fields.keys().next().value === 'string' ? String(tag) : tag
    fields.set(key, value)
  } else if (Array.isArray(fields)) {
    const at = fields.findIndex(pair => Array.isArray(pair) && String(pair[0]) === String(tag))
    // the trailer is written by the engine, or comes last
    const end = String(fields.at(-1)?.[0]) === '10' ? fields.length - 1 : fields.length
    if (at >= 0) fields[at] = [fields[at][0], value]
    else fields.splice(end, 0, [tag, value])
  } else (fields as Record<number, string>)[tag] = value
}
