import type { Attributes } from '@opentelemetry/api'
import type { ControlBlock } from '../channel/control-block.js'
import type { ExportConfig, OtlpSignalConfig } from '../channel/export-config.js'
import { type Lane, rings } from '../channel/lanes.js'
import { writeAttributes } from '../channel/otlp-values.js'
import { ProtobufWriter } from '../channel/protobuf-writer.js'
import type { OtlpSender } from './otlp/attempt.js'
import { CollectorNotices } from './otlp/collector-notices.js'
import { DeliveryCounts } from './otlp/delivery-counts.js'
import { Destination, describeAddress, type Signal } from './otlp/destination.js'
import type { RecordOrigin } from './otlp/record-batch.js'
import { type LaneTargets, type OnRefused, RecordLane, type Remaining } from './otlp/record-lane.js'
import { createOtlpSender } from './otlp/sender.js'
import type { ExporterCounts } from './self-metrics.js'
import type { WriterState } from './writer-state.js'

/** Everything that goes out by OTLP: the rings of all writers, and where each signal goes. */
export class Delivery {
  readonly metrics: LaneTargets['traces']
  readonly exporters: readonly ExporterCounts[]
  readonly #targets: LaneTargets
  readonly #resource: Uint8Array
  /** Of all threads; that of the main thread, under 0, tells at the end of the process what was lost. */
  readonly #controls = new Map<number, ControlBlock>()
  /** Records of a lane that a collector refused for good. */
  readonly #refused: Record<Lane, number> = { orders: 0, other: 0 }
  readonly #lanes: { readonly writer: number; readonly lane: Lane; readonly records: RecordLane }[] = []

  constructor(config: ExportConfig, say: (line: string) => void) {
    const notices = noticesByAddress(config, say)
    const target = (signal: Signal) => {
      const settings = config.otlp[signal]
      if (settings === undefined) return undefined
      const voice = notices.get(describeAddress(settings.url))!
      return { destination: new Destination(signal, openSender(settings), voice), counts: new DeliveryCounts() }
    }
    this.#targets = { traces: target('traces'), logs: target('logs') }
    this.metrics = target('metrics')
    const writer = new ProtobufWriter()
    const resource = writer.beginMessage(1)
    writeAttributes(writer, 1, config.resource as Attributes)
    writer.endMessage(resource)
    this.#resource = writer.bytes.slice(0, writer.length)
    this.exporters = [
      ...exporterCounts('span', this.#targets.traces, config.otlp.traces),
      ...exporterCounts('log', this.#targets.logs, config.otlp.logs),
      ...exporterCounts('metric_data_point', this.metrics, config.otlp.metrics),
    ]
  }

  /** Takes up the rings of a writer. */
  add(writer: WriterState): void {
    const origin = new WriterOrigin(this.#resource, writer)
    this.#controls.set(writer.id, writer.control)
    for (const { name, lane } of rings) {
      const onRefused: OnRefused = (spans, logs, why) => {
        this.#refused[lane] += spans + logs
        ;(this.#controls.get(0) ?? writer.control).countRefused(spans, logs, why)
      }
      const records = new RecordLane(writer.rings[name], this.#targets, origin, id => writer.scopes.has(id), onRefused)
      this.#lanes.push({ writer: writer.id, lane, records })
    }
  }

  /** Records of a lane that a collector refused for good. */
  refused(lane: Lane): number {
    return this.#refused[lane]
  }

  lanesOf(wanted: Lane): RecordLane[] {
    return this.#lanes.filter(({ lane }) => lane === wanted).map(({ records }) => records)
  }

  /** Takes what is ready in the rings; true while requests are under way. */
  poll(): boolean {
    for (const { records } of this.#lanes) records.poll()
    return this.#lanes.some(({ records }) => records.isSending)
  }

  /** Records that nobody has taken, of one writer or of all. */
  remaining(writer?: number): Remaining {
    let spans = 0
    let logs = 0
    for (const lane of this.#lanes) {
      if (writer !== undefined && lane.writer !== writer) continue
      const { spans: moreSpans, logs: moreLogs } = lane.records.remaining()
      spans += moreSpans
      logs += moreLogs
    }
    return { spans, logs }
  }

  /** Records for which the application's threads other than the main one had no room. */
  get droppedElsewhere(): number {
    let total = 0
    for (const [writer, control] of this.#controls) if (writer !== 0) total += control.droppedRecords
    return total
  }

  /** Sends everything at once; resolves when nothing is left. */
  async drain(): Promise<void> {
    for (const destination of this.#destinations()) destination.hurry()
    await Promise.all(this.#lanes.map(({ records }) => records.drain()))
  }

  endDrain(): void {
    for (const destination of this.#destinations()) destination.calm()
    for (const { records } of this.#lanes) records.endDrain()
  }

  /** Nobody listens where the remaining records should go. */
  get areRecordsHopeless(): boolean {
    const { spans, logs } = this.remaining()
    const isHopeless = (count: number, target: LaneTargets['traces']) =>
      count === 0 || target === undefined || target.destination.isHopeless
    return isHopeless(spans, this.#targets.traces) && isHopeless(logs, this.#targets.logs)
  }

  get areMetricsHopeless(): boolean {
    return this.metrics?.destination.isHopeless ?? true
  }

  /** What collectors answered last, those that didn't take what they got: `http://localhost:4318 refused the connection`. */
  get whyNotDelivered(): string {
    const failing = this.#destinations().filter(({ lastError }) => lastError !== '')
    return [...new Set(failing.map(({ address, lastError }) => `${address} ${lastError}`))].join(', ')
  }

  /** How each signal fares, for a person. */
  describe(): Record<string, { readonly to: string; readonly status: string }> {
    return Object.fromEntries(
      this.#destinations().map(({ signal, address, status }) => [signal, { to: address, status }]),
    )
  }

  close(): void {
    for (const destination of this.#destinations()) destination.close()
  }

  #destinations(): Destination[] {
    return [this.#targets.traces, this.#targets.logs, this.metrics].flatMap(target =>
      target === undefined ? [] : [target.destination],
    )
  }
}

/** One voice for each collector, which knows what all goes there. */
function noticesByAddress(config: ExportConfig, say: (line: string) => void): Map<string, CollectorNotices> {
  const signals = new Map<string, Signal[]>()
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    const url = config.otlp[signal]?.url
    if (url === undefined) continue
    const address = describeAddress(url)
    signals.set(address, [...(signals.get(address) ?? []), signal])
  }
  return new Map([...signals].map(([address, all]) => [address, new CollectorNotices(address, all, say)]))
}

class WriterOrigin implements RecordOrigin {
  readonly resource: Uint8Array
  readonly #writer: WriterState
  readonly #scopes = new Map<number, Uint8Array>()

  constructor(resource: Uint8Array, writer: WriterState) {
    this.resource = resource
    this.#writer = writer
  }

  scope(id: number): Uint8Array {
    let bytes = this.#scopes.get(id)
    if (bytes === undefined) {
      const known = this.#writer.scopes.get(id)
      const writer = new ProtobufWriter()
      const scope = writer.beginMessage(1)
      if (known?.name) writer.string(1, known.name)
      if (known?.version) writer.string(2, known.version)
      writer.endMessage(scope)
      bytes = writer.bytes.slice(0, writer.length)
      if (known !== undefined) this.#scopes.set(id, bytes)
    }
    return bytes
  }

  schemaUrl(id: number): string {
    return this.#writer.scopes.get(id)?.schemaUrl ?? ''
  }
}

/** `otel.component.type` of an exporter, up to the signal (OpenTelemetry's semantic conventions). */
const componentForms = { 'http/protobuf': 'otlp_http', 'http/json': 'otlp_http_json', grpc: 'otlp_grpc' } as const
const componentNouns = { span: 'span', log: 'log', metric_data_point: 'metric' } as const

function exporterCounts(
  record: ExporterCounts['record'],
  target: LaneTargets['traces'],
  config: OtlpSignalConfig | undefined,
): ExporterCounts[] {
  if (target === undefined || config === undefined) return []
  const type = `${componentForms[config.protocol]}_${componentNouns[record]}_exporter`
  const { hostname, port, protocol } = new URL(config.url)
  const attributes = {
    'otel.component.type': type,
    'otel.component.name': `${type}/0`,
    'server.address': hostname.replace(/^\[|\]$/g, ''),
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  }
  return [{ record, attributes, counts: target.counts }]
}

/** Settings with which nothing can be sent mustn't keep the rest from working: what goes there counts as failed. */
function openSender(config: OtlpSignalConfig): OtlpSender {
  try {
    return createOtlpSender(config)
  } catch (error) {
    const reason = `can't be used (${(error as Error).message})`
    return { config, send: async () => ({ outcome: 'rejected', error: reason }), close() {} }
  }
}
