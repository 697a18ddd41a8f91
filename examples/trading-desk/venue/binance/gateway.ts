import type { Exchange } from '../exchange.js'
import type { HttpAnswer } from '../http-answer.js'
import type { LatencyModel } from '../latency.js'
import { RateLimiter, type VenueLimits } from '../rate-limits.js'
import { BinanceError, missingParameter } from './errors.js'
import { intervalOf } from './exchange-info.js'
import type { Operation } from './operations.js'
import { integer, type Parameters, required } from './parameters.js'

export const DEFAULT_LIMITS: VenueLimits = {
  weight: { limit: 6000, intervalMs: 60_000 },
  orders: { limit: 100, intervalMs: 10_000 },
}

/** The same for REST and the WebSocket API: who asks, may they, how much have they asked already. */
export class Gateway {
  readonly exchange: Exchange
  readonly #latency: LatencyModel
  readonly #weight: RateLimiter
  readonly #orders: RateLimiter

  constructor(exchange: Exchange, latency: LatencyModel, limits: VenueLimits) {
    this.exchange = exchange
    this.#latency = latency
    this.#weight = new RateLimiter(limits.weight)
    this.#orders = new RateLimiter(limits.orders)
  }

  get limits(): VenueLimits {
    return { weight: this.#weight.rate, orders: this.#orders.rate }
  }

  set limits(limits: VenueLimits) {
    this.#weight.rate = limits.weight
    this.#orders.rate = limits.orders
  }

  /** Never rejects: what goes wrong is an answer too. */
  async handle(
    operation: Operation | undefined,
    parameters: Parameters,
    apiKey: string | undefined,
    address: string,
  ): Promise<HttpAnswer> {
    const headers: Record<string, string> = {}
    try {
      this.#limit(operation, apiKey, address, headers)
      if (!operation) throw new BinanceError(-1000, 'No such endpoint.', 404)
      const { exchange, limits } = this
      const context = { exchange, limits, latency: this.#latency, parameters }
      if (operation.security === 'public') return { status: 200, body: await operation.run(context), headers }
      const account = exchange.account(this.authenticate(parameters, apiKey))
      return { status: 200, body: await operation.run({ ...context, account }), headers }
    } catch (error) {
      if (error instanceof BinanceError) return { status: error.httpStatus, body: error, headers }
      console.error(error)
      const body = new BinanceError(-1000, 'An unknown error occurred while processing the request.', 500)
      return { status: 500, body, headers }
    }
  }

  /** Any key and any signature will do, but both must be there, and the time must be right. */
  authenticate(parameters: Parameters, apiKey: string | undefined): string {
    if (!apiKey) throw new BinanceError(-2014, 'API-key format invalid.', 401)
    const timestamp = integer(parameters, 'timestamp')
    if (timestamp === undefined) throw missingParameter('timestamp')
    required(parameters, 'signature')
    const age = Date.now() - timestamp
    if (age < -1000) {
      throw new BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    }
    if (age > (integer(parameters, 'recvWindow') ?? 5000)) {
      throw new BinanceError(-1021, 'Timestamp for this request is outside of the recvWindow.')
    }
    return apiKey
  }

  #limit(
    operation: Operation | undefined,
    apiKey: string | undefined,
    address: string,
    headers: Record<string, string>,
  ): void {
    const weight = this.#weight.take(address, operation?.weight ?? 1)
    headers['X-MBX-USED-WEIGHT'] = String(weight.used)
    headers[`X-MBX-USED-WEIGHT-${intervalOf(this.limits.weight).suffix}`] = String(weight.used)
    if (weight.retryAfterMs !== undefined) {
      headers['Retry-After'] = String(Math.ceil(weight.retryAfterMs / 1000))
      const { limit } = this.limits.weight
      const { interval, intervalNum } = intervalOf(this.limits.weight)
      throw new BinanceError(
        -1003,
        `Too much request weight used; current limit is ${limit} request weight per ${intervalNum} ${interval}. Please use WebSocket Streams for live updates to avoid polling the API.`,
        429,
      )
    }
    const cost = operation?.security === 'signed' ? (operation.orders ?? 0) : 0
    if (cost === 0 || !apiKey) return
    const orders = this.#orders.take(apiKey, cost)
    const { interval, intervalNum, suffix } = intervalOf(this.limits.orders)
    headers[`X-MBX-ORDER-COUNT-${suffix}`] = String(orders.used)
    if (orders.retryAfterMs === undefined) return
    headers['Retry-After'] = String(Math.ceil(orders.retryAfterMs / 1000))
    throw new BinanceError(
      -1015,
      `Too many new orders; current limit is ${this.limits.orders.limit} orders per ${intervalNum} ${interval}.`,
      429,
    )
  }
}
