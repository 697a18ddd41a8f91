import fc from 'fast-check'
import type { OrderEvent } from '../../src/order/event.js'
import { decimal } from './order-story.js'

/**
 * A venue that keeps its own book of one order and answers in its own time: requests and reports pass each other,
 * reports come late, twice, or as resends, some get lost and are resent.
 */
interface Step {
  readonly what:
    | 'fill'
    | 'cancel'
    | 'replace'
    | 'confirm_cancel'
    | 'confirm_replace'
    | 'refuse'
    | 'pend'
    | 'bust'
    | 'correct'
    | 'expire'
    | 'status'
    | 'time_out'
    | 'submit_again'
    | 'restate'
    | 'suspend'
  readonly amount: number
}

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom(
      'fill' as const,
      'fill' as const,
      'fill' as const,
      'cancel' as const,
      'replace' as const,
      'confirm_cancel' as const,
      'confirm_replace' as const,
      'refuse' as const,
      'pend' as const,
      'bust' as const,
      'correct' as const,
      'expire' as const,
      'status' as const,
      'time_out' as const,
      'submit_again' as const,
      'restate' as const,
      'suspend' as const,
    ),
    amount: fc.integer({ min: 1, max: 5000 }),
  }),
  { maxLength: 25 },
)

export interface Told {
  readonly events: readonly OrderEvent[]
  /** Thousandths that the venue's book says were executed. */
  readonly executed: number
  /** What was paid for it, in thousandths. */
  readonly paid: number
}

export function play(order: string, steps: readonly Step[], acked: boolean): Told {
  const events: OrderEvent[] = [
    { type: 'submit', clientId: order, symbol: 'BTC/USD', side: 'sell', orderType: 'limit', quantity: '9', price: '2' },
    { type: 'sent', clientId: order },
  ]
  let sequence = 1
  let clientId = order
  let requests = 0
  const orderId = `${order}-v`
  const report = (event: Record<string, unknown>): void => {
    events.push({ clientId, orderId, sequence: sequence++, ...event } as unknown as OrderEvent)
  }
  if (acked) report({ type: 'ack' })
  const fills: { id: string; quantity: number; price: number; isBusted: boolean }[] = []
  const asked: { id: string; kind: 'cancel' | 'replace'; quantity: number }[] = []
  let next = 1
  for (const { what, amount } of steps) {
    const quantity = decimal(amount)
    const request = asked[0]
    switch (what) {
      case 'fill': {
        const id = `${order}-x${next++}`
        fills.push({ id, quantity: amount, price: 2.5, isBusted: false })
        report({ type: 'trade', executionId: id, lastQuantity: quantity, lastPrice: '2.5' })
        break
      }
      case 'cancel':
      case 'replace': {
        const id = `${order}-r${++requests}`
        asked.push({ id, kind: what, quantity: amount })
        events.push({
          type: what === 'cancel' ? 'cancel_request' : 'replace_request',
          clientId: id,
          originalClientId: clientId,
          quantity,
        })
        break
      }
      case 'pend':
        if (request !== undefined) report({ type: `pending_${request.kind}`, clientId: request.id })
        break
      case 'confirm_cancel':
        report({ type: 'canceled', ...(request?.kind === 'cancel' ? { clientId: request.id } : {}) })
        if (request?.kind === 'cancel') asked.shift()
        break
      case 'confirm_replace':
        if (request?.kind !== 'replace') break
        report({
          type: 'replaced',
          clientId: request.id,
          originalClientId: clientId,
          quantity: decimal(request.quantity),
        })
        clientId = request.id
        asked.shift()
        break
      case 'refuse':
        if (request === undefined) break
        report({ type: 'cancel_reject', clientId: request.id, request: request.kind, reason: 'too_late' })
        asked.shift()
        break
      case 'time_out':
        if (request === undefined) break
        events.push({ type: 'request_failed', clientId: request.id, request: request.kind, outcome: 'unknown' })
        asked.shift()
        break
      case 'bust':
      case 'correct': {
        const fill = fills.find(({ isBusted }) => !isBusted)
        if (fill === undefined) break
        const executionId = `${order}-x${next++}`
        if (what === 'bust') {
          fill.isBusted = true
          report({ type: 'trade_bust', executionId, executionRefId: fill.id })
        } else {
          fill.quantity = amount
          fill.price = 3
          report({
            type: 'trade_correct',
            executionId,
            executionRefId: fill.id,
            lastQuantity: quantity,
            lastPrice: '3',
          })
        }
        break
      }
      case 'expire':
        report({ type: 'expired' })
        break
      case 'suspend':
        report({ type: 'suspended' })
        break
      case 'restate':
        report({ type: 'restated' })
        break
      case 'status':
        report({ type: 'status', source: 'reconciliation' })
        break
      case 'submit_again':
        events.push({
          type: 'submit',
          clientId: order,
          symbol: 'BTC/USD',
          side: 'sell',
          orderType: 'limit',
          quantity: '9',
          possibleDuplicate: true,
        })
        break
    }
  }
  let executed = 0
  let paid = 0
  for (const { quantity, price, isBusted } of fills) {
    if (isBusted) continue
    executed += quantity
    paid += quantity * price
  }
  return { events, executed, paid }
}

/** Delivered with resends and out of order, but for the submission, which is made here. */
export function delivered(told: Told, swaps: readonly number[]): OrderEvent[] {
  const [first, ...rest] = told.events
  for (const swap of swaps) {
    if (rest.length < 2) break
    const at = swap % (rest.length - 1)
    const held = rest[at]!
    if (swap % 3 === 0) rest.splice(at, 0, { ...held, possibleDuplicate: true })
    else {
      rest[at] = rest[at + 1]!
      rest[at + 1] = held
    }
  }
  return [first!, ...rest]
}
