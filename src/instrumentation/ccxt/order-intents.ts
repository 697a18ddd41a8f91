import { type Decimal, parseDecimal } from '../../order/decimal.js'
import { clientIdOf } from './client-ids.js'
import { orderTypeOf, sideOf, timeInForceOf } from './order-report.js'
import type { OrderIntent } from './tracked-order.js'
import { type CcxtExchange, isObject, text } from './unified.js'

/** The arguments of `createOrder` and the last ones of `editOrder`. */
export interface OrderArguments {
  readonly symbol: string
  readonly type: unknown
  readonly side: unknown
  readonly amount: unknown
  readonly price: unknown
  readonly params: Readonly<Record<string, unknown>>
}

/** Copied, since the call may change them. */
export function orderArguments(args: readonly unknown[]): OrderArguments {
  const [symbol, type, side, amount, price, params] = args
  return { symbol: text(symbol) ?? 'unknown', type, side, amount, price, params: isObject(params) ? { ...params } : {} }
}

/** Each order of `createOrders`. */
export function batchArguments(orders: unknown): OrderArguments[] {
  if (!Array.isArray(orders)) return []
  return orders.filter(isObject).map(order => {
    const { symbol, type, side, amount, price, params } = order
    return orderArguments([symbol, type, side, amount, price, params])
  })
}

/** ccxt's own ways of asking the venue to check an order and forget it. */
export function isTest({ params }: OrderArguments): boolean {
  return params.test === true || params.validate === true || params.validateOnly === true
}

/**
 * What is ordered, as it goes to the venue: ccxt cuts amounts and prices to the market's precision on the way.
 *
 * @param request as it is sent; `undefined` when it wasn't seen
 */
export function orderIntent(
  exchange: CcxtExchange,
  args: OrderArguments,
  clientId: string | undefined,
  request: unknown,
): OrderIntent {
  const { params, price: asked } = args
  const orderType = typeWithTriggers(args)
  const isMarket = orderType === 'market' || orderType === 'stop' || orderType === 'market_if_touched'
  const amount = rounded(() => exchange.amountToPrecision?.(args.symbol, args.amount), args.amount)
  // a market buy may be asked for by what it costs: then how much it is, is for the venue to tell
  const byCost = orderType === 'market' && (request === undefined || !holds(request, amount))
  const price = isMarket ? undefined : rounded(() => exchange.priceToPrecision?.(args.symbol, asked), asked)
  return {
    clientId: clientId ?? clientIdOf(params),
    symbol: args.symbol,
    side: sideOf(args.side) ?? 'undisclosed',
    orderType,
    timeInForce: timeInForceOf(params.timeInForce ?? inRequest(request, 'timeInForce'), params.postOnly),
    quantity: byCost ? undefined : amount,
    price: price?.toString(),
  }
}

function typeWithTriggers({ type, params }: OrderArguments) {
  if (params.trailingPercent !== undefined || params.trailingAmount !== undefined) return 'trailing_stop'
  const basic = orderTypeOf(type, (params.stopPrice ?? params.triggerPrice ?? params.stopLossPrice) !== undefined)
  if (params.takeProfitPrice === undefined) return basic
  return basic === 'market' ? 'market_if_touched' : basic === 'limit' ? 'limit_if_touched' : basic
}

/** With markets that aren't loaded, or an amount below the smallest, ccxt throws. */
function rounded(round: () => unknown, value: unknown): Decimal | undefined {
  if (value === undefined || value === null) return undefined
  try {
    return parseDecimal(round()) ?? parseDecimal(value)
  } catch {
    return parseDecimal(value)
  }
}

/** What to spend, not how much to buy: `quoteOrderQty`, `notional`, `funds`. */
const COST = /quote|cost|notional|funds|value/i

/** What ccxt has put into the request by itself. */
function inRequest(request: unknown, name: string): unknown {
  const params = isObject(request) ? request.params : undefined
  return isObject(params) ? params[name] : undefined
}

function holds(request: unknown, amount: Decimal | undefined, depth = 0): boolean {
  if (amount === undefined || depth > 4) return false
  if (isObject(request)) {
    return Object.entries(request).some(([name, value]) => !COST.test(name) && holds(value, amount, depth + 1))
  }
  const value = parseDecimal(request)
  return value !== undefined && value.compare(amount) === 0
}
