import type { Account } from '../account.js'
import { formatFixed } from '../decimal.js'
import { isOpen } from '../order.js'
import { BinanceError } from './errors.js'
import type { OperationContext, SignedOperation } from './operations.js'
import { myTradeJson, orderJson } from './order-json.js'
import { instrumentOf, integer, limitOf, orderReference, type Parameters } from './parameters.js'

function define(weight: number, run: (context: OperationContext & { readonly account: Account }) => unknown) {
  return { security: 'signed', weight, run } as const satisfies SignedOperation
}

function inTime(parameters: Parameters, time: number): boolean {
  return time >= (integer(parameters, 'startTime') ?? 0) && time <= (integer(parameters, 'endTime') ?? Infinity)
}

/** From an id on the oldest come first; without one the newest are kept. Both rise. */
function page<T>(items: readonly T[], parameters: Parameters, fromName: string): T[] {
  const limit = limitOf(parameters, 500)
  return parameters.has(fromName) || parameters.has('startTime') ? items.slice(0, limit) : items.slice(-limit)
}

export const account = define(20, ({ account: owner }) => ({
  makerCommission: 10,
  takerCommission: 10,
  buyerCommission: 0,
  sellerCommission: 0,
  commissionRates: { maker: '0.00100000', taker: '0.00100000', buyer: '0.00000000', seller: '0.00000000' },
  canTrade: true,
  canWithdraw: false,
  canDeposit: false,
  updateTime: Date.now(),
  accountType: 'SPOT',
  balances: [...owner.balances()].map(([asset, { free, locked }]) => ({
    asset,
    free: formatFixed(free),
    locked: formatFixed(locked),
  })),
  permissions: ['SPOT'],
}))

export const queryOrder = define(4, ({ exchange, account: owner, parameters }) => {
  const reference = orderReference(parameters, 'orderId', 'origClientOrderId')
  const order = exchange.find(owner, instrumentOf(exchange, parameters), reference)
  if (!order) throw new BinanceError(-2013, 'Order does not exist.')
  return orderJson(order)
})

export const openOrders = define(6, ({ exchange, account: owner, parameters }) => {
  const instrument = parameters.has('symbol') ? instrumentOf(exchange, parameters) : undefined
  const open = exchange.orders(owner).filter(isOpen)
  return open.filter(order => instrument === undefined || order.instrument === instrument).map(orderJson)
})

export const allOrders = define(20, ({ exchange, account: owner, parameters }) => {
  const instrument = instrumentOf(exchange, parameters)
  const from = integer(parameters, 'orderId') ?? 0
  const orders = exchange
    .orders(owner)
    .filter(order => order.instrument === instrument && order.id >= from && inTime(parameters, order.createdAt))
  return page(orders, parameters, 'orderId').map(orderJson)
})

export const myTrades = define(20, ({ exchange, account: owner, parameters }) => {
  const instrument = instrumentOf(exchange, parameters)
  const orderId = integer(parameters, 'orderId')
  const from = integer(parameters, 'fromId') ?? 0
  const executions = exchange
    .orders(owner)
    .filter(order => order.instrument === instrument && (orderId === undefined || order.id === orderId))
    .flatMap(order => order.executions)
    .filter(execution => execution.id >= from && inTime(parameters, execution.time))
    .sort((a, b) => a.id - b.id)
  return page(executions, parameters, 'fromId').map(myTradeJson)
})
