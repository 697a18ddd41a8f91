/** How many requests a key may make; the interval starts anew at every multiple of its length. */
export interface RateLimit {
  readonly limit: number
  readonly intervalMs: number
}

export interface VenueLimits {
  /** Requests, by address: by their weight where they have one. */
  readonly weight: RateLimit
  /** New orders, by API key. */
  readonly orders: RateLimit
}

export interface RateLimitState {
  readonly used: number
  /** `undefined` while the limit holds. */
  readonly retryAfterMs: number | undefined
}

/** Counts in fixed windows, by key. */
export class RateLimiter {
  rate: RateLimit
  readonly #windows = new Map<string, { index: number; used: number }>()

  constructor(rate: RateLimit) {
    this.rate = rate
  }

  take(key: string, cost: number): RateLimitState {
    const { limit, intervalMs } = this.rate
    const now = Date.now()
    const index = Math.floor(now / intervalMs)
    const window = this.#windows.get(key)
    const used = (window?.index === index ? window.used : 0) + cost
    const exceeded = used > limit
    if (!exceeded) this.#windows.set(key, { index, used })
    return { used: exceeded ? used - cost : used, retryAfterMs: exceeded ? (index + 1) * intervalMs - now : undefined }
  }
}
