import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { childrenOf, runExample, valuesBy } from '../run-example.js'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

it('an order service on fastify: the order belongs to the trace of the request', async () => {
  let scraped = ''
  const { code, stderr, sink } = await runExample('fastify-service/server.mjs', {
    env: { PORT: '0' },
    whileRunning: async (child, output) => {
      const [url] = await output.shows(/http:\/\/127\.0\.0\.1:\d+/)
      const [, metricsUrl] = await output.shows(/metrics (http:\S+)/, 'stderr')
      const order = {
        clientId: 'f-1',
        symbol: 'BTC/USD',
        side: 'buy',
        orderType: 'limit',
        quantity: '2',
        price: '60000',
      }
      const response = await fetch(`${url}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
        body: JSON.stringify(order),
      })
      expect(response.status).toBe(201)
      const status = async () => ((await (await fetch(`${url}/orders/f-1`)).json()) as { status: string }).status
      while ((await status()) !== 'filled') await sleep(50)
      scraped = await (await fetch(metricsUrl!)).text()
      child.kill('SIGTERM')
    },
  })
  expect(code, stderr).toBe(0)

  const order = expectOrderTrace(sink, { clientId: 'f-1' })
    .toHaveStages('submit', 'ack', 'fill', 'fill')
    .toBeDone('filled')
    .toHaveNoAnomalies()
    .toBeOneTrace()
    .toDescendFrom('POST')
  expect(new Set(order.spans.map(span => span.traceId))).toEqual(new Set([traceId]))
  expect(childrenOf(sink, order.spans.find(span => span.name === 'order.submit')!)).toEqual(['POST'])
  expect(valuesBy(sink, 'trading.orders', 'trading.order.status')).toEqual({ filled: 1 })
  expect(scraped).toMatch(/^trading_orders_total\{.*trading_order_status="filled".*\} 1$/m)
  expect(scraped).toMatch(/^http_server_request_duration_seconds_count\{.*http_request_method="POST".*\} 1$/m)
})
