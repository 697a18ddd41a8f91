import type { AccountOrders } from './account-orders.js'
import { type ExecutionReport, type OrderReport, readOrder, readTrade } from './order-report.js'
import { type CcxtExchange, isObject } from './unified.js'

/** More than one message holds. */
const LATEST_TRADES = 100

/** What ccxt's parsers made of one WebSocket message. */
export interface Parsed {
  readonly exchange: CcxtExchange
  readonly orders: unknown[]
  readonly trades: unknown[]
}

/** What of an exchange object's reports has been seen in its messages. */
export interface SeenInMessages {
  /** Orders as ccxt made them, and what they said then: some venues' handlers change them later without its parsers. */
  readonly orders: WeakMap<object, string>
  trades: boolean
}

/** Whether an order that ccxt hands out says what wasn't read in a message. */
export function isUnread(order: unknown, { orders }: SeenInMessages): order is Record<string, unknown> {
  if (!isObject(order)) return false
  const saying = sayingOf(order)
  if (orders.get(order) === saying) return false
  orders.set(order, saying)
  return true
}

function sayingOf({ status, filled, amount, price }: Record<string, unknown>): string {
  return `${status} ${filled} ${amount} ${price}`
}

/**
 * Tells what one message says of the account's orders. One message often feeds both `watchOrders` and
 * `watchMyTrades`; the executions come first, so that an order's cumulative quantity is explained by them.
 */
export function tellMessage({ exchange, orders, trades }: Parsed, account: AccountOrders, seen: SeenInMessages): void {
  const reports = orders.map(readOrder).filter(report => report !== undefined)
  const executions: ExecutionReport[] = []
  for (const trade of trades) {
    const execution = readTrade(trade)
    if (execution !== undefined && isOwn(execution, exchange, account)) executions.push(execution)
  }
  for (const order of orders) if (isObject(order)) seen.orders.set(order, sayingOf(order))
  if (executions.length > 0) {
    seen.trades = true
    account.listening.executions = true
  }
  const used = new Set<ExecutionReport>()
  for (const report of reports) {
    const own = executions.filter(execution => !used.has(execution) && belongs(execution, report))
    for (const execution of own) used.add(execution)
    account.told(report, merged(report, own), 'stream')
  }
  for (const execution of executions) {
    if (!used.has(execution)) account.told(undefined, [execution], 'stream')
  }
}

/** The public trades of a market go through the same parser. */
function isOwn(
  { executionId, orderId, symbol }: ExecutionReport,
  exchange: CcxtExchange,
  account: AccountOrders,
): boolean {
  if (orderId === undefined) return false
  if (account.find({ orderId, symbol }) !== undefined) return true
  const cache = exchange.myTrades
  if (!isObject(cache)) return false
  if (Array.isArray(cache) && cache.slice(-LATEST_TRADES).some(trade => isObject(trade) && trade.id === executionId)) {
    return true
  }
  const bySymbol = isObject(cache.hashmap) && symbol !== undefined ? cache.hashmap[symbol] : undefined
  return isObject(bySymbol) ? executionId in bySymbol : false
}

function belongs(execution: ExecutionReport, report: OrderReport): boolean {
  return (
    execution.orderId !== undefined &&
    execution.orderId === report.orderId &&
    (execution.symbol === undefined || report.symbol === undefined || execution.symbol === report.symbol)
  )
}

/** The parsed trade knows more than the raw fields of the order report. */
function merged(report: OrderReport, own: readonly ExecutionReport[]): readonly ExecutionReport[] {
  if (own.length === 0) return report.executions
  const ids = new Set(own.map(({ executionId }) => executionId))
  return [...own, ...report.executions.filter(({ executionId }) => !ids.has(executionId))]
}
