import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isIllegal, isOver, nextPhase, type Phase, type PhaseEvent, statusOf } from '../../src/order/transitions.js'

const phases: readonly Phase[] = [
  'unknown',
  'pending',
  'bidding',
  'working',
  'suspended',
  'stopped',
  'calculated',
  'done_for_day',
  'canceled',
  'expired',
  'rejected',
]
const ends: readonly PhaseEvent[] = ['canceled', 'expired', 'rejected']
const events: readonly PhaseEvent[] = [
  'pending_new',
  'bidding',
  'accepted',
  'traded',
  'replaced',
  'restated',
  'suspended',
  'stopped',
  'calculated',
  'done_for_day',
  'outcome_unknown',
  ...ends,
]

describe('the table', () => {
  it('has a cell for every phase and event', () => {
    for (const phase of phases) for (const event of events) expect(phases).toContain(nextPhase(phase, event))
  })

  it('never leaves an end but for one that outranks it', () => {
    for (const phase of phases.filter(isOver))
      for (const event of events) expect(isOver(nextPhase(phase, event))).toBe(true)
  })

  it('comes to the same end whatever end is told first', () => {
    fc.assert(
      fc.property(fc.constantFrom(...phases), fc.shuffledSubarray([...ends], { minLength: 2 }), (phase, told) => {
        const forward = told.reduce((at: Phase, event) => nextPhase(at, event), phase)
        const backward = [...told].reverse().reduce((at: Phase, event) => nextPhase(at, event), phase)
        expect(forward).toBe(backward)
      }),
    )
  })

  it.each([
    ['working', 'rejected', false],
    ['pending', 'traded', false],
    ['canceled', 'traded', false],
    ['canceled', 'replaced', true],
    ['rejected', 'accepted', true],
    ['done_for_day', 'restated', false],
  ] as const)('%s, %s: illegal is %s', (phase, event, expected) => {
    expect(isIllegal(phase, event)).toBe(expected)
  })

  it.each([
    ['done_for_day', 'full', 'done_for_day'],
    ['canceled', 'full', 'filled'],
    ['canceled', 'part', 'canceled'],
    ['stopped', 'part', 'stopped'],
    ['working', 'part', 'partially_filled'],
    ['rejected', 'part', 'rejected'],
    ['pending', 'none', 'pending_new'],
  ] as const)('%s with %s filled is %s', (phase, fill, expected) => {
    expect(statusOf(phase, fill)).toBe(expected)
  })
})
