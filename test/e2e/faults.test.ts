import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countOf, type DeskStack, startDeskStack } from './desk-stack.js'
import { eventually, pause } from './eventually.js'
import { endsOf } from './order-events.js'

const OUTAGE_MS = 60_000
/** What the collector holds undecided when it is killed is lost: DECISION_WAIT, and what is on its way. */
const UNDECIDED_MS = 9000
const DESK = ['market-data', 'signals', 'risk', 'execution']

/** A counter of the collector's own, summed over its series. */
async function collectorCount(desk: DeskStack, name: string): Promise<number> {
  const text = await (await fetch(`${await desk.stack.url('otel-collector', 8888)}/metrics`)).text()
  const samples = [...text.matchAll(new RegExp(`^${name}(?:_total)?(?:\\{[^}]*\\})? (\\S+)`, 'gm'))]
  return samples.reduce((sum, [, value]) => sum + Number(value), 0)
}

/** What the SDK of a service of the desk says that it has dropped. */
async function droppedBy(desk: DeskStack, service: string): Promise<number> {
  const text = await (await fetch(`${await desk.stack.url(service, 9464)}/metrics`)).text()
  const samples = [
    ...text.matchAll(/^orderscope_dropped_total\{[^}]*reason="(?:orders|other)_ring_full"[^}]*\} (\S+)/gm),
  ]
  return samples.reduce((sum, [, value]) => sum + Number(value), 0)
}

describe('Jaeger is away for a minute, the collector is killed, Prometheus starts again', () => {
  let desk: DeskStack
  let killedAt = 0
  beforeAll(async () => {
    desk = await startDeskStack({ TRACE_SHARE_PERCENT: '100', VENUE_STEP_MS: '20', VENUE_ORDERS_PER_SECOND: '20' })
  })
  afterAll(() => desk?.stack.end())

  test('the desk trades on, and its loops turn', async () => {
    const ordersIn = async (ms: number) => {
      const before = countOf(await desk.venue())
      await pause(ms)
      return ((countOf(await desk.venue()) - before) / ms) * 1000
    }
    await pause(5000)
    const usual = await ordersIn(10_000)
    expect(usual).toBeGreaterThan(0)

    await desk.stack.stop('jaeger')
    const stoppedAt = Date.now()
    const withoutJaeger = await ordersIn(20_000)
    expect(await collectorCount(desk, 'otelcol_exporter_queue_size')).toBeGreaterThan(0)
    killedAt = Date.now()
    await desk.stack.kill('otel-collector')
    const withoutCollector = await ordersIn(5000)
    await desk.stack.stop('prometheus')
    await desk.stack.start('prometheus')
    await pause(Math.max(0, OUTAGE_MS - (Date.now() - stoppedAt)))
    for (const service of DESK) {
      const live = await fetch(`${await desk.stack.url(service, 9464)}/livez`)
      expect([service, live.status]).toEqual([service, 200])
    }
    await desk.stack.start('jaeger')
    expect(withoutJaeger).toBeGreaterThan(usual / 2)
    expect(withoutCollector).toBeGreaterThan(usual / 2)
  }, 200_000)

  test('nothing that was kept is lost', async () => {
    const books = await desk.finish(countOf(await desk.venue()))
    const ends = await eventually(async () => {
      const told = endsOf('execution', desk.orderEvents())
      expect(told.length).toBe(countOf(books))
      return told
    })
    const decided = ends.filter(({ time }) => time < killedAt - UNDECIDED_MS || time > killedAt)
    expect(decided.length).toBeGreaterThan(100)
    expect(decided.some(({ time }) => time < killedAt)).toBe(true)
    // all are asked for once, when the last is there: to do that again and again would keep Jaeger from storing them
    const ids = decided.map(({ traceId }) => traceId)
    const wait = async (traceId: string) => {
      const trace = await desk.jaeger.trace(traceId)
      const isThere = trace?.spans.some(({ name, service }) => name === 'order' && service === 'execution')
      if (!isThere) throw new Error(`${traceId} of ${ids.length} traces is missing`)
    }
    await eventually(() => wait(ids.at(-1)!), 100_000)
    const stored = new Set((await desk.jaeger.search('execution', 'order')).map(({ traceId }) => traceId))
    for (const traceId of ids.filter(id => !stored.has(id))) await eventually(() => wait(traceId))
    for (const service of DESK) expect([service, await droppedBy(desk, service)]).toEqual([service, 0])
  }, 200_000)

  test('Prometheus has what it had, and counts what the venue counts', async () => {
    const books = await desk.venue()
    await eventually(async () => {
      const orders = await desk.prometheus.byLabel(
        'sum by (trading_order_status) (trading_orders_total{job="desk", instance=~"execution.*"}) > 0',
        'trading_order_status',
      )
      expect(orders).toEqual(books.orders)
    })
    const age = 'time() - min_over_time(timestamp(up{job="desk", instance=~"execution.*"})[15m:5s])'
    expect(await desk.prometheus.value(age)).toBeGreaterThan((Date.now() - killedAt) / 1000)
  })
})

describe('queues that are too small', () => {
  let desk: DeskStack
  beforeAll(async () => {
    const small = {
      source: `${import.meta.dirname}/fixtures/small-queue.yaml`,
      target: '/etc/otelcol/small-queue.yaml',
    }
    desk = await startDeskStack(
      { TRACE_SHARE_PERCENT: '100', OTHER_SHARE_PERCENT: '100' },
      {
        changes: {
          'otel-collector': { mounts: [small], command: [`--config=${small.target}`] },
          execution: { environment: { ORDERSCOPE_RING_BYTES: '64KiB' } },
        },
      },
    )
  })
  afterAll(() => desk?.stack.end())

  test('the SDK counts what its ring had no room for', async () => {
    await desk.stack.stop('otel-collector')
    await eventually(async () => expect(await droppedBy(desk, 'execution')).toBeGreaterThan(0))
    for (const service of ['signals', 'risk']) expect([service, await droppedBy(desk, service)]).toEqual([service, 0])
    await desk.stack.start('otel-collector')
  })

  test('the collector counts what its queue had no room for, and delivers the rest', async () => {
    await desk.stack.stop('jaeger')
    await eventually(async () => {
      expect(await collectorCount(desk, 'otelcol_exporter_enqueue_failed_spans')).toBeGreaterThan(0)
    })
    await desk.stack.start('jaeger')
    await desk.finish(countOf(await desk.venue()))
    // requests and ticks go on for ever: what comes in is stopped before it is added up
    for (const service of DESK) await desk.stack.stop(service)
    await eventually(async () => {
      const accepted = await collectorCount(desk, 'otelcol_receiver_accepted_spans')
      const sent = await collectorCount(desk, 'otelcol_exporter_sent_spans')
      const lost = await collectorCount(desk, 'otelcol_exporter_enqueue_failed_spans')
      expect(sent + lost).toBe(accepted)
    })
  })
})
