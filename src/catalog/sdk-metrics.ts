import type { MetricDefinition } from './metric-definition.js'

/**
 * The SDK's own health. Names and meanings of `otel.sdk.*` are upstream's
 * (https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/).
 */
const component = { 'otel.component.type': 'required', 'otel.component.name': 'required' } as const
const exporter = { ...component, 'server.address': 'recommended', 'server.port': 'recommended' } as const

export const sdkMetrics = {
  'otel.sdk.processor.span.processed': {
    kind: 'counter',
    unit: '{span}',
    brief: 'Spans that were handed to the exporter; those that found no room carry `error.type`.',
    integer: true,
    attributes: { ...component, 'error.type': 'recommended' },
  },
  'otel.sdk.exporter.span.inflight': {
    kind: 'up_down_counter',
    unit: '{span}',
    brief: 'Spans that were handed to the exporter and whose export has not ended, retries included.',
    integer: true,
    attributes: exporter,
  },
  'otel.sdk.exporter.span.exported': {
    kind: 'counter',
    unit: '{span}',
    brief: 'Spans whose export has ended, successful or not; a failed one carries `error.type`.',
    integer: true,
    attributes: { ...exporter, 'error.type': 'recommended' },
  },
  'otel.sdk.processor.log.processed': {
    kind: 'counter',
    unit: '{log_record}',
    brief: 'Log records that were handed to the exporter; those that found no room carry `error.type`.',
    integer: true,
    attributes: { ...component, 'error.type': 'recommended' },
  },
  'otel.sdk.exporter.log.inflight': {
    kind: 'up_down_counter',
    unit: '{log_record}',
    brief: 'Log records that were handed to the exporter and whose export has not ended, retries included.',
    integer: true,
    attributes: exporter,
  },
  'otel.sdk.exporter.log.exported': {
    kind: 'counter',
    unit: '{log_record}',
    brief: 'Log records whose export has ended, successful or not; a failed one carries `error.type`.',
    integer: true,
    attributes: { ...exporter, 'error.type': 'recommended' },
  },
  'otel.sdk.exporter.metric_data_point.inflight': {
    kind: 'up_down_counter',
    unit: '{data_point}',
    brief: 'Data points that were handed to the exporter and whose export has not ended, retries included.',
    integer: true,
    attributes: exporter,
  },
  'otel.sdk.exporter.metric_data_point.exported': {
    kind: 'counter',
    unit: '{data_point}',
    brief: 'Data points whose export by OTLP has ended, successful or not; a failed one carries `error.type`.',
    integer: true,
    attributes: { ...exporter, 'error.type': 'recommended' },
  },
  'otel.sdk.exporter.operation.duration': {
    kind: 'histogram',
    unit: 's',
    brief: 'Time from the first attempt of an export to its end, retries included; a failed one carries `error.type`.',
    attributes: { ...exporter, 'error.type': 'recommended' },
    buckets: [0.01, 0.1, 1, 10, 60],
  },
  'otel.sdk.metric_reader.collection.duration': {
    kind: 'histogram',
    unit: 's',
    brief: 'Time that a collection of all series took, observable instruments included, without its text or bytes.',
    attributes: component,
    buckets: [0.001, 0.01, 0.1, 1, 10],
  },
  'orderscope.dropped': {
    kind: 'counter',
    unit: '{item}',
    brief: 'Telemetry that was dropped, cut or refused, by reason and, of spans and log records, by lane.',
    integer: true,
    attributes: { 'orderscope.drop.reason': 'required', 'orderscope.lane': 'recommended' },
    note: 'What a collector refused for good stands here as `refused`, and by `error.type` in `otel.sdk.exporter.*.exported`.',
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
    brief: 'Callbacks of observable instruments that failed, by instrument and by how.',
    integer: true,
    attributes: { 'orderscope.instrument.name': 'required', 'error.type': 'required' },
    note: '`exception`: it threw. `timeout`: it had not answered in time; what it told last is shown on. `slow`: it held the loop for more than 0.1 s.',
  },
  'orderscope.instrument.series': {
    kind: 'gauge',
    unit: '{series}',
    brief: 'Series of an instrument that has used three quarters of its limit or more.',
    integer: true,
    attributes: { 'orderscope.instrument.name': 'required' },
    note: 'Measurements beyond the limit go to one series with `otel.metric.overflow`. Look at which attributes of the instrument are identifiers.',
  },
  'orderscope.thread.starts': {
    kind: 'gauge',
    unit: '{start}',
    brief: 'Starts of the telemetry thread; more than one says that it died.',
    integer: true,
    attributes: {},
  },
} as const satisfies Record<string, MetricDefinition>
