import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '../../src/order/event.js'
import { createTracker } from '../../src/order/tracker.js'
import { decimal, Ledger, thousandths } from './order-story.js'

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

const steps: fc.Arbitrary<Step[]> = fc.array(
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

interface Told {
  readonly events: readonly OrderEvent[]
  /** Thousandths that the venue's book says were executed. */
  readonly executed: number
}

function play(order: string, steps: readonly Step[], acked: boolean): Told {
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
  const fills: { id: string; quantity: number; isBusted: boolean }[] = []
  const asked: { id: string; kind: 'cancel' | 'replace'; quantity: number }[] = []
  let next = 1
  for (const { what, amount } of steps) {
    const quantity = decimal(amount)
    const request = asked[0]
    switch (what) {
      case 'fill': {
        const id = `${order}-x${next++}`
        fills.push({ id, quantity: amount, isBusted: false })
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
  for (const { quantity, isBusted } of fills) if (!isBusted) executed += quantity
  return { events, executed }
}

/** Delivered with resends and out of order, but for the submission, which is made here. */
function delivered(told: Told, swaps: readonly number[]): OrderEvent[] {
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

describe('lifecycles with every race', () => {
  it('count each execution once, leave nothing open and nobody active', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ steps, acked: fc.boolean(), swaps: fc.array(fc.nat(1000), { maxLength: 12 }) }), {
          minLength: 1,
          maxLength: 4,
        }),
        orders => {
          let now = 0
          const tracker = createTracker({ venue: 'v', clock: () => now })
          const ledger = new Ledger()
          const queues = orders.map((order, index) => {
            const told = play(`a-${index}`, order.steps, order.acked)
            return { id: `a-${index}`, told, events: delivered(told, order.swaps) }
          })
          const longest = Math.max(...queues.map(({ events }) => events.length))
          for (let turn = 0; turn < longest; turn++) {
            for (const { events } of queues) {
              now += 7
              const event = events[turn]
              if (event !== undefined) ledger.take(tracker.apply(event))
            }
          }
          let executed = 0
          let counted = 0
          for (const { id, told } of queues) {
            executed += told.executed
            const order = tracker.get(id)!
            expect(thousandths(order.cumulativeQuantity), id).toBe(told.executed)
            counted += order.executionCount
          }
          expect(ledger.volume).toBe(executed)
          expect(ledger.executed - ledger.busted).toBe(counted)
          for (const hours of [1, 24 * 30, 24 * 60]) {
            for (const transition of tracker.sweep(now + hours * 3_600_000)) ledger.take(transition)
          }
          expect(ledger.stillOpen).toEqual([])
          expect(tracker.activeCount).toBe(0)
          expect(tracker.size).toBe(0)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('the active count is that of the orders that are not done', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 4 }), stories => {
        const tracker = createTracker({ venue: 'v', clock: () => 0 })
        const ids = stories.map((_, index) => `a-${index}`)
        for (const [index, story] of stories.entries())
          for (const event of play(ids[index]!, story, true).events) tracker.apply(event)
        expect(tracker.activeCount).toBe(ids.filter(id => tracker.get(id)?.done === false).length)
      }),
      { numRuns: 200 },
    )
  })
})

describe('what plain JavaScript may hand over', () => {
  const ids = fc.oneof(fc.constantFrom('a-1', 'a-2', ''), fc.string(), fc.integer(), fc.constant(null))
  const amounts = fc.oneof(
    fc.constantFrom('0.05', '-1', '0,05', '1e999999999', 'NaN', '0x10', '', '١٢', '9'.repeat(5000)),
    fc.double(),
    fc.bigInt(),
    fc.anything(),
  )
  const events = fc.oneof(
    fc.anything(),
    fc.record(
      {
        type: fc.oneof(
          fc.constantFrom(
            'submit',
            'ack',
            'trade',
            'trade_bust',
            'trade_correct',
            'replaced',
            'status',
            'reject',
            'canceled',
            'restated',
            'cancel_request',
            'cancel_reject',
            'sent',
          ),
          fc.anything(),
        ),
        clientId: ids,
        orderId: ids,
        originalClientId: ids,
        executionId: ids,
        executionRefId: ids,
        symbol: fc.anything(),
        side: fc.anything(),
        venue: fc.anything(),
        account: fc.anything(),
        quantity: amounts,
        price: amounts,
        lastQuantity: amounts,
        lastPrice: amounts,
        sequence: fc.anything(),
        time: fc.anything(),
        venueTime: fc.anything(),
        source: fc.anything(),
        reason: fc.anything(),
        reported: fc.oneof(
          fc.anything(),
          fc.record({
            status: fc.anything(),
            cumulativeQuantity: amounts,
            leavesQuantity: amounts,
            averagePrice: amounts,
          }),
        ),
      },
      { requiredKeys: ['type'] },
    ),
  )

  it('never throws, and leaves the figures decimals', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 20 }), list => {
        const tracker = createTracker({ venue: 'v', clock: () => 0 })
        for (const event of list) {
          const { order } = tracker.apply(event as OrderEvent)
          if (order === undefined) continue
          expect(order.cumulativeQuantity).toMatch(/^-?\d+(\.\d+)?$/)
          expect(typeof order.status).toBe('string')
          expect(order.cumulativeQuantity.startsWith('-')).toBe(false)
        }
        tracker.sweep(1e13)
        expect(tracker.activeCount).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })
})
