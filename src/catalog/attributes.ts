/**
 * Every attribute that a metric, a span, a log record or a span event of ours carries, once.
 * Metrics may use only attributes whose `metricLabel` says so: an identifier or a free text as a label
 * makes a new series for every order (https://prometheus.io/docs/practices/naming/#labels).
 */

/** One attribute of the catalog. */
export interface AttributeDefinition {
  readonly type: 'string' | 'int' | 'double' | 'boolean'
  /** One sentence on what the value means. */
  readonly brief: string
  /** The values there are; absent where the set is open. */
  readonly values?: readonly string[]
  /**
   * `yes`: a small closed set; `capped`: an open set that the series cap bounds; `never`: identifiers,
   * quantities, prices and free text.
   */
  readonly metricLabel: 'yes' | 'capped' | 'never'
  /** FIX tag that carries the same fact (https://www.fixtrading.org/online-specification/). */
  readonly fix?: number
}

/** FIX Side (54). */
export const sides = ['buy', 'sell', 'sell_short', 'sell_short_exempt', 'cross', 'undisclosed'] as const

/** FIX OrdType (40), as far as venues for which there is a client use it. */
export const orderTypes = [
  'market',
  'limit',
  'stop',
  'stop_limit',
  'market_on_close',
  'limit_on_close',
  'market_if_touched',
  'limit_if_touched',
  'market_to_limit',
  'trailing_stop',
  'pegged',
  'other',
] as const

/** FIX TimeInForce (59). */
export const timesInForce = ['day', 'gtc', 'opg', 'ioc', 'fok', 'gtx', 'gtd', 'atc'] as const

/**
 * FIX OrdStatus (39), plus `unknown`: a request whose outcome nobody has told yet
 * (a time-out is not a reject).
 */
export const orderStatuses = [
  'pending_new',
  'new',
  'partially_filled',
  'filled',
  'done_for_day',
  'canceled',
  'replaced',
  'pending_cancel',
  'pending_replace',
  'stopped',
  'rejected',
  'suspended',
  'calculated',
  'expired',
  'accepted_for_bidding',
  'unknown',
] as const

/** Stages of an order whose duration is measured, each a span named `order.<stage>`. */
export const orderStages = ['risk_check', 'submit', 'ack', 'fill', 'cancel', 'replace'] as const

/** How a stage ended. */
export const stageOutcomes = ['ok', 'rejected', 'failed', 'unknown'] as const

/** Why a venue, or the desk's own risk check, refused an order: FIX OrdRejReason (103) and what crypto venues add. */
export const rejectReasons = [
  'unknown_symbol',
  'exchange_closed',
  'exceeds_limit',
  'too_late',
  'unknown_order',
  'duplicate_order',
  'stale_order',
  'invalid_quantity',
  'invalid_price',
  'invalid_order',
  'price_band',
  'insufficient_funds',
  'post_only',
  'rate_limited',
  'permission',
  'risk_limit',
  'self_trade',
  'not_supported',
  'other',
] as const

/** Why a venue refused a cancel or a replace: FIX CxlRejReason (102). */
export const cancelRejectReasons = [
  'too_late',
  'unknown_order',
  'broker_option',
  'already_pending',
  'duplicate_client_id',
  'price_band',
  'other',
] as const

/** Who told us. */
export const eventSources = ['request', 'stream', 'reconciliation', 'inferred'] as const

/** Who made the order: this process, another client of the account, or the venue itself (liquidation, auto-deleveraging). */
export const orderOrigins = ['own', 'external', 'venue'] as const

/** What an execution did to the quantities. */
export const executionTypes = ['trade', 'correct', 'bust'] as const

/** FIX LastLiquidityInd (851). */
export const liquidities = ['maker', 'taker', 'auction', 'unknown'] as const

/** What doesn't fit the order's table; each is counted and shown, none is thrown. */
export const anomalyKinds = [
  'invalid_event',
  'unknown_order',
  'duplicate_client_id',
  'duplicate_execution',
  'execution_mismatch',
  'unknown_execution',
  'overfill',
  'fill_before_ack',
  'implied_ack',
  'late_fill',
  'late_ack',
  'illegal_transition',
  'time_inversion',
  'status_mismatch',
  'quantity_mismatch',
  'price_mismatch',
  'tracker_overflow',
] as const

/** Where a venue counts requests, or its client does, and turns them away. */
export const banKinds = ['rate_limit', 'ban'] as const

/** Kinds of market data. */
export const marketDataChannels = [
  'ticker',
  'bids_asks',
  'mark_price',
  'order_book',
  'trades',
  'ohlcv',
  'funding_rate',
  'liquidations',
  'other',
] as const

/** What a message of market data brought: news, the same again, or nothing. Only news are useful. */
export const marketDataContents = ['update', 'duplicate', 'empty'] as const

/** What can't be right about a message of market data: a venue's time ahead of ours, or more than a day away. */
export const marketDataAnomalyKinds = ['future_time', 'implausible_time'] as const

/** Kinds of accounts at a venue; `other` for what isn't listed. */
export const accountTypes = [
  'spot',
  'margin',
  'swap',
  'future',
  'option',
  'funding',
  'earn',
  'unified',
  'other',
] as const

/** Parts of a balance: at disposal, bound in orders or positions, both. */
export const balanceKinds = ['free', 'used', 'total'] as const

/** Sides of a position. */
export const positionSides = ['long', 'short'] as const

export const modes = ['live', 'paper', 'backtest'] as const

export const attributes = {
  'trading.venue.name': {
    type: 'string',
    brief: 'The venue, in lower case, as its client names it (`binance`).',
    metricLabel: 'yes',
    fix: 207,
  },
  'trading.venue.mic': { type: 'string', brief: 'ISO 10383 market identifier code.', metricLabel: 'yes', fix: 207 },
  'trading.venue.operation': {
    type: 'string',
    brief: 'What a call is for, as the client names it (`fetchTicker`): never a path; `other` beyond the first 500.',
    metricLabel: 'capped',
  },
  'trading.venue.rate_limit.name': {
    type: 'string',
    brief: "The limit: what is counted and in which time (`weight_1m`, `orders_10s`); `client_1m` is the client's own.",
    metricLabel: 'capped',
  },
  'trading.venue.ban.kind': {
    type: 'string',
    brief: 'A limit was hit (429), or the address or key is shut out for a while (418).',
    values: banKinds,
    metricLabel: 'yes',
  },
  'trading.market_data.channel': {
    type: 'string',
    brief: 'Kind of market data.',
    values: marketDataChannels,
    metricLabel: 'yes',
  },
  'trading.market_data.content': {
    type: 'string',
    brief: 'What the message brought; only an update is useful data.',
    values: marketDataContents,
    metricLabel: 'yes',
  },
  'trading.market_data.anomaly.kind': {
    type: 'string',
    brief: "What can't be right about the message.",
    values: marketDataAnomalyKinds,
    metricLabel: 'yes',
  },
  'trading.asset.code': {
    type: 'string',
    brief: 'The currency or coin, as the application names it (`USDT`).',
    metricLabel: 'capped',
    fix: 15,
  },
  'trading.account.type': {
    type: 'string',
    brief: 'Kind of account at the venue.',
    values: accountTypes,
    metricLabel: 'yes',
  },
  'trading.balance.kind': {
    type: 'string',
    brief: 'Part of the balance.',
    values: balanceKinds,
    metricLabel: 'yes',
  },
  'trading.position.side': {
    type: 'string',
    brief: 'Side of the position.',
    values: positionSides,
    metricLabel: 'yes',
  },
  'trading.instrument.symbol': {
    type: 'string',
    brief: 'The instrument, as the application names it (`BTC/USDT`).',
    metricLabel: 'capped',
    fix: 55,
  },
  'trading.strategy.name': { type: 'string', brief: 'The strategy that wanted the order.', metricLabel: 'capped' },
  'trading.mode': {
    type: 'string',
    brief: 'Whether money is at stake.',
    values: modes,
    metricLabel: 'yes',
  },
  'trading.account.id': {
    type: 'string',
    brief: 'The account, hashed (SHA-256, first 16 hexadecimal digits).',
    metricLabel: 'never',
    fix: 1,
  },
  'trading.order.client_id': { type: 'string', brief: "The client's order id.", metricLabel: 'never', fix: 11 },
  'trading.order.original_client_id': {
    type: 'string',
    brief: 'The client id that a cancel or replace refers to.',
    metricLabel: 'never',
    fix: 41,
  },
  'trading.order.id': { type: 'string', brief: "The venue's order id.", metricLabel: 'never', fix: 37 },
  'trading.order.parent_id': {
    type: 'string',
    brief: 'The order that this one is a slice of.',
    metricLabel: 'never',
    fix: 583,
  },
  'trading.order.root_id': {
    type: 'string',
    brief: 'The first client id of a chain of replaces: one key for the whole life of the order.',
    metricLabel: 'never',
  },
  'trading.order.side': { type: 'string', brief: 'Side of the order.', values: sides, metricLabel: 'yes', fix: 54 },
  'trading.order.type': {
    type: 'string',
    brief: 'Type of the order.',
    values: orderTypes,
    metricLabel: 'yes',
    fix: 40,
  },
  'trading.order.time_in_force': {
    type: 'string',
    brief: 'How long the order is good for.',
    values: timesInForce,
    metricLabel: 'yes',
    fix: 59,
  },
  'trading.order.status': {
    type: 'string',
    brief: 'Status of the order.',
    values: orderStatuses,
    metricLabel: 'yes',
    fix: 39,
  },
  'trading.order.stage': { type: 'string', brief: 'Stage of the order.', values: orderStages, metricLabel: 'yes' },
  'trading.order.stage_outcome': {
    type: 'string',
    brief: 'How the stage ended; `unknown` when nobody told.',
    values: stageOutcomes,
    metricLabel: 'yes',
  },
  'trading.order.ack.implied': {
    type: 'boolean',
    brief: 'The venue never told the ack; a fill implied it, so its latency is not measured.',
    metricLabel: 'never',
  },
  'trading.order.origin': { type: 'string', brief: 'Who made the order.', values: orderOrigins, metricLabel: 'yes' },
  'trading.order.quantity': { type: 'string', brief: 'Ordered quantity, decimal.', metricLabel: 'never', fix: 38 },
  'trading.order.price': { type: 'string', brief: 'Limit price, decimal.', metricLabel: 'never', fix: 44 },
  'trading.order.cumulative_quantity': {
    type: 'string',
    brief: 'Quantity executed so far, decimal.',
    metricLabel: 'never',
    fix: 14,
  },
  'trading.order.leaves_quantity': {
    type: 'string',
    brief: 'Quantity still open, decimal.',
    metricLabel: 'never',
    fix: 151,
  },
  'trading.order.average_price': {
    type: 'string',
    brief: 'Average price of what was executed, decimal.',
    metricLabel: 'never',
    fix: 6,
  },
  'trading.order.reject.reason': {
    type: 'string',
    brief: 'Why the order was refused; the text of the venue stands on the span.',
    values: rejectReasons,
    metricLabel: 'yes',
    fix: 103,
  },
  'trading.order.cancel_reject.reason': {
    type: 'string',
    brief: 'Why a cancel or replace was refused.',
    values: cancelRejectReasons,
    metricLabel: 'yes',
    fix: 102,
  },
  'trading.order.anomaly.kind': {
    type: 'string',
    brief: "What didn't fit the order's table.",
    values: anomalyKinds,
    metricLabel: 'yes',
  },
  'trading.order.text': { type: 'string', brief: "The venue's free text.", metricLabel: 'never', fix: 58 },
  'trading.execution.id': { type: 'string', brief: "The venue's execution id.", metricLabel: 'never', fix: 17 },
  'trading.execution.ref_id': {
    type: 'string',
    brief: 'The execution that is corrected or busted.',
    metricLabel: 'never',
    fix: 19,
  },
  'trading.execution.type': {
    type: 'string',
    brief: 'What the execution did to the quantities.',
    values: executionTypes,
    metricLabel: 'yes',
    fix: 150,
  },
  'trading.execution.quantity': {
    type: 'string',
    brief: 'Quantity of this execution, decimal.',
    metricLabel: 'never',
    fix: 32,
  },
  'trading.execution.price': {
    type: 'string',
    brief: 'Price of this execution, decimal.',
    metricLabel: 'never',
    fix: 31,
  },
  'trading.execution.liquidity': {
    type: 'string',
    brief: 'Whether the execution made or took liquidity.',
    values: liquidities,
    metricLabel: 'yes',
    fix: 851,
  },
  'trading.event.source': { type: 'string', brief: 'Who told of the event.', values: eventSources, metricLabel: 'yes' },
  'error.type': { type: 'string', brief: 'Class of the error (OpenTelemetry).', metricLabel: 'yes' },
  'thread.id': {
    type: 'int',
    brief: "Number of the application's worker thread; absent on the main thread.",
    metricLabel: 'yes',
  },
  'otel.component.type': {
    type: 'string',
    brief: 'Kind of SDK component (`otlp_http_span_exporter`).',
    metricLabel: 'yes',
  },
  'otel.component.name': { type: 'string', brief: 'Name of the SDK component.', metricLabel: 'yes' },
  'server.address': {
    type: 'string',
    brief: 'Host of the collector that an exporter sends to (OpenTelemetry).',
    metricLabel: 'yes',
  },
  'server.port': { type: 'int', brief: 'Port of it (OpenTelemetry).', metricLabel: 'yes' },
  'otel.metric.overflow': {
    type: 'boolean',
    brief: 'The series that takes what is beyond the series limit.',
    metricLabel: 'yes',
  },
  'orderscope.drop.reason': { type: 'string', brief: 'Why telemetry was dropped or cut.', metricLabel: 'yes' },
  'orderscope.lane': {
    type: 'string',
    brief: 'Lane of spans and log records.',
    values: ['orders', 'other'],
    metricLabel: 'yes',
  },
  'orderscope.instrument.name': {
    type: 'string',
    brief: 'Name of an instrument whose callback failed, or that has many series.',
    metricLabel: 'capped',
  },
} as const satisfies Record<string, AttributeDefinition>

/** Name of an attribute of the catalog. */
export type AttributeName = keyof typeof attributes

/** The values that an attribute may have: its list where it has one, else by its type. */
export type AttributeValueOf<Name extends AttributeName> = (typeof attributes)[Name] extends {
  readonly values: readonly (infer Value)[]
}
  ? Value
  : (typeof attributes)[Name]['type'] extends 'string'
    ? string
    : (typeof attributes)[Name]['type'] extends 'boolean'
      ? boolean
      : number
