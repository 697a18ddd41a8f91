import { writeSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Attributes } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { type IMetricReader, MeterProvider } from '@opentelemetry/sdk-metrics'
import { sdkMetrics } from '../catalog/sdk-metrics.js'
import type { ExportConfig } from '../channel/export-config.js'
import type { ChannelPort, ReaderMessage, WriterMessage } from '../channel/messages.js'
import { createConsoleMetricReader } from './console-reader.js'
import { Delivery } from './delivery.js'
import { DeltaIntervals } from './delta-intervals.js'
import { Drain } from './drain.js'
import { DurationHistogram } from './duration-histogram.js'
import type { HealthReport, Liveness } from './health-report.js'
import { LoopWatch } from './loop-watch.js'
import { Observation } from './observation.js'
import { createOtlpMetricReader } from './otlp/metrics-reader.js'
import { ProcessorShare } from './processor-share.js'
import { PrometheusEndpoint } from './prometheus/endpoint.js'
import { SelfMetrics, type SelfMetricsSources } from './self-metrics.js'
import { SeriesEnds, type SeriesReader } from './series-ends.js'
import { SeriesProducer } from './series-producer.js'
import { WriterState } from './writer-state.js'

/** Between two looks at the rings: while nothing goes out, and while requests follow one another. */
const POLL_MS = 100
const SENDING_POLL_MS = 20
/** So long after a request the next is looked out for: longer than records wait for others. */
const SENDING_FOR_MS = 500
const IDLE_CHECK_MS = 60_000

/** Idle series are looked for once a minute, or more often where minutes are long. */
function idleCheckMs(idleMs: number): number {
  return idleMs === 0 ? IDLE_CHECK_MS : Math.min(IDLE_CHECK_MS, Math.max(POLL_MS, idleMs / 4))
}

/** `otel.component.type` of readers (OpenTelemetry's semantic conventions). */
const readerComponents: Readonly<Record<SeriesReader, string>> = {
  scrape: 'prometheus_http_text_metric_exporter',
  otlp: 'periodic_metric_reader',
}

/** The reading end of the channel at work. */
export interface ExportHandle {
  /** Closes the endpoint and the connections; what hasn't been delivered stays in the rings. */
  close(): Promise<void>
}

/**
 * Starts the reading end: serves metrics and health, and delivers by OTLP what the writers record. The same in
 * the telemetry thread and in the application's loop. What it learns and is asked comes through `port`.
 * `startedAt` (`performance.now()`): when the start began, if that was before.
 */
export function startExport(
  config: ExportConfig,
  port: ChannelPort<ReaderMessage, WriterMessage>,
  startedAt = performance.now(),
  share = new ProcessorShare(false),
): ExportHandle {
  const export_ = new Export(config, port, startedAt, share)
  port.onMessage(message => export_.receive(message))
  return { close: () => export_.close() }
}

class Export {
  readonly #config: ExportConfig
  readonly #port: ChannelPort<ReaderMessage, WriterMessage>
  readonly #startedAt: number
  readonly #writers = new Map<number, WriterState>()
  readonly #delivery: Delivery
  readonly #observation: Observation
  readonly #watch: LoopWatch
  readonly #drain: Drain
  readonly #meterProvider: MeterProvider
  #poll: NodeJS.Timeout | undefined
  /** By the monotonic clock: when requests were last under way. */
  #sentAt = Number.NEGATIVE_INFINITY
  readonly #idleCheck: NodeJS.Timeout
  readonly #ends: SeriesEnds
  #endpointUrl: string | undefined
  #saidUp = false
  #ending = false

  constructor(
    config: ExportConfig,
    port: ChannelPort<ReaderMessage, WriterMessage>,
    startedAt: number,
    share: ProcessorShare,
  ) {
    this.#startedAt = startedAt
    this.#config = config
    this.#port = port
    this.#delivery = new Delivery(config, line => {
      // where things go is news at the start; a quiet application asks /healthz, and a loss is told at the end
      if (!config.quiet) this.#say(line)
    })
    this.#watch = new LoopWatch({
      control: () => this.#writers.get(0)?.control,
      hangAfterMs: config.hangAfterMs,
      onHang: liveness => this.#sayHung(liveness),
      onRecovery: hungForMs => this.#say(`the loop turns again, after ${(hungForMs / 1000).toFixed(1)} s`),
    })
    this.#observation = new Observation({
      writers: this.#writers,
      ask: message => this.#port.postMessage(message),
      timeoutMs: config.observeTimeoutMs,
      isLoopHeld: () => this.#watch.isHung || this.#drain.isRunning || this.#ending,
    })
    const collections = new Map<string, DurationHistogram>()
    const selfSources: SelfMetricsSources = {
      writers: this.#writers,
      lanesOf: lane => this.#delivery.lanesOf(lane),
      refused: lane => this.#delivery.refused(lane),
      exporters: this.#delivery.exporters,
      collections,
      observed: () => this.#observation.refresh(),
      loopAgeSeconds: () => (this.#watch.hasBeaten || this.#watch.isHung ? this.#watch.ageSeconds : undefined),
      observationAgeSeconds: () => this.#observation.ageSeconds,
      observationFailures: () => this.#observation.failures,
      starts: config.generation,
    }
    const seriesFor = (reader: SeriesReader, intervals?: DeltaIntervals) => {
      const component = readerComponents[reader]
      const { buckets } = sdkMetrics['otel.sdk.metric_reader.collection.duration']
      const durations = collections.get(component) ?? new DurationHistogram(buckets)
      collections.set(component, durations)
      return new SeriesProducer(this.#writers, this.#observation, reader, { intervals, durations, share })
    }
    const intervals = config.metricTemporality === 'cumulative' ? undefined : new DeltaIntervals(this.#writers)
    const readers: IMetricReader[] = []
    const { metrics } = this.#delivery
    const otlpSeries = seriesFor('otlp', intervals)
    const otlpReader =
      metrics === undefined
        ? undefined
        : createOtlpMetricReader({
            ...metrics,
            producers: [otlpSeries, new SelfMetrics(selfSources, intervals)],
            intervals,
            onTaken: () => otlpSeries.taken(),
            intervalMs: config.metricExportIntervalMs,
            timeoutMs: config.metricExportTimeoutMs,
          })
    if (otlpReader !== undefined) readers.push(otlpReader.reader)
    const consoleReader = config.consoleMetrics
      ? createConsoleMetricReader({
          producers: [seriesFor('scrape'), new SelfMetrics(selfSources)],
          intervalMs: config.metricExportIntervalMs,
          timeoutMs: config.metricExportTimeoutMs,
        })
      : undefined
    if (consoleReader !== undefined) readers.push(consoleReader)
    this.#drain = new Drain(this.#delivery, otlpReader, consoleReader, config.exitTimeoutMs)
    if (config.prometheus !== undefined) {
      readers.push(
        new PrometheusEndpoint({
          ...config.prometheus,
          producers: [seriesFor('scrape'), new SelfMetrics(selfSources)],
          share,
          health: () => this.#health(),
          say: line => {
            this.#say(line)
            // the port is taken: everything else is up
            this.#reportUp(undefined)
          },
          onListening: address => this.#onListening(address),
        }),
      )
    }
    this.#meterProvider = new MeterProvider({
      resource: resourceFromAttributes({ ...config.resource } as Attributes),
      readers,
    })
    const readsSeries: SeriesReader[] = [
      ...(config.prometheus === undefined ? [] : (['scrape'] as const)),
      ...(metrics === undefined ? [] : (['otlp'] as const)),
    ]
    this.#ends = new SeriesEnds(this.#writers, readsSeries, config.seriesIdleMs, message => port.postMessage(message))
    this.#pollIn(POLL_MS)
    this.#idleCheck = setInterval(() => void this.#ends.tellIdle(), idleCheckMs(config.seriesIdleMs))
    this.#idleCheck.unref()
    if (config.prometheus === undefined) this.#reportUp(undefined)
  }

  receive(message: WriterMessage): void {
    switch (message.kind) {
      case 'writer': {
        if (this.#writers.has(message.writer)) break
        const writer = new WriterState(message)
        this.#writers.set(writer.id, writer)
        this.#delivery.add(writer)
        writer.control.reportUp(this.#config.generation)
        break
      }
      case 'observed':
        this.#observation.answer(message.writer, message.collection, message.answer)
        break
      case 'drain': {
        const writer = this.#writers.get(message.writer)
        if (writer !== undefined) void this.#drain.run(writer)
        break
      }
      case 'shutdown':
        void this.close().then(() => this.#port.postMessage({ kind: 'ended' }))
        break
      case 'gone':
        this.#writers.get(message.writer)?.describe(message)
        this.#port.postMessage({ kind: 'freed', writer: message.writer, ids: [message.id] })
        break
      default:
        this.#writers.get(message.writer)?.describe(message)
    }
  }

  #pollIn(delayMs: number): void {
    this.#poll = setTimeout(() => {
      const now = performance.now()
      if (this.#delivery.poll()) this.#sentAt = now
      this.#ends.tellServed()
      this.#pollIn(now - this.#sentAt < SENDING_FOR_MS ? SENDING_POLL_MS : POLL_MS)
    }, delayMs)
    this.#poll.unref()
  }

  async close(): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    clearTimeout(this.#poll)
    clearInterval(this.#idleCheck)
    this.#watch.stop()
    // first, so that nothing is tried again while the rest ends
    this.#delivery.close()
    await this.#meterProvider.shutdown().catch(() => {})
  }

  #onListening({ address, family, port }: AddressInfo): void {
    const everywhere = address === '0.0.0.0' || address === '::'
    const host = everywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
    this.#endpointUrl = `http://${host}:${port}/metrics`
    if (this.#saidUp) this.#say(`metrics ${this.#endpointUrl}: the port is free now`)
    else this.#reportUp(this.#endpointUrl)
  }

  #reportUp(endpoint: string | undefined): void {
    if (this.#saidUp) return
    this.#saidUp = true
    this.#port.postMessage({ kind: 'up', endpoint, startMs: performance.now() - this.#startedAt })
  }

  #say(line: string): void {
    this.#port.postMessage({ kind: 'say', line })
  }

  /** Straight to stderr: the loop through which a message would go is the one that hangs. */
  #sayHung({ sinceSeconds, stage, order }: Liveness): void {
    const turned = this.#watch.hasBeaten ? 'has not turned for' : 'has not turned once since the start, for'
    const where = stage === undefined ? '' : `, last seen in ${stage}${order === undefined ? '' : ` of ${order}`}`
    const { pid } = this.#config
    try {
      writeSync(
        2,
        `orderscope: the loop ${turned} ${sinceSeconds?.toFixed(1)} s${where}. /livez says 503. Signals can't be handled until it turns; to end it: kill -9 ${pid}\n`,
      )
    } catch {
      // nobody is there to read it
    }
  }

  #health(): HealthReport {
    const live = this.#watch.liveness
    const status = live.status !== 'up' ? live.status : this.#drain.isRunning || this.#ending ? 'ending' : 'ready'
    const { spans, logs } = this.#delivery.remaining()
    return {
      live,
      ready: { status },
      details: {
        pid: this.#config.pid,
        loopAgeSeconds: Math.round(this.#watch.ageSeconds * 1000) / 1000,
        telemetryThreadStarts: this.#config.generation,
        waiting: { spans, logs },
        otlp: this.#delivery.describe(),
      },
    }
  }
}
