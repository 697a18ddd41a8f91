import { createHash } from 'node:crypto'
import type { AttributeList } from '../channel/otlp-values.js'
import type { VenueFacts } from './order-series.js'
import type { Order } from './transition.js'

/** A list that is still being made. */
export type AttributeListInMaking = (string | number | boolean)[]

/** What every span of an order carries, so that each of its ids finds all of them. */
export function identityAttributes(order: Order, place: VenueFacts): AttributeListInMaking {
  const list: AttributeListInMaking = [
    'trading.venue.name',
    order.venue,
    'trading.instrument.symbol',
    order.symbol,
    'trading.order.root_id',
    order.rootId,
  ]
  if (place.mic !== undefined && order.venue === place.name) list.push('trading.venue.mic', place.mic)
  if (place.mode !== undefined) list.push('trading.mode', place.mode)
  if (order.clientId !== undefined) list.push('trading.order.client_id', order.clientId)
  if (order.orderId !== undefined) list.push('trading.order.id', order.orderId)
  if (order.side !== undefined) list.push('trading.order.side', order.side)
  return list
}

/** What is known of the order when its span starts, for samplers too. */
export function startAttributes(order: Order, place: VenueFacts): AttributeListInMaking {
  const list = identityAttributes(order, place)
  list.push('trading.order.origin', order.origin)
  if (order.orderType !== undefined) list.push('trading.order.type', order.orderType)
  if (order.timeInForce !== undefined) list.push('trading.order.time_in_force', order.timeInForce)
  if (order.parentId !== undefined) list.push('trading.order.parent_id', order.parentId)
  if (order.strategy !== undefined) list.push('trading.strategy.name', order.strategy)
  if (order.quantity !== undefined) list.push('trading.order.quantity', order.quantity)
  if (order.price !== undefined) list.push('trading.order.price', order.price)
  if (order.account !== undefined) list.push('trading.account.id', hashAccount(order.account))
  return list
}

/** The order as it stands when its span ends; `outcome`: what its end added. */
export function endAttributes(order: Order, place: VenueFacts, outcome: AttributeList): AttributeList {
  const list = startAttributes(order, place)
  list.push('trading.order.status', order.status, 'trading.order.cumulative_quantity', order.cumulativeQuantity)
  if (order.leavesQuantity !== undefined) list.push('trading.order.leaves_quantity', order.leavesQuantity)
  if (order.averagePrice !== undefined) list.push('trading.order.average_price', order.averagePrice)
  for (const part of outcome) list.push(part)
  return list
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
