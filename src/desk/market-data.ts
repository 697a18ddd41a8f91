import {
  marketDataChannels as knownChannels,
  type marketDataAnomalyKinds,
  type marketDataContents,
} from '../catalog/attributes.js'
import type { CatalogInstruments } from '../metrics/bind.js'
import type { BoundSeries } from '../metrics/instruments.js'
import { finite, listed, nameLabel, OTHER } from './labels.js'
import { checkRecorderOptions, type Place, Recorder, type RecorderOptions } from './recorder.js'

/** A day: what is further away is no lag. */
const MAXIMUM_LAG_S = 86_400
/** The default series limit of an instrument: beyond it, instruments share one feed. */
const MAXIMUM_FEEDS = 2000

const channels: ReadonlySet<string> = new Set(knownChannels)

/** Kinds of market data. */
export type MarketDataChannel = (typeof knownChannels)[number]
type Content = (typeof marketDataContents)[number]
type AnomalyKind = (typeof marketDataAnomalyKinds)[number]

/** One channel of one instrument. Nothing of it throws. */
export interface MarketDataFeed {
  /**
   * A message brought news.
   *
   * @param venueTime when the venue says that it happened, in milliseconds since 1970
   */
  recordUpdate(venueTime?: number): void
  /** A message brought what was known: not useful, the feed goes stale. */
  recordDuplicate(): void
  /** A message brought nothing. */
  recordEmpty(): void
  /** Nothing more is expected; a further update opens it again. */
  end(): void
}

/** Records market data as it comes in. Nothing of it throws. */
export interface MarketDataRecorder {
  /** The feed of a channel and an instrument: the same for the same names. From now on data is expected on it. */
  feed(channel: MarketDataChannel, symbol: string): MarketDataFeed
  /** How long a message took from receipt until the application could use it. */
  recordProcessing(channel: MarketDataChannel, seconds: number): void
}

/**
 * Makes a recorder for the market data of a venue, as a bot with a feed handler of its own needs it.
 *
 * @throws {TypeError} for a bad option.
 * @example
 * const marketData = createMarketDataRecorder({ venue: { name: 'kraken' } })
 * const trades = marketData.feed('trades', 'BTC/USD')
 * socket.on('message', text => trades.recordUpdate(Date.parse(JSON.parse(text).data[0].timestamp)))
 */
export function createMarketDataRecorder(options: RecorderOptions): MarketDataRecorder {
  checkRecorderOptions('createMarketDataRecorder', options)
  return new FeedRecorder(options)
}

class FeedRecorder extends Recorder implements MarketDataRecorder {
  readonly #feeds = new Map<MarketDataChannel, Map<string, Feed>>()
  #size = 0

  feed(channel: MarketDataChannel, symbol: string): MarketDataFeed {
    this.attempt(() => this.connect())
    const known = listed(channels, channel, OTHER)
    let bySymbol = this.#feeds.get(known)
    if (bySymbol === undefined) {
      bySymbol = new Map()
      this.#feeds.set(known, bySymbol)
    }
    let name = nameLabel(symbol)
    if (!bySymbol.has(name) && this.#size >= MAXIMUM_FEEDS) name = OTHER
    let feed = bySymbol.get(name)
    if (feed === undefined) {
      feed = new Feed(this, known, name)
      bySymbol.set(name, feed)
      this.#size += 1
    }
    feed.expect()
    return feed
  }

  recordProcessing(channel: MarketDataChannel, seconds: number): void {
    this.attempt(() => {
      const known = listed(channels, channel, OTHER)
      this.handle(`processing ${known}`, (instruments, place) =>
        instruments.bind('trading.market_data.processing.duration', { ...place, 'trading.market_data.channel': known }),
      ).record(seconds)
    })
  }

  protected override observe(instruments: CatalogInstruments): (() => void)[] {
    return [
      instruments.observe('trading.market_data.staleness', observe => {
        const now = performance.now()
        for (const bySymbol of this.#feeds.values()) {
          for (const feed of bySymbol.values()) {
            if (feed.lastUseful !== undefined) observe(Math.max(0, now - feed.lastUseful) / 1000, feed.attributes)
          }
        }
      }),
    ]
  }

  /** @internal For its feeds: which handles are good, and where to get others. */
  handlesOf(): { instruments: CatalogInstruments; generation: number; place: Place } {
    const instruments = this.connect()
    return { instruments, generation: this.generation, place: this.place }
  }

  /** @internal */
  isCurrent(generation: number): boolean {
    this.connect()
    return generation === this.generation
  }

  /** @internal */
  guard(act: () => void): void {
    this.attempt(act)
  }

  /** @internal */
  anomaly(channel: MarketDataChannel, kind: AnomalyKind): void {
    this.handle(`anomaly ${channel} ${kind}`, (instruments, place) =>
      instruments.bind('trading.market_data.anomalies', {
        ...place,
        'trading.market_data.channel': channel,
        'trading.market_data.anomaly.kind': kind,
      }),
    ).add(1)
  }

  /** @internal */
  get placeOfFeeds(): Place {
    return this.place
  }
}

class Feed implements MarketDataFeed {
  readonly attributes
  /** By the monotonic clock; `undefined` while nothing is expected. */
  lastUseful: number | undefined
  readonly #recorder: FeedRecorder
  readonly #channel: MarketDataChannel
  #generation = 0
  #update: BoundSeries | undefined
  #lag: BoundSeries | undefined

  constructor(recorder: FeedRecorder, channel: MarketDataChannel, symbol: string) {
    this.#recorder = recorder
    this.#channel = channel
    this.attributes = Object.freeze({
      ...recorder.placeOfFeeds,
      'trading.market_data.channel': channel,
      'trading.instrument.symbol': symbol,
    })
  }

  expect(): void {
    this.lastUseful ??= performance.now()
  }

  recordUpdate(venueTime?: number): void {
    try {
      if (!this.#recorder.isCurrent(this.#generation)) this.#bind()
      this.lastUseful = performance.now()
      this.#update!.add(1)
      if (venueTime !== undefined) this.#recordLag(venueTime)
    } catch (error) {
      this.#recorder.guard(() => {
        throw error
      })
    }
  }

  recordDuplicate(): void {
    this.#recorder.guard(() => this.#messages('duplicate').add(1))
  }

  recordEmpty(): void {
    this.#recorder.guard(() => this.#messages('empty').add(1))
  }

  end(): void {
    this.lastUseful = undefined
  }

  /** Venues that don't tell the time say 0 or nothing. */
  #recordLag(venueTime: number): void {
    const time = finite(venueTime)
    if (time === undefined || time <= 0) return
    const lag = (Date.now() - time) / 1000
    if (Math.abs(lag) > MAXIMUM_LAG_S) {
      this.#recorder.anomaly(this.#channel, 'implausible_time')
      return
    }
    this.#lag ??= this.#bindLag()
    this.#lag.record(lag)
    if (lag < 0) this.#recorder.anomaly(this.#channel, 'future_time')
  }

  #bind(): void {
    const { generation } = this.#recorder.handlesOf()
    this.#update = this.#messages('update')
    // venues that tell no time have none
    this.#lag = undefined
    this.#generation = generation
  }

  #bindLag(): BoundSeries {
    const { instruments, place } = this.#recorder.handlesOf()
    return instruments.bind('trading.market_data.lag', { ...place, 'trading.market_data.channel': this.#channel })
  }

  /** Duplicates are rare: they go without a handle of their own. */
  #messages(content: Content): BoundSeries {
    return this.#recorder.handlesOf().instruments.bind('trading.market_data.messages', {
      ...this.attributes,
      'trading.market_data.content': content,
    })
  }
}
