/** A symbol or code longer than this is none. ccxt's longest are those of options, 30 characters. */
const MAXIMUM_LENGTH = 64

/** What stands in a label for a name that can't be one. */
export const OTHER = 'other'

/** An instrument's or asset's name as a label: whatever a venue sends, what is no name is `other`. */
export function nameLabel(name: unknown): string {
  return typeof name === 'string' && name !== '' && name.length <= MAXIMUM_LENGTH ? name : OTHER
}

/** The name of an operation or limit: words, never a path, a query or an address. */
export function wordLabel(name: unknown): string {
  return typeof name === 'string' && /^[A-Za-z][\w.]{0,63}$/.test(name) ? name : OTHER
}

/** One of a list, or what stands for the rest. */
export function listed<Value extends string>(values: ReadonlySet<string>, value: unknown, rest: Value): Value {
  return typeof value === 'string' && values.has(value) ? (value as Value) : rest
}

/** A number that can be measured; venues send text and gaps. */
export function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
