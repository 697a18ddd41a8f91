import { createHash } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { placeOf, type VenueFacts } from './order-series.js'
import type { Effect, Execution, Order } from './transition.js'

type ChangedExecution = Extract<Effect, { kind: 'corrected' | 'busted' }>

/** What every span of an order carries, so that each of its ids finds all of them. */
export function identityAttributes(order: Order, place: VenueFacts): Attributes {
  const attributes: Attributes = {
    ...placeOf(order.venue, place),
    'trading.instrument.symbol': order.symbol,
    'trading.order.root_id': order.rootId,
  }
  if (order.clientId !== undefined) attributes['trading.order.client_id'] = order.clientId
  if (order.orderId !== undefined) attributes['trading.order.id'] = order.orderId
  if (order.side !== undefined) attributes['trading.order.side'] = order.side
  return attributes
}

/** What is known of the order when its span starts, for samplers too. */
export function startAttributes(order: Order, place: VenueFacts): Attributes {
  return Object.assign(identityAttributes(order, place), requestAttributes(order))
}

/** What was asked for, and by whom. */
export function requestAttributes(order: Order): Attributes {
  const attributes: Attributes = { 'trading.order.origin': order.origin }
  if (order.orderType !== undefined) attributes['trading.order.type'] = order.orderType
  if (order.timeInForce !== undefined) attributes['trading.order.time_in_force'] = order.timeInForce
  if (order.parentId !== undefined) attributes['trading.order.parent_id'] = order.parentId
  if (order.strategy !== undefined) attributes['trading.strategy.name'] = order.strategy
  if (order.quantity !== undefined) attributes['trading.order.quantity'] = order.quantity
  if (order.price !== undefined) attributes['trading.order.price'] = order.price
  if (order.account !== undefined) attributes['trading.account.id'] = hashAccount(order.account)
  return attributes
}

/** One execution, as it was told. */
export function executionAttributes({ id, quantity, price, liquidity, source }: Execution): Attributes {
  return {
    ...(id === undefined ? {} : { 'trading.execution.id': id }),
    'trading.execution.quantity': quantity,
    ...(price === undefined ? {} : { 'trading.execution.price': price }),
    ...(liquidity === undefined ? {} : { 'trading.execution.liquidity': liquidity }),
    'trading.event.source': source,
  }
}

/** A correction or a bust of an execution. */
export function changeAttributes({ execution, executionId, refId }: ChangedExecution): Attributes {
  return {
    ...(executionId === undefined ? {} : { 'trading.execution.id': executionId }),
    'trading.execution.ref_id': refId,
    'trading.execution.quantity': execution.quantity,
    ...(execution.price === undefined ? {} : { 'trading.execution.price': execution.price }),
  }
}

/** The order as it stands when its span ends. */
export function endAttributes(order: Order, place: VenueFacts): Attributes {
  const attributes = startAttributes(order, place)
  attributes['trading.order.status'] = order.status
  attributes['trading.order.cumulative_quantity'] = order.cumulativeQuantity
  if (order.leavesQuantity !== undefined) attributes['trading.order.leaves_quantity'] = order.leavesQuantity
  if (order.averagePrice !== undefined) attributes['trading.order.average_price'] = order.averagePrice
  return attributes
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
