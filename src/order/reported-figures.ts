import type { OrderEvent } from './event.js'
import { compareVenueOrder } from './event-order.js'
import type { EventReading } from './event-reading.js'
import { isSameAverage } from './figures.js'
import type { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'

/**
 * Compares what the venue reports of the order with what its events come to. Reports that something newer has
 * overtaken, and resent ones, tell of their own time and are left alone.
 */
export function compareReported(order: OrderState, event: OrderEvent, reading: EventReading, outcome: Outcome): void {
  const { reported } = event
  if (reported === undefined || reported === null || reading.possibleDuplicate) return
  const place = { sequence: order.reportSequence, venueTime: order.reportVenueTime }
  if (compareVenueOrder(reading, place) < 0) return
  order.reportSequence = reading.sequence ?? order.reportSequence
  order.reportVenueTime = reading.venueTime ?? order.reportVenueTime
  const { status } = reported
  // `replaced` is no state of its own: some venues answer a replace with it
  if (status !== undefined && status !== order.status && status !== 'replaced' && status !== 'unknown') {
    outcome.anomaly(order, 'status_mismatch', `the venue says ${status}, the events come to ${order.status}`)
  }
  const cumulative = reading.decimal('reported.cumulativeQuantity', reported.cumulativeQuantity)
  const leaves = reading.decimal('reported.leavesQuantity', reported.leavesQuantity)
  const computedLeaves = order.leaves()
  if (cumulative !== undefined && !cumulative.equals(order.cumulative)) {
    const computed = order.cumulativeQuantity
    outcome.anomaly(
      order,
      'quantity_mismatch',
      `the venue says ${cumulative} executed, the executions come to ${computed}`,
    )
  } else if (leaves !== undefined && computedLeaves !== undefined && !leaves.equals(computedLeaves)) {
    outcome.anomaly(order, 'quantity_mismatch', `the venue says ${leaves} open, the events come to ${computedLeaves}`)
  } else if (isOtherQuantity(order, reading)) {
    outcome.anomaly(
      order,
      'quantity_mismatch',
      `the venue says the order is for ${reading.orderQuantity}, it was made for ${order.quantity}`,
    )
  }
  const average = reading.decimal('reported.averagePrice', reported.averagePrice)
  // FIX requires AvgPx: venues that don't reckon it send 0
  if (average === undefined || average.isZero) return
  const computed = order.average()
  if (computed !== undefined && !isSameAverage(computed, average)) {
    outcome.anomaly(order, 'price_mismatch', `the venue says ${average} on average, the executions come to ${computed}`)
  }
}

/** Once a replace is about, a report may speak of the quantity before or after it. */
function isOtherQuantity(order: OrderState, reading: EventReading): boolean {
  const { orderQuantity } = reading
  if (orderQuantity === undefined || orderQuantity.isZero || order.orderQuantity === undefined) return false
  return !order.replacing && !orderQuantity.equals(order.orderQuantity)
}
