import { createHash } from 'node:crypto'
import type { AttributeSink } from '../spans/attribute-sink.js'
import type { VenueFacts } from './order-series.js'
import type { Order } from './transition.js'

/** What every span of an order carries, so that each of its ids finds all of them. */
export function tellIdentity(sink: AttributeSink, order: Order, place: VenueFacts): void {
  sink.text('trading.venue.name', order.venue)
  if (place.mic !== undefined && order.venue === place.name) sink.text('trading.venue.mic', place.mic)
  if (place.mode !== undefined) sink.text('trading.mode', place.mode)
  sink.text('trading.instrument.symbol', order.symbol)
  sink.text('trading.order.root_id', order.rootId)
  if (order.clientId !== undefined) sink.text('trading.order.client_id', order.clientId)
  if (order.orderId !== undefined) sink.text('trading.order.id', order.orderId)
  if (order.side !== undefined) sink.text('trading.order.side', order.side)
}

/** What is known of the order when its span starts, for samplers too. */
export function tellStart(sink: AttributeSink, order: Order, place: VenueFacts): void {
  tellIdentity(sink, order, place)
  sink.text('trading.order.origin', order.origin)
  if (order.orderType !== undefined) sink.text('trading.order.type', order.orderType)
  if (order.timeInForce !== undefined) sink.text('trading.order.time_in_force', order.timeInForce)
  if (order.parentId !== undefined) sink.text('trading.order.parent_id', order.parentId)
  if (order.strategy !== undefined) sink.text('trading.strategy.name', order.strategy)
  if (order.account !== undefined) sink.text('trading.account.id', hashAccount(order.account))
  const { quantity, price } = order
  if (quantity !== undefined) sink.text('trading.order.quantity', quantity)
  if (price !== undefined) sink.text('trading.order.price', price)
}

/** The order as it stands when its span ends. */
export function tellEnd(sink: AttributeSink, order: Order, place: VenueFacts): void {
  tellStart(sink, order, place)
  const { leavesQuantity, averagePrice } = order
  sink.text('trading.order.status', order.status)
  sink.text('trading.order.cumulative_quantity', order.cumulativeQuantity)
  if (leavesQuantity !== undefined) sink.text('trading.order.leaves_quantity', leavesQuantity)
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
