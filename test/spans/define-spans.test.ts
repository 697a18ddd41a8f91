import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { defineSpans } from '../../src/index.js'
import { createInMemoryTelemetry } from '../../src/testing/index.js'

const spans = defineSpans(
  {
    rebalance: {
      kind: 'producer',
      brief: 'One rebalancing of the book.',
      attributes: { 'trading.strategy.name': 'required', 'trading.order.quantity': 'recommended' },
    },
  },
  { scope: 'acme' },
)

it('starts a span as defined, in the context that it is given, else in the active one', async () => {
  const telemetry = createInMemoryTelemetry({ global: true })
  const parent = spans.start('rebalance', { 'trading.strategy.name': 'pairs' }, ROOT_CONTEXT)
  const child = spans.start('rebalance', { 'trading.strategy.name': 'pairs' }, trace.setSpan(ROOT_CONTEXT, parent))
  child.setAttributes({ 'trading.order.quantity': '0.5' }).end()
  parent.setAttribute('trading.order.quantity', '1').end()
  const [first, second] = telemetry.spans
  await telemetry.shutdown()
  expect(first).toMatchObject({
    name: 'rebalance',
    kind: 'producer',
    scope: { name: 'acme' },
    parentSpanId: second!.spanId,
    attributes: { 'trading.strategy.name': 'pairs', 'trading.order.quantity': '0.5' },
  })
  expect(second!.attributes['trading.order.quantity']).toBe('1')
})

it('throws for a name that was not defined', () => {
  expect(() => spans.start('rebalances' as never, {} as never)).toThrow(
    'start: no span "rebalances" was defined; there are rebalance',
  )
})
