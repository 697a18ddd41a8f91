export { createInMemoryTelemetry, type InMemoryTelemetry, type InMemoryTelemetryOptions } from './in-memory.js'
export {
  type AnomalyKind,
  expectOrderTrace,
  type OrderExpectation,
  OrderExpectationError,
  type OrderStage,
  type OrderStatus,
} from './order-expectation.js'
export {
  createOtlpSink,
  type OtlpSink,
  type OtlpSinkOptions,
  type SinkAnswer,
  type SinkRecords,
  type SinkRequest,
} from './otlp-sink.js'
export type {
  AttributeValue,
  PlainAttributes,
  ReceivedExemplar,
  ReceivedLog,
  ReceivedMetric,
  ReceivedPoint,
  ReceivedScope,
  ReceivedSpan,
} from './received.js'
