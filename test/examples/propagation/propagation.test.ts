import { expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { runExample } from '../run-example.js'

it.each([
  ['ws.mjs', { 'w-1': 'signal' }],
  ['kafka.mjs', { 'k-1': 'signal k-1', 'k-2': 'signal k-2', 'k-3': 'signal k-3', 'k-4': 'signal k-4' }],
  ['fix.mjs', { 'x-1': 'signal' }],
])('%s: the order lies below the span that wanted it', async (file, orders) => {
  const { code, stdout, stderr, sink } = await runExample(`propagation/${file}`)
  expect(code, stderr).toBe(0)
  for (const [clientId, signal] of Object.entries(orders))
    expectOrderTrace(sink, { clientId }).toBeOneTrace().toDescendFrom(signal)
  expect(sink.spans.filter(span => span.name === 'order')).toHaveLength(Object.keys(orders).length)

  if (file !== 'fix.mjs') return
  const { traceId, spanId } = sink.spans.find(span => span.name === 'signal')!
  expect(stdout).toMatch(
    new RegExp(`^8=FIX\\.4\\.4\\|9=\\d+\\|35=D\\|.*\\|5001=00-${traceId}-${spanId}-01\\|10=\\d{3}\\|\n$`),
  )
})
