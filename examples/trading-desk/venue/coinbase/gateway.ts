import type { Exchange } from '../exchange.js'
import type { HttpAnswer } from '../http-answer.js'
import type { JsonObject } from '../json-value.js'
import type { LatencyModel } from '../latency.js'
import { RateLimiter, type VenueLimits } from '../rate-limits.js'
import { CoinbaseError, notFound, rateLimited, unauthorized } from './errors.js'
import type { Operation } from './operations.js'

/** https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/rest-api#rate-limits : one limit for all private requests. */
const LIMITS: VenueLimits = {
  weight: { limit: 30, intervalMs: 1000 },
  orders: { limit: 30, intervalMs: 1000 },
}

export interface CoinbaseRequest {
  readonly operation: Operation | undefined
  readonly pathId: string
  readonly parameters: JsonObject
  readonly query: URLSearchParams
  readonly key: string | undefined
  readonly address: string
}

/** Who asks, may they, how much have they asked already. */
export class Gateway {
  readonly exchange: Exchange
  readonly #latency: LatencyModel
  readonly #requests = new RateLimiter(LIMITS.weight)
  readonly #orders = new RateLimiter(LIMITS.orders)

  constructor(exchange: Exchange, latency: LatencyModel) {
    this.exchange = exchange
    this.#latency = latency
  }

  get limits(): VenueLimits {
    return { weight: this.#requests.rate, orders: this.#orders.rate }
  }

  set limits({ weight, orders }: VenueLimits) {
    this.#requests.rate = weight
    this.#orders.rate = orders
  }

  /** Never rejects: what goes wrong is an answer too. */
  async handle({ operation, key, address, ...request }: CoinbaseRequest): Promise<HttpAnswer> {
    const headers: Record<string, string> = {}
    try {
      this.#limit(this.#requests, key ?? address, 1, headers)
      if (!operation) throw notFound('Not found')
      const context = { exchange: this.exchange, latency: this.#latency, ...request }
      if (operation.security === 'public') return { status: 200, headers, body: await operation.run(context) }
      if (key === undefined) throw unauthorized()
      if (operation.newOrders) this.#limit(this.#orders, key, operation.newOrders, headers)
      return { status: 200, headers, body: await operation.run({ ...context, account: this.exchange.account(key) }) }
    } catch (error) {
      if (!(error instanceof CoinbaseError)) console.error(error)
      const { httpStatus, body } =
        error instanceof CoinbaseError ? error : new CoinbaseError(500, { error: 'internal_server_error' })
      return { status: httpStatus, headers, body }
    }
  }

  #limit(limiter: RateLimiter, who: string, cost: number, headers: Record<string, string>): void {
    const { used, retryAfterMs } = limiter.take(who, cost)
    headers['x-ratelimit-limit'] = String(limiter.rate.limit)
    headers['x-ratelimit-remaining'] = String(Math.max(0, limiter.rate.limit - used))
    headers['x-ratelimit-reset'] = String(Math.ceil((retryAfterMs ?? limiter.rate.intervalMs) / 1000))
    if (retryAfterMs !== undefined) throw rateLimited()
  }
}
