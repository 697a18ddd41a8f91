/**
 * Parsers of one environment variable's text. Each returns `undefined` for a text that it can't take; the
 * sentence to the user stands beside the variable (settings-variables.ts).
 */
export type ValueParser<T> = (text: string) => T | undefined

export const parseText: ValueParser<string> = text => text

/** `true` and `false` in any case: OpenTelemetry forbids any other words for its own variables. */
export const parseBoolean: ValueParser<boolean> = text => {
  const word = text.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}

/** For variables of ours: `1`, `0`, `on` and `off` as well. */
export const parseSwitch: ValueParser<boolean> = text => {
  const word = text.toLowerCase()
  if (word === 'true' || word === '1' || word === 'on') return true
  if (word === 'false' || word === '0' || word === 'off') return false
  return undefined
}

/** A whole number from `minimum` to `maximum`. */
export function parseInteger(minimum: number, maximum: number): ValueParser<number> {
  return text => {
    if (!/^-?\d+$/.test(text)) return undefined
    const value = Number(text)
    return value >= minimum && value <= maximum ? value : undefined
  }
}

/** A decimal number from `minimum` to `maximum`. */
export function parseNumber(minimum: number, maximum: number): ValueParser<number> {
  return text => {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
    const value = Number(text)
    return value >= minimum && value <= maximum ? value : undefined
  }
}

/** A number of bytes: `8388608`, `8MiB`, `512KiB`. */
export function parseBytes(minimum: number, maximum: number): ValueParser<number> {
  return text => {
    const match = /^(\d+)\s*(b|kib|mib|gib)?$/i.exec(text)
    if (match === null) return undefined
    const factors: Record<string, number> = { b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 }
    const value = Number(match[1]) * factors[(match[2] ?? 'b').toLowerCase()]!
    return value >= minimum && value <= maximum ? value : undefined
  }
}

/** One of `choices`, in any case. */
export function parseChoice<const T extends string>(choices: readonly T[]): ValueParser<T> {
  return text => choices.find(choice => choice === text.toLowerCase())
}

/** Some of `choices`, separated by commas, each once; `none` stands alone and gives an empty list. */
export function parseChoices<const T extends string>(choices: readonly T[]): ValueParser<readonly T[]> {
  return text => {
    const words = parseList(text)!.map(word => word.toLowerCase())
    if (words.length === 1 && words[0] === 'none') return []
    const chosen = words.map(word => choices.find(choice => choice === word))
    if (chosen.length === 0 || chosen.includes(undefined)) return undefined
    return [...new Set(chosen as T[])]
  }
}

/** Words separated by commas; empty ones are left out. */
export const parseList: ValueParser<readonly string[]> = text =>
  text
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')

/**
 * `key=value,key2=value2` with percent-encoded values, as W3C baggage writes it: resource attributes and OTLP
 * headers (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables).
 * One malformed pair makes the whole text unusable, as the resource specification wants.
 */
export const parsePairs: ValueParser<Readonly<Record<string, string>>> = text => {
  const pairs: Record<string, string> = Object.create(null)
  for (const pair of parseList(text)!) {
    const equals = pair.indexOf('=')
    if (equals < 1) return undefined
    try {
      const key = decodeURIComponent(pair.slice(0, equals).trim())
      if (key === '') return undefined
      pairs[key] = decodeURIComponent(pair.slice(equals + 1).trim())
    } catch {
      return undefined
    }
  }
  return { ...pairs }
}

/** Header names and values that HTTP can carry. */
export const parseHeaders: ValueParser<Readonly<Record<string, string>>> = text => {
  const pairs = parsePairs(text)
  return pairs !== undefined && isHeaders(pairs) ? pairs : undefined
}

export function isHeaders(pairs: Readonly<Record<string, string>>): boolean {
  return Object.entries(pairs).every(
    ([name, value]) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
  )
}

/** An `http:` or `https:` address. */
export const parseHttpUrl: ValueParser<string> = text => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== ''
    ? text
    : undefined
}

/** An `http:` or `https:` address, or a host with or without port, which gRPC takes. */
export const parseOtlpEndpoint: ValueParser<string> = text =>
  parseHttpUrl(text) ??
  (/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(text) && URL.canParse(`http://${text}`) ? text : undefined)

/** A host name or address to listen on, without scheme or port. */
export const parseHost: ValueParser<string> = text => {
  const host = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  return /^[A-Za-z0-9._:%-]+$/.test(host) && !/^[^:]+:\d+$/.test(host) ? host : undefined
}
