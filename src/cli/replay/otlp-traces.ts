import { writeAttributes } from '../../channel/otlp-values.js'
import { ProtobufWriter } from '../../channel/protobuf-writer.js'
import type { RecordOrigin } from '../../export/otlp/record-batch.js'
import { OrderSpans } from '../../order/to-spans.js'
import type { Order, Transition } from '../../order/transition.js'
import type { ReadableSpan, SpanProcessor } from '../../spans/sdk-trace.js'
import { encodeSpan } from '../../spans/span-encoder.js'
import { readSettings, type Settings } from '../../telemetry/settings.js'
import { redactedUrl } from '../../telemetry/settings-otlp.js'
import { createTracerProvider } from '../../telemetry/tracer-provider.js'
import { SCOPE_NAME, VERSION } from '../../version.js'
import type { Follower } from './follower.js'
import { OtlpBatches } from './otlp-batches.js'
import type { Told } from './replayer.js'
import { UNNAMED_VENUE } from './sessions.js'

/** What the traces are found under, unless OTEL_SERVICE_NAME says otherwise. */
const SERVICE_NAME = 'orderscope-replay'
/** Orders that are done keep their trace open for what may come late; the oldest are closed when there are more. */
const MAXIMUM_DONE = 10_000

/** Sends the orders of a log as traces, with the times of the log. */
export class OtlpTraces implements Follower {
  readonly #settings: Settings
  readonly #say: (sentence: string) => void
  readonly #batches: OtlpBatches
  readonly #spans: OrderSpans
  /** Done and still open, the oldest first. */
  readonly #done = new Set<Order>()
  #orders = 0
  #untimed = 0
  #begin: number | undefined
  #end: number | undefined

  /** Sends to a base address; `undefined` when that can't be done, which is said. */
  static open(endpoint: string, say: (sentence: string) => void): OtlpTraces | undefined {
    const settings = readSettings({ otlp: { endpoint } })
    for (const problem of settings.problems) {
      if (/^OTEL_(EXPORTER_OTLP|SERVICE|RESOURCE)/.test(problem)) say(problem)
    }
    try {
      return new OtlpTraces(settings, say)
    } catch (error) {
      // the files of certificates
      say(`${redactedUrl(settings.otlp.traces.url)} can't be used (${(error as Error).message})`)
      return undefined
    }
  }

  private constructor(settings: Settings, say: (sentence: string) => void) {
    this.#say = say
    const resource = { ...settings.resourceAttributes, 'service.name': settings.serviceName ?? SERVICE_NAME }
    this.#settings = settings
    this.#batches = new OtlpBatches(settings.otlp.traces, originOf(resource))
    const provider = createTracerProvider(
      { ...settings, exporters: { traces: [], metrics: [], logs: [] }, sampler: { name: 'always_on', ratio: 1 } },
      resource,
      undefined,
      { spanProcessors: [new EncodingProcessor(settings, payload => this.#batches.add(payload))] },
    )
    this.#spans = new OrderSpans(
      provider,
      { name: UNNAMED_VENUE },
      // a log is over: whole orders are better than pieces of them
      { maximumSpanAgeMs: Number.POSITIVE_INFINITY },
    )
  }

  /** A promise when reading should wait for the collector. */
  follow({ time, transitions, pending }: Told): Promise<void> | undefined {
    if (time === undefined) {
      if (transitions.length > 0) this.#untimed++
      return undefined
    }
    for (const transition of transitions) this.#project(transition)
    for (const transition of pending) this.#project(transition)
    return this.#batches.ready
  }

  /** Ends what is open at the end of the log, sends the rest, and says what became of it; 1 when not all was taken. */
  async end(logEnd: number | undefined): Promise<number> {
    const say = this.#say
    this.#spans.endAll(logEnd ?? 0)
    const { accepted, refused, reasons } = await this.#batches.end()
    const address = redactedUrl(this.#settings.otlp.traces.url)
    if (this.#untimed > 0) {
      say(`${counted(this.#untimed, 'message')} with no time (neither SendingTime nor a time stamp) are in no trace`)
    }
    const service = this.#settings.serviceName ?? SERVICE_NAME
    const times =
      this.#begin === undefined ? '' : `, with the log's times: ${shown(this.#begin)} to ${shown(this.#end!)}`
    say(
      `${counted(accepted, 'span')} of ${counted(this.#orders, 'order')} sent to ${address} as service ${service}${times}`,
    )
    if (refused === 0) return 0
    say(`${counted(refused, 'span')} not accepted: ${address} ${reasons.join(', ')}`)
    return 1
  }

  #project(transition: Transition): void {
    const { order, effects, time } = transition
    if (order === undefined) return
    this.#begin = Math.min(this.#begin ?? time, time)
    this.#end = Math.max(this.#end ?? time, time)
    this.#spans.onTransition(transition)
    for (const { kind } of effects) {
      if (kind === 'created') this.#orders++
      else if (kind === 'completed') this.#done.add(order)
      else if (kind === 'reopened' || kind === 'forgotten') this.#done.delete(order)
    }
    if (this.#done.size <= MAXIMUM_DONE) return
    for (const oldest of this.#done) {
      this.#done.delete(oldest)
      this.#spans.onTransition({ ...transition, order: oldest, effects: [{ kind: 'forgotten' }], anomalies: [] })
      break
    }
  }
}

/** A span becomes OTLP bytes the moment it ends. */
class EncodingProcessor implements SpanProcessor {
  readonly #writer = new ProtobufWriter()
  readonly #maximumLength: number
  readonly #take: (payload: Uint8Array) => void

  constructor({ spanLimits }: Settings, take: (payload: Uint8Array) => void) {
    this.#maximumLength = spanLimits.attributeValueLength ?? Number.POSITIVE_INFINITY
    this.#take = take
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.#writer.reset()
    encodeSpan(this.#writer, span, { maximumLength: this.#maximumLength, cut: 0 })
    this.#take(this.#writer.bytes.slice(0, this.#writer.length))
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

function originOf(resource: Parameters<typeof writeAttributes>[2]): RecordOrigin {
  const writer = new ProtobufWriter()
  const message = writer.beginMessage(1)
  writeAttributes(writer, 1, resource)
  writer.endMessage(message)
  const resourceBytes = writer.bytes.slice(0, writer.length)
  writer.reset()
  const scope = writer.beginMessage(1)
  writer.string(1, SCOPE_NAME)
  writer.string(2, VERSION)
  writer.endMessage(scope)
  const scopeBytes = writer.bytes.slice(0, writer.length)
  return { resource: resourceBytes, scope: () => scopeBytes, schemaUrl: () => '' }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** `2026-11-21 10:00:00.010`, UTC. */
function shown(time: number): string {
  return new Date(time).toISOString().replace('T', ' ')
}
