import type { RateLimitState } from '../../desk/venue-api.js'
import { isObject } from './unified.js'

/** A limit as one answer tells it. */
export interface ToldLimit extends RateLimitState {
  readonly name: string
}

/** Limits that a venue has told before, by name: headers often say only what is used. */
export type KnownLimits = Map<string, { readonly limit: number; readonly windowMs: number }>

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
/** More of them than any venue has. */
const MAXIMUM_KNOWN = 100

type Meaning = 'limit' | 'remaining' | 'resetAt' | { readonly name: string; readonly windowMs: number }

/** https://bybit-exchange.github.io/docs/v5/rate-limit, KuCoin's, and what many others send. */
const GENERIC: Readonly<Record<string, Meaning>> = {
  'x-bapi-limit': 'limit',
  'x-ratelimit-limit': 'limit',
  'ratelimit-limit': 'limit',
  'gw-ratelimit-limit': 'limit',
  'x-bapi-limit-status': 'remaining',
  'x-ratelimit-remaining': 'remaining',
  'ratelimit-remaining': 'remaining',
  'gw-ratelimit-remaining': 'remaining',
  'x-bapi-limit-reset-timestamp': 'resetAt',
}

/** By the header's name as it was sent: the same few come with every answer. */
const meanings = new Map<string, Meaning | undefined>()
const MAXIMUM_NAMES = 1000

function meaningOf(header: string): Meaning | undefined {
  let meaning = meanings.get(header)
  if (meaning !== undefined || meanings.has(header)) return meaning
  const name = header.toLowerCase()
  // https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits
  const binance = /^x-(?:mbx|sapi)-(used-(?:ip-|uid-)?weight|order-count)-(\d{1,4})([smhd])$/.exec(name)
  if (binance === null) meaning = Object.hasOwn(GENERIC, name) ? GENERIC[name] : undefined
  else {
    const [, what, length, unit] = binance
    meaning = {
      name: limitName(what === 'order-count' ? 'orders' : 'weight', Number(length), unit!),
      windowMs: Number(length) * UNITS_MS[unit!]!,
    }
  }
  if (meanings.size < MAXIMUM_NAMES) meanings.set(header, meaning)
  return meaning
}

/**
 * What the headers of an answer say of rate limits.
 *
 * @param api what ccxt calls the part of the venue (`public`, `fapiPrivate`): each counts by itself
 * @param operation for limits that are counted for each operation
 */
export function limitsInHeaders(headers: unknown, api: unknown, operation: string, known: KnownLimits): ToldLimit[] {
  const told: ToldLimit[] = []
  const generic: { limit?: number; remaining?: number; resetAt?: number } = {}
  eachHeader(headers, (name, value) => {
    const meaning = meaningOf(name)
    if (meaning === undefined) return
    const count = Number(value)
    if (!Number.isFinite(count) || count < 0) return
    if (typeof meaning === 'string') {
      generic[meaning] = count
      return
    }
    const label = family(api) + meaning.name
    const limit = known.get(label)
    told.push({ name: label, used: count, limit: limit?.limit, windowMs: limit?.windowMs ?? meaning.windowMs })
  })
  const { limit, remaining, resetAt } = generic
  if (limit !== undefined && remaining !== undefined) {
    const untilReset = resetAt === undefined ? undefined : resetAt - Date.now()
    told.push({
      name: 'requests',
      used: Math.max(0, limit - remaining),
      limit,
      operation,
      // a venue that is ahead or behind by more than this says nothing about the time
      windowMs: untilReset !== undefined && untilReset > 0 && untilReset < 3_600_000 ? untilReset : undefined,
    })
  }
  return told
}

/**
 * Binance's list of limits, in `exchangeInfo` and in answers over its WebSocket API (those say `count` too):
 * https://developers.binance.com/docs/binance-spot-api-docs/enums#rate-limiters-ratelimittype
 */
export function limitsInList(list: unknown, api: unknown, known: KnownLimits): ToldLimit[] {
  const told: ToldLimit[] = []
  for (const entry of Array.isArray(list) ? list.slice(0, MAXIMUM_KNOWN) : []) {
    if (!isObject(entry) || typeof entry.interval !== 'string') continue
    const what = { REQUEST_WEIGHT: 'weight', ORDERS: 'orders' }[String(entry.rateLimitType)]
    const unit = entry.interval[0]?.toLowerCase() ?? ''
    const [length, limit, count] = [Number(entry.intervalNum), Number(entry.limit), Number(entry.count)]
    if (what === undefined || !(unit in UNITS_MS) || !(length > 0) || !(limit > 0)) continue
    const name = family(api) + limitName(what, length, unit)
    const windowMs = length * UNITS_MS[unit]!
    if (known.has(name) || known.size < MAXIMUM_KNOWN) known.set(name, { limit, windowMs })
    if (count >= 0) told.push({ name, used: count, limit, windowMs })
  }
  return told
}

function limitName(what: string, length: number, unit: string): string {
  return `${what}_${length}${unit}`
}

/** `fapiPrivateV2` → `fapi.`; the plain `public` and `private` are the venue's main part. */
function family(api: unknown): string {
  const name = Array.isArray(api) ? String(api[0]) : String(api)
  const part = /^([a-z]\w{0,20}?)(?:Public|Private)(?:V\d+)?$/.exec(name)?.[1]
  return part === undefined ? '' : `${part}.`
}

function eachHeader(headers: unknown, visit: (name: string, value: unknown) => void): void {
  if (!isObject(headers)) return
  if (typeof headers.forEach === 'function') {
    ;(headers as unknown as Headers).forEach((value, name) => {
      visit(name, value)
    })
    return
  }
  for (const name of Object.keys(headers)) visit(name, headers[name])
}
