import type { SeriesAttributes, SeriesAttributeValue } from '../channel/messages.js'

/** Attributes of a series as they were taken over: a frozen copy, keys sorted, and one text that stands for them. */
export interface CanonicalAttributes {
  readonly key: string
  readonly attributes: SeriesAttributes
}

/** More attributes than this on one series are cut: no scrape could show them. */
const MAXIMUM_ATTRIBUTES = 128
/** Longer label values are cut, as a huge label would be sent with every scrape. */
const MAXIMUM_VALUE_LENGTH = 1024

/**
 * Copies what is valid of `attributes`: non-empty keys, strings, finite numbers, booleans and arrays of them.
 * Anything else (BigInt, objects, circular or not) is left out; a later change of the caller's object changes
 * no series.
 */
export function canonicalize(attributes: object): CanonicalAttributes {
  const keys = Object.keys(attributes).sort()
  const copy: Record<string, SeriesAttributeValue> = Object.create(null)
  const parts: unknown[] = []
  for (const name of keys) {
    if (parts.length >= MAXIMUM_ATTRIBUTES * 2) break
    const value = validValue((attributes as Record<string, unknown>)[name])
    if (name === '' || value === undefined) continue
    copy[name] = value
    parts.push(name, value)
  }
  return { key: JSON.stringify(parts), attributes: Object.freeze({ ...copy }) }
}

function validValue(value: unknown): SeriesAttributeValue | undefined {
  if (Array.isArray(value)) {
    const copy = value.slice(0, MAXIMUM_ATTRIBUTES).map(validPrimitive)
    return Object.freeze(copy.filter(item => item !== undefined))
  }
  return validPrimitive(value)
}

function validPrimitive(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string')
    return value.length > MAXIMUM_VALUE_LENGTH ? value.slice(0, MAXIMUM_VALUE_LENGTH) : value
  if (typeof value === 'boolean') return value
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
