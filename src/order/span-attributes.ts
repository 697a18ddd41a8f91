import { createHash } from 'node:crypto'
import type { AttributeSink } from '../spans/attribute-sink.js'
import type { VenueFacts } from './order-series.js'
import type { Effect, Execution, Order } from './transition.js'

/** What every span and log record of an order carries, so that each of its ids finds all of them. */
export function tellIdentity(sink: AttributeSink, order: Order, place: VenueFacts): void {
  tellPlace(sink, order.venue, place)
  sink.text('trading.instrument.symbol', order.symbol)
  sink.text('trading.order.root_id', order.rootId)
  if (order.clientId !== undefined) sink.text('trading.order.client_id', order.clientId)
  if (order.orderId !== undefined) sink.text('trading.order.id', order.orderId)
  if (order.side !== undefined) sink.text('trading.order.side', order.side)
}

/** Where it happens. */
export function tellPlace(sink: AttributeSink, venue: string, { name, mic, mode }: VenueFacts): void {
  sink.text('trading.venue.name', venue)
  if (mic !== undefined && venue === name) sink.text('trading.venue.mic', mic)
  if (mode !== undefined) sink.text('trading.mode', mode)
}

/** What is known of the order when its span starts, for samplers too. */
export function tellStart(sink: AttributeSink, order: Order, place: VenueFacts): void {
  tellIdentity(sink, order, place)
  tellRequest(sink, order)
}

/** What was asked for, and by whom. */
export function tellRequest(sink: AttributeSink, order: Order): void {
  sink.text('trading.order.origin', order.origin)
  if (order.orderType !== undefined) sink.text('trading.order.type', order.orderType)
  if (order.timeInForce !== undefined) sink.text('trading.order.time_in_force', order.timeInForce)
  if (order.parentId !== undefined) sink.text('trading.order.parent_id', order.parentId)
  if (order.strategy !== undefined) sink.text('trading.strategy.name', order.strategy)
  if (order.account !== undefined) sink.text('trading.account.id', hashAccount(order.account))
  tellTerms(sink, order)
}

/** Quantity and price that it has now. */
export function tellTerms(sink: AttributeSink, { quantity, price }: Order): void {
  if (quantity !== undefined) sink.text('trading.order.quantity', quantity)
  if (price !== undefined) sink.text('trading.order.price', price)
}

/** How far it has been executed. */
export function tellQuantities(sink: AttributeSink, { cumulativeQuantity, leavesQuantity }: Order): void {
  sink.text('trading.order.cumulative_quantity', cumulativeQuantity)
  if (leavesQuantity !== undefined) sink.text('trading.order.leaves_quantity', leavesQuantity)
}

/** One execution, as it was told. */
export function tellExecution(sink: AttributeSink, { id, quantity, price, liquidity, source }: Execution): void {
  if (id !== undefined) sink.text('trading.execution.id', id)
  sink.text('trading.execution.quantity', quantity)
  if (price !== undefined) sink.text('trading.execution.price', price)
  if (liquidity !== undefined) sink.text('trading.execution.liquidity', liquidity)
  sink.text('trading.event.source', source)
}

/** A correction or a bust of an execution. */
export function tellChange(
  sink: AttributeSink,
  { execution, executionId, refId }: Extract<Effect, { kind: 'corrected' | 'busted' }>,
): void {
  if (executionId !== undefined) sink.text('trading.execution.id', executionId)
  sink.text('trading.execution.ref_id', refId)
  sink.text('trading.execution.quantity', execution.quantity)
  if (execution.price !== undefined) sink.text('trading.execution.price', execution.price)
}

/** The order as it stands when its span ends. */
export function tellEnd(sink: AttributeSink, order: Order, place: VenueFacts): void {
  tellStart(sink, order, place)
  sink.text('trading.order.status', order.status)
  tellQuantities(sink, order)
  const { averagePrice } = order
  if (averagePrice !== undefined) sink.text('trading.order.average_price', averagePrice)
}

const hashes = new Map<string, string>()

/** Accounts are told apart without being told: SHA-256, 16 digits. A desk has few, so they are kept. */
function hashAccount(account: string): string {
  let hash = hashes.get(account)
  if (hash === undefined) {
    hash = createHash('sha256').update(account).digest('hex').slice(0, 16)
    if (hashes.size >= 1000) hashes.clear()
    hashes.set(account, hash)
  }
  return hash
}
