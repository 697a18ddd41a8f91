import { describe, expect, it } from 'vitest'
import { createVenue } from '../../examples/trading-desk/venue/venue.js'
import { expectOrderTrace } from '../../src/testing/index.js'
import { fixture } from './run-program.js'
import { register, registerUrl, runWithSink, total } from './with-sink.js'

const sdk = fixture('node-sdk/sdk.cjs')
const bot = fixture('node-sdk/bot.cjs')

/** Two SDKs start in each. */
const timeoutMs = 50_000

/** An application with an OpenTelemetry SDK of its own, and the ways in which orderscope can come to it. */
const ways: [way: string, args: readonly string[], late: boolean][] = [
  ['its SDK preloaded before orderscope, --require', ['--require', sdk, '--require', register, bot], false],
  ['its SDK preloaded before orderscope, --import', ['--import', sdk, '--import', registerUrl, bot], false],
  ['its SDK started in the bot, then startTelemetry', [bot, 'sdk in the bot, first'], false],
  ['its SDK preloaded after orderscope, --require', ['--require', register, '--require', sdk, bot], true],
  ['its SDK preloaded after orderscope, --import', ['--import', registerUrl, '--import', sdk, bot], true],
  ['orderscope preloaded, its SDK started in the bot', ['--require', register, bot, 'sdk in the bot'], true],
  ['startTelemetry, then its SDK started in the bot', [bot, 'sdk in the bot, later'], true],
]

/** Without orderscope's start: what has to come all the same. */
const alone = await runWithSink(['--require', sdk, bot], { timeoutMs })
const before = alone.spans.filter(name => !name.startsWith('order'))

it('without orderscope, the bot has these spans', () => {
  expect(before).toEqual(['GET', 'GET', 'GET', 'GET', 'signal'])
})

describe.each(ways)('%s', (_, args, late) => {
  it('joins: the same traces and the orders, each once, through the exporters that were there', async () => {
    const { code, stdout, stderr, spans, sink } = await runWithSink(args, { timeoutMs })
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: 'true\n' })
    expect(stderr.match(/joined the application's own OpenTelemetry SDK/g)).toHaveLength(1)
    if (!late) expect(stderr.trim().split('\n')).toHaveLength(1)

    const added = ['order', 'order.ack', 'order.fill', 'order.submit']
    expect(spans).toEqual([...before, ...added].sort())
    expect(new Set(sink.spans.map(span => span.resource['service.name']))).toEqual(new Set(['my-bot']))
    expect(new Set(sink.spans.map(span => span.traceId)).size).toBe(1)
    // their configuration of the instrumentations counts
    const marked = (all: typeof sink.spans) => all.filter(span => span.attributes.theirs === true).length
    expect(marked(sink.spans)).toBe(marked(alone.sink.spans))
    expectOrderTrace(sink, { clientId: 'n-1' })
      .toHaveStages('submit', 'ack', 'fill')
      .toBeDone('filled')
      .toDescendFrom('signal')
      .toHaveNoAnomalies()

    expect(total(sink, 'bot.ticks')).toBe(1)
    expect(total(sink, 'trading.orders')).toBe(1)
    expect(total(sink, 'trading.executions')).toBe(1)
    const orders = sink.metrics.filter(metric => metric.name.startsWith('trading.'))
    expect(new Set(orders.map(metric => metric.resource['service.name']))).toEqual(new Set(['my-bot']))
    // one that was started first tells of itself once more when it ends
    const ours = sink.requests.filter(request => !/^OTel-OTLP-Exporter/.test(String(request.headers['user-agent'])))
    expect(ours.filter(request => !late || request.signal !== 'metrics')).toEqual([])
  })
})

describe.each<[string, string[]]>([
  ['its SDK preloaded before orderscope', ['--import', sdk, '--import', registerUrl]],
  ['its SDK preloaded after orderscope', ['--require', register, '--require', sdk]],
])('a bot with ccxt, %s', (_, flags) => {
  it.each(['ccxt-bot.cjs', 'ccxt-bot.mjs'])(
    '%s: its orders are followed, and nothing goes to the venue',
    async file => {
      const venue = await createVenue({ stepMs: 0, seed: 1 })
      try {
        venue.participate('BTC/USDT', 'sell', 'rest', '60000', '1')
        const env = { VENUE_URL: venue.url, OTEL_METRICS_EXPORTER: 'otlp' }
        const { code, stderr, sink } = await runWithSink([...flags, fixture(file)], { env, timeoutMs })
        expect(code, stderr).toBe(0)
        expectOrderTrace(sink, { clientId: 'bot-filled' }).toBeDone('filled').toHaveNoAnomalies().toBeOneTrace()
        expectOrderTrace(sink, { clientId: 'bot-canceled' }).toBeDone('canceled').toHaveNoAnomalies()
        expectOrderTrace(sink, { clientId: 'bot-refused' }).toBeDone('rejected')
        expect(sink.spans.filter(span => span.name === 'order')).toHaveLength(3)
        expect(total(sink, 'trading.orders')).toBe(3)
        const names = venue.requests().flatMap(({ headers }) => Object.keys(headers))
        expect(names).toContain('user-agent')
        expect(names.filter(name => /^(traceparent|tracestate|baggage)$/.test(name))).toEqual([])
      } finally {
        await venue.close()
      }
    },
  )
})
