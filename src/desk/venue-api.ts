import { banKinds } from '../catalog/attributes.js'
import { type VenueErrorType, venueErrorTypes } from '../catalog/venue-errors.js'
import type { CatalogInstruments } from '../metrics/bind.js'
import { finite, listed, OTHER, wordLabel } from './labels.js'
import { checkRecorderOptions, Recorder, type RecorderOptions } from './recorder.js'

const MAXIMUM_OPERATIONS = 500
const MAXIMUM_LIMITS = 500
const MINUTE_MS = 60_000

const errorTypes: ReadonlySet<string> = new Set(venueErrorTypes)
const kindsOfBans: ReadonlySet<string> = new Set(banKinds)

/** Where a limit stands, as a venue's answer or the client's own limiter tells it. */
export interface RateLimitState {
  readonly used: number
  /** Absent where only what is used is known. */
  readonly limit?: number | undefined
  /** Of limits that are counted for each operation. */
  readonly operation?: string | undefined
  /** After how long nothing of it is used any more. Default: a minute. */
  readonly windowMs?: number | undefined
}

/** Records what is asked of a venue's API. Nothing of it throws. */
export interface VenueApiRecorder {
  /**
   * One request has ended.
   *
   * @param operation what it was for (`fetchTicker`): a word, never a path
   * @param seconds from sending to the whole answer
   * @param errorType of a failed one: a class of ccxt's errors (`RequestTimeout`), everything else is `other`
   */
  recordRequest(operation: string, seconds: number, errorType?: string): void
  /** The client sent a request again by itself. */
  recordRetry(operation: string): void
  /** The application got an error. */
  recordError(operation: string, errorType: string): void
  /** A request waited for the client's own rate limiter. */
  recordThrottle(seconds: number): void
  /** @param name what is counted and in which time (`weight_1m`) */
  recordRateLimit(name: string, state: RateLimitState): void
  /** `rate_limit`: too many requests (429). `ban`: shut out for a while (418). */
  recordBan(kind: (typeof banKinds)[number]): void
}

/**
 * Makes a recorder for a venue's API, as a bot with an HTTP client of its own needs it.
 *
 * @throws {TypeError} for a bad option.
 * @example
 * const api = createVenueApiRecorder({ venue: { name: 'kraken' } })
 * const start = performance.now()
 * const response = await fetch(url)
 * api.recordRequest('fetchTicker', (performance.now() - start) / 1000, response.ok ? undefined : 'ExchangeError')
 */
export function createVenueApiRecorder(options: RecorderOptions): VenueApiRecorder {
  checkRecorderOptions('createVenueApiRecorder', options)
  return new ApiRecorder(options)
}

interface KnownLimit {
  readonly name: string
  readonly operation: string | undefined
  used: number
  limit: number | undefined
  endMs: number
}

class ApiRecorder extends Recorder implements VenueApiRecorder {
  readonly #operations = new Set<string>()
  readonly #limits = new Map<string, KnownLimit>()

  recordRequest(operation: string, seconds: number, errorType?: string): void {
    this.attempt(() => {
      const name = this.#operation(operation)
      const error = errorType === undefined ? undefined : errorTypeOf(errorType)
      this.handle(`request ${name} ${error}`, (instruments, place) =>
        instruments.bind('trading.venue.request.duration', {
          ...place,
          'trading.venue.operation': name,
          ...(error === undefined ? {} : { 'error.type': error }),
        }),
      ).record(seconds)
    })
  }

  recordRetry(operation: string): void {
    this.attempt(() => {
      const name = this.#operation(operation)
      this.handle(`retry ${name}`, (instruments, place) =>
        instruments.bind('trading.venue.request.retries', { ...place, 'trading.venue.operation': name }),
      ).add(1)
    })
  }

  recordError(operation: string, errorType: string): void {
    this.attempt(() => {
      const name = this.#operation(operation)
      const error = errorTypeOf(errorType)
      this.handle(`error ${name} ${error}`, (instruments, place) =>
        instruments.bind('trading.venue.errors', {
          ...place,
          'trading.venue.operation': name,
          'error.type': error,
        }),
      ).add(1)
    })
  }

  recordThrottle(seconds: number): void {
    this.attempt(() =>
      this.handle('throttle', (instruments, place) =>
        instruments.bind('trading.venue.throttle.duration', place),
      ).record(seconds),
    )
  }

  recordRateLimit(name: string, state: RateLimitState): void {
    this.attempt(() => {
      this.connect()
      const { used, limit, operation, windowMs } = state
      const label = wordLabel(name)
      const forOperation = operation === undefined ? undefined : this.#operation(operation)
      const key = `${label} ${forOperation}`
      const amount = finite(used)
      if (amount === undefined || amount < 0) return
      let known = this.#limits.get(key)
      if (known === undefined) {
        if (this.#limits.size >= MAXIMUM_LIMITS) return
        known = { name: label, operation: forOperation, used: 0, limit: undefined, endMs: 0 }
        this.#limits.set(key, known)
      }
      known.used = amount
      const whole = finite(limit)
      if (whole !== undefined && whole > 0) known.limit = whole
      known.endMs = performance.now() + (finite(windowMs) ?? MINUTE_MS)
    })
  }

  recordBan(kind: (typeof banKinds)[number]): void {
    this.attempt(() => {
      const label = listed(kindsOfBans, kind, 'rate_limit' as const)
      this.handle(`ban ${label}`, (instruments, place) =>
        instruments.bind('trading.venue.bans', { ...place, 'trading.venue.ban.kind': label }),
      ).add(1)
    })
  }

  protected override observe(instruments: CatalogInstruments): (() => void)[] {
    return [
      instruments.observe('trading.venue.rate_limit.usage', observe => {
        for (const known of this.#limits.values()) observe(usedNow(known), this.#attributes(known))
      }),
      instruments.observe('trading.venue.rate_limit.limit', observe => {
        for (const known of this.#limits.values()) {
          if (known.limit !== undefined) observe(known.limit, this.#attributes(known))
        }
      }),
      instruments.observe('trading.venue.rate_limit.utilization', observe => {
        for (const known of this.#limits.values()) {
          if (known.limit !== undefined) observe(usedNow(known) / known.limit, this.#attributes(known))
        }
      }),
    ]
  }

  #attributes({ name, operation }: KnownLimit) {
    return {
      ...this.place,
      'trading.venue.rate_limit.name': name,
      ...(operation === undefined ? {} : { 'trading.venue.operation': operation }),
    }
  }

  #operation(operation: string): string {
    if (this.#operations.has(operation)) return operation
    const name = wordLabel(operation)
    if (name === OTHER || this.#operations.size >= MAXIMUM_OPERATIONS) return OTHER
    this.#operations.add(name)
    return name
  }
}

function usedNow({ used, endMs }: KnownLimit): number {
  return performance.now() > endMs ? 0 : used
}

/** A name of the list of errors; `other` for the rest. */
export function errorTypeOf(name: unknown): VenueErrorType {
  return listed<VenueErrorType>(errorTypes, name, 'other')
}
