import type { Account } from '../account.js'
import { formatPlain } from '../decimal.js'
import { type JsonObject, textOf } from '../json-value.js'
import { isOpen, type Order } from '../order.js'
import type { Operation, SignedContext } from './operations.js'
import { exchangeOrderId, executionJson, orderJson } from './order-json.js'
import { instrumentOf, isSpot, limitOf } from './parameters.js'

function define(run: (context: SignedContext) => object): Operation {
  return { security: 'signed', run: context => ({ result: run(context) }) }
}

/** Of a unified account. */
export const keyInformation = define(({ account }) => ({
  id: '1',
  apiKey: account.key,
  readOnly: 0,
  permissions: { Spot: ['SpotTrade'], Wallet: [] },
  unified: 0,
  uta: 1,
  isMaster: true,
}))

export const accountInformation = define(() => ({
  marginMode: 'REGULAR_MARGIN',
  updatedTime: String(Date.now()),
  unifiedMarginStatus: 6,
  spotHedgingStatus: 'OFF',
}))

export const walletJson = (account: Account) => ({
  accountType: 'UNIFIED',
  coin: [...account.balances()].map(([coin, { free, locked }]) => ({
    coin,
    equity: formatPlain(free + locked),
    walletBalance: formatPlain(free + locked),
    locked: formatPlain(locked),
    availableToWithdraw: '',
    totalOrderIM: '0',
    totalPositionIM: '0',
    borrowAmount: '0',
    accruedInterest: '0',
  })),
})

export const walletBalance = define(({ account }) => ({ list: [walletJson(account)] }))

/** There are no wallets outside the venue. */
export const coins = define(() => ({ rows: [] }))

/** Newest first; the cursor is the id of the last one on the page before. */
function page<T>(items: readonly T[], id: (item: T) => number, parameters: JsonObject, limit: number) {
  const cursor = Number(textOf(parameters, 'cursor') ?? Number.POSITIVE_INFINITY)
  const found = items.filter(item => id(item) < cursor).sort((a, b) => id(b) - id(a))
  const list = found.slice(0, limit)
  return { list, nextPageCursor: found.length > limit ? String(id(list.at(-1)!)) : '' }
}

function isWanted(parameters: JsonObject, order: Order): boolean {
  const id = textOf(parameters, 'orderId')
  const clientId = textOf(parameters, 'orderLinkId')
  return (id === undefined || order.id === exchangeOrderId(id)) && (clientId ?? order.clientId) === order.clientId
}

function ordersOf({ exchange, account, parameters }: SignedContext): Order[] {
  if (!isSpot(parameters)) return []
  const instrument = textOf(parameters, 'symbol') === undefined ? undefined : instrumentOf(exchange, parameters)
  return exchange
    .orders(account)
    .filter(order => (instrument === undefined || order.instrument === instrument) && isWanted(parameters, order))
}

function inTime(parameters: JsonObject, time: number): boolean {
  return (
    time >= Number(textOf(parameters, 'startTime') ?? 0) && time <= Number(textOf(parameters, 'endTime') ?? Infinity)
  )
}

const orderPage = (orders: readonly Order[], parameters: JsonObject) => {
  const { list, nextPageCursor } = page(orders, order => order.id, parameters, limitOf(parameters, 20, 50))
  return { category: textOf(parameters, 'category'), list: list.map(orderJson), nextPageCursor }
}

/** What is open; one that is asked for by its id also after its end. */
export const realtimeOrders = define(context => {
  const { parameters } = context
  const named = textOf(parameters, 'orderId') !== undefined || textOf(parameters, 'orderLinkId') !== undefined
  return orderPage(
    ordersOf(context).filter(order => named || isOpen(order)),
    parameters,
  )
})

export const orderHistory = define(context => {
  const { parameters } = context
  return orderPage(
    ordersOf(context).filter(order => !isOpen(order) && inTime(parameters, order.createdAt)),
    parameters,
  )
})

export const executions = define(context => {
  const { parameters } = context
  const found = ordersOf(context)
    .flatMap(order => order.executions)
    .filter(({ time }) => inTime(parameters, time))
  const { list, nextPageCursor } = page(found, execution => execution.id, parameters, limitOf(parameters, 50, 100))
  return { category: textOf(parameters, 'category'), list: list.map(executionJson), nextPageCursor }
})
