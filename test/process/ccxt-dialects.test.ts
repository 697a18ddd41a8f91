import { expect, test } from 'vitest'
import { readMetrics } from '../../examples/trading-desk/read-metrics.js'
import { type Summary, sorted, sumByKey } from '../../examples/trading-desk/summary.js'
import { DIALECT_NAMES, type DialectName } from '../../examples/trading-desk/venue/dialects.js'
import { createVenue, type Venue } from '../../examples/trading-desk/venue/venue.js'
import type { OtlpSink, ReceivedSpan } from '../../src/testing/index.js'
import { fixture } from './run-program.js'
import { register, registerUrl, runWithSink } from './with-sink.js'

type Bot = 'rest' | 'pro' | 'objects' | 'accounts'

const programs: readonly (readonly [flag: '--require' | '--import', program: string, bot: Bot])[] = [
  ['--require', 'default.cjs', 'rest'],
  ['--require', 'named.cjs', 'pro'],
  ['--import', 'named.cjs', 'rest'],
  ['--import', 'default.cjs', 'pro'],
  ['--import', 'default.mjs', 'rest'],
  ['--import', 'named.mjs', 'pro'],
  ['--require', 'named.mjs', 'rest'],
  ['--require', 'default.mjs', 'pro'],
  ['--import', 'named.mjs', 'objects'],
  ['--require', 'default.cjs', 'accounts'],
]

/** Loading ccxt and its markets thrice takes a slow machine half a minute. */
const TIMEOUT_MS = 110_000

const table = DIALECT_NAMES.flatMap(dialect => programs.map(row => [dialect, ...row] as const))

/** The venue's own words, with a replaced order and its successor as one. */
function booksOf(venue: Venue): Summary {
  const { orders, executions, quantity } = venue.books()
  const { replaced: _, ...ended } = orders
  return { orders: sorted(ended), executions, quantity: sorted(quantity) }
}

function marketOf(dialect: DialectName): Promise<Venue> {
  const slow = { min: 0, max: 4 }
  return createVenue({
    dialect,
    seed: 3,
    stepMs: 3,
    duplicates: 0.2,
    latencies: { match: slow, cancel: slow, answer: { min: 0, max: 8 } },
    limits: { weight: { limit: 1e6, intervalMs: 1000 }, orders: { limit: 1e6, intervalMs: 1000 } },
    funds: { USDT: '1000000', BTC: '20', ETH: '300' },
  })
}

test.each(table)(
  '%s: %s %s, %s: venue, metrics and traces agree',
  { timeout: TIMEOUT_MS + 10_000 },
  async (dialect, flag, program, bot) => {
    const venue = await marketOf(dialect)
    try {
      let metrics: Summary | undefined
      const { sink, code, stderr } = await runWithSink(
        [flag, flag === '--require' ? register : registerUrl, fixture(`bots/${program}`)],
        {
          env: { DIALECT: dialect, BOT: bot, VENUE_URL: venue.url },
          timeoutMs: TIMEOUT_MS,
          whileRunning: async (child, output) => {
            await output.shows('traded')
            const [, url] = await output.shows(/metrics (http:\/\/\S+)/, 'stderr')
            metrics = await readMetrics(url)
            child.kill('SIGTERM')
          },
        },
      )
      expect(code, stderr).toBe(0)
      const books = booksOf(venue)
      expect(books.executions).toBeGreaterThan(10)
      expect({ metrics, traces: tracesOf(sink) }).toEqual({ metrics: books, traces: books })
      expect(stderr).not.toMatch(/planted/)
      const headers = venue.requests().flatMap(request => Object.keys(request.headers))
      expect(headers.filter(name => /^(traceparent|tracestate|baggage)/i.test(name))).toEqual([])
    } finally {
      await venue.close()
    }
  },
)

const text = (attributes: ReceivedSpan['attributes'], name: string) => String(attributes[name])

/** What the spans say, each order being one trace of its own with the stages that its end calls for. */
function tracesOf({ spans }: OtlpSink): Summary {
  const orders = spans.filter(span => span.name === 'order')
  expect(new Set(orders.map(span => span.traceId)).size).toBe(orders.length)
  const executions = orders.map(order => {
    const rootId = order.attributes['trading.order.root_id']
    const own = spans.filter(
      span => span.name.startsWith('order.') && span.attributes['trading.order.root_id'] === rootId,
    )
    const { attributes } = order
    const status = text(attributes, 'trading.order.status')
    const count = (name: string) => own.filter(span => span.name === name).length
    const told = JSON.stringify([attributes, own.map(span => span.name)])
    expect(count('order.submit'), told).toBe(1)
    if (status !== 'rejected') expect(count('order.ack'), told).toBe(1)
    const quantities = executionsOf(order, own)
    const sum = quantities.reduce((all, quantity) => all + quantity, 0)
    expect(sum, told).toBeCloseTo(Number(attributes['trading.order.cumulative_quantity'] ?? 0), 8)
    if (status === 'filled') expect(sum, told).toBeCloseTo(Number(attributes['trading.order.quantity'] ?? sum), 8)
    return [text(attributes, 'trading.instrument.symbol'), quantities] as const
  })
  return sumByKey(
    orders.map(({ attributes }) => [text(attributes, 'trading.order.status'), 1]),
    executions.map(([, quantities]) => quantities.length),
    executions.flatMap(([symbol, quantities]) => quantities.map(quantity => [symbol, quantity] as const)),
  )
}

/**
 * An execution that was inferred from a cumulative figure is corrected when the real one is told: by an event of the
 * order's span, and by a span of its own once that has been exported.
 */
function executionsOf(order: ReceivedSpan, stages: readonly ReceivedSpan[]): number[] {
  const quantityOf = ({ attributes }: Pick<ReceivedSpan, 'attributes'>) =>
    Number(attributes['trading.execution.quantity'])
  const executions = new Map<string, number>()
  for (const fill of stages) {
    if (fill.name === 'order.fill') executions.set(text(fill.attributes, 'trading.execution.id'), quantityOf(fill))
  }
  for (const change of [...order.events, ...stages]) {
    if (!/^(trading\.execution\.(corrected|busted)|order\.(correction|bust))$/.test(change.name)) continue
    expect(executions.delete(text(change.attributes, 'trading.execution.ref_id'))).toBe(true)
    if (/correct/.test(change.name)) {
      executions.set(text(change.attributes, 'trading.execution.id'), quantityOf(change))
    }
  }
  return [...executions.values()]
}
