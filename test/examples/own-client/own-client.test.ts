import { expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { childrenOf, runExample, valuesBy } from '../run-example.js'

it('a bot over ws and fetch: the lifecycle of each order, and the request below its stage', async () => {
  const { code, stderr, sink } = await runExample('own-client/bot.mjs')
  expect(code, stderr).toBe(0)

  const filled = expectOrderTrace(sink, { clientId: 'o-2' })
    .toHaveStages('submit', 'ack', 'fill', 'fill')
    .toBeDone('filled')
    .toHaveExecuted('0.5', '60000')
    .toHaveNoAnomalies()
    .toBeOneTrace()
  expect(childrenOf(sink, filled.spans.find(span => span.name === 'order.submit')!)).toEqual(['POST'])
  const rejected = expectOrderTrace(sink, { clientId: 'o-1' }).toBeDone('rejected').toHaveNoAnomalies()
  expect(rejected.spans.find(span => span.name === 'order')!.attributes).toMatchObject({
    'trading.order.reject.reason': 'invalid_quantity',
    'trading.order.text': 'quantity must be above 0',
  })

  expect(valuesBy(sink, 'trading.orders', 'trading.order.status')).toEqual({ filled: 1, rejected: 1 })
  expect(valuesBy(sink, 'trading.executions', 'trading.event.source')).toEqual({ stream: 2 })
  expect(valuesBy(sink, 'trading.execution.volume', 'trading.instrument.symbol')).toEqual({ 'BTC/USD': 0.5 })
  expect(valuesBy(sink, 'trading.order.rejections', 'trading.order.reject.reason')).toEqual({ invalid_quantity: 1 })
})
