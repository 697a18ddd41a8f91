import { textOf } from '../json-value.js'
import { bookJson, fullTickerJson, instrumentJson, tradeJson } from './market-json.js'
import type { Operation, OperationContext } from './operations.js'
import { instrumentOf, isSpot, limitOf, required } from './parameters.js'

function define(run: (context: OperationContext) => object): Operation {
  return { security: 'public', run: context => ({ result: run(context) }) }
}

function listed({ exchange, parameters }: OperationContext) {
  if (textOf(parameters, 'symbol') !== undefined) return [instrumentOf(exchange, parameters)]
  return isSpot(parameters) ? exchange.instruments() : []
}

export const time = define(() => {
  const now = Date.now()
  return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` }
})

export const instruments = define(context => ({
  category: required(context.parameters, 'category'),
  list: listed(context).map(instrumentJson),
  nextPageCursor: '',
}))

export const orderBook = define(({ exchange, parameters }) => ({
  ...bookJson(exchange.book(instrumentOf(exchange, parameters).id)!, limitOf(parameters, 1, 200)),
  ts: Date.now(),
}))

export const recentTrades = define(({ exchange, parameters }) => {
  const trades = exchange.trades(instrumentOf(exchange, parameters)).slice(-limitOf(parameters, 60, 60))
  return { category: 'spot', list: trades.map(tradeJson).reverse() }
})

export const tickers = define(context => ({
  category: required(context.parameters, 'category'),
  list: listed(context).map(instrument => fullTickerJson(context.exchange, instrument)),
}))
