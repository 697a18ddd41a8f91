import { bestPrices } from '../best-prices.js'
import { formatPlain } from '../decimal.js'
import type { Instrument } from '../instrument.js'
import { textOf } from '../json-value.js'
import { notFound } from './errors.js'
import { isoTime, productOf } from './identifiers.js'
import { bookJson, productJson, tradeJson } from './market-json.js'
import type { Operation, OperationContext } from './operations.js'

function define(run: (context: OperationContext) => unknown): Operation {
  return { security: 'public', run }
}

function named({ exchange }: OperationContext, id: string): Instrument {
  const instrument = productOf(exchange, id)
  if (!instrument) throw notFound('Product not found')
  return instrument
}

function wanted(context: OperationContext): Instrument[] {
  const ids = context.query.getAll('product_ids')
  return ids.length > 0 ? ids.map(id => named(context, id)) : context.exchange.instruments()
}

const limitOf = ({ parameters }: OperationContext, preset: number) => Number(textOf(parameters, 'limit') ?? preset)

export const serverTime = define(() => {
  const now = Date.now()
  return { iso: isoTime(now), epochSeconds: String(Math.floor(now / 1000)), epochMillis: String(now) }
})

export const oldServerTime = define(() => {
  const now = Date.now()
  return { data: { iso: isoTime(now), epoch: Math.floor(now / 1000) } }
})

/** There is nothing but spot here. */
export const products = define(context => {
  const isFuture = textOf(context.parameters, 'product_type') === 'FUTURE'
  const list = isFuture ? [] : wanted(context).map(instrument => productJson(context.exchange, instrument))
  return { products: list, num_products: list.length }
})

export const trades = define(context => {
  const instrument = named(context, context.pathId)
  const { bid, ask } = bestPrices(context.exchange.book(instrument.id)!)
  const recent = context.exchange.trades(instrument).slice(-Math.max(1, limitOf(context, 100)))
  return { trades: recent.map(tradeJson).reverse(), best_bid: formatPlain(bid.price), best_ask: formatPlain(ask.price) }
})

export const productBook = define(context => {
  const instrument = named(context, textOf(context.parameters, 'product_id') ?? '')
  return { pricebook: bookJson(context.exchange.book(instrument.id)!, limitOf(context, 500)) }
})

export const bestBidsAsks = define(context => ({
  pricebooks: wanted(context).map(instrument => bookJson(context.exchange.book(instrument.id)!, 1)),
}))

/** ccxt asks for these when it loads the markets. */
export const fiatCurrencies = define(() => ({ data: [] }))

export const cryptoCurrencies = define(({ exchange }) => {
  const assets = new Set(exchange.instruments().flatMap(({ base, quote }) => [base, quote]))
  return { data: [...assets].map((code, index) => ({ asset_id: String(index), code, name: code, exponent: 8 })) }
})

export const exchangeRates = define(() => ({ data: { currency: 'USD', rates: {} } }))
