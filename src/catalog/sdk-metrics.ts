import type { MetricDefinition } from './metric-definition.js'

/**
 * The SDK's own health. Names and meanings of `otel.sdk.*` are upstream's
 * (https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/).
 */
export const sdkMetrics = {
  'otel.sdk.exporter.span.exported': {
    kind: 'counter',
    unit: '{span}',
    brief: 'Spans whose export has ended, successful or not; a failed one carries `error.type`.',
    integer: true,
    attributes: { 'otel.component.type': 'required', 'otel.component.name': 'required', 'error.type': 'recommended' },
  },
  'otel.sdk.exporter.log.exported': {
    kind: 'counter',
    unit: '{log_record}',
    brief: 'Log records whose export has ended, successful or not; a failed one carries `error.type`.',
    integer: true,
    attributes: { 'otel.component.type': 'required', 'otel.component.name': 'required', 'error.type': 'recommended' },
  },
  'otel.sdk.exporter.metric_data_point.exported': {
    kind: 'counter',
    unit: '{data_point}',
    brief: 'Data points whose export by OTLP has ended, successful or not; a failed one carries `error.type`.',
    integer: true,
    attributes: { 'otel.component.type': 'required', 'otel.component.name': 'required', 'error.type': 'recommended' },
  },
  'orderscope.dropped': {
    kind: 'counter',
    unit: '{item}',
    brief: 'Telemetry that was dropped or cut before it could be exported, by reason.',
    integer: true,
    attributes: { 'orderscope.drop.reason': 'required' },
  },
  'orderscope.ring.size': {
    kind: 'gauge',
    unit: 'By',
    brief: 'Bytes of spans and log records that wait for a collector, by lane.',
    integer: true,
    attributes: { 'orderscope.lane': 'required' },
  },
  'orderscope.ring.capacity': {
    kind: 'gauge',
    unit: 'By',
    brief: 'Bytes of spans and log records that a lane can hold.',
    integer: true,
    attributes: { 'orderscope.lane': 'required' },
  },
  'orderscope.loop.age': {
    kind: 'gauge',
    unit: 's',
    brief: "Time since the application's event loop last turned.",
    attributes: {},
  },
  'orderscope.observation.age': {
    kind: 'gauge',
    unit: 's',
    brief: 'Age of what observable instruments told last; it grows while the loop hangs or a callback never answers.',
    attributes: {},
  },
  'orderscope.observation.failures': {
    kind: 'counter',
    unit: '{failure}',
    brief: 'Callbacks of observable instruments that threw, by instrument.',
    integer: true,
    attributes: { 'orderscope.instrument.name': 'required' },
  },
  'orderscope.thread.starts': {
    kind: 'gauge',
    unit: '{start}',
    brief: 'Starts of the telemetry thread; more than one says that it died.',
    integer: true,
    attributes: {},
  },
} as const satisfies Record<string, MetricDefinition>
