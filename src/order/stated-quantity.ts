import { type Decimal, ZERO } from './decimal.js'
import { compareVenueOrder, type VenueOrder } from './event-order.js'
import type { ExecutionNode } from './execution-node.js'
import type { OrderState } from './order-state.js'

/**
 * Takes over what the venue states as executed at a place in its order, whatever executions were told: a
 * restatement, or the first report of an order that wasn't seen from its start. Executions from after that place
 * come on top; those from before it that arrive later are part of it.
 */
export function stateQuantity(
  order: OrderState,
  quantity: Decimal,
  average: Decimal | undefined,
  at: VenueOrder,
): void {
  const cumulative = quantity.add(quantityAfter(order, at))
  const missing = cumulative.subtract(order.cumulative)
  order.stated = order.stated.add(missing)
  order.cumulative = cumulative
  if (average !== undefined && !average.isZero) {
    const notional = average.multiply(quantity).add(notionalAfter(order, at))
    order.statedNotional = order.statedNotional.add(notional.subtract(order.notional))
    order.notional = notional
    order.unpriced = 0
    order.statedUnpriced = false
  } else if (!missing.isZero && order.executionCount === 0) {
    // a split of the shares keeps what was paid; of what nobody told, the price is unknown
    order.statedUnpriced = true
  }
  order.statedSequence = at.sequence
  order.statedVenueTime = at.venueTime
}

/** Quantity of the executions that the venue made after a place in its order. */
export function quantityAfter(order: OrderState, at: VenueOrder): Decimal {
  let quantity = ZERO
  for (let node = order.firstExecution; node !== undefined; node = node.nextOfOrder) {
    if (isCountedAfter(node, at)) quantity = quantity.add(node.currentQuantity!)
  }
  return quantity
}

/** An execution that the venue had included in what it stated doesn't count once more. */
export function takeFromStated(order: OrderState, quantity: Decimal, at: VenueOrder): void {
  if (order.stated.isZero || order.stated.isNegative) return
  const stated = { sequence: order.statedSequence, venueTime: order.statedVenueTime }
  if (compareVenueOrder(at, stated) >= 0) return
  const taken = order.stated.compare(quantity) < 0 ? order.stated : quantity
  const share = shareOf(order.statedNotional, taken, order.stated)
  order.stated = order.stated.subtract(taken)
  order.statedNotional = order.statedNotional.subtract(share)
  order.cumulative = order.cumulative.subtract(taken)
  order.notional = order.notional.subtract(share)
  if (order.stated.isZero) order.statedUnpriced = false
}

/** `whole × part ÷ total`; what rounding leaves goes with the last part. */
export function shareOf(whole: Decimal, part: Decimal, total: Decimal): Decimal {
  return part.equals(total) || whole.isZero ? whole : whole.multiply(part).divide(total, 24)
}

function notionalAfter(order: OrderState, at: VenueOrder): Decimal {
  let notional = ZERO
  for (let node = order.firstExecution; node !== undefined; node = node.nextOfOrder) {
    if (isCountedAfter(node, at) && node.currentPrice !== undefined) {
      notional = notional.add(node.currentQuantity!.multiply(node.currentPrice))
    }
  }
  return notional
}

function isCountedAfter(node: ExecutionNode, at: VenueOrder): boolean {
  return node.kind === 'trade' && node.counted && !node.busted && compareVenueOrder(node, at) > 0
}
