/**
 * A FIX message as tag → value, in whatever form an engine has it: a `Map` by number or string, a plain object, pairs
 * in their order, or something that is asked for each tag (`MsgView` of jspurefix). Where a tag stands more than once,
 * the first counts.
 */
export type FixFields =
  | { getString(tag: number): string | null | undefined }
  | ReadonlyMap<number | string, string>
  | { readonly [Tag in number | string]: string | undefined }
  | readonly (readonly [tag: number | string, value: string])[]

/** Reads one tag; `undefined` where it is missing or empty. */
export type FieldReader = (tag: number) => string | undefined

/** A reader for any form of message; of something else, a reader that finds nothing. */
export function readerOf(message: FixFields): FieldReader {
  if (typeof message !== 'object' || message === null) return () => undefined
  if (message instanceof Map) {
    return tag => text(message.get(tag) ?? message.get(String(tag)))
  }
  if (Array.isArray(message)) {
    const fields = new Map<string, unknown>()
    for (const pair of message) {
      if (!Array.isArray(pair)) continue
      const tag = String(pair[0])
      if (!fields.has(tag)) fields.set(tag, pair[1])
    }
    return tag => text(fields.get(String(tag)))
  }
  const { getString } = message as { readonly getString?: unknown }
  if (typeof getString === 'function') return tag => asked(message, getString, tag)
  const fields = message as Readonly<Record<string, unknown>>
  return tag => (Object.hasOwn(fields, tag) ? text(fields[tag]) : undefined)
}

/** Engines may throw for a tag that their dictionary doesn't know. */
function asked(message: object, getString: unknown, tag: number): string | undefined {
  try {
    return text((getString as (tag: number) => unknown).call(message, tag))
  } catch {
    return undefined
  }
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  // engines that decode: small numbers and flags are exact, ids stay strings
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? 'Y' : 'N'
  return undefined
}
