import { type Decimal, ZERO } from '../../order/decimal.js'
import type { OrderIndex } from './order-index.js'
import type { ExecutionReport, OrderReport } from './order-report.js'
import type { OrderTeller } from './order-teller.js'
import { isPositive } from './positive.js'
import { type ReportSource, TrackedOrder } from './tracked-order.js'

/** What one message, or one item of an answer, says of an order. */
export interface Told {
  readonly report: OrderReport | undefined
  readonly executions: readonly ExecutionReport[]
  readonly source: ReportSource
  readonly time: number
}

/**
 * An order that this process didn't make: another client's, the venue's own, or one from before the process began.
 * History isn't news: what had ended before is left alone.
 */
export function meetForeignOrder(told: Told, index: OrderIndex, teller: OrderTeller): TrackedOrder | undefined {
  const { report, executions, source, time } = told
  const facts = report ?? executions[0]
  if (facts === undefined) return undefined
  const asked = source === 'reconciliation'
  const latest = Math.max(report?.venueTime ?? report?.createdTime ?? 0, ...executions.map(one => one.venueTime ?? 0))
  const open = report?.status === 'open' || report?.status === 'pending_cancel'
  if (asked && !open && latest <= index.forgottenUntil) return undefined
  const { clientId, orderId, symbol, side } = facts
  const ids = { clientId, orderId, symbol, side }
  const origin = report?.origin ?? executions[0]?.origin ?? 'external'
  const order = new TrackedOrder({ ...ids, origin }, latest || time)
  order.quantity = report === undefined ? executions[0]?.orderQuantity : undefined
  index.add(order)
  // one that is new since the process began starts at nothing, whatever it has executed: all of it is news
  const isNew = (report?.createdTime ?? 0) > index.forgottenUntil
  if (report !== undefined && !isNew) startInTheMiddle(order, report, told, teller)
  return order
}

/** What had traded before this message is where the order starts, not an execution of now. */
function startInTheMiddle(order: TrackedOrder, report: OrderReport, told: Told, teller: OrderTeller): void {
  const { executions, source, time } = told
  const named = executions.reduce<Decimal>((sum, { quantity }) => sum.add(quantity), ZERO)
  const since = report.cumulative === undefined ? ZERO : report.cumulative.subtract(named)
  const before = since.isNegative ? ZERO : since
  if (!isPositive(before) && executions.length === 0) return
  if (isPositive(before)) {
    const live = source === 'stream'
    // what the message names is told as it happens: it is none of those from before
    const others = live ? executions.map(({ executionId }) => executionId) : []
    order.executions.startAt(before, report.venueTime ?? (live ? time : undefined), others)
  }
  order.accepted = true
  order.quantity = report.quantity
  order.price = report.price
  const averagePrice = named.isZero ? report.averagePrice : undefined
  const isDone = report.quantity?.equals(before) === true
  const status = isDone ? 'filled' : 'open'
  if (isDone) order.ended = status
  const reported = teller.reportedFigures(
    order,
    { ...report, status, cumulative: before, averagePrice },
    isDone ? 'filled' : isPositive(before) ? 'partially_filled' : 'new',
  )
  order.lastStatus = JSON.stringify(reported)
  const { orderType, timeInForce, price } = report
  const quantity = report.quantity?.toString()
  const from = source === 'reconciliation' ? 'reconciliation' : 'stream'
  teller.tell(order, { type: 'status', time, source: from, reported, quantity, price, orderType, timeInForce })
}
