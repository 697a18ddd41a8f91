import type { SeriesAttributes, SeriesAttributeValue } from '../channel/messages.js'
import { parseAttributes } from '../channel/series-directory.js'

/** More attributes than this on one series are cut: no scrape could show them. */
const MAXIMUM_ATTRIBUTES = 128
/** Longer label values are cut, as a huge label would be sent with every scrape. */
const MAXIMUM_VALUE_LENGTH = 1024

/** Used again and again: what a text is made of would be the larger part of what binding a series allocates. */
let scratch: { readonly names: string[]; readonly parts: unknown[] } | undefined = { names: [], parts: [] }

/**
 * The text that stands for what is valid of `attributes`: non-empty keys, ascending, with strings, finite numbers,
 * booleans and arrays of them. Anything else (BigInt, objects, circular or not) is left out.
 */
export function attributesText(attributes: object): string {
  // a getter of the caller's object may bind a series, too
  const own = scratch ?? { names: [], parts: [] }
  scratch = undefined
  try {
    const count = sortNames(attributes, own.names)
    return count <= MAXIMUM_ATTRIBUTES
      ? textOf(attributes, own.names, count, own.parts)
      : textOf(attributes, Object.keys(attributes).sort(), count, [])
  } finally {
    scratch = own
  }
}

/** Puts the names into `into`, ascending, and returns how many there are; with too many of them it gives up. */
function sortNames(attributes: object, into: string[]): number {
  let count = 0
  for (const name in attributes) {
    // what is inherited is no attribute
    if (!Object.hasOwn(attributes, name)) continue
    if (count === MAXIMUM_ATTRIBUTES) return Number.POSITIVE_INFINITY
    let at = count++
    for (; at > 0 && into[at - 1]! > name; at--) into[at] = into[at - 1]!
    into[at] = name
  }
  return count
}

function textOf(attributes: object, names: readonly string[], count: number, parts: unknown[]): string {
  let length = 0
  for (let i = 0; i < Math.min(count, names.length) && length < MAXIMUM_ATTRIBUTES * 2; i++) {
    const name = names[i]!
    const value = validValue((attributes as Record<string, unknown>)[name])
    if (name === '' || value === undefined) continue
    parts[length++] = name
    parts[length++] = value
  }
  parts.length = length
  return JSON.stringify(parts)
}

/** A frozen copy of the same: a later change of the caller's object changes no series. */
export function copyAttributes(attributes: object): SeriesAttributes {
  return Object.freeze(parseAttributes(attributesText(attributes)))
}

function validValue(value: unknown): SeriesAttributeValue | undefined {
  if (Array.isArray(value)) {
    return value
      .slice(0, MAXIMUM_ATTRIBUTES)
      .map(validPrimitive)
      .filter(item => item !== undefined)
  }
  return validPrimitive(value)
}

function validPrimitive(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string')
    return value.length > MAXIMUM_VALUE_LENGTH ? value.slice(0, MAXIMUM_VALUE_LENGTH) : value
  if (typeof value === 'boolean') return value
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
