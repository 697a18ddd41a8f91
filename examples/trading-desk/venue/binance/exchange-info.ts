import { formatFixed } from '../decimal.js'
import type { Exchange } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import type { RateLimit, VenueLimits } from '../rate-limits.js'

const UNITS = [
  ['DAY', 'D', 86_400_000],
  ['HOUR', 'H', 3_600_000],
  ['MINUTE', 'M', 60_000],
  ['SECOND', 'S', 1000],
] as const

/** 10,000 ms are `SECOND` times 10, in headers `10S`. */
export function intervalOf({ intervalMs }: RateLimit): { interval: string; intervalNum: number; suffix: string } {
  const [interval, letter, unit] = UNITS.find(([, , ms]) => intervalMs % ms === 0) ?? UNITS[3]
  const intervalNum = Math.max(1, Math.round(intervalMs / unit))
  return { interval, intervalNum, suffix: `${intervalNum}${letter}` }
}

export function exchangeInfo(exchange: Exchange, limits: VenueLimits, symbols: readonly string[]): object {
  const limitJson = (rateLimitType: string, rate: RateLimit) => {
    const { interval, intervalNum } = intervalOf(rate)
    return { rateLimitType, interval, intervalNum, limit: rate.limit }
  }
  const listed = exchange.instruments().filter(({ id }) => symbols.length === 0 || symbols.includes(id))
  return {
    timezone: 'UTC',
    serverTime: Date.now(),
    rateLimits: [limitJson('REQUEST_WEIGHT', limits.weight), limitJson('ORDERS', limits.orders)],
    exchangeFilters: [],
    symbols: listed.map(symbolInfo),
  }
}

function symbolInfo(instrument: Instrument): object {
  const tickSize = formatFixed(instrument.tickSize)
  const stepSize = formatFixed(instrument.lotSize)
  const maxQty = formatFixed(instrument.maxQuantity)
  return {
    symbol: instrument.id,
    status: 'TRADING',
    baseAsset: instrument.base,
    baseAssetPrecision: 8,
    quoteAsset: instrument.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET'],
    icebergAllowed: false,
    ocoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tickSize, maxPrice: formatFixed(instrument.maxPrice), tickSize },
      { filterType: 'LOT_SIZE', minQty: stepSize, maxQty, stepSize },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty, stepSize: '0.00000000' },
      {
        filterType: 'NOTIONAL',
        minNotional: formatFixed(instrument.minNotional),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 0,
      },
      {
        filterType: 'PERCENT_PRICE_BY_SIDE',
        bidMultiplierUp: '5',
        bidMultiplierDown: '0.2',
        askMultiplierUp: '5',
        askMultiplierDown: '0.2',
        avgPriceMins: 0,
      },
      { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    ],
    permissions: ['SPOT'],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_MAKER'],
  }
}
