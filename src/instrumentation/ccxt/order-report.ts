import { type Decimal, parseDecimal } from '../../order/decimal.js'
import type { Liquidity, OrderOrigin, OrderType, Side, TimeInForce } from '../../order/event.js'
import { WrittenDecimals } from './exact.js'
import { isPositive } from './positive.js'
import { isObject, says, text, timestamp, type UnifiedOrder, type UnifiedTrade } from './unified.js'
import {
  conditionalBefore,
  conditionalIn,
  conditionalType,
  isPayment,
  originInReport,
  type RawExecution,
  rawExecution,
} from './venue-fields.js'
import { endInWords, isListedAsOpen, saysFilled, venueFigures } from './venue-figures.js'

/** What the venue says of an order, copied: ccxt changes its objects in place later. */
export interface OrderReport {
  readonly orderId: string | undefined
  readonly clientId: string | undefined
  readonly symbol: string | undefined
  readonly side: Side | undefined
  readonly orderType: OrderType | undefined
  readonly timeInForce: TimeInForce | undefined
  readonly status: ReportedStatus | undefined
  readonly quantity: Decimal | undefined
  readonly price: string | undefined
  readonly cumulative: Decimal | undefined
  readonly averagePrice: string | undefined
  /** Whether the average is the venue's word, not ccxt's division. */
  readonly averageIsTold: boolean
  readonly cost: Decimal | undefined
  readonly origin: OrderOrigin | undefined
  readonly createdTime: number | undefined
  readonly venueTime: number | undefined
  readonly text: string | undefined
  /** A conditional order that the venue keeps apart from the order which it becomes when it is triggered. */
  readonly isConditional: boolean
  /** The venue's id of that order. */
  readonly becomes: string | undefined
  /** The venue's id of the conditional order that this one was. */
  readonly was: string | undefined
  /** Executions that the message names, each with the venue's id. */
  readonly executions: readonly ExecutionReport[]
}

/** One execution with an id. */
export interface ExecutionReport {
  readonly executionId: string
  readonly orderId: string | undefined
  readonly clientId: string | undefined
  readonly symbol: string | undefined
  readonly side: Side | undefined
  readonly origin: OrderOrigin | undefined
  /** Of the order, where the trade tells it. */
  readonly orderQuantity: Decimal | undefined
  readonly quantity: Decimal
  readonly price: string | undefined
  readonly liquidity: Liquidity | undefined
  readonly venueTime: number | undefined
}

export type ReportedStatus = 'open' | 'filled' | 'canceled' | 'expired' | 'rejected' | 'pending_cancel' | 'triggered'

/** `undefined` for what is no order. */
export function readOrder(value: unknown): OrderReport | undefined {
  return readable(() => orderIn(value))
}

/** A class of the application's own may hand out objects whose getters throw: there is nothing to read in those. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function orderIn(value: unknown): OrderReport | undefined {
  if (!isObject(value)) return undefined
  const order = value as UnifiedOrder
  const { info } = order
  const symbol = text(order.symbol)
  const orderId = text(order.id)
  const clientId = clientIdIn(order)
  const side = sideOf(order.side)
  const figures = venueFigures(info, order.filled)
  const written = new WrittenDecimals(info)
  const quantity = positive('quantity' in figures ? figures.quantity : written.exact(order.amount))
  const remaining = written.exact(order.remaining)
  const conditional = conditionalIn(info)
  const triggered = conditional?.isTriggered === true || isTriggeredHere(info)
  // of a conditional order ccxt takes "triggered" for closed, and closed for filled
  const cumulative = triggered
    ? undefined
    : notNegative(
        'cumulative' in figures
          ? figures.cumulative
          : (written.exact(order.filled) ??
              (quantity !== undefined && remaining !== undefined ? quantity.subtract(remaining) : undefined)),
      )
  const average = positive(written.exact(order.average))?.toString()
  const price = positive(written.exact(order.price))?.toString()
  const origin = originInReport(info)
  return {
    orderId,
    clientId,
    symbol,
    side,
    orderType: order.type === undefined ? undefined : typeOf(order, conditional !== undefined),
    timeInForce: timeInForceOf(order.timeInForce, order.postOnly),
    status: triggered ? 'triggered' : statusOf(order.status, quantity, cumulative, info),
    quantity,
    // ccxt fills in a market order's average price
    price: order.type === 'market' ? undefined : price,
    cumulative,
    averagePrice: average,
    averageIsTold: average !== undefined && written.has(order.average),
    cost: written.exact(order.cost),
    origin,
    createdTime: timestamp(order.timestamp),
    venueTime: timestamp(order.lastUpdateTimestamp) ?? timestamp(order.lastTradeTimestamp),
    text: isObject(info) ? rejectText(info) : undefined,
    isConditional: conditional !== undefined,
    becomes: conditional?.becomes,
    was: conditionalBefore(info),
    executions: triggered
      ? []
      : executionsOf(order, { orderId, clientId, symbol, side, origin, orderQuantity: quantity }),
  }
}

/** `undefined` for what has no id or no quantity: such an execution is known by the order's cumulative quantity. */
export function readTrade(value: unknown): ExecutionReport | undefined {
  return readable(() => tradeIn(value))
}

function tradeIn(value: unknown): ExecutionReport | undefined {
  if (!isObject(value)) return undefined
  const trade = value as UnifiedTrade
  const { info } = trade
  const executionId = text(trade.id)
  // ccxt (4.5.84) takes BingX's quantity of the order for that of the execution
  const raw = rawExecution(info)
  const own = raw?.executionId === executionId ? raw : undefined
  if (executionId === undefined || isPayment(info)) return undefined
  let quantity = own?.quantity
  let price = parseDecimal(own?.price)
  if (quantity === undefined || price === undefined) {
    const written = new WrittenDecimals(info)
    quantity ??= positive(written.exact(trade.amount))
    price ??= written.exact(trade.price)
  }
  if (quantity === undefined) return undefined
  return {
    executionId,
    orderId: text(trade.order),
    clientId: clientIdInTrade(info),
    symbol: text(trade.symbol),
    side: sideOf(trade.side),
    origin: originInReport(info),
    orderQuantity: isObject(info) ? positive(parseDecimal(info.orderQty)) : undefined,
    quantity,
    price: price?.toString(),
    liquidity: trade.takerOrMaker === 'maker' || trade.takerOrMaker === 'taker' ? trade.takerOrMaker : undefined,
    venueTime: timestamp(trade.timestamp),
  }
}

/**
 * Kraken's user reference, of which ccxt makes the client id, is 0 where there is none, and any number of orders' else.
 * Gate's text says where an order comes from (`web`, `apiv4`) where the client gave none.
 */
function clientIdIn({ clientOrderId, info }: UnifiedOrder): string | undefined {
  const own = isObject(info) ? (text(info.cl_ord_id) ?? text(info.cli_ord_id)) : undefined
  const id = own ?? text(clientOrderId)
  if (isObject(info) && 'finish_as' in info && info.text === id && id?.startsWith('t-') !== true) return undefined
  return id === '0' ? undefined : id
}

type OrderOfExecution = Pick<ExecutionReport, 'orderId' | 'clientId' | 'symbol' | 'side' | 'origin' | 'orderQuantity'>

/** Those that the report names: its trades as ccxt reads them, and the one in its raw fields. */
function executionsOf({ trades, info }: UnifiedOrder, order: OrderOfExecution): ExecutionReport[] {
  const executions = (Array.isArray(trades) ? trades : [])
    .map(readTrade)
    .filter(execution => execution !== undefined)
    .map(execution => executionOf(execution, order))
  const raw = rawExecution(info)
  if (raw !== undefined && !executions.some(({ executionId }) => executionId === raw.executionId)) {
    executions.push(executionOf(raw, order))
  }
  return executions
}

function executionOf(
  { executionId, quantity, price, liquidity, venueTime }: RawExecution,
  { orderId, clientId, symbol, side, origin, orderQuantity }: OrderOfExecution,
): ExecutionReport {
  return {
    executionId,
    orderId,
    clientId,
    symbol,
    side,
    origin,
    orderQuantity,
    quantity,
    price,
    liquidity,
    venueTime,
  }
}

/** Fields of trades that name the client's id of the order. */
function clientIdInTrade(info: unknown): string | undefined {
  if (!isObject(info)) return undefined
  for (const name of ['c', 'clOrdId', 'orderLinkId', 'clientOrderId', 'client_order_id', 'clientOid', 'cl_ord_id']) {
    const id = text(info[name])
    if (id !== undefined && typeof info[name] === 'string') return id
  }
  return undefined
}

export function sideOf(side: unknown): Side | undefined {
  const name = typeof side === 'string' ? side.toLowerCase() : undefined
  return name === 'buy' || name === 'sell' ? name : undefined
}

const ORDER_TYPES: Readonly<Record<string, OrderType>> = {
  market: 'market',
  limit: 'limit',
  limitmaker: 'limit',
  postonly: 'limit',
  stop: 'stop',
  stopmarket: 'stop',
  stoploss: 'stop',
  stoplossmarket: 'stop',
  stoplimit: 'stop_limit',
  stoplosslimit: 'stop_limit',
  takeprofit: 'market_if_touched',
  takeprofitmarket: 'market_if_touched',
  takeprofitlimit: 'limit_if_touched',
  trailingstop: 'trailing_stop',
  trailingstopmarket: 'trailing_stop',
  trailingstoplimit: 'trailing_stop',
  pegged: 'pegged',
}

/** @param triggered with a trigger price: a stop, whatever the venue calls it */
export function orderTypeOf(type: unknown, triggered = false): OrderType {
  const name = typeof type === 'string' ? type.toLowerCase().replace(/[^a-z]/g, '') : ''
  const known = ORDER_TYPES[name] ?? 'other'
  if (!triggered) return known
  return known === 'limit' ? 'stop_limit' : known === 'market' ? 'stop' : known
}

export function timeInForceOf(value: unknown, postOnly: unknown): TimeInForce | undefined {
  if (postOnly === true) return 'gtx'
  switch (typeof value === 'string' ? value.toUpperCase() : undefined) {
    case 'PO':
    case 'GTX':
      return 'gtx'
    case 'GTC':
      return 'gtc'
    case 'IOC':
      return 'ioc'
    case 'FOK':
      return 'fok'
    case 'GTD':
    case 'GTT':
      return 'gtd'
    case 'DAY':
      return 'day'
    default:
      return undefined
  }
}

function typeOf({ type, triggerPrice, side, info, price }: UnifiedOrder, isConditional: boolean): OrderType {
  const triggered = isConditional || positive(parseDecimal(triggerPrice)) !== undefined
  const basic = orderTypeOf(type, triggered)
  if (!triggered && basic !== 'trailing_stop' && !hasTrailing(info)) return basic
  // OKX's "trigger" and "conditional" say neither
  if (basic === 'other') return isAbove0(price) ? 'stop_limit' : 'stop'
  const isLimit = basic === 'stop_limit' || basic === 'limit_if_touched' || (type === 'limit' && isAbove0(price))
  return conditionalType(info, isLimit, side) ?? basic
}

/** ccxt shows neither a trigger price nor the type of those. */
function hasTrailing(info: unknown): boolean {
  return isObject(info) && says(text(info.ot) ?? text(info.origType) ?? info.stopOrderType, /^TRAILING/i)
}

function isAbove0(value: unknown): boolean {
  return positive(parseDecimal(value)) !== undefined
}

/** Bybit: the order goes on under its own id. */
function isTriggeredHere(info: unknown): boolean {
  return isObject(info) && info.orderStatus === 'Triggered'
}

/** ccxt says `closed` for every end that isn't a cancel; filled it is only when all of it has traded. */
function statusOf(
  status: unknown,
  quantity: Decimal | undefined,
  cumulative: Decimal | undefined,
  info: unknown,
): ReportedStatus | undefined {
  switch (status) {
    case 'open':
      return 'open'
    case 'canceled':
      return endOfCanceled(cumulative, info)
    case 'expired':
    case 'rejected':
      return status
    case 'canceling':
      return 'pending_cancel'
    case 'closed':
      break
    default: {
      const end = status === undefined && isListedAsOpen(info) ? 'open' : endInWords(status, info)
      if (end !== 'closed') return end
    }
  }
  if (saysFilled(info) || quantity === undefined || cumulative === undefined) return 'filled'
  return quantity.compare(cumulative) <= 0 ? 'filled' : 'canceled'
}

/** ccxt (4.5.84) calls what expired at Coinbase canceled, and what failed there before anything traded. */
function endOfCanceled(cumulative: Decimal | undefined, info: unknown): ReportedStatus {
  const word = isObject(info) ? text(info.status) : undefined
  if (word !== undefined && /^expired$/i.test(word)) return 'expired'
  const isUntouched = cumulative === undefined || cumulative.isZero
  return word !== undefined && isUntouched && /^(failed|rejected)$/i.test(word) ? 'rejected' : 'canceled'
}

function rejectText(info: Record<string, unknown>): string | undefined {
  const reason = text(info.rejectReason) ?? text(info.reject_reason) ?? text(info.msg) ?? text(info.r) ?? text(info.rm)
  return reason === 'NONE' || reason === 'UNKNOWN' || reason === 'EC_NoError' ? undefined : reason
}

/** Nothing has ever traded less than nothing: such a figure says nothing. */
function notNegative(value: Decimal | undefined): Decimal | undefined {
  return value?.isNegative === true ? undefined : value
}

function positive(value: Decimal | undefined): Decimal | undefined {
  return value !== undefined && isPositive(value) ? value : undefined
}
