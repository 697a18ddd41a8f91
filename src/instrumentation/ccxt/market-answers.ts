import type { MarketDataChannel } from '../../desk/market-data.js'
import { type CcxtExchange, isObject, text } from './unified.js'

/** What one message says of one channel and instrument: by these values one knows whether it is news. */
export interface MarketDatum {
  readonly channel: MarketDataChannel
  /** `undefined` where neither the data nor its name in ccxt says it. */
  readonly symbol: string | undefined
  readonly time: unknown
  /** What makes it the same as another. */
  readonly content: readonly unknown[]
  readonly empty: boolean
  /** One of all that ccxt holds: where it hasn't changed, the message didn't bring it. */
  readonly ofMany: boolean
}

const TICKER_FIELDS = [
  'timestamp',
  'last',
  'bid',
  'ask',
  'bidVolume',
  'askVolume',
  'baseVolume',
  'markPrice',
  'indexPrice',
  'open',
] as const

/** Names (`messageHash`) of what is the account's own; order books are known by their shape before. */
const PRIVATE =
  /^(my|user|own|orders?|position|balance|fills?|executions?)|my(trades|liquidations)|:(orders|mytrades)|private/i

/**
 * What ccxt hands out for a message, if it is market data.
 *
 * @param name under which ccxt hands it out (`ticker:BTC/USDT`); each venue has its own
 */
export function readMarketData(result: unknown, name: string, exchange: CcxtExchange): MarketDatum[] {
  if (!isObject(result)) return []
  if (isObject(result.bids) && isObject(result.asks)) return [orderBook(result, name, exchange)]
  if (isOwnCache(result, exchange) || PRIVATE.test(name)) return []
  if (Array.isArray(result)) return list(result, name, exchange)
  if (typeof result.symbol === 'string') return single(result, name, false)
  return several(Object.values(result), name)
}

function list(result: readonly unknown[], name: string, exchange: CcxtExchange): MarketDatum[] {
  // [symbol, timeframe, candles]
  if (typeof result[0] === 'string' && Array.isArray(result[2])) return list(result[2], result[0], exchange)
  const last = result[result.length - 1]
  if (Array.isArray(last)) {
    if (last.length < 5 || typeof last[0] !== 'number') return []
    const symbol = symbolIn(name, exchange)
    return [{ channel: 'ohlcv', symbol, time: undefined, content: last.slice(0, 6), empty: false, ofMany: false }]
  }
  if (!isObject(last) || typeof last.symbol !== 'string') return []
  if ('clientOrderId' in last || 'entryPrice' in last) return []
  if (/liquidation/i.test(name)) return [datum('liquidations', last, [{}], false)]
  if ('takerOrMaker' in last || ('side' in last && 'cost' in last)) {
    // without ids two trades may be alike and still two
    const content = last.id === undefined ? [last] : [last.id, last.timestamp, last.price, last.amount]
    return [datum('trades', last, content, false)]
  }
  return several(result, name)
}

/** Tickers and the like: where ccxt hands out several, those that haven't changed aren't of this message. */
function several(values: readonly unknown[], name: string): MarketDatum[] {
  return values.flatMap(value => (isObject(value) ? single(value, name, values.length > 1) : []))
}

function single(result: Record<string, unknown>, name: string, ofMany: boolean): MarketDatum[] {
  if (typeof result.symbol !== 'string') return []
  if ('fundingRate' in result) {
    return [datum('funding_rate', result, [result.timestamp, result.fundingRate], ofMany)]
  }
  if (!('bid' in result || 'last' in result || 'markPrice' in result) || 'clientOrderId' in result) return []
  const content = TICKER_FIELDS.map(field => result[field])
  const empty = content.every((value, i) => i === 0 || value === undefined || value === null)
  return [{ ...datum(tickerChannel(name), result, content, ofMany), empty }]
}

function tickerChannel(name: string): MarketDataChannel {
  if (/bids?asks?|bookticker|bbo/i.test(name)) return 'bids_asks'
  return /mark(?!et)/i.test(name) ? 'mark_price' : 'ticker'
}

function orderBook(result: Record<string, unknown>, name: string, exchange: CcxtExchange): MarketDatum {
  const bids = result.bids as readonly (readonly unknown[])[]
  const asks = result.asks as readonly (readonly unknown[])[]
  const { nonce, timestamp } = result
  const untold = (nonce ?? undefined) === undefined && (timestamp ?? undefined) === undefined
  return {
    channel: 'order_book',
    symbol: text(result.symbol) ?? symbolIn(name, exchange),
    time: timestamp,
    // a venue that numbers nothing may have changed any level
    content: untold ? [{}] : [nonce, timestamp, bids[0]?.[0], bids[0]?.[1], asks[0]?.[0], asks[0]?.[1]],
    empty: !(bids.length > 0 || asks.length > 0),
    ofMany: false,
  }
}

function datum(
  channel: MarketDataChannel,
  value: Record<string, unknown>,
  content: readonly unknown[],
  ofMany: boolean,
): MarketDatum {
  return { channel, symbol: text(value.symbol), time: value.timestamp, content, empty: false, ofMany }
}

function isOwnCache(result: object, exchange: CcxtExchange): boolean {
  const own = exchange as { myTrades?: unknown; orders?: unknown; balance?: unknown; positions?: unknown }
  return result === own.myTrades || result === own.orders || result === own.balance || result === own.positions
}

/** The instrument in a name such as `ohlcv::BTC/USDT::1m` or `candle1m:BTC-USDT`. */
function symbolIn(name: string, exchange: CcxtExchange): string | undefined {
  const unified = /[A-Za-z0-9.]+\/[A-Za-z0-9.]+(?::[A-Za-z0-9.]+(?:-[\w-]+)?)?/.exec(name)?.[0]
  if (unified !== undefined) return unified
  const { markets_by_id: byId } = exchange as { markets_by_id?: unknown }
  if (!isObject(byId)) return undefined
  for (const part of name.split(/[:@]+/)) {
    const market = Object.hasOwn(byId, part) ? byId[part] : undefined
    const first: unknown = Array.isArray(market) ? market[0] : market
    if (isObject(first) && typeof first.symbol === 'string') return first.symbol
  }
  return undefined
}
