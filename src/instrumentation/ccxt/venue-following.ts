import { AsyncLocalStorage } from 'node:async_hooks'
import { context } from '@opentelemetry/api'
import { type AccountRecorder, createAccountRecorder } from '../../desk/account.js'
import { nameLabel } from '../../desk/labels.js'
import { createMarketDataRecorder, type MarketDataRecorder } from '../../desk/market-data.js'
import { createVenueApiRecorder, type VenueApiRecorder } from '../../desk/venue-api.js'
import { createVenueStreamRecorder, type VenueStreamRecorder } from '../../desk/venue-streams.js'
import { suppressPropagation } from '../../order/propagation.js'
import { tellBalance, tellPositions } from './account-answers.js'
import { Connections } from './connections.js'
import { follow } from './follow.js'
import { type HandledMessage, MarketFeeds } from './market-feeds.js'
import { type KnownLimits, limitsInHeaders, limitsInList } from './rate-limit-headers.js'
import { SpentMinute } from './spent-minute.js'
import { type CcxtExchange, isObject, text } from './unified.js'
import { banKind, venueErrorType } from './venue-error.js'
import { venueOperations } from './venue-operations.js'
import { wrapMethod } from './wrap-method.js'

/** What the rest of the instrumentation gives. */
export interface VenueFollowingHost {
  isEnabled(): boolean
  /** Runs `act`; nothing that it throws gets out. */
  guard<T>(act: () => T): T | undefined
  /** One object for each account, whichever exchange objects trade on it. */
  accountOf(exchange: CcxtExchange): object
}

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

interface VenueRecorders {
  readonly id: string
  readonly api: VenueApiRecorder
  readonly streams: VenueStreamRecorder
  readonly marketData: MarketDataRecorder
  readonly limits: KnownLimits
}

interface ExchangeState {
  readonly venue: VenueRecorders
  readonly connections: Connections
  readonly feeds: MarketFeeds
  readonly spent: SpentMinute
}

/** Venues whose recorders are kept; an application may name its classes as it likes. */
const MAXIMUM_VENUES = 500
const METHODS: ReadonlySet<string> = new Set(['get', 'post', 'put', 'delete', 'patch'])

type Around = (exchange: CcxtExchange, args: readonly unknown[], run: () => unknown) => unknown

/**
 * Follows what ccxt does with a venue beside the orders: API calls, rate limits, connections, market data, balances
 * and positions. It changes nothing of what ccxt returns.
 */
export class VenueFollowing {
  readonly #host: VenueFollowingHost
  readonly #frames = new AsyncLocalStorage<Frame | undefined>()
  readonly #venues = new Map<string, VenueRecorders>()
  readonly #states = new WeakMap<object, ExchangeState>()
  readonly #accounts = new WeakMap<object, AccountRecorder>()
  /** Whose they are: ccxt's clients don't know. */
  readonly #clients = new WeakMap<object, CcxtExchange>()
  readonly #patchedClients = new WeakSet<object>()
  /** One lost connection ends many calls with one error. */
  readonly #toldErrors = new WeakSet<object>()
  #message: (HandledMessage & { readonly content: unknown }) | undefined

  constructor(host: VenueFollowingHost) {
    this.#host = host
  }

  /** @throws {TypeError} where a method of the class can't be replaced */
  patch(prototype: Record<string, unknown>): void {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (venueOperations.has(name)) {
        this.#wrap(prototype, name, (exchange, args, run) => this.#operation(name, exchange, args, run))
      }
    }
    this.#wrap(prototype, 'fetch2', (exchange, args, run) => this.#request(exchange, args, run))
    this.#wrap(prototype, 'fetch', (exchange, args, run) => this.#attempt(exchange, args, run))
    this.#wrap(prototype, 'throttle', (exchange, args, run) => this.#throttle(exchange, args, run))
    this.#wrap(prototype, 'handleRestResponse', (exchange, args, run) => {
      this.#host.guard(() => this.#onResponse(exchange, args[0]))
      return run()
    })
    for (const name of ['watch', 'watchMultiple']) {
      this.#wrap(prototype, name, (exchange, args, run) => this.#subscription(exchange, args, run))
    }
    this.#wrap(prototype, 'client', (exchange, _args, run) => {
      const client = run()
      this.#host.guard(() => this.#onClient(exchange, client))
      return client
    })
    this.#wrap(prototype, 'handleMessage', (exchange, args, run) => this.#handleMessage(exchange, args, run))
    this.#before(prototype, 'onConnected', (exchange, [client]) =>
      this.#of(exchange).connections.onConnected(client as object),
    )
    for (const name of ['onError', 'onClose']) {
      this.#before(prototype, name, (exchange, [client, error]) =>
        this.#of(exchange).connections.onEnded(client as object, error),
      )
    }
    this.#wrap(prototype, 'close', (exchange, _args, run) => {
      const closing = () => {
        const { connections, feeds } = this.#of(exchange)
        connections.onClosing((exchange as { clients?: unknown }).clients)
        feeds.onClosing()
      }
      this.#host.guard(closing)
      // a call that came in between asked for something that is closed as well
      const closed = () => {
        this.#host.guard(() => this.#of(exchange).feeds.onClosing())
      }
      return follow(run(), closed, closed)
    })
  }

  #wrap(prototype: Record<string, unknown>, name: string, around: Around): void {
    if (typeof Object.getOwnPropertyDescriptor(prototype, name)?.value !== 'function') return
    wrapMethod(prototype, name, (exchange, args, run) =>
      this.#host.isEnabled() && isObject(exchange) ? around(exchange, args, run) : run(),
    )
  }

  #before(
    prototype: Record<string, unknown>,
    name: string,
    tell: (exchange: CcxtExchange, args: readonly unknown[]) => void,
  ): void {
    this.#wrap(prototype, name, (exchange, args, run) => {
      this.#host.guard(() => tell(exchange, args))
      return run()
    })
  }

  #operation(method: string, exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
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
        tellBalance(this.#account(exchange), exchange, args[0], value)
        break
      case 'fetchPosition':
      case 'fetchPositionsForSymbol':
      case 'watchPosition':
        tellPositions(this.#account(exchange), value, false)
        break
      case 'fetchPositions':
      case 'fetchPositionsWs':
        tellPositions(this.#account(exchange), value, args[0] === undefined)
        break
      case 'watchPositions':
        tellPositions(this.#account(exchange), value, false)
        break
      default:
        if (method.startsWith('unWatch')) this.#of(exchange).feeds.onUnsubscribe(method, args)
    }
  }

  #onError(exchange: CcxtExchange, operation: string, error: unknown): void {
    if (isObject(error)) {
      if (this.#toldErrors.has(error)) return
      this.#toldErrors.add(error)
    }
    const type = venueErrorType(error)
    if (type !== 'ExchangeClosedByUser') this.#of(exchange).venue.api.recordError(operation, type)
  }

  /** (path, api, method, params): one request, with its wait for the rate limiter and its retries. */
  #request(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
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
          limitsInList(value.rateLimits, api, this.#of(exchange).venue.limits)
      },
      // inside an operation this is told there
      error => {
        if (outer === undefined || outer.settled) this.#onError(exchange, operation, error)
      },
    )
  }

  /** (url, method, headers, body): one attempt at a request. */
  #attempt(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
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
    const { api } = this.#of(exchange).venue
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

  #onResponse(exchange: CcxtExchange, response: unknown): void {
    const frame = this.#frames.getStore()
    if (!isObject(response)) return
    const request = frame?.exchange === exchange ? frame.request : undefined
    if (request !== undefined) request.status = response.status
    const { api, limits } = this.#of(exchange).venue
    for (const { name, ...state } of limitsInHeaders(
      response.headers,
      request?.api,
      request?.operation ?? 'other',
      limits,
    )) {
      api.recordRateLimit(name, state)
    }
  }

  #throttle(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const startTime = performance.now()
    const granted = () =>
      this.#host.guard(() => {
        const { venue, spent } = this.#of(exchange)
        venue.api.recordThrottle((performance.now() - startTime) / 1000)
        const { rateLimit } = exchange as { rateLimit?: unknown }
        const cost = args[0] === undefined ? 1 : Number(args[0])
        if (typeof rateLimit !== 'number' || !(rateLimit > 0) || !(cost >= 0)) return
        venue.api.recordRateLimit('client_1m', { used: spent.add(cost), limit: 60_000 / rateLimit })
      })
    return follow(run(), granted, () => {})
  }

  /** (url, hash or hashes, message): a subscription, or a request over a WebSocket. */
  #subscription(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const frame = this.#frames.getStore()
    if (frame === undefined || frame.settled || frame.exchange !== exchange) return run()
    if (frame.operation.startsWith('watch')) {
      this.#host.guard(() => this.#of(exchange).feeds.onSubscribe(frame.method, frame.args))
      return run()
    }
    if (args[2] === undefined || !frame.operation.endsWith('Ws')) return run()
    const startTime = performance.now()
    const ended = (errorType?: string) =>
      this.#host.guard(() =>
        this.#of(exchange).venue.api.recordRequest(frame.operation, (performance.now() - startTime) / 1000, errorType),
      )
    return follow(
      run(),
      () => ended(),
      error => {
        const type = venueErrorType(error)
        ended(type)
        const kind = banKind(undefined, type)
        if (kind !== undefined) this.#host.guard(() => this.#of(exchange).venue.api.recordBan(kind))
      },
    )
  }

  /** Clients are of classes that ccxt doesn't export: they are met here. */
  #onClient(exchange: CcxtExchange, client: unknown): void {
    if (!isObject(client) || this.#clients.has(client)) return
    this.#clients.set(client, exchange)
    for (let owner = Object.getPrototypeOf(client); isObject(owner); owner = Object.getPrototypeOf(owner)) {
      if (owner === Object.prototype || this.#patchedClients.has(owner)) continue
      this.#patchedClients.add(owner)
      // messages belong to nobody's call
      this.#wrap(owner, 'connect', (_client, _args, connect) => this.#frames.run(undefined, connect))
      this.#wrap(owner, 'resolve', (from, [result, name], resolve) => {
        const value = resolve()
        this.#host.guard(() => this.#onResult(from, result, name))
        return value
      })
    }
  }

  #onResult(client: object, result: unknown, name: unknown): void {
    const exchange = this.#clients.get(client)
    if (exchange !== undefined && typeof name === 'string') {
      this.#of(exchange).feeds.onResult(result, name, this.#message)
    }
  }

  #handleMessage(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
    const outer = this.#message
    const content = args[1]
    // a class that hands on to its parent's
    if (outer !== undefined && outer.content === content) return run()
    const message = { content, startTime: performance.now(), told: new Set<never>(), channel: undefined }
    this.#message = message
    try {
      return run()
    } finally {
      this.#message = outer
      this.#host.guard(() => this.#onHandled(exchange, message))
    }
  }

  #onHandled(exchange: CcxtExchange, { content, channel, startTime }: HandledMessage & { content: unknown }): void {
    const { venue } = this.#of(exchange)
    venue.streams.recordMessage()
    if (channel !== undefined) venue.marketData.recordProcessing(channel, (performance.now() - startTime) / 1000)
    if (isObject(content) && Array.isArray(content.rateLimits)) {
      for (const { name, ...state } of limitsInList(content.rateLimits, undefined, venue.limits)) {
        venue.api.recordRateLimit(name, state)
      }
    }
  }

  #operationNow(exchange: CcxtExchange, method: unknown): string {
    const frame = this.#frames.getStore()
    if (frame !== undefined && !frame.settled && frame.exchange === exchange) return frame.operation
    const word = (text(method) ?? '').toLowerCase()
    return METHODS.has(word) ? word : 'other'
  }

  #account(exchange: CcxtExchange): AccountRecorder {
    const account = this.#host.accountOf(exchange)
    let recorder = this.#accounts.get(account)
    if (recorder === undefined) {
      recorder = createAccountRecorder({ venue: { name: this.#of(exchange).venue.id } })
      this.#accounts.set(account, recorder)
    }
    return recorder
  }

  #of(exchange: CcxtExchange): ExchangeState {
    let state = this.#states.get(exchange)
    if (state === undefined) {
      const venue = this.#venue(nameLabel(exchange.id))
      state = {
        venue,
        connections: new Connections(venue.streams),
        feeds: new MarketFeeds(exchange, venue.marketData),
        spent: new SpentMinute(),
      }
      this.#states.set(exchange, state)
    }
    return state
  }

  #venue(id: string): VenueRecorders {
    const name = this.#venues.has(id) || this.#venues.size < MAXIMUM_VENUES ? id : 'other'
    let recorders = this.#venues.get(name)
    if (recorders === undefined) {
      const options = { venue: { name } }
      recorders = {
        id: name,
        api: createVenueApiRecorder(options),
        streams: createVenueStreamRecorder(options),
        marketData: createMarketDataRecorder(options),
        limits: new Map(),
      }
      this.#venues.set(name, recorders)
    }
    return recorders
  }
}

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

/** Whether a method does the work of the one that calls it (`watchTicker` by `watchTickers`). */
function isPartOf(method: string, outer: string): boolean {
  return !PREPARATIONS.has(method) && method.startsWith('watch') === outer.startsWith('watch')
}
