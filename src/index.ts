/**
 * orderscope: the lifecycle of an order as metrics and as a trace.
 *
 * @packageDocumentation
 */

export type { AttributeDefinition, AttributeName } from './catalog/attributes.js'
export type { MetricDefinition, MetricKind, Requirement } from './catalog/metric-definition.js'
export type { MetricAttributesOf, MetricName } from './catalog/metrics.js'
export { defineAttributes, type OwnAttributes } from './catalog/own-definitions.js'
export type { SpanDefinition } from './catalog/spans.js'
export { sampledTraceRef as traceRef, type TraceRef } from './channel/trace-ref.js'
export {
  type AccountRecorder,
  type AccountType,
  type BalanceState,
  createAccountRecorder,
  type PositionState,
} from './desk/account.js'
export {
  createMarketDataRecorder,
  type MarketDataChannel,
  type MarketDataFeed,
  type MarketDataRecorder,
} from './desk/market-data.js'
export type { RecorderOptions } from './desk/recorder.js'
export { createVenueApiRecorder, type RateLimitState, type VenueApiRecorder } from './desk/venue-api.js'
export { createVenueStreamRecorder, type VenueStreamRecorder } from './desk/venue-streams.js'
export { type AnyInstrument, bind, CatalogInstruments } from './metrics/bind.js'
export { type DefinedMetrics, type DefineMetricsOptions, defineMetrics } from './metrics/define-metrics.js'
export type { BindOptions, BoundSeries } from './metrics/instruments.js'
export type { Attachments } from './order/attachments.js'
export type {
  AnomalyKind,
  CancelRejectReason,
  Decimalish,
  EventSource,
  Liquidity,
  Mode,
  OrderEvent,
  OrderOrigin,
  OrderStage,
  OrderStatus,
  OrderType,
  RejectReason,
  Side,
  StageOutcome,
  TimeInForce,
} from './order/event.js'
export { createOrderTracker, type OrderTracker, type OrderTrackerOptions } from './order/order-tracker.js'
export { extract, getOrderIds, inject, type OrderIds, setOrderIds } from './order/propagation.js'
export { measureRiskCheck, type RiskCheck, type RiskCheckFacts } from './order/risk-check.js'
export type { Anomaly, Effect, Execution, Order, OrderProjection, Transition } from './order/transition.js'
export { type DefinedSpan, type DefinedSpans, type DefineSpansOptions, defineSpans } from './spans/define-spans.js'
export type { TelemetryOptions } from './telemetry/settings-options.js'
export { startTelemetry } from './telemetry/start-telemetry.js'
export type { Telemetry } from './telemetry/telemetry.js'
export { VERSION } from './version.js'
