import { context, metrics as metricsApi, propagation, trace } from '@opentelemetry/api'
import { type LoggerProvider as ApiLoggerProvider, logs as logsApi } from '@opentelemetry/api-logs'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import type { ViewOptions } from '@opentelemetry/sdk-metrics'
import { type Frame, RingReader } from '../channel/byte-ring.js'
import { setCurrentWriter } from '../channel/current-writer.js'
import { frameKinds, rings } from '../channel/lanes.js'
import type { WriterMessage } from '../channel/messages.js'
import { otlpMessage } from '../channel/otlp-schema.js'
import { decodeMessage } from '../channel/protobuf-reader.js'
import { setRecordSink } from '../channel/record-sink.js'
import { ChannelWriter } from '../channel/writer.js'
import { Observation } from '../export/observation.js'
import { MetricsEncoder } from '../export/otlp/metrics-encoder.js'
import { SeriesEnds } from '../export/series-ends.js'
import { SeriesProducer } from '../export/series-producer.js'
import { WriterState } from '../export/writer-state.js'
import { RingLogProcessor } from '../log/ring-log-processor.js'
import { SharedMeterProvider } from '../metrics/meter-provider.js'
import { noteProviderChange } from '../metrics/provider-epoch.js'
import { DEFAULT_VALUE_LENGTH } from '../spans/record-limits.js'
import type { NodeTracerProvider } from '../spans/sdk-trace.js'
import { SpanSink } from '../spans/span-sink.js'
import { createTracerProvider } from '../telemetry/tracer-provider.js'
import {
  type ReceivedLog,
  type ReceivedMetric,
  type ReceivedSpan,
  readLogs,
  readMetrics,
  readSpans,
} from './received.js'

/** Settings of an in-memory set-up. */
export interface InMemoryTelemetryOptions {
  /** Attributes of the resource; `service.name` is `test` unless it is named. */
  readonly resource?: Readonly<Record<string, string | number | boolean>>
  readonly views?: readonly ViewOptions[]
  /** Makes its providers the global ones until `shutdown`. */
  readonly global?: boolean
}

/** Telemetry that stays in the process: what an application records, readable at once. */
export interface InMemoryTelemetry {
  readonly meterProvider: SharedMeterProvider
  readonly tracerProvider: NodeTracerProvider
  readonly loggerProvider: LoggerProvider
  /** The spans that have ended, in the order of their ends; those of orders and failed ones before the rest. */
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
  /** All metrics as they are now; observable instruments are asked. */
  collectMetrics(): Promise<ReceivedMetric[]>
  /** Forgets the spans and log records so far; metrics are cumulative and stay. */
  clear(): void
  shutdown(): Promise<void>
}

const RING_BYTES = 32 << 20
const EVERYTHING = Number.POSITIVE_INFINITY

/**
 * Telemetry for tests, without threads, ports or waiting. What is read went through the same memory and the same
 * bytes as in production.
 *
 * @example
 * const telemetry = createInMemoryTelemetry()
 * const { meterProvider, tracerProvider } = telemetry
 * const orders = createOrderTracker({ venue: { name: 'kraken' }, meterProvider, tracerProvider })
 * orders.apply({ type: 'submit', clientId: 'a-1', symbol: 'BTC/USD', side: 'buy', orderType: 'limit', quantity: '1', price: '2' })
 * orders.close()
 * expectOrderTrace(telemetry, { clientId: 'a-1' }).toHaveNoAnomalies()
 */
export function createInMemoryTelemetry(options: InMemoryTelemetryOptions = {}): InMemoryTelemetry {
  const resource = { 'service.name': 'test', ...options.resource }
  const writer = new ChannelWriter({ id: 0, ringBytes: RING_BYTES, startTime: Date.now() })
  const flush = async () => {}
  const meterProvider = new SharedMeterProvider(writer, { views: options.views ?? [] })
  const tracerProvider = createTracerProvider(
    {
      exporters: { traces: ['otlp'], metrics: [], logs: [] },
      sampler: { name: 'always_on', ratio: 1 },
      spanLimits: {
        attributeCount: EVERYTHING,
        attributeValueLength: undefined,
        eventCount: EVERYTHING,
        linkCount: EVERYTHING,
        attributePerEventCount: EVERYTHING,
        attributePerLinkCount: EVERYTHING,
      },
    },
    resource,
    { sink: new SpanSink(writer), flush },
    {},
  )
  const loggerProvider = new LoggerProvider({
    resource: resourceFromAttributes(resource),
    processors: [new RingLogProcessor(writer, { flush })],
  })

  setRecordSink(loggerProvider, { writer, maximumValueLength: DEFAULT_VALUE_LENGTH })

  const reading = new Reading(resource)
  const observation = new Observation({
    writers: reading.writers,
    ask(message) {
      if (message.kind !== 'observe') return
      const { collection, withinMs } = message
      void meterProvider.observables
        .observe(collection, withinMs)
        .then(answer => observation.answer(0, collection, answer))
    },
    timeoutMs: 1000,
    isLoopHeld: () => false,
  })
  const producer = new SeriesProducer(reading.writers, observation, 'otlp')
  const encoder = new MetricsEncoder()
  const ends = new SeriesEnds(reading.writers, ['otlp'], 0, message => writer.receive(message))
  writer.attach(message => {
    reading.receive(message)
    if (message.kind === 'gone') writer.receive({ kind: 'freed', writer: message.writer, ids: [message.id] })
  })

  if (options.global) {
    tracerProvider.register({
      propagator: new CompositePropagator({
        propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
      }),
    })
    metricsApi.setGlobalMeterProvider(meterProvider)
    logsApi.setGlobalLoggerProvider(loggerProvider as ApiLoggerProvider)
    setCurrentWriter(writer)
    noteProviderChange()
  }

  return {
    meterProvider,
    tracerProvider,
    loggerProvider,
    get spans() {
      reading.read()
      return reading.spans
    },
    get logs() {
      reading.read()
      return reading.logs
    },
    async collectMetrics() {
      const { resourceMetrics } = await producer.collect()
      producer.taken()
      ends.tellServed()
      const ours = { ...resourceMetrics, resource: resourceFromAttributes(resource) }
      const request = await encoder.encode(ours, async () => {})
      return readMetrics(decodeMessage(request, otlpMessage('ExportMetricsServiceRequest')))
    },
    clear() {
      reading.read()
      reading.spans.length = 0
      reading.logs.length = 0
    },
    async shutdown() {
      await Promise.all([tracerProvider.shutdown(), loggerProvider.shutdown()])
      if (!options.global) return
      for (const api of [trace, metricsApi, logsApi, context, propagation]) api.disable()
      setCurrentWriter(undefined)
      noteProviderChange()
    },
  }
}

/** The reading end: takes records out of the rings as they are asked for. */
class Reading {
  readonly writers = new Map<number, WriterState>()
  readonly spans: ReceivedSpan[] = []
  readonly logs: ReceivedLog[] = []
  readonly #resource: Readonly<Record<string, unknown>>
  #rings: RingReader[] = []

  constructor(resource: Readonly<Record<string, unknown>>) {
    this.#resource = resource
  }

  receive(message: WriterMessage): void {
    if (message.kind !== 'writer') return this.writers.get(message.writer)?.describe(message)
    this.writers.set(message.writer, new WriterState(message))
    this.#rings = rings.map(({ name }) => new RingReader(message.rings[name]))
  }

  read(): void {
    for (const ring of this.#rings) {
      for (let frame = ring.next(); frame !== undefined; frame = ring.next()) {
        this.#take(frame)
        ring.release(frame.end)
      }
    }
  }

  #take({ kind, scope: id, payload }: Frame): void {
    const { name = '', version = '' } = this.writers.get(0)?.scopes.get(id) ?? {}
    const origin = { resource: { ...this.#resource } as ReceivedSpan['resource'], scope: { name, version } }
    if (kind === frameKinds.span) {
      const span = decodeMessage(payload, otlpMessage('Span'))
      const [received] = readSpans({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
      this.spans.push({ ...received!, ...origin })
    } else {
      const record = decodeMessage(payload, otlpMessage('LogRecord'))
      const [received] = readLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })
      this.logs.push({ ...received!, ...origin })
    }
  }
}
