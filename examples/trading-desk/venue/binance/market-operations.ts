import { BinanceError } from './errors.js'
import { exchangeInfo } from './exchange-info.js'
import { aggregateTradeJson, bookTickerJson, depthJson, tickerJson, tradeJson } from './market-json.js'
import type { PublicOperation } from './operations.js'
import { instrumentOf, limitOf, type Parameters } from './parameters.js'

function define(weight: number, run: PublicOperation['run']): PublicOperation {
  return { security: 'public', weight, run }
}

/** `symbols` is a JSON list, `symbol` one name; neither means all. */
function symbolsOf(parameters: Parameters): string[] {
  const symbol = parameters.get('symbol')
  if (symbol) return [symbol]
  try {
    const list: unknown = JSON.parse(parameters.get('symbols') ?? '[]')
    if (Array.isArray(list)) return list.map(String)
  } catch {
    // Told below, as for any other text that is no list.
  }
  throw new BinanceError(-1100, "Illegal characters found in parameter 'symbols'.")
}

export const ping = define(1, () => ({}))
export const time = define(1, () => ({ serverTime: Date.now() }))

export const info = define(20, ({ exchange, limits, parameters }) => {
  const symbols = symbolsOf(parameters)
  if (symbols.some(symbol => !exchange.book(symbol))) throw new BinanceError(-1121, 'Invalid symbol.')
  return exchangeInfo(exchange, limits, symbols)
})

export const depth = define(5, ({ exchange, parameters }) =>
  depthJson(exchange.book(instrumentOf(exchange, parameters).id)!, limitOf(parameters, 100)),
)

export const recentTrades = define(25, ({ exchange, parameters }) =>
  exchange.trades(instrumentOf(exchange, parameters)).slice(-limitOf(parameters, 500)).map(tradeJson),
)

/** Every trade stands for itself: none are drawn together. */
export const aggregateTrades = define(4, ({ exchange, parameters }) =>
  exchange.trades(instrumentOf(exchange, parameters)).slice(-limitOf(parameters, 500)).map(aggregateTradeJson),
)

export const ticker = define(2, ({ exchange, parameters }) => {
  if (parameters.has('symbol')) return tickerJson(exchange, instrumentOf(exchange, parameters))
  const symbols = symbolsOf(parameters)
  const listed = exchange.instruments().filter(({ id }) => symbols.length === 0 || symbols.includes(id))
  return listed.map(instrument => tickerJson(exchange, instrument))
})

export const bookTicker = define(2, ({ exchange, parameters }) => {
  if (parameters.has('symbol')) return bookTickerJson(exchange.book(instrumentOf(exchange, parameters).id)!)
  return exchange.instruments().map(({ id }) => bookTickerJson(exchange.book(id)!))
})
