import type { HandledMessage } from './market-feeds.js'
import { limitsInList } from './rate-limit-headers.js'
import { type CcxtExchange, isObject } from './unified.js'
import type { VenueFollowingHost } from './venue-following.js'
import type { VenueStates } from './venue-states.js'

/** What comes in over WebSockets: every message, and what ccxt makes of it. */
export class VenueMessages {
  readonly #host: VenueFollowingHost
  readonly #states: VenueStates
  /** Whose they are: ccxt's clients don't know. */
  readonly #owners = new WeakMap<object, CcxtExchange>()
  #message: (HandledMessage & { readonly content: unknown }) | undefined

  constructor(host: VenueFollowingHost, states: VenueStates) {
    this.#host = host
    this.#states = states
  }

  /** @returns whether the client wasn't known yet */
  learn(exchange: CcxtExchange, client: object): boolean {
    if (this.#owners.has(client)) return false
    this.#owners.set(client, exchange)
    return true
  }

  /** A client hands something out under a name. */
  onResult(client: object, result: unknown, name: unknown): void {
    const exchange = this.#owners.get(client)
    if (exchange !== undefined && typeof name === 'string') {
      this.#states.of(exchange).feeds.onResult(result, name, this.#message)
    }
  }

  /** (client, message) */
  handleMessage(exchange: CcxtExchange, args: readonly unknown[], run: () => unknown): unknown {
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
    const { venue } = this.#states.of(exchange)
    venue.streams.recordMessage()
    if (channel !== undefined) venue.marketData.recordProcessing(channel, (performance.now() - startTime) / 1000)
    if (isObject(content) && Array.isArray(content.rateLimits)) {
      for (const { name, ...state } of limitsInList(content.rateLimits, undefined, venue.limits)) {
        venue.api.recordRateLimit(name, state)
      }
    }
  }
}
