import type { MigrationRow } from './migration-row.js'

const request = 'trading_venue_request_duration_seconds'
const lag = 'trading_market_data_lag_seconds'
const processing = 'trading_market_data_processing_duration_seconds'

/** Exchange connectivity, and market data as it comes in: "if you have … today, read …". */
export const venueMigration: readonly MigrationRow[] = [
  {
    today: ['exchange_connection_status', 'trading_ws_connection_status', 'trading_connected'],
    labels: ['exchange'],
    read: ['trading.stream.connections', 'trading.market_data.staleness'],
    queries: {
      'connected, 1 or 0': 'sum by (trading_venue_name) (trading_stream_connections) > bool 0',
      'data that comes in, 1 or 0': 'max by (trading_venue_name) (trading_market_data_staleness_seconds) < bool 10',
    },
    mended:
      'An open socket says little: data may have stopped while heartbeats go on. The second query asks for useful data.',
  },
  {
    today: ['trading_active_connections'],
    labels: [],
    read: ['trading.stream.connections'],
    queries: { 'open connections': 'sum(trading_stream_connections)' },
  },
  {
    today: ['trading_ws_connections_total', 'trading_ws_disconnections_total', 'trading_ws_reconnects_total'],
    labels: [],
    read: ['trading.stream.connects', 'trading.stream.disconnects', 'trading.stream.reconnects'],
    queries: {
      connections: 'sum by (trading_venue_name) (increase(trading_stream_connects_total[1h]))',
      'lost connections': 'sum by (trading_venue_name, error_type) (increase(trading_stream_disconnects_total[1h]))',
      reconnections: 'sum by (trading_venue_name) (increase(trading_stream_reconnects_total[1h]))',
    },
    note: 'A lost connection is counted once, however many subscriptions it carried; closing one is no loss.',
  },
  {
    today: ['market_data_websocket_connection_failures_total'],
    labels: ['exchange', 'error_type'],
    read: ['trading.stream.connect.failures'],
    queries: {
      'connections that failed':
        'sum by (trading_venue_name, error_type) (increase(trading_stream_connect_failures_total[1h]))',
    },
    note: "`error_type` is one of ccxt's classes of errors.",
  },
  {
    today: ['exchange_response_time_ms'],
    labels: ['exchange', 'endpoint'],
    read: ['trading.venue.request.duration'],
    queries: {
      'response time, p95': `histogram_quantile(0.95, sum by (le, trading_venue_name, trading_venue_operation) (rate(${request}_bucket[5m])))`,
      mean: `sum by (trading_venue_name) (rate(${request}_sum[5m])) / sum by (trading_venue_name) (rate(${request}_count[5m]))`,
    },
    mended:
      'Seconds instead of milliseconds: times 1000 gives the old figure. Instead of the endpoint stands the operation (`fetchTicker`), of which there are few.',
    note: "Without the wait for the client's own rate limiter, which is `trading_venue_throttle_duration_seconds`.",
  },
  {
    today: ['rate_limit_usage'],
    labels: ['exchange'],
    read: ['trading.venue.rate_limit.utilization', 'trading.venue.bans'],
    queries: {
      'share that is used, 0 to 1':
        'max by (trading_venue_name, trading_venue_rate_limit_name) (trading_venue_rate_limit_utilization_ratio)',
      'requests turned away':
        'sum by (trading_venue_name, trading_venue_ban_kind) (increase(trading_venue_bans_total[5m]))',
    },
    note: "A venue has several limits: each is a series of its own, and the client's own limiter is one (`client_1m`).",
  },
  {
    today: ['errors_total', 'trading_errors_total'],
    labels: ['exchange', 'error_type'],
    read: ['trading.venue.errors'],
    queries: {
      'errors by class': 'sum by (trading_venue_name, error_type) (rate(trading_venue_errors_total[5m]))',
    },
    mended: 'It is wired: every error that the application gets from ccxt is in it, once.',
  },
  {
    today: ['heartbeat: last message time'],
    labels: [],
    read: ['trading.stream.staleness', 'trading.market_data.staleness'],
    queries: {
      'seconds since the last message': 'max by (trading_venue_name) (trading_stream_staleness_seconds)',
      'seconds since the last useful data':
        'max by (trading_venue_name, trading_market_data_channel, trading_instrument_symbol) (trading_market_data_staleness_seconds)',
      'degraded, over 10 s': 'max by (trading_venue_name) (trading_market_data_staleness_seconds) > 10',
      'unhealthy, over 30 s': 'max by (trading_venue_name) (trading_market_data_staleness_seconds) > 30',
    },
    mended:
      'A heartbeat shows that the socket lives, not that data comes: repeated and empty messages keep nothing fresh.',
  },
  {
    today: ['trading_ticks_received_total', 'trading_ticks_processed_total'],
    labels: [],
    read: ['trading.market_data.messages', 'trading.market_data.processing.duration'],
    queries: {
      'received per second': 'sum by (trading_venue_name) (rate(trading_market_data_messages_total[1m]))',
      'processed per second': `sum by (trading_venue_name) (rate(${processing}_count[1m]))`,
    },
    note: 'A message about several instruments is received once for each and processed once.',
  },
  {
    today: ['market_data_messages_processed_total', 'websocket_messages_total'],
    labels: ['message_type/channel', 'symbol', 'exchange'],
    read: ['trading.market_data.messages', 'trading.stream.messages'],
    queries: {
      'messages by channel and instrument':
        'sum by (trading_venue_name, trading_market_data_channel, trading_instrument_symbol) (rate(trading_market_data_messages_total[5m]))',
      'every message, heartbeats and answers too':
        'sum by (trading_venue_name) (rate(trading_stream_messages_total[5m]))',
    },
  },
  {
    today: ['market_data_websocket_latency_us', 'market_data_orderbook_update_latency_us'],
    labels: ['exchange', 'message_type', 'symbol', 'update_type'],
    read: ['trading.market_data.processing.duration'],
    queries: {
      'time to process a message, p99': `histogram_quantile(0.99, sum by (le, trading_venue_name, trading_market_data_channel) (rate(${processing}_bucket[5m])))`,
      'of an update of a book': `histogram_quantile(0.99, sum by (le, trading_venue_name) (rate(${processing}_bucket{trading_market_data_channel="order_book"}[5m])))`,
    },
    mended: 'Seconds instead of microseconds: times 1000000 gives the old figure.',
    note: 'By channel, not by symbol: channels × buckets × symbols would be too many series.',
  },
  {
    today: ['market_data_lag_seconds'],
    labels: ['symbol'],
    read: ['trading.market_data.lag'],
    queries: {
      'local − venue time, p99': `histogram_quantile(0.99, sum by (le, trading_venue_name, trading_market_data_channel) (rate(${lag}_bucket[5m])))`,
      mean: `sum by (trading_venue_name) (rate(${lag}_sum[5m])) / sum by (trading_venue_name) (rate(${lag}_count[5m]))`,
    },
    mended: 'A gauge shows the lag of one message in each scrape; the worst ones stand in the buckets.',
    note: 'By channel, not by symbol. Negative values are kept: the clock of the venue is ahead.',
  },
]
