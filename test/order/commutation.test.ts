import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '../../src/order/event.js'
import { createTracker } from '../../src/order/tracker.js'
import {
  decimal,
  executionStories,
  type Figures,
  figuresOf,
  Ledger,
  netOf,
  reportsOf,
  tell,
  terminalStories,
  thousandths,
} from './order-story.js'

const submit = (quantity: number): OrderEvent => ({
  type: 'submit',
  clientId: 'a-1',
  symbol: 'BTC/USD',
  side: 'buy',
  orderType: 'limit',
  quantity: decimal(quantity),
  price: '1',
})

function outcomeOf(events: readonly OrderEvent[]): { figures: Figures; ledger: Ledger } {
  const tracker = createTracker({ venue: 'v', clock: () => 0 })
  const ledger = new Ledger()
  tell(tracker, events, ledger)
  return { figures: figuresOf(tracker.get('a-1')), ledger }
}

/** Some of the events once more, then all of them in any order. */
function shuffled(events: readonly OrderEvent[]): fc.Arbitrary<OrderEvent[]> {
  const again = events.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...events), { maxLength: 6 })
  return again.chain(copies => {
    const all = [...events, ...copies]
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
  })
}

const cases = fc
  .record({
    quantity: fc.integer({ min: 1, max: 30_000 }),
    stories: executionStories,
    terminals: terminalStories,
    numbered: fc.boolean(),
    acked: fc.boolean(),
  })
  .chain(story => {
    const events: OrderEvent[] = [
      ...(story.acked ? [{ type: 'ack', clientId: 'a-1', orderId: 'o-1' } as const] : []),
      ...reportsOf(story.stories, 'a-1', story.numbered),
      ...story.terminals.map(type => ({ type, clientId: 'a-1' }) as const),
    ]
    return shuffled(events).map(arrival => ({ ...story, events, arrival }))
  })

describe('what commutes', () => {
  it('executions, corrections, busts and terminal states: any order of arrival, any duplication', () => {
    fc.assert(
      fc.property(cases, ({ quantity, stories, events, arrival }) => {
        const told = outcomeOf([submit(quantity), ...events])
        const arrived = outcomeOf([submit(quantity), ...arrival])
        expect(arrived.figures).toEqual(told.figures)
        expect(arrived.ledger.executed).toBe(told.ledger.executed)
        expect(arrived.ledger.busted).toBe(told.ledger.busted)
        expect(thousandths(arrived.figures.cumulative)).toBe(netOf(stories))
      }),
      { numRuns: 1000 },
    )
  })

  it('the effects add up to the figures', () => {
    fc.assert(
      fc.property(cases, ({ quantity, stories, arrival }) => {
        const { figures, ledger } = outcomeOf([submit(quantity), ...arrival])
        expect(ledger.volume).toBe(thousandths(figures.cumulative))
        expect(ledger.executed).toBe(stories.length)
        expect(ledger.executed - ledger.busted).toBe(figures.executions)
        expect(ledger.completed - ledger.reopened).toBe(figures.done ? 1 : 0)
      }),
      { numRuns: 500 },
    )
  })

  it('an order that nobody submitted here comes to the same', () => {
    fc.assert(
      fc.property(cases, ({ events, arrival }) => {
        fc.pre(events.length > 0)
        expect(outcomeOf(arrival).figures).toEqual(outcomeOf(events).figures)
      }),
      { numRuns: 300 },
    )
  })

  it('executions told by the venue id and by the client id, before the two are known to be one order', () => {
    fc.assert(
      fc.property(
        cases,
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        ({ quantity, stories, numbered, arrival }, sides) => {
          const reports = reportsOf(stories, 'a-1', numbered)
          const byEither = reports.map((report, index) =>
            sides[index] ? { ...report, clientId: undefined, orderId: 'o-1' } : report,
          )
          const clean = byEither.map(event => JSON.parse(JSON.stringify(event)) as OrderEvent)
          const linked: OrderEvent = { type: 'ack', clientId: 'a-1', orderId: 'o-1' }
          const late = outcomeOf([submit(quantity), ...clean, ...clean, linked])
          const early = outcomeOf([submit(quantity), linked, ...reports])
          expect(arrival).toBeDefined()
          expect({ ...late.figures }).toEqual({ ...early.figures })
        },
      ),
      { numRuns: 300 },
    )
  })
})
