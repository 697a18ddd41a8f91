import { type Decimal, formatPlain, parseDecimal } from '../decimal.js'
import type { Exchange } from '../exchange.js'
import { type JsonObject, objectOf, textOf } from '../json-value.js'
import type { Order, OrderType, Side, TimeInForce } from '../order.js'
import type { OrderRequest } from '../order-checks.js'
import { invalidArgument } from './errors.js'
import { productOf } from './identifiers.js'

const SIDES: Record<string, Side> = { BUY: 'buy', SELL: 'sell' }
/** The kind of an order is the name of the one object that describes it. */
const TIMES: Record<string, TimeInForce> = {
  limit_limit_gtc: 'gtc',
  sor_limit_ioc: 'ioc',
  limit_limit_fok: 'fok',
  market_market_ioc: 'ioc',
}

export function required(parameters: JsonObject, name: string): string {
  const value = textOf(parameters, name)
  if (value === undefined) throw invalidArgument(`${name} is required`)
  return value
}

export function amountOf(parameters: JsonObject, name: string): Decimal | undefined {
  const text = textOf(parameters, name)
  if (text === undefined) return undefined
  const value = parseDecimal(text)
  if (value === undefined || value < 0n) throw invalidArgument(`${name} is not a positive decimal number`)
  return value
}

/** @param clientId none for a preview */
export function orderRequest(exchange: Exchange, parameters: JsonObject, clientId: string | undefined): OrderRequest {
  const instrument = productOf(exchange, required(parameters, 'product_id'))
  if (!instrument) throw invalidArgument('product_id is invalid')
  const side = SIDES[required(parameters, 'side')]
  if (!side) throw invalidArgument('side is invalid')
  const configuration = objectOf(parameters, 'order_configuration')
  const [name = ''] = Object.keys(configuration)
  const timeInForce = TIMES[name]
  if (!timeInForce) throw invalidArgument(`order_configuration ${name} is not supported`)
  const details = objectOf(configuration, name)
  const common = { instrument, side, timeInForce, clientId }
  const quantity = amountOf(details, 'base_size')
  if (name === 'market_market_ioc') {
    const quoteQuantity = amountOf(details, 'quote_size')
    if (quantity === undefined && quoteQuantity === undefined) throw invalidArgument('quote_size is required')
    return { ...common, type: 'market', price: 0n, quantity: quantity ?? 0n, quoteQuantity: quoteQuantity ?? 0n }
  }
  const price = amountOf(details, 'limit_price')
  if (quantity === undefined || price === undefined) throw invalidArgument('base_size and limit_price are required')
  const type: OrderType = details.post_only === true ? 'limit_maker' : 'limit'
  return { ...common, type, price, quantity, quoteQuantity: 0n }
}

export function configurationJson(order: Order): object {
  if (order.type === 'market') {
    const inQuote = order.quoteQuantity > 0n
    const size = inQuote ? { quote_size: formatPlain(order.quoteQuantity) } : { base_size: formatPlain(order.quantity) }
    return { market_market_ioc: size }
  }
  const details = { base_size: formatPlain(order.quantity), limit_price: formatPlain(order.price) }
  if (order.timeInForce === 'ioc') return { sor_limit_ioc: details }
  if (order.timeInForce === 'fok') return { limit_limit_fok: details }
  return { limit_limit_gtc: { ...details, post_only: order.type === 'limit_maker' } }
}
