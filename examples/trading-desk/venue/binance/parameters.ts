import { type Decimal, parseDecimal } from '../decimal.js'
import type { Exchange, OrderReference } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import type { OrderType, Side, TimeInForce } from '../order.js'
import type { OrderRequest } from '../order-checks.js'
import { BinanceError, missingParameter } from './errors.js'

/** Of a query string, a form body or the `params` of a WebSocket request: all are text by here. */
export type Parameters = ReadonlyMap<string, string>

export function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name)
  if (!value) throw missingParameter(name)
  return value
}

export function instrumentOf(exchange: Exchange, parameters: Parameters): Instrument {
  const book = exchange.book(required(parameters, 'symbol'))
  if (!book) throw new BinanceError(-1121, 'Invalid symbol.')
  return book.instrument
}

export function integer(parameters: Parameters, name: string): number | undefined {
  const value = parameters.get(name)
  if (value === undefined || value === '') return undefined
  if (!/^\d{1,16}$/.test(value)) throw new BinanceError(-1100, `Illegal characters found in parameter '${name}'.`)
  return Number(value)
}

export function limitOf(parameters: Parameters, preset: number): number {
  return Math.min(integer(parameters, 'limit') ?? preset, 1000)
}

/** By the venue's id where one is given, else by the client's. */
export function orderReference(parameters: Parameters, idName: string, clientIdName: string): OrderReference {
  const id = integer(parameters, idName)
  if (id !== undefined) return { id }
  const clientId = parameters.get(clientIdName)
  if (clientId) return { clientId }
  throw new BinanceError(-1102, `Param '${clientIdName}' or '${idName}' must be sent, but both were empty/null!`)
}

const SIDES: Record<string, Side> = { BUY: 'buy', SELL: 'sell' }
const TYPES: Record<string, OrderType> = { LIMIT: 'limit', MARKET: 'market', LIMIT_MAKER: 'limit_maker' }
const TIMES: Record<string, TimeInForce> = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' }

export function orderRequest(exchange: Exchange, parameters: Parameters): OrderRequest {
  const instrument = instrumentOf(exchange, parameters)
  const side = SIDES[required(parameters, 'side')]
  if (!side) throw new BinanceError(-1117, 'Invalid side.')
  const type = TYPES[required(parameters, 'type')]
  if (!type) throw new BinanceError(-1116, 'Invalid orderType.')
  const timeInForce = type === 'limit' ? TIMES[required(parameters, 'timeInForce')] : 'gtc'
  if (!timeInForce) throw new BinanceError(-1115, 'Invalid timeInForce.')
  const clientId = parameters.get('newClientOrderId')
  if (clientId !== undefined && !/^[a-zA-Z0-9\-_.:/]{1,36}$/.test(clientId)) {
    throw new BinanceError(
      -1100,
      "Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_.:/]{1,36}$'.",
    )
  }
  const quoteQuantity = type === 'market' ? amount(parameters, 'quoteOrderQty') : undefined
  const quantity = quoteQuantity === undefined ? amount(parameters, 'quantity') : 0n
  if (quantity === undefined) throw missingParameter('quantity')
  const price = type === 'market' ? 0n : amount(parameters, 'price')
  if (price === undefined) throw missingParameter('price')
  return { instrument, side, type, timeInForce, quantity, price, quoteQuantity: quoteQuantity ?? 0n, clientId }
}

function amount(parameters: Parameters, name: string): Decimal | undefined {
  const text = parameters.get(name)
  if (text === undefined || text === '') return undefined
  const value = parseDecimal(text)
  if (value !== undefined) return value
  if (/^-?\d+\.\d+$/.test(text)) {
    throw new BinanceError(-1111, `Parameter '${name}' has too much precision.`)
  }
  throw new BinanceError(
    -1100,
    `Illegal characters found in parameter '${name}'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.`,
  )
}
