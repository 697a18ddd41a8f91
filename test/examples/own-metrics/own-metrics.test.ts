import { join } from 'node:path'
import { expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { root } from '../../process/run-program.js'
import { registerUrl, runWithSink } from '../../process/with-sink.js'

const example = join(root, 'examples/own-metrics')

it('metrics and spans of its own stand beside those of its orders, in one trace', async () => {
  const { code, stderr, sink } = await runWithSink(['--import', registerUrl, join(example, 'bot.mjs')], {
    timeoutMs: 50_000,
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/acme|lost|Error/) })

  const latest = (name: string) => sink.metrics.findLast(metric => metric.name === name)!
  expect(latest('acme.signals')).toMatchObject({
    unit: '{signal}',
    description: 'Signals that fired.',
    scope: { name: 'acme' },
    points: [{ value: 2, attributes: { 'acme.signal.kind': 'momentum', 'trading.instrument.symbol': 'BTC/USD' } }],
  })
  expect(latest('acme.model.duration').points).toMatchObject([
    { count: 4, explicitBounds: [1e-5, 1e-4, 1e-3, 1e-2, 0.1], attributes: {} },
  ])
  expect(latest('trading.orders').points.map(point => point.value)).toEqual([2])

  const signals = sink.spans.filter(span => span.name === 'acme.signal')
  expect(signals.map(span => span.attributes)).toEqual([
    { 'trading.instrument.symbol': 'BTC/USD' },
    { 'trading.instrument.symbol': 'BTC/USD', 'acme.signal.kind': 'momentum', 'acme.signal.score': 0.1 },
    { 'trading.instrument.symbol': 'BTC/USD' },
    { 'trading.instrument.symbol': 'BTC/USD', 'acme.signal.kind': 'momentum', 'acme.signal.score': 0.5 },
  ])
  for (const clientId of ['m-1', 'm-3']) {
    expectOrderTrace(sink, { clientId })
      .toBeDone('filled')
      .toBeOneTrace()
      .toDescendFrom('acme.signal')
      .toHaveNoAnomalies()
  }
})
