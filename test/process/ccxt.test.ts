import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createVenue, type Venue } from '../../examples/trading-desk/venue/venue.js'
import { expectOrderTrace } from '../../src/testing/index.js'
import { fixture, runProgram } from './run-program.js'
import { register, registerUrl, runWithSink } from './with-sink.js'

const esm = fixture('ccxt-bot.mjs')
const cjs = fixture('ccxt-bot.cjs')
const required = ['--require', register]
const imported = ['--import', registerUrl]

let venue: Venue
beforeEach(async () => {
  venue = await createVenue({ stepMs: 0, seed: 1 })
  venue.participate('BTC/USDT', 'sell', 'rest', '60000', '1')
})
afterEach(() => venue.close())

describe('a bot that uses ccxt unchanged gets its orders', () => {
  test.each<[string, string[], string, Record<string, string>]>([
    ['--require, CommonJS, REST', required, cjs, {}],
    ['--require, ES module, pro', required, esm, {}],
    ['--import, CommonJS, REST', imported, cjs, {}],
    ['--import, ES module, pro', imported, esm, {}],
    ['--require, CommonJS, pro', required, fixture('ccxt-bot-pro.cjs'), {}],
    ['--import, CommonJS, pro', imported, fixture('ccxt-bot-pro.cjs'), {}],
    ['--require, ES module, REST', required, fixture('ccxt-bot-rest.mjs'), {}],
    ['--import, ES module, REST', imported, fixture('ccxt-bot-rest.mjs'), {}],
    ['--require, namespace import', required, fixture('ccxt-bot-namespace.mjs'), {}],
    ['--import, namespace import', imported, fixture('ccxt-bot-namespace.mjs'), {}],
    ['--require, dynamic import', required, fixture('ccxt-bot-dynamic.mjs'), {}],
    ['--import, dynamic import', imported, fixture('ccxt-bot-dynamic.mjs'), {}],
    ['NODE_OPTIONS, ES module, pro', [], esm, { NODE_OPTIONS: `--import ${registerUrl}` }],
    ['in the loop, CommonJS', required, cjs, { ORDERSCOPE_THREAD: 'off' }],
    ['in the loop, ES module', imported, esm, { ORDERSCOPE_THREAD: 'off' }],
    ['without auto-instrumentations', imported, esm, { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'ccxt' }],
  ])('%s', async (_, flags, program, env) => {
    const before = venue.requests().length
    const result = await runWithSink([...flags, program], { env: { VENUE_URL: venue.url, ...env } })
    expect([result.stdout, result.code], result.stderr).toEqual([expect.stringMatching(/^refused: \w+\n$/), 0])
    const { sink } = result
    expectOrderTrace(sink, { clientId: 'bot-filled' }).toBeDone('filled').toHaveNoAnomalies().toBeOneTrace()
    expectOrderTrace(sink, { clientId: 'bot-canceled' }).toBeDone('canceled').toHaveNoAnomalies()
    expectOrderTrace(sink, { clientId: 'bot-refused' }).toBeDone('rejected')
    expect(sink.spans.filter(span => span.name === 'order')).toHaveLength(3)
    expect(
      sink.spans.filter(span => span.name === 'order.fill').map(span => span.attributes['trading.execution.quantity']),
    ).toEqual(['0.01'])

    const done = sink.metrics.findLast(metric => metric.name === 'trading.orders')!.points
    expect(Object.fromEntries(done.map(point => [point.attributes['trading.order.status'], point.value]))).toEqual({
      filled: 1,
      canceled: 1,
      rejected: 1,
    })

    // nothing of ours goes to a venue
    const headers = venue
      .requests()
      .slice(before)
      .flatMap(request => Object.keys(request.headers))
    expect(headers.length).toBeGreaterThan(5)
    expect(headers.filter(name => /^(traceparent|tracestate|baggage|b3|uber-trace-id)/i.test(name))).toEqual([])
    // and no secret of the exchange object leaves
    const everything =
      JSON.stringify([sink.spans, sink.logs, sink.metrics], (_, value) =>
        typeof value === 'bigint' ? String(value) : value,
      ) + result.stderr
    expect(everything).not.toMatch(/planted/)
  })
})

test('the requests of a stage nest under it', async () => {
  const { sink } = await runWithSink([...imported, esm], { env: { VENUE_URL: venue.url } })
  const submit = sink.spans.find(
    span => span.name === 'order.submit' && span.attributes['trading.order.client_id'] === 'bot-filled',
  )!
  expect(sink.spans.filter(span => span.parentSpanId === submit.spanId).map(span => span.name)).toEqual(['POST'])
})

test.each([['ccxt-bot-late.mjs'], ['ccxt-bot-late.cjs']])(
  'telemetry that is started from code after ccxt was loaded follows its orders: %s',
  async program => {
    const { sink, code } = await runWithSink([fixture(program)], { env: { VENUE_URL: venue.url } })
    expect(code).toBe(0)
    const orders = sink.spans.filter(span => span.name === 'order')
    // the first call of an exchange object that was made before is unseen: the object shows itself by it
    expect(orders.map(span => span.attributes['trading.order.client_id']).sort()).toEqual(['second', 'third'])
    expect(venue.requests().filter(({ headers }) => 'traceparent' in headers).length).toBeLessThanOrEqual(1)
  },
)

test.each([{ OTEL_INSTRUMENTATION_CCXT_ENABLED: 'false' }, { OTEL_SDK_DISABLED: 'true' }])(
  'a bot with %o trades as ever',
  async env => {
    const { code, stdout, spans } = await runWithSink([...imported, esm], { env: { VENUE_URL: venue.url, ...env } })
    expect([code, stdout, spans.filter(name => name.startsWith('order'))]).toEqual([
      0,
      expect.stringMatching(/^refused/),
      [],
    ])
  },
)

test('without the SDK it does the same', async () => {
  const bare = await runProgram([esm], { env: { VENUE_URL: venue.url }, cwd: join(import.meta.dirname) })
  expect(bare.code).toBe(0)
})
