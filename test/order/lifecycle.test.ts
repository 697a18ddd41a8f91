import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '../../src/order/event.js'
import { createTracker } from '../../src/order/tracker.js'
import { delivered, play, steps } from './order-races.js'
import { Ledger, thousandths } from './order-story.js'

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
