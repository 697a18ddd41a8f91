import {
  type Attributes,
  type Context,
  context,
  type Meter,
  type MeterProvider,
  metrics,
  propagation,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { type LoggerProvider, logs } from '@opentelemetry/api-logs'
import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import { otlpMessage } from '../../src/channel/otlp-schema.js'
import { decodeMessage } from '../../src/channel/protobuf-reader.js'
import { type AnyInstrument, bind } from '../../src/metrics/bind.js'
import type { BoundSeries } from '../../src/metrics/instruments.js'
import { createInMemoryTelemetry } from '../../src/testing/index.js'
import {
  type ReceivedLog,
  type ReceivedMetric,
  type ReceivedSpan,
  readLogs,
  readMetrics,
  readSpans,
} from '../../src/testing/received.js'

/** What a program left, read from the bytes of OTLP. */
export interface Telemetry {
  readonly metrics: readonly ReceivedMetric[]
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
}

/** One measurement, by the way that is tried. */
export type Measure = (instrument: AnyInstrument, value: number, attributes: Attributes) => void

/** Providers, and how a program is to use them. */
export interface Way {
  readonly meterProvider: MeterProvider
  readonly tracerProvider: TracerProvider
  readonly loggerProvider: LoggerProvider
  readonly measure: Measure
  collect(): Promise<Telemetry>
  end(): Promise<void>
}

const resource = { 'service.name': 'conformance', 'deployment.environment.name': 'test' }

/** Handles, bound once for each set of attributes. */
function boundMeasure(): Measure {
  const handles = new Map<AnyInstrument, Map<string, BoundSeries>>()
  return (instrument, value, attributes) => {
    const ofInstrument = handles.get(instrument) ?? new Map<string, BoundSeries>()
    handles.set(instrument, ofInstrument)
    const key = JSON.stringify(Object.entries(attributes))
    const handle = ofInstrument.get(key) ?? bind(instrument, attributes, { ambientSpan: true })
    ofInstrument.set(key, handle)
    handle.add(value)
  }
}

const plainMeasure: Measure = (instrument, value, attributes) => {
  if ('add' in instrument && isCounter(instrument)) instrument.add(value, attributes)
  else (instrument as { record(value: number, attributes: Attributes): void }).record(value, attributes)
}

/** Our instruments have both methods; a program knows what it made. */
const counters = new WeakSet<object>()
function isCounter(instrument: AnyInstrument): instrument is Extract<AnyInstrument, { add: unknown }> {
  return counters.has(instrument)
}

/** Notes an instrument to which is added. */
export function counted<Instrument extends AnyInstrument>(instrument: Instrument): Instrument {
  counters.add(instrument)
  return instrument
}

/** Nothing but the API of a provider: no short way is found through it. */
function onlyTheApi(meterProvider: MeterProvider): MeterProvider {
  const plain = (instrument: AnyInstrument) => ({
    add: (value: number, attributes?: Attributes, at?: Context) =>
      (instrument as unknown as { add: (...args: unknown[]) => void }).add(value, attributes, at),
    record: (value: number, attributes?: Attributes, at?: Context) =>
      (instrument as unknown as { record: (...args: unknown[]) => void }).record(value, attributes, at),
  })
  return {
    getMeter: (...args) => {
      const meter = meterProvider.getMeter(...args)
      return new Proxy(meter, {
        get(target, name) {
          const method = Reflect.get(target, name) as (...args: unknown[]) => unknown
          if (!/^create(Counter|UpDownCounter|Histogram|Gauge)$/.test(String(name))) return method.bind(target)
          return (...options: unknown[]) => plain(method.apply(target, options) as AnyInstrument)
        },
      }) as Meter
    },
  }
}

async function ours(isShort: boolean): Promise<Way> {
  const telemetry = createInMemoryTelemetry({ resource, global: true })
  const { meterProvider, tracerProvider, loggerProvider } = telemetry
  return {
    meterProvider: isShort ? meterProvider : onlyTheApi(meterProvider),
    tracerProvider: isShort ? tracerProvider : { getTracer: (...args) => tracerProvider.getTracer(...args) },
    loggerProvider: (isShort
      ? loggerProvider
      : {
          getLogger: (...args: Parameters<LoggerProvider['getLogger']>) => loggerProvider.getLogger(...args),
        }) as LoggerProvider,
    measure: isShort ? boundMeasure() : plainMeasure,
    collect: async () => ({
      metrics: await telemetry.collectMetrics(),
      spans: [...telemetry.spans],
      logs: [...telemetry.logs],
    }),
    end: () => telemetry.shutdown(),
  }
}

/** A NodeSDK of the application's own. */
async function foreign(measure: Measure): Promise<Way> {
  const spans = new InMemorySpanExporter()
  const records = new InMemoryLogRecordExporter()
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 })
  const sdk = new NodeSDK({
    resource: resourceFromAttributes(resource),
    autoDetectResources: false,
    instrumentations: [],
    // as that of ours here
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new SimpleSpanProcessor(spans)],
    logRecordProcessors: [new SimpleLogRecordProcessor({ exporter: records })],
    metricReaders: [reader],
  })
  sdk.start()
  return {
    meterProvider: metrics.getMeterProvider(),
    tracerProvider: trace.getTracerProvider(),
    loggerProvider: logs.getLoggerProvider(),
    measure,
    async collect() {
      await reader.forceFlush()
      const collected = points.getMetrics().at(-1)
      await new Promise(setImmediate)
      const bytes = {
        spans: ProtobufTraceSerializer.serializeRequest(spans.getFinishedSpans()),
        logs: ProtobufLogsSerializer.serializeRequest(records.getFinishedLogRecords()),
        metrics: collected && ProtobufMetricsSerializer.serializeRequest(collected),
      }
      return {
        spans: readSpans(decodeMessage(bytes.spans!, otlpMessage('ExportTraceServiceRequest'))),
        logs: readLogs(decodeMessage(bytes.logs!, otlpMessage('ExportLogsServiceRequest'))),
        metrics:
          bytes.metrics === undefined
            ? []
            : readMetrics(decodeMessage(bytes.metrics, otlpMessage('ExportMetricsServiceRequest'))),
      }
    },
    async end() {
      await sdk.shutdown()
      for (const api of [trace, metrics, logs, context, propagation]) api.disable()
    },
  }
}

/** Every way in which the same program may be measured. */
export const ways = {
  'bound handles, the short way of spans': () => ours(true),
  'the plain API on our providers': () => ours(false),
  "a NodeSDK of the application's, by the plain API": () => foreign(plainMeasure),
  "a NodeSDK of the application's, by bound handles": () => foreign(boundMeasure()),
} as const
