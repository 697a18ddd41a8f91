import type { Exchange } from '../exchange.js'
import { type JsonObject, textOf } from '../json-value.js'
import type { LatencyModel } from '../latency.js'
import { RateLimiter, type VenueLimits } from '../rate-limits.js'
import { BybitError } from './errors.js'
import type { Operation } from './operations.js'

/** https://bybit-exchange.github.io/docs/v5/rate-limit */
const LIMITS: VenueLimits = {
  weight: { limit: 600, intervalMs: 5000 },
  orders: { limit: 20, intervalMs: 1000 },
}
const RECEIVE_WINDOW_MS = 5000

/** Who asks: headers of a REST request, or an authenticated socket. */
export interface Credentials {
  readonly apiKey: string | undefined
  readonly signature: string | undefined
  readonly timestamp: string | undefined
  readonly receiveWindow: string | undefined
}

export interface Answer {
  readonly httpStatus: number
  readonly retCode: number
  readonly retMsg: string
  readonly result: object
  readonly retExtInfo: object
  /** How much of the limit is left: headers by REST, a member of the answer on the trade socket. */
  readonly limits: Readonly<Record<string, string>>
}

/** The same for REST and the trade socket: who asks, may they, how much have they asked already. */
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
  async handle(
    operation: Operation | undefined,
    parameters: JsonObject,
    credentials: Credentials,
    address: string,
  ): Promise<Answer> {
    const limits: Record<string, string> = {}
    try {
      if (this.#requests.take(address, 1).retryAfterMs !== undefined) {
        throw new BybitError(10018, 'Exceeded the IP Rate Limit.', 403)
      }
      if (!operation) throw new BybitError(10000, 'No such endpoint.', 404)
      const { exchange } = this
      const context = { exchange, latency: this.#latency, parameters }
      const { result, retExtInfo = {} } =
        operation.security === 'public'
          ? await operation.run(context)
          : await operation.run({
              ...context,
              account: exchange.account(this.#admit(operation, parameters, credentials, limits)),
            })
      return { httpStatus: 200, retCode: 0, retMsg: 'OK', result, retExtInfo, limits }
    } catch (error) {
      if (!(error instanceof BybitError)) console.error(error)
      const { code, message, httpStatus } =
        error instanceof BybitError ? error : new BybitError(10016, 'Internal server error.')
      return { httpStatus, retCode: code, retMsg: message, result: {}, retExtInfo: {}, limits }
    }
  }

  /** Any key and any signature will do, but both must be there, and the time must be right. */
  #authenticate({ apiKey, signature, timestamp, receiveWindow }: Credentials): string {
    if (!apiKey) throw new BybitError(10003, 'API key is invalid.')
    if (!signature) throw new BybitError(10004, 'Error sign, please check your signature generation algorithm.')
    const age = Date.now() - Number(timestamp)
    if (!(age >= -1000 && age <= Number(receiveWindow ?? RECEIVE_WINDOW_MS))) {
      throw new BybitError(10002, 'The request time exceeds the time window range.')
    }
    return apiKey
  }

  #admit(
    operation: Operation & { security: 'signed' },
    parameters: JsonObject,
    credentials: Credentials,
    limits: Record<string, string>,
  ): string {
    const key = this.#authenticate(credentials)
    const cost = operation.orders?.(parameters) ?? 0
    if (cost === 0) return key
    const { limit, intervalMs } = this.#orders.rate
    const { used, retryAfterMs } = this.#orders.take(key, cost)
    limits['X-Bapi-Limit'] = String(limit)
    limits['X-Bapi-Limit-Status'] = String(Math.max(0, limit - used))
    limits['X-Bapi-Limit-Reset-Timestamp'] = String(Date.now() + (retryAfterMs ?? intervalMs))
    if (retryAfterMs !== undefined) throw new BybitError(10006, 'Too many visits. Exceeded the API Rate Limit.')
    return key
  }
}

/** `api_key`, `expires`, `signature` of an `auth` message: https://bybit-exchange.github.io/docs/v5/ws/connect#authentication */
export function socketKey(args: unknown): string | undefined {
  const [key, expires, signature] = Array.isArray(args) ? args : []
  const named = textOf({ key }, 'key')
  return named !== undefined && signature && Number(expires) > Date.now() ? named : undefined
}
