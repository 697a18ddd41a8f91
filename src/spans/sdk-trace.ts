/*
 * The only file that imports `@opentelemetry/sdk-trace-node`: OpenTelemetry's 3.x line has `sdk-trace` in its place.
 */

export {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ConsoleSpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
