import { type AccountRecorder, createAccountRecorder } from '../../desk/account.js'
import { nameLabel } from '../../desk/labels.js'
import { createMarketDataRecorder, type MarketDataRecorder } from '../../desk/market-data.js'
import { createVenueApiRecorder, type VenueApiRecorder } from '../../desk/venue-api.js'
import { createVenueStreamRecorder, type VenueStreamRecorder } from '../../desk/venue-streams.js'
import { Connections } from './connections.js'
import { MarketFeeds } from './market-feeds.js'
import type { KnownLimits } from './rate-limit-headers.js'
import { SpentMinute } from './spent-minute.js'
import type { CcxtExchange } from './unified.js'

/** Venues whose recorders are kept; an application may name its classes as it likes. */
const MAXIMUM_VENUES = 500

/** What all exchange objects of a venue record with. */
interface VenueRecorders {
  readonly id: string
  readonly api: VenueApiRecorder
  readonly streams: VenueStreamRecorder
  readonly marketData: MarketDataRecorder
  readonly limits: KnownLimits
}

/** What is known of one exchange object. */
interface ExchangeState {
  readonly venue: VenueRecorders
  readonly connections: Connections
  readonly feeds: MarketFeeds
  /** Of its own rate limiter. */
  readonly spent: SpentMinute
}

/** The recorders of each venue, and the state of each exchange object. */
export class VenueStates {
  readonly #accountOf: (exchange: CcxtExchange) => object
  readonly #venues = new Map<string, VenueRecorders>()
  readonly #states = new WeakMap<object, ExchangeState>()
  readonly #accounts = new WeakMap<object, AccountRecorder>()

  /** @param accountOf one object for each account, whichever exchange objects trade on it */
  constructor(accountOf: (exchange: CcxtExchange) => object) {
    this.#accountOf = accountOf
  }

  of(exchange: CcxtExchange): ExchangeState {
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

  account(exchange: CcxtExchange): AccountRecorder {
    const account = this.#accountOf(exchange)
    let recorder = this.#accounts.get(account)
    if (recorder === undefined) {
      recorder = createAccountRecorder({ venue: { name: this.of(exchange).venue.id } })
      this.#accounts.set(account, recorder)
    }
    return recorder
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
