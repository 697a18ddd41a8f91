import { join } from 'node:path'
import { expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { root } from '../../process/run-program.js'
import { registerUrl, runWithSink } from '../../process/with-sink.js'
import { valuesBy } from '../run-example.js'

const example = join(root, 'examples/with-node-sdk')

it('a bot with NodeSDK: its orders come by the exporters that it had', async () => {
  const preload = ['--import', join(example, 'telemetry.mjs'), '--import', registerUrl]
  const env = { OTEL_METRICS_EXPORTER: 'otlp' }
  const { code, stderr, sink } = await runWithSink([...preload, join(example, 'bot.mjs')], { env, timeoutMs: 50_000 })
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(
    /^orderscope \S+ {2}joined the application's own OpenTelemetry SDK: traces through its \w+, .*\n$/,
  )
  expectOrderTrace(sink, { clientId: 'n-1' })
    .toHaveStages('submit', 'ack', 'fill')
    .toBeDone('filled')
    .toDescendFrom('signal')
    .toHaveNoAnomalies()
  expect(sink.spans.filter(span => span.name === 'POST')).toHaveLength(1)
  expect(new Set(sink.spans.map(span => span.resource['service.name']))).toEqual(new Set(['my-bot']))
  expect(valuesBy(sink, 'trading.orders', 'trading.order.status')).toEqual({ filled: 1 })
  const agents = new Set(sink.requests.map(request => request.headers['user-agent']))
  expect([...agents]).toEqual([expect.stringMatching(/^OTel-OTLP-Exporter/)])
})
