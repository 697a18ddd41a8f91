import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Summary } from '../../examples/trading-desk/summary.js'
import { readPromql } from '../deploy/promql.js'
import { alerts, alertsOf, queriesOf, records, runbook } from '../deploy/rule-files.js'
import { callsOf, type JaegerTrace } from './ask-jaeger.js'
import { dashboardQueries } from './dashboard-queries.js'
import { CALLS, EMITTED } from './desk-edges.js'
import { countOf, type DeskStack, startDeskStack } from './desk-stack.js'
import { eventually, pause } from './eventually.js'
import { endsOf, type OrderEvent } from './order-events.js'

const ORDERS = 300
const SHARE = 0.25
const DECISION_WAIT_MS = 15_000
/** The name by which alertmanager.yml posts to a receiver on this machine. */
const WEBHOOK = { name: 'alert-webhook', port: 9095 }
/** What there is only after an accident, with another venue, or after a day. */
const ACCIDENTAL = [
  'trading_market_data_anomalies_total',
  'trading_order_anomalies_total',
  'trading_order_cancel_rejections_total',
  'trading_stream_connect_failures_total',
  'trading_venue_request_retries_total',
  'trading_venue_bans_total',
  'trading_account_balance',
  'trading_position_size',
  'trading_position_notional',
  'trading_position_unrealized_pnl',
  'orderscope_observation_failures_total',
  'orderscope_instrument_series',
  'otel_sdk_exporter_metric_data_point_exported_total',
  'otel_sdk_exporter_metric_data_point_inflight',
  'feed:trading_market_data_updates:rate1m_p10_1d',
  'venue_le:trading_order_ack_seconds_bucket:increase5m',
  'venue:trading_order_ack_seconds:p99_7d',
  'venue:trading_order_submissions:rate1m_p999_7d',
  'instance:otel_sdk_exporter_failed:increase5m',
  // metrics are scraped here
  'otelcol_receiver_accepted_metric_points',
  ...['spans', 'metric_points', 'log_records'].flatMap(items => [
    `otelcol_receiver_refused_${items}`,
    `otelcol_exporter_send_failed_${items}`,
    `otelcol_exporter_enqueue_failed_${items}`,
  ]),
]
const EDGES = CALLS.map(([from, to]) => `${from} → ${to}`)

interface Notification {
  readonly status: string
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[]
}

let desk: DeskStack
let books: Summary
let events: OrderEvent[]
let webhook: Server
const notifications: Notification[] = []

beforeAll(async () => {
  webhook = createServer(async (request, response) => {
    notifications.push((await json(request)) as Notification)
    response.end()
  })
  await new Promise<void>(resolve => webhook.listen(0, '127.0.0.1', resolve))
  desk = await startDeskStack(
    {
      DESK_ORDERS: String(ORDERS),
      TRACE_SHARE_PERCENT: String(SHARE * 100),
      DECISION_WAIT: `${DECISION_WAIT_MS / 1000}s`,
    },
    { machineNames: [WEBHOOK.name] },
  )
  await desk.stack.expose(WEBHOOK.port, (webhook.address() as AddressInfo).port)
  books = await desk.finish(ORDERS)
  events = await eventually(async () => {
    const told = desk.orderEvents()
    expect(endsOf('execution', told).length, desk.logs()).toBeGreaterThanOrEqual(countOf(books))
    return told
  })
})
afterAll(async () => {
  await desk?.stack.end()
  webhook?.close()
})

function distinct<Item>(items: readonly Item[], key: (item: Item) => string): number {
  return new Set(items.map(key)).size
}

/** Every trace that Jaeger has of the execution service's orders. */
async function keptOrders(): Promise<JaegerTrace[]> {
  return (await desk.jaeger.search('execution', 'order')).filter(({ spans }) =>
    spans.some(({ name, service }) => name === 'order' && service === 'execution'),
  )
}

describe('Jaeger', () => {
  test('has every order that the venue rejected', async () => {
    const rejected = events.filter(({ name, service }) => name === 'trading.order.rejected' && service === 'execution')
    expect(distinct(rejected, event => event.rootId)).toBe(books.orders.rejected)
    await eventually(async () => {
      const missing: string[] = []
      for (const { traceId } of rejected) if (!(await desk.jaeger.trace(traceId))) missing.push(traceId)
      expect(missing).toEqual([])
    })
  })

  test('has every order that risk refused', async () => {
    const refused = events.filter(({ name, service }) => name === 'trading.order.rejected' && service === 'risk')
    for (const { traceId } of refused) expect(await desk.jaeger.trace(traceId)).toBeDefined()
  })

  test('keeps its share of the rest', async () => {
    // all have been decided
    await pause(DECISION_WAIT_MS)
    const kept = new Set((await keptOrders()).map(({ traceId }) => traceId))
    const bad = /rejected|failed|anomaly|reopened|corrected|busted|cancel_rejected/
    const reasons = new Set(events.filter(({ name }) => bad.test(name)).map(({ traceId }) => traceId))
    const plain = [...new Set(endsOf('execution', events).map(({ traceId }) => traceId))].filter(id => !reasons.has(id))
    expect(plain.length).toBeGreaterThan(ORDERS / 2)
    // slow ones are kept besides; on a loaded machine there may be many of them
    const share = plain.filter(id => kept.has(id)).length / plain.length
    const deviation = Math.sqrt((SHARE * (1 - SHARE)) / plain.length)
    expect(share).toBeGreaterThan(SHARE - 4 * deviation)
    const slow = await desk.prometheus.value(
      'sum(otelcol_processor_tail_sampling_count_traces_sampled{policy="slow", sampled="true"} or otelcol_processor_tail_sampling_count_traces_sampled_total{policy="slow", sampled="true"})',
    )
    expect(share - (slow ?? 0) / plain.length).toBeLessThan(SHARE + 4 * deviation)
  })

  test('has one trace for each order, across the services that the table names', async () => {
    const kept = await keptOrders()
    expect(kept.length).toBeGreaterThan(ORDERS * SHARE * 0.5)
    const orders = kept.flatMap(trace =>
      trace.spans.filter(({ name }) => name === 'order').map(span => ({ trace, span })),
    )
    const ids = orders.map(({ span }) => String(span.tags['trading.order.client_id']))
    expect(new Set(ids).size).toBe(ids.length)
    // a trace that was kept only for what came after its decision has lost what came before
    const times = new Map<string, number[]>()
    for (const { traceId, time } of events) times.set(traceId, [...(times.get(traceId) ?? []), time])
    const spanOf = (id: string) => Math.max(...(times.get(id) ?? [])) - Math.min(...(times.get(id) ?? []))
    const whole = orders.filter(({ trace }) => spanOf(trace.traceId) < DECISION_WAIT_MS / 2)
    expect(whole.length).toBeGreaterThan(orders.length / 2)
    for (const { trace } of whole) {
      for (const [service, names] of Object.entries(EMITTED)) {
        const own = trace.spans.filter(span => span.service === service).map(({ name }) => name)
        expect(own, `${service} in ${trace.traceId}`).toEqual(expect.arrayContaining([...names]))
      }
      expect([...callsOf(trace)].sort(), trace.traceId).toEqual([...EDGES].sort())
    }
  })

  test('draws the dependencies of the desk, and no others', async () => {
    // in the middle of the run: after it there are ticks only, which call nobody
    const times = endsOf('execution', events).map(({ time }) => time)
    const middle = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!
    await eventually(async () => expect((await desk.jaeger.dependencies(middle)).sort()).toEqual([...EDGES].sort()))
  })
})

describe('Prometheus', () => {
  test('counts what the venue counts', async () => {
    await eventually(async () => {
      const orders = await desk.prometheus.byLabel(
        'sum by (trading_order_status) (trading_orders_total{job="desk", instance=~"execution.*"}) > 0',
        'trading_order_status',
      )
      expect(orders).toEqual(books.orders)
      const executions = 'sum(trading_executions_total{job="desk", trading_execution_type="trade"})'
      expect(await desk.prometheus.value(executions)).toBe(books.executions)
      const volume = await desk.prometheus.byLabel(
        'sum by (trading_instrument_symbol) (trading_execution_volume{job="desk"}) > 0',
        'trading_instrument_symbol',
      )
      const lots = Object.entries(volume).map(([symbol, quantity]) => [symbol, Math.round(quantity * 1e5)])
      const venue = Object.entries(books.quantity).map(([symbol, quantity]) => [
        symbol,
        Math.round(Number(quantity) * 1e5),
      ])
      expect(Object.fromEntries(lots)).toEqual(Object.fromEntries(venue))
    })
  })

  test('has exemplars that lead to traces in Jaeger', async () => {
    const exemplars = await desk.prometheus.exemplars(
      'trading_order_stage_duration_seconds_bucket{job="desk", instance=~"execution.*"}',
    )
    const ids = exemplars.map(({ trace_id }) => trace_id!)
    expect(ids.length).toBeGreaterThan(0)
    const found: string[] = []
    for (const id of new Set(ids)) if (await desk.jaeger.trace(id)) found.push(id)
    expect(found.length).toBeGreaterThan(0)
  })

  test('sees every target of the stack', async () => {
    const down = await desk.prometheus.query('up{job!="bot"} == 0')
    expect(down.map(({ metric }) => metric.instance)).toEqual([])
  })

  test('evaluates every rule', async () => {
    const rules = await desk.prometheus.rules()
    expect(rules.length).toBeGreaterThan(0)
    const bad = rules.filter(({ health, lastError }) => health === 'err' || lastError)
    expect(bad.map(({ name, lastError }) => `${name}: ${lastError}`)).toEqual([])
  })
})

describe('dashboards', () => {
  test.each(dashboardQueries())('$file · $title has data', async ({ queries }) => {
    await eventually(async () => {
      for (const query of queries) {
        const values = (await desk.prometheus.query(query)).map(({ value }) => value)
        expect(
          values.some(value => !Number.isNaN(value)),
          query,
        ).toBe(true)
      }
    }, 20_000)
  })
})

describe('what is written down', () => {
  const written = [
    ...dashboardQueries().flatMap(({ file, title, queries }) => queries.map(query => [`${file} · ${title}`, query])),
    ...alerts.map(({ alert, expr }) => [alert, expr]),
    ...records.map(({ record, expr }) => [record, expr]),
    ...alerts.flatMap(({ alert }) => queriesOf(runbook(alert)).map(query => [`${alert}.md`, query])),
  ] as [string, string][]
  const patternsOf = (query: string) => {
    const { metrics, metricPatterns } = readPromql(query)
    return [...metrics, ...metricPatterns]
  }

  // a panel that says 0 where there is nothing has data also when its metric has another name
  test('panels, rules and runbooks name metrics that the servers and the desk really have', async () => {
    // Jaeger has figures of searches when somebody has searched
    await keptOrders()
    await eventually(async () => {
      const names = [...(await desk.prometheus.names()), ...ACCIDENTAL]
      const missing = written.flatMap(([where, query]) =>
        patternsOf(query)
          .filter(pattern => !names.some(name => new RegExp(`^(?:${pattern})$`).test(name)))
          .map(pattern => `${where}: ${pattern}`),
      )
      expect(missing).toEqual([])
    }, 20_000)
  })

  test.each(alerts.map(({ alert }) => alert))('the queries of %s.md can be asked', async alert => {
    const found: string[] = []
    for (const query of queriesOf(runbook(alert))) {
      if ((await desk.prometheus.query(query)).length > 0) found.push(query)
    }
    // those of an accident have nothing to show without it
    const shown = queriesOf(runbook(alert)).filter(query => !patternsOf(query).some(name => ACCIDENTAL.includes(name)))
    if (shown.length > 0) expect(found.length, shown.join('\n')).toBeGreaterThan(0)
  })
})

describe('alerts', () => {
  test('nothing was told of a pipeline that is well', async () => {
    const names = alertsOf('pipeline.yml').concat('TelemetryDropped', 'TelemetryBacklog', 'ServiceDown').join('|')
    const told = await desk.prometheus.query(`max_over_time(ALERTS{alertstate="firing", alertname=~"${names}"}[1h])`)
    expect(told.map(({ metric }) => metric)).toEqual([])
  })

  const posted = (status: string) =>
    notifications
      .flatMap(({ alerts }) => alerts)
      .filter(({ status: own, labels }) => own === status && labels.alertname === 'ExchangeDisconnected')

  test('the venue disconnects, and who is to know is told; it is back, and that is told too', async () => {
    await desk.stack.stop('venue')
    await eventually(async () => expect(posted('firing').length).toBeGreaterThan(0), 90_000)
    const alertmanager = await desk.stack.url('alertmanager', 9093)
    const active = (await (await fetch(`${alertmanager}/api/v2/alerts`)).json()) as Notification['alerts']
    expect(active.map(({ labels }) => labels.alertname)).toContain('ExchangeDisconnected')
    await desk.stack.start('venue')
    await eventually(async () => expect(posted('resolved').length).toBeGreaterThan(0), 150_000)
  }, 260_000)
})
