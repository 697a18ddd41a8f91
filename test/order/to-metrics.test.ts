import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import type { OrderEvent } from '../../src/order/event.js'
import { createOrderTracker, type OrderTracker, type OrderTrackerOptions } from '../../src/order/order-tracker.js'
import { delivered, play, steps } from './order-races.js'
import { thousandths } from './order-story.js'

/** Told of the venue's own id alone by venues that don't give the client's back. */
const venueAlone: ReadonlySet<string> = new Set(['ack', 'trade', 'trade_bust', 'trade_correct', 'expired', 'suspended'])

type Totals = (name: string, label?: string) => number

let ends: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(ends.map(end => end()))
  ends = []
})

/** Tells `events` to a tracker whose metrics go to upstream's own provider. */
function follow(
  events: readonly OrderEvent[],
  options: Partial<OrderTrackerOptions> = {},
): { orders: OrderTracker; totals: () => Promise<Totals> } {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const orders = createOrderTracker({ venue: { name: 'v' }, meterProvider, ...options })
  ends.push(() => {
    orders.close()
    return meterProvider.shutdown()
  })
  for (const event of events) orders.apply(event)
  return { orders, totals: () => totalsOf(meterProvider, exporter) }
}

/** The sum of a metric's points (of a histogram: of their counts), those with `label` where one is given. */
async function totalsOf(provider: MeterProvider, exporter: InMemoryMetricExporter): Promise<Totals> {
  await provider.forceFlush()
  const metrics =
    exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap(scope => scope.metrics) ?? []
  return (name, label) => {
    let sum = 0
    for (const { attributes, value } of metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []) {
      if (label !== undefined && !Object.values(attributes).includes(label)) continue
      sum += typeof value === 'number' ? value : (value as Histogram).count
    }
    return sum
  }
}

it('the totals are those of the venue, net of busts and corrections, whatever the order of arrival', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), fc.array(fc.nat(1000), { maxLength: 12 }), async (story, acked, swaps) => {
      const told = play('a', story, acked)
      const { orders, totals } = follow(delivered(told, swaps))
      const total = await totals()
      expect(total('trading.execution.volume')).toBeCloseTo(told.executed / 1000, 6)
      expect(total('trading.execution.notional')).toBeCloseTo(told.paid / 1000, 6)
      // an answer that comes before its request may speak of an order that nobody knows yet
      if (swaps.length === 0) expect(total('trading.order.submissions')).toBe(1)
      // once, however often a bust or a replace opened it again
      expect(total('trading.orders')).toBeLessThanOrEqual(1)
      expect(total('trading.order.lifetime')).toBe(total('trading.orders'))
      expect(total('trading.order.active')).toBe(orders.activeCount)
    }),
    { numRuns: 200 },
  )
})

it('a venue that names its own ids alone, until the two are known to be one, changes none of them', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.boolean(), { maxLength: 20 }), async (story, isAnonymous) => {
      const told = play('a', story, true)
      const events = told.events.map((event, index) =>
        isAnonymous[index] && venueAlone.has(event.type) ? { ...event, clientId: undefined } : event,
      )
      const both = { type: 'status', clientId: 'a', orderId: 'a-v', source: 'reconciliation' } as const
      const { orders, totals } = follow([...(events as OrderEvent[]), both])
      const total = await totals()
      expect(thousandths(orders.get('a')!.cumulativeQuantity)).toBe(told.executed)
      expect(total('trading.execution.volume')).toBeCloseTo(told.executed / 1000, 6)
      expect(total('trading.execution.notional')).toBeCloseTo(told.paid / 1000, 6)
      expect(total('trading.orders')).toBeLessThanOrEqual(1)
      expect(total('trading.order.active')).toBe(orders.activeCount)
    }),
    { numRuns: 200 },
  )
})

it('an execution told of both ids of an order counts once', async () => {
  const trade = { type: 'trade', executionId: 'x-1', lastQuantity: '2', lastPrice: '100' } as const
  const { orders, totals } = follow([
    { type: 'submit', clientId: 'a', symbol: 'X/Y', side: 'buy', orderType: 'limit', quantity: '5', price: '100' },
    { ...trade, orderId: 'v-1' },
    { ...trade, clientId: 'a' },
    { type: 'ack', clientId: 'a', orderId: 'v-1' },
  ])
  const total = await totals()
  expect([orders.get('a')?.cumulativeQuantity, total('trading.execution.volume')]).toEqual(['2', 2])
  expect([total('trading.execution.volume', 'X/Y'), total('trading.execution.notional')]).toEqual([2, 200])
  expect(total('trading.executions', 'trade') - total('trading.executions', 'bust')).toBe(1)
})

it('a price that is told later counts', async () => {
  const trade = { type: 'trade', clientId: 'a', executionId: 'x-1', lastQuantity: '2' } as const
  const { totals } = follow([
    { type: 'submit', clientId: 'a', symbol: 'X/Y', side: 'buy', orderType: 'limit', quantity: '5', price: '100' },
    trade,
    { ...trade, lastPrice: '100', possibleDuplicate: true },
  ])
  const total = await totals()
  expect([total('trading.execution.volume'), total('trading.execution.notional')]).toEqual([2, 200])
})

it('an order that a bust opened again is counted where it ended first', async () => {
  const { orders, totals } = follow([
    { type: 'submit', clientId: 'a', symbol: 'X/Y', side: 'buy', orderType: 'limit', quantity: '2', price: '100' },
    { type: 'trade', clientId: 'a', executionId: 'x-1', lastQuantity: '2', lastPrice: '100' },
    { type: 'trade_bust', clientId: 'a', executionId: 'x-2', executionRefId: 'x-1' },
  ])
  expect((await totals())('trading.order.active')).toBe(1)
  orders.apply({ type: 'canceled', clientId: 'a' })
  const total = await totals()
  expect([total('trading.orders', 'filled'), total('trading.orders', 'canceled')]).toEqual([1, 0])
  expect([total('trading.order.lifetime'), total('trading.order.active')]).toEqual([1, 0])
})

it('a question about an order that nobody knows counts none as living', async () => {
  const { totals } = follow([
    { type: 'status_request', clientId: 'q' },
    { type: 'status', clientId: 'q', reported: { status: 'rejected' } },
    { type: 'request_failed', clientId: 'r', originalClientId: 'b', request: 'cancel', outcome: 'unknown' },
  ])
  const total = await totals()
  expect([total('trading.order.active'), total('trading.order.submissions')]).toEqual([0, 0])
})

it('living orders that the tracker forgets, or takes for one, are living no more', async () => {
  const limit = { symbol: 'X/Y', side: 'buy', orderType: 'limit', quantity: '2', price: '100' } as const
  const forgotten = follow(
    [
      { type: 'submit', clientId: 'a', ...limit },
      { type: 'submit', clientId: 'b', ...limit },
    ],
    { maximumOrders: 1 },
  )
  expect([(await forgotten.totals())('trading.order.active'), forgotten.orders.activeCount]).toEqual([1, 1])
  const merged = follow([
    { type: 'submit', clientId: 'a', ...limit },
    { type: 'ack', orderId: 'v-1' },
    { type: 'ack', clientId: 'a', orderId: 'v-1' },
  ])
  expect([(await merged.totals())('trading.order.active'), merged.orders.activeCount]).toEqual([1, 1])
})
