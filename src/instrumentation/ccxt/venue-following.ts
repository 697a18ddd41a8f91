import { exchangeItself } from './exchange-itself.js'
import { follow } from './follow.js'
import { type CcxtExchange, isObject } from './unified.js'
import { VenueCalls } from './venue-calls.js'
import { VenueMessages } from './venue-messages.js'
import { venueOperations } from './venue-operations.js'
import { VenueStates } from './venue-states.js'
import { wrapMethod } from './wrap-method.js'

/** What the rest of the instrumentation gives. */
export interface VenueFollowingHost {
  isEnabled(): boolean
  /** Runs `act`; nothing that it throws gets out. */
  guard<T>(act: () => T): T | undefined
  /** One object for each account, whichever exchange objects trade on it. */
  accountOf(exchange: CcxtExchange): object
}

type Around = (exchange: CcxtExchange, args: readonly unknown[], run: () => unknown) => unknown

/**
 * Follows what ccxt does with a venue beside the orders: API calls, rate limits, connections, market data, balances
 * and positions. It changes nothing of what ccxt returns.
 */
export class VenueFollowing {
  readonly #host: VenueFollowingHost
  readonly #states: VenueStates
  readonly #calls: VenueCalls
  readonly #messages: VenueMessages
  readonly #patchedClients = new WeakSet<object>()

  constructor(host: VenueFollowingHost) {
    this.#host = host
    this.#states = new VenueStates(exchange => host.accountOf(exchange))
    this.#calls = new VenueCalls(host, this.#states)
    this.#messages = new VenueMessages(host, this.#states)
  }

  /** @throws {TypeError} where a method of the class can't be replaced */
  patch(prototype: Record<string, unknown>): void {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (venueOperations.has(name)) {
        this.#wrap(prototype, name, (exchange, args, run) => this.#calls.operation(name, exchange, args, run))
      }
    }
    this.#wrap(prototype, 'fetch2', (exchange, args, run) => this.#calls.request(exchange, args, run))
    this.#wrap(prototype, 'fetch', (exchange, args, run) => this.#calls.attempt(exchange, args, run))
    this.#wrap(prototype, 'throttle', (exchange, args, run) => this.#calls.throttle(exchange, args, run))
    this.#wrap(prototype, 'handleRestResponse', (exchange, args, run) => {
      this.#host.guard(() => this.#calls.onResponse(exchange, args[0]))
      return run()
    })
    for (const name of ['watch', 'watchMultiple']) {
      this.#wrap(prototype, name, (exchange, args, run) => this.#calls.subscription(exchange, args, run))
    }
    this.#wrap(prototype, 'client', (exchange, _args, run) => {
      const client = run()
      this.#host.guard(() => this.#onClient(exchange, client))
      return client
    })
    this.#wrap(prototype, 'handleMessage', (exchange, args, run) => this.#messages.handleMessage(exchange, args, run))
    this.#before(prototype, 'onConnected', (exchange, [client]) =>
      this.#states.of(exchange).connections.onConnected(client as object),
    )
    for (const name of ['onError', 'onClose']) {
      this.#before(prototype, name, (exchange, [client, error]) =>
        this.#states.of(exchange).connections.onEnded(client as object, error),
      )
    }
    this.#wrap(prototype, 'close', (exchange, _args, run) => {
      const closing = () => {
        const { connections, feeds } = this.#states.of(exchange)
        connections.onClosing((exchange as { clients?: unknown }).clients)
        feeds.onClosing()
      }
      this.#host.guard(closing)
      // a call that came in between asked for something that is closed as well
      const closed = () => {
        this.#host.guard(() => this.#states.of(exchange).feeds.onClosing())
      }
      return follow(run(), closed, closed)
    })
  }

  #wrap(prototype: Record<string, unknown>, name: string, around: Around): void {
    if (typeof Object.getOwnPropertyDescriptor(prototype, name)?.value !== 'function') return
    wrapMethod(prototype, name, (exchange, args, run) =>
      this.#host.isEnabled() && isObject(exchange) ? around(exchangeItself(exchange), args, run) : run(),
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

  /** Clients are of classes that ccxt doesn't export: they are met here. */
  #onClient(exchange: CcxtExchange, client: unknown): void {
    if (!isObject(client) || !this.#messages.learn(exchange, client)) return
    for (let owner = Object.getPrototypeOf(client); isObject(owner); owner = Object.getPrototypeOf(owner)) {
      if (owner === Object.prototype || this.#patchedClients.has(owner)) continue
      this.#patchedClients.add(owner)
      // messages belong to nobody's call
      this.#wrap(owner, 'connect', (_client, _args, connect) => this.#calls.outside(connect))
      this.#wrap(owner, 'resolve', (from, [result, name], resolve) => {
        const value = resolve()
        this.#host.guard(() => this.#messages.onResult(from, result, name))
        return value
      })
    }
  }
}
