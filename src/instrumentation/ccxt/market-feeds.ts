import { marketDataChannels } from '../../catalog/attributes.js'
import type { MarketDataChannel, MarketDataFeed, MarketDataRecorder } from '../../desk/market-data.js'
import { type MarketDatum, readMarketData } from './market-answers.js'
import { type CcxtExchange, isObject, text, timestamp } from './unified.js'

/** Feeds of one exchange object whose last content is remembered. */
const MAXIMUM_FEEDS = 5000

interface KnownFeed {
  readonly feed: MarketDataFeed
  content: readonly unknown[]
}

/** One message while ccxt handles it. */
export interface HandledMessage {
  readonly startTime: number
  /** What has been counted of it: ccxt hands the same out under several names. */
  readonly told: Set<KnownFeed>
  channel: MarketDataChannel | undefined
}

/** Which market data a `watch…` method asks for; the rest is the account's own or no data. */
const watched: ReadonlyMap<string, MarketDataChannel> = new Map<string, MarketDataChannel>([
  ['Ticker', 'ticker'],
  ['Tickers', 'ticker'],
  ['BidsAsks', 'bids_asks'],
  ['MarkPrice', 'mark_price'],
  ['MarkPrices', 'mark_price'],
  ['OrderBook', 'order_book'],
  ['OrderBookForSymbols', 'order_book'],
  ['Trades', 'trades'],
  ['TradesForSymbols', 'trades'],
  ['OHLCV', 'ohlcv'],
  ['OHLCVForSymbols', 'ohlcv'],
  ['FundingRate', 'funding_rate'],
  ['FundingRates', 'funding_rate'],
])

/** The market data of one exchange object. */
export class MarketFeeds {
  readonly #exchange: CcxtExchange
  readonly #recorder: MarketDataRecorder
  readonly #feeds = new Map<MarketDataChannel, Map<string, KnownFeed>>(
    marketDataChannels.map(channel => [channel, new Map()]),
  )
  readonly #asked = new Set<string>()
  #size = 0

  constructor(exchange: CcxtExchange, recorder: MarketDataRecorder) {
    this.#exchange = exchange
    this.#recorder = recorder
  }

  /** A subscription is about to be sent: from now on its data is missed. */
  onSubscribe(operation: string, args: readonly unknown[]): void {
    const channel = watched.get(operation.slice('watch'.length))
    if (channel === undefined) return
    for (const symbol of symbolsOf(args[0])) {
      const key = `${channel} ${symbol}`
      if (this.#asked.has(key) || this.#asked.size >= MAXIMUM_FEEDS) continue
      this.#asked.add(key)
      const { symbol: unified } = this.#market(symbol) ?? {}
      if (typeof unified === 'string') this.#known(channel, unified)
    }
  }

  onUnsubscribe(operation: string, args: readonly unknown[]): void {
    const channel = watched.get(operation.slice('unWatch'.length))
    const feeds = channel === undefined ? undefined : this.#feeds.get(channel)
    if (feeds === undefined) return
    const symbols = symbolsOf(args[0]).map(symbol => text(this.#market(symbol)?.symbol) ?? symbol)
    for (const [symbol, { feed }] of feeds) {
      if (symbols.length > 0 && !symbols.includes(symbol)) continue
      feed.end()
      feeds.delete(symbol)
      this.#size -= 1
    }
    this.#asked.clear()
  }

  onClosing(): void {
    for (const feeds of this.#feeds.values()) {
      for (const { feed } of feeds.values()) feed.end()
      feeds.clear()
    }
    this.#asked.clear()
    this.#size = 0
  }

  /** ccxt hands out what it made of a message. */
  onResult(result: unknown, name: string, message: HandledMessage | undefined): void {
    const data = readMarketData(result, name, this.#exchange)
    for (const datum of data) {
      // the first picture of a book is asked for by REST
      if (message === undefined && datum.channel === 'order_book') continue
      this.#tell(datum, message)
    }
  }

  #tell({ channel, symbol, time, content, empty, ofMany }: MarketDatum, message: HandledMessage | undefined): void {
    const known = this.#known(channel, symbol ?? '')
    if (message !== undefined) {
      if (message.told.has(known)) return
      message.channel ??= channel
    }
    const same = isSame(content, known.content)
    if (same && ofMany) return
    message?.told.add(known)
    if (empty) known.feed.recordEmpty()
    else if (same) known.feed.recordDuplicate()
    else known.feed.recordUpdate(timestamp(time))
    known.content = content
  }

  #known(channel: MarketDataChannel, symbol: string): KnownFeed {
    const feeds = this.#feeds.get(channel)!
    let known = feeds.get(symbol)
    if (known === undefined) {
      known = { feed: this.#recorder.feed(channel, symbol), content: [] }
      // beyond it a feed is looked up anew each time, and every message of it is news
      if (this.#size < MAXIMUM_FEEDS) {
        feeds.set(symbol, known)
        this.#size += 1
      }
    }
    return known
  }

  /** ccxt's `market` throws for what isn't listed. */
  #market(symbol: string): Record<string, unknown> | undefined {
    const { market, markets } = this.#exchange as { market?: unknown; markets?: unknown }
    if (typeof market !== 'function' || !isObject(markets)) return undefined
    try {
      const found: unknown = Reflect.apply(market, this.#exchange, [symbol])
      return isObject(found) ? found : undefined
    } catch {
      return undefined
    }
  }
}

/** A symbol, a list of them, or of symbols with timeframes. */
function symbolsOf(argument: unknown): string[] {
  if (typeof argument === 'string') return [argument]
  if (!Array.isArray(argument)) return []
  return argument.flatMap(entry => {
    const symbol: unknown = Array.isArray(entry) ? entry[0] : entry
    return typeof symbol === 'string' ? [symbol] : []
  })
}

function isSame(content: readonly unknown[], before: readonly unknown[]): boolean {
  if (content.length !== before.length) return false
  for (let i = 0; i < content.length; i++) if (!Object.is(content[i], before[i])) return false
  return true
}
