import { describe, expect, it } from 'vitest'
import { createTracker } from '../../src/order/tracker.js'

/** An order, and everything that happens to its stages. */
function order() {
  const tracker = createTracker({ venue: 'v', clock: () => 0 })
  const stages: string[] = []
  const apply = (event: Parameters<typeof tracker.apply>[0]) => {
    const transition = tracker.apply(event)
    for (const effect of transition.effects) {
      if (effect.kind === 'stage_started') stages.push(`${effect.stage} begins`)
      else if (effect.kind === 'stage_ended') stages.push(`${effect.stage} ends`)
    }
    return transition
  }
  apply({ type: 'submit', clientId: 'a-1', symbol: 'A', side: 'buy', orderType: 'limit', quantity: '5', price: '1' })
  apply({ type: 'ack', clientId: 'a-1', orderId: 'o-1' })
  stages.length = 0
  return { apply, stages, tracker }
}

describe('a request that is told after its answer, as in a log that several threads write', () => {
  it.each([
    ['cancel', { type: 'canceled', clientId: 'a-2', originalClientId: 'a-1', orderId: 'o-1' }, 'canceled'],
    ['replace', { type: 'replaced', clientId: 'a-2', originalClientId: 'a-1', orderId: 'o-1', quantity: '7' }, 'new'],
    [
      'cancel',
      { type: 'cancel_reject', clientId: 'a-2', originalClientId: 'a-1', orderId: 'o-1', request: 'cancel' },
      'new',
    ],
  ] as const)('a %s leaves nothing open', (kind, answer, status) => {
    const { apply, stages } = order()
    apply(answer)
    const request = { type: `${kind}_request`, clientId: 'a-2', originalClientId: 'a-1', orderId: 'o-1' } as const
    expect(apply(request)).toMatchObject({ to: status, anomalies: [] })
    expect(stages).toEqual([])
  })

  it('a request that uses its id again is a request', () => {
    const { apply, stages } = order()
    const request = { type: 'cancel_request', clientId: 'a-2', originalClientId: 'a-1' } as const
    const answer = { type: 'cancel_reject', clientId: 'a-2', originalClientId: 'a-1', request: 'cancel' } as const
    for (const event of [request, answer, request, answer]) apply(event)
    expect(stages).toEqual(['cancel begins', 'cancel ends', 'cancel begins', 'cancel ends'])
  })
})
