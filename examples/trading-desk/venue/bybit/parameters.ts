import { type Decimal, parseDecimal } from '../decimal.js'
import type { Exchange, OrderReference } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import { type JsonObject, textOf } from '../json-value.js'
import type { OrderType, Side, TimeInForce } from '../order.js'
import type { OrderRequest } from '../order-checks.js'
import { BybitError, parameterError } from './errors.js'
import { exchangeOrderId } from './order-json.js'

export function required(parameters: JsonObject, name: string): string {
  const value = textOf(parameters, name)
  if (value === undefined) throw parameterError(name)
  return value
}

/** Everything but spot is empty here. */
export function isSpot(parameters: JsonObject): boolean {
  return required(parameters, 'category') === 'spot'
}

export function instrumentOf(exchange: Exchange, parameters: JsonObject): Instrument {
  const book = isSpot(parameters) ? exchange.book(required(parameters, 'symbol')) : undefined
  if (!book) throw new BybitError(170121, 'Invalid symbol.')
  return book.instrument
}

export function limitOf(parameters: JsonObject, preset: number, most: number): number {
  const text = textOf(parameters, 'limit')
  if (text === undefined) return preset
  if (!/^\d{1,9}$/.test(text)) throw parameterError('limit')
  return Math.min(Math.max(Number(text), 1), most)
}

/** By the venue's id where one is given, else by the client's. */
export function orderReference(parameters: JsonObject): OrderReference {
  const orderId = textOf(parameters, 'orderId')
  if (orderId !== undefined) return { id: exchangeOrderId(orderId) }
  const clientId = textOf(parameters, 'orderLinkId')
  if (clientId !== undefined) return { clientId }
  throw parameterError('orderId or orderLinkId')
}

const SIDES: Record<string, Side> = { Buy: 'buy', Sell: 'sell' }
const TIMES: Record<string, TimeInForce> = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', PostOnly: 'gtc' }

export function orderRequest(exchange: Exchange, parameters: JsonObject): OrderRequest {
  const instrument = instrumentOf(exchange, parameters)
  const side = SIDES[required(parameters, 'side')]
  if (!side) throw new BybitError(170117, 'Invalid side.')
  const type = required(parameters, 'orderType')
  if (type !== 'Limit' && type !== 'Market') throw new BybitError(170116, 'Invalid orderType.')
  const time = textOf(parameters, 'timeInForce') ?? 'GTC'
  const timeInForce = TIMES[time]
  if (!timeInForce) throw new BybitError(170115, 'Invalid timeInForce.')
  const clientId = textOf(parameters, 'orderLinkId')
  if (clientId !== undefined && !/^[a-zA-Z0-9\-_]{1,36}$/.test(clientId)) throw parameterError('orderLinkId')
  const given = amountOf(parameters, 'qty')
  if (given === undefined) throw parameterError('qty')
  const common = { instrument, side, clientId }
  if (type === 'Market') {
    const inQuote = (textOf(parameters, 'marketUnit') ?? (side === 'buy' ? 'quoteCoin' : 'baseCoin')) === 'quoteCoin'
    const amounts = inQuote ? { quantity: 0n, quoteQuantity: given } : { quantity: given, quoteQuantity: 0n }
    return { ...common, type: 'market', timeInForce: 'ioc', price: 0n, ...amounts }
  }
  const price = amountOf(parameters, 'price')
  if (price === undefined) throw parameterError('price')
  const kind: OrderType = time === 'PostOnly' ? 'limit_maker' : 'limit'
  return { ...common, type: kind, timeInForce, price, quantity: given, quoteQuantity: 0n }
}

export function amountOf(parameters: JsonObject, name: string): Decimal | undefined {
  const text = textOf(parameters, name)
  if (text === undefined) return undefined
  const value = parseDecimal(text)
  if (value === undefined || value < 0n) throw parameterError(name)
  return value
}
