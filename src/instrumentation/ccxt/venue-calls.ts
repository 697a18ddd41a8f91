import { AsyncLocalStorage } from 'node:async_hooks'
import { context } from '@opentelemetry/api'
import { suppressPropagation } from '../../order/propagation.js'
import { tellBalance } from './account-answers.js'
import { follow } from './follow.js'
import { tellListedPositions, tellPositions } from './position-answers.js'
import { limitsInHeaders, limitsInList } from './rate-limit-headers.js'
import { type CcxtExchange, isObject, text } from './unified.js'
import { banKind, venueErrorType } from './venue-error.js'
import type { VenueFollowingHost } from './venue-following.js'
import type { VenueStates } from './venue-states.js'

/** A request by REST under way, with the attempts that ccxt makes at it. */
interface Request {
  readonly api: unknown
  readonly operation: string
  attempts: number
  /** A class's own `fetch` may call its parent's: one attempt. */
  attempting: boolean
  status: unknown
}

/** What the application, or ccxt for it, is doing; found by the asynchronous context. */
interface Frame {
  readonly exchange: CcxtExchange
  /** The method of ccxt, which may be called by another one. */
  readonly method: string
  /** What it is counted as: the method that the application called. */
  readonly operation: string
  readonly args: readonly unknown[]
  readonly request: Request | undefined
  settled: boolean
}

const METHODS: ReadonlySet<string> = new Set(['get', 'post', 'put', 'delete', 'patch'])
/** ccxt asks for these by itself, before the first call that needs them. */
const PREPARATIONS: ReadonlySet<string> = new Set([
  'fetchMarkets',
  'fetchMarketsWs',
  'fetchCurrencies',
  'fetchCurrenciesWs',
  'fetchTime',
  'fetchAccounts',
  'signIn',
])

/** The calls of an application, the requests that ccxt makes for them, and their errors. */
export class VenueCalls {
  readonly #host: VenueFollowingHost
  readonly #states: VenueStates
  readonly #frames = new AsyncLocalStorage<Frame | undefined>()
  /** One lost connection ends many calls with one error. */
  readonly #toldErrors = new WeakSet<object>()

  constructor(host: VenueFollowingHost, states: VenueStates) {
    this.#host = host
    this.#states = states
  }

  /** Runs what belongs to nobody's call. */
  outside(run: () => unknown): unknown {
    return this.#frames.run(undefined, run)
  }

  operation(method: string, exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const outer = this.#frames.getStore()
    const within = outer !== undefined && !outer.settled && outer.exchange === exchange ? outer.operation : undefined
    const operation = within !== undefined && isPartOf(method, within) ? within : method
    const frame: Frame = { exchange, method, operation, args, request: undefined, settled: false }
    return this.#within(
      frame,
      run,
      value => this.#onAnswer(frame, value),
      error => this.#onError(exchange, operation, error),
    )
  }

  /** Runs in a frame; `onValue` and `onError` are guarded. */
  #within(
    frame: Frame,
    run: () => unknown,
    onValue: (value: unknown) => void,
    onError: (error: unknown) => void,
  ): unknown {
    const ended = (tell: () => void) => {
      frame.settled = true
      if (this.#host.isEnabled()) this.#host.guard(tell)
    }
    let result: unknown
    try {
      result = this.#frames.run(frame, run)
    } catch (error) {
      ended(() => onError(error))
      throw error
    }
    return follow(
      result,
      value => ended(() => onValue(value)),
      error => ended(() => onError(error)),
    )
  }

  #onAnswer({ exchange, method, args }: Frame, value: unknown): void {
    switch (method) {
      case 'fetchBalance':
      case 'fetchBalanceWs':
      case 'watchBalance':
        tellBalance(this.#states.account(exchange), exchange, args[0], value)
        break
      case 'fetchPosition':
      case 'fetchPositionsForSymbol':
      case 'watchPosition':
      case 'watchPositions':
        tellPositions(this.#states.account(exchange), exchange, value)
        break
      case 'fetchPositions':
      case 'fetchPositionsWs':
        tellListedPositions(this.#states.account(exchange), exchange, args, value)
        break
      default:
        if (method.startsWith('unWatch')) this.#states.of(exchange).feeds.onUnsubscribe(method, args)
    }
  }

  #onError(exchange: CcxtExchange, operation: string, error: unknown): void {
    if (isObject(error)) {
      if (this.#toldErrors.has(error)) return
      this.#toldErrors.add(error)
    }
    const type = venueErrorType(error)
    if (type !== 'ExchangeClosedByUser') this.#states.of(exchange).venue.api.recordError(operation, type)
  }

  /** (path, api, method, params): one request, with its wait for the rate limiter and its retries. */
  request(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const outer = this.#frames.getStore()
    const [path, api, method] = args
    // a class's own that hands on to its parent's
    if (outer?.request !== undefined && !outer.settled && outer.exchange === exchange && outer.args[0] === path) {
      return run()
    }
    const operation = this.#operationNow(exchange, method)
    const request: Request = { api, operation, attempts: 0, attempting: false, status: undefined }
    const frame: Frame = { exchange, method: operation, operation, args, request, settled: false }
    return this.#within(
      frame,
      run,
      value => {
        if (path === 'exchangeInfo' && isObject(value))
          limitsInList(value.rateLimits, api, this.#states.of(exchange).venue.limits)
      },
      // inside an operation this is told there
      error => {
        if (outer === undefined || outer.settled) this.#onError(exchange, operation, error)
      },
    )
  }

  /** (url, method, headers, body): one attempt at a request. */
  attempt(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const outer = this.#frames.getStore()
    let request = outer?.settled === false && outer.exchange === exchange ? outer.request : undefined
    if (request?.attempting === true) return run()
    let frame = outer
    if (request === undefined) {
      // the application calls `fetch` itself
      const operation = this.#operationNow(exchange, args[1])
      request = { api: undefined, operation, attempts: 0, attempting: false, status: undefined }
      frame = { exchange, method: operation, operation, args, request, settled: false }
    }
    const current = request
    // whose id can't be read is left alone
    const api = this.#host.guard(() => this.#states.of(exchange).venue.api)
    if (api === undefined) return run()
    current.attempts += 1
    current.attempting = true
    current.status = undefined
    if (current.attempts > 1) api.recordRetry(current.operation)
    const startTime = performance.now()
    const ended = (errorType?: string) => {
      current.attempting = false
      api.recordRequest(current.operation, (performance.now() - startTime) / 1000, errorType)
    }
    const failed = (error: unknown) => {
      const type = venueErrorType(error)
      ended(type)
      const kind = banKind(current.status, type)
      if (kind !== undefined) api.recordBan(kind)
    }
    let result: unknown
    try {
      result =
        frame === outer
          ? run()
          : this.#frames.run(frame, () => context.with(suppressPropagation(context.active()), run))
    } catch (error) {
      this.#host.guard(() => failed(error))
      throw error
    }
    return follow(
      result,
      () => this.#host.guard(() => ended()),
      error => this.#host.guard(() => failed(error)),
    )
  }

  onResponse(exchange: CcxtExchange, response: unknown): void {
    const frame = this.#frames.getStore()
    if (!isObject(response)) return
    const request = frame?.exchange === exchange ? frame.request : undefined
    if (request !== undefined) request.status = response.status
    const { api, limits } = this.#states.of(exchange).venue
    for (const { name, ...state } of limitsInHeaders(
      response.headers,
      request?.api,
      request?.operation ?? 'other',
      limits,
    )) {
      api.recordRateLimit(name, state)
    }
  }

  throttle(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const startTime = performance.now()
    const granted = () =>
      this.#host.guard(() => {
        const { venue, spent } = this.#states.of(exchange)
        venue.api.recordThrottle((performance.now() - startTime) / 1000)
        const { rateLimit } = exchange as { rateLimit?: unknown }
        const cost = args[0] === undefined ? 1 : Number(args[0])
        if (typeof rateLimit !== 'number' || !(rateLimit > 0) || !(cost >= 0)) return
        venue.api.recordRateLimit('client_1m', { used: spent.add(cost), limit: 60_000 / rateLimit })
      })
    return follow(run(), granted, () => {})
  }

  /** (url, hash or hashes, message): a subscription, or a request over a WebSocket. */
  subscription(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const frame = this.#frames.getStore()
    if (frame === undefined || frame.settled || frame.exchange !== exchange) return run()
    if (frame.operation.startsWith('watch')) {
      this.#host.guard(() => this.#states.of(exchange).feeds.onSubscribe(frame.method, frame.args))
      return run()
    }
    if (args[2] === undefined || !frame.operation.endsWith('Ws')) return run()
    const startTime = performance.now()
    const ended = (errorType?: string) =>
      this.#host.guard(() =>
        this.#states
          .of(exchange)
          .venue.api.recordRequest(frame.operation, (performance.now() - startTime) / 1000, errorType),
      )
    return follow(
      run(),
      () => ended(),
      error => {
        const type = venueErrorType(error)
        ended(type)
        const kind = banKind(undefined, type)
        if (kind !== undefined) this.#host.guard(() => this.#states.of(exchange).venue.api.recordBan(kind))
      },
    )
  }

  #operationNow(exchange: CcxtExchange, method: unknown): string {
    const frame = this.#frames.getStore()
    if (frame !== undefined && !frame.settled && frame.exchange === exchange) return frame.operation
    const word = (text(method) ?? '').toLowerCase()
    return METHODS.has(word) ? word : 'other'
  }
}

/** Whether a method does the work of the one that calls it (`watchTicker` by `watchTickers`). */
function isPartOf(method: string, outer: string): boolean {
  return !PREPARATIONS.has(method) && method.startsWith('watch') === outer.startsWith('watch')
}
