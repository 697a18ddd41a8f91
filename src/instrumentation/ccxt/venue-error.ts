import { type VenueErrorType, venueErrorTypes } from '../../catalog/venue-errors.js'
import { isObject } from './unified.js'

const known: ReadonlySet<string> = new Set(venueErrorTypes)

/**
 * The nearest of an error's classes that is ccxt's, by name: `instanceof` fails between ccxt's CommonJS and ES-module
 * copies, and applications derive classes of their own.
 */
export function venueErrorType(error: unknown): VenueErrorType {
  if (!isObject(error)) return 'other'
  for (
    let prototype = Object.getPrototypeOf(error);
    isObject(prototype);
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const name = (prototype.constructor as { name?: unknown } | undefined)?.name
    if (typeof name === 'string' && known.has(name)) return name as VenueErrorType
  }
  return 'other'
}

/** What an answer or error says of the rate of requests. */
export function banKind(status: unknown, errorType: VenueErrorType): 'rate_limit' | 'ban' | undefined {
  if (status === 418) return 'ban'
  if (status === 429 || errorType === 'RateLimitExceeded') return 'rate_limit'
  return errorType === 'DDoSProtection' ? 'ban' : undefined
}
