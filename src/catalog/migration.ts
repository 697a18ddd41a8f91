import { accountMigration } from './account-migration.js'
import type { MigrationRow } from './migration-row.js'
import { venueMigration } from './venue-migration.js'

const stage = 'trading_order_stage_duration_seconds'

/** Orders and executions: "if you have … today, read …". */
export const orderMigration: readonly MigrationRow[] = [
  {
    today: ['orders_total'],
    labels: ['exchange', 'symbol', 'side'],
    read: ['trading.order.submissions'],
    queries: {
      'orders placed per second':
        'sum by (trading_venue_name, trading_instrument_symbol, trading_order_side) (rate(trading_order_submissions_total{trading_order_origin="own"}[5m]))',
    },
    note: 'Without the filter on the origin, orders of other clients of the account and of the venue itself (liquidations) are in it.',
  },
  {
    today: ['order_count_total'],
    labels: ['symbol', 'side', 'status'],
    read: ['trading.orders', 'trading.order.active'],
    queries: {
      'orders done, by the status that ended them':
        'sum by (trading_instrument_symbol, trading_order_side, trading_order_status) (increase(trading_orders_total[1h]))',
      'orders alive now, by status': 'sum by (trading_order_status) (trading_order_active)',
    },
    mended:
      'One counter for every status that an order passes through counts an order several times. Here an order is counted once, by the status that ended it.',
  },
  {
    today: ['orders placed', 'orders filled', 'orders cancelled', 'orders rejected'],
    labels: [],
    read: ['trading.order.submissions', 'trading.orders'],
    queries: {
      placed: 'sum(increase(trading_order_submissions_total[1h]))',
      filled: 'sum(increase(trading_orders_total{trading_order_status="filled"}[1h]))',
      canceled: 'sum(increase(trading_orders_total{trading_order_status="canceled"}[1h]))',
      rejected: 'sum(increase(trading_orders_total{trading_order_status="rejected"}[1h]))',
      'fill rate':
        'sum(rate(trading_orders_total{trading_order_status="filled"}[1h])) / sum(rate(trading_orders_total[1h]))',
    },
    note: '`canceled` is spelled with one l, as FIX does.',
  },
  {
    today: ['trading_orders_processed_total', 'trading_orders_filled', 'trading_orders_rejected'],
    labels: [],
    read: ['trading.orders'],
    queries: {
      processed: 'sum(trading_orders_total)',
      filled: 'sum(trading_orders_total{trading_order_status="filled"})',
      rejected: 'sum(trading_orders_total{trading_order_status="rejected"})',
    },
  },
  {
    today: ['execution_engine_orders_submitted_total'],
    labels: ['order_type', 'status', 'exchange'],
    read: ['trading.order.stage.duration'],
    queries: {
      'submissions by outcome': `sum by (trading_venue_name, trading_order_type, trading_order_stage_outcome) (rate(${stage}_count{trading_order_stage="submit"}[5m]))`,
    },
    mended:
      'Success or failure leaves no place for a time-out, which is neither: here its outcome is `unknown` until the venue tells.',
  },
  {
    today: ['execution_engine_order_rejections_total'],
    labels: ['rejection_reason', 'symbol'],
    read: ['trading.order.rejections'],
    queries: {
      'rejections by reason':
        'sum by (trading_instrument_symbol, trading_order_reject_reason) (rate(trading_order_rejections_total[5m]))',
    },
    mended:
      "The venue's text as a label makes a series of every message. Here the label is one of a fixed list of reasons; the text stands on the span of the order (`trading.order.text`).",
  },
  {
    today: ['volume_usd_total'],
    labels: ['exchange', 'symbol'],
    read: ['trading.execution.notional', 'trading.execution.volume'],
    queries: {
      'traded in an hour, in the quote currency':
        'sum by (trading_venue_name, trading_instrument_symbol) (delta(trading_execution_notional[1h]))',
      'the same in units of the instrument':
        'sum by (trading_venue_name, trading_instrument_symbol) (delta(trading_execution_volume[1h]))',
    },
    mended:
      'A counter cannot fall, and a busted execution has to come off again: both are up-down counters, read with `delta()`.',
    note: 'In the quote currency of the instrument: symbols with different quote currencies must not be added up.',
  },
  {
    today: ['order_latency_ms', 'trading_order_latency_ms'],
    labels: ['exchange', 'order_type'],
    read: ['trading.order.stage.duration'],
    queries: {
      'time to the first answer of the venue, p99': `histogram_quantile(0.99, sum by (le, trading_venue_name, trading_order_type) (rate(${stage}_bucket{trading_order_stage="ack"}[5m])))`,
      mean: `sum(rate(${stage}_sum{trading_order_stage="ack"}[5m])) / sum(rate(${stage}_count{trading_order_stage="ack"}[5m]))`,
    },
    mended:
      'Seconds instead of milliseconds, as Prometheus and OpenTelemetry have every duration: times 1000 gives the old figure.',
    note: 'If your figure was the time of the request alone, read the stage `submit`.',
  },
  {
    today: ['order_latency_seconds'],
    labels: ['symbol'],
    read: ['trading.order.stage.duration'],
    queries: {
      'time to the first answer of the venue, p99': `histogram_quantile(0.99, sum by (le, trading_venue_name) (rate(${stage}_bucket{trading_order_stage="ack"}[5m])))`,
    },
    note: 'By venue and order type, not by symbol: stages × buckets × symbols would be too many series. The time of one symbol stands on its traces (`trading.instrument.symbol` on the span `order.ack`).',
  },
  {
    today: ['execution_engine_order_submission_latency_us'],
    labels: ['exchange', 'order_type'],
    read: ['trading.order.stage.duration'],
    queries: {
      'time of the request, p99': `histogram_quantile(0.99, sum by (le, trading_venue_name, trading_order_type) (rate(${stage}_bucket{trading_order_stage="submit"}[5m])))`,
    },
    mended: 'Seconds instead of microseconds: times 1000000 gives the old figure.',
    note: 'The lowest bucket ends at 100 µs; a View gives narrower ones to a colocated desk.',
  },
  {
    today: ['execution_engine_api_call_latency_ms'],
    labels: ['endpoint', 'method', 'status_code'],
    read: ['trading.venue.request.duration', 'trading.order.stage.duration'],
    upstream: ['http.client.request.duration'],
    queries: {
      'requests to the venue, p95, by what they were for':
        'histogram_quantile(0.95, sum by (le, trading_venue_name, trading_venue_operation) (rate(trading_venue_request_duration_seconds_bucket[5m])))',
      'requests about orders, p95': `histogram_quantile(0.95, sum by (le, trading_venue_name, trading_order_stage) (rate(${stage}_bucket{trading_order_stage=~"submit|cancel|replace"}[5m])))`,
      'every HTTP request, p95':
        'histogram_quantile(0.95, sum by (le, server_address, http_request_method, http_response_status_code) (rate(http_client_request_duration_seconds_bucket[5m])))',
    },
    mended:
      'A path as a label makes a series of every id in it; here stands the operation (`fetchTicker`). Seconds instead of milliseconds.',
    note: 'The status code is on the HTTP instrumentation; a failed request carries the class of its error (`error_type`).',
  },
  {
    today: ['execution_engine_api_failures_total'],
    labels: ['endpoint', 'status_code', 'error_message'],
    read: [
      'trading.venue.request.duration',
      'trading.order.stage.duration',
      'trading.order.rejections',
      'trading.order.cancel_rejections',
    ],
    upstream: ['http.client.request.duration'],
    queries: {
      'requests to the venue that failed, by operation and class of error':
        'sum by (trading_venue_name, trading_venue_operation, error_type) (rate(trading_venue_request_duration_seconds_count{error_type!=""}[5m]))',
      'requests about orders that failed or were never answered': `sum by (trading_venue_name, trading_order_stage) (rate(${stage}_count{trading_order_stage_outcome=~"failed|unknown"}[5m]))`,
      'orders refused': 'sum by (trading_order_reject_reason) (rate(trading_order_rejections_total[5m]))',
      'cancels and replaces refused':
        'sum by (trading_order_stage, trading_order_cancel_reject_reason) (rate(trading_order_cancel_rejections_total[5m]))',
      'every HTTP request that failed':
        'sum by (server_address, http_response_status_code, error_type) (rate(http_client_request_duration_seconds_count{error_type!=""}[5m]))',
    },
    mended:
      'The error message as a label makes a series of every message; it stands on the span. A refusal is told apart from a failure: the first is an answer.',
  },
  {
    today: ['order_size'],
    labels: ['symbol'],
    read: ['trading.order.size'],
    queries: {
      'ordered quantity, median':
        'histogram_quantile(0.5, sum by (le, trading_instrument_symbol) (rate(trading_order_size_bucket[1h])))',
    },
  },
  {
    today: ['active orders'],
    labels: [],
    read: ['trading.order.active'],
    queries: { 'orders alive now': 'sum by (trading_venue_name) (trading_order_active)' },
    mended: 'Placed − filled − cancelled keeps a rejected order for ever. Here every order that is done leaves.',
  },
  {
    today: ['order lifecycle: created → sent → confirmed → executed'],
    labels: [],
    read: ['trading.order.stage.duration', 'trading.order.fill.delay', 'trading.order.lifetime'],
    queries: {
      'time of each stage, p95': `histogram_quantile(0.95, sum by (le, trading_order_stage) (rate(${stage}_bucket[5m])))`,
      'ack to first fill, p95':
        'histogram_quantile(0.95, sum by (le, trading_order_type) (rate(trading_order_fill_delay_seconds_bucket[5m])))',
      'submission to done, p95':
        'histogram_quantile(0.95, sum by (le, trading_order_status) (rate(trading_order_lifetime_seconds_bucket[1h])))',
    },
    note: 'One order with its stages and the slowest of them is its trace; `npx orderscope replay FILE` draws the same from a FIX log.',
  },
]

/** Every row, domain by domain. */
export const migration: readonly MigrationRow[] = [...orderMigration, ...venueMigration, ...accountMigration]
