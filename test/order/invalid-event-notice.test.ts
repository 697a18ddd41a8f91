import { expect, it } from 'vitest'
import type { OrderEvent } from '../../src/order/event.js'
import { InvalidEventNotice } from '../../src/order/invalid-event-notice.js'
import { createTracker } from '../../src/order/tracker.js'

it('an event that is none is said once a minute, with what to write instead', () => {
  let now = 0
  const said: string[] = []
  const notice = new InvalidEventNotice(
    sentence => said.push(sentence),
    () => now,
  )
  const tracker = createTracker({ venue: 'v' })
  const tell = (event: unknown): void => notice.onTransition(tracker.apply(event as OrderEvent))
  tell({ type: 'submit', clientId: 'd-000118', symbol: 'BTC/USD', side: 'buy', orderType: 'limit', quantity: '0.05' })
  expect(said).toEqual([])
  const wrong = { type: 'trade', clientId: 'd-000118', lastQuantity: '0,05' }
  tell(wrong)
  now = 59_999
  tell(wrong)
  expect(said).toEqual([
    'orderscope: orders.apply: lastQuantity "0,05" is not a decimal number; write "0.05" (order d-000118); counted as trading.order.anomalies{kind="invalid_event"}, said at most once a minute\n',
  ])
  now = 60_000
  tell(wrong)
  expect(said.length).toBe(2)
})
