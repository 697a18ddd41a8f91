import { SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import { dropIndex } from '../channel/control-block.js'
import { frameKinds, type Lane } from '../channel/lanes.js'
import type { ValueLimits } from '../channel/otlp-values.js'
import { ProtobufWriter } from '../channel/protobuf-writer.js'
import type { ChannelWriter } from '../channel/writer.js'
import { countCuts, DEFAULT_VALUE_LENGTH } from './record-limits.js'
import { encodeSpan } from './span-encoder.js'

const FAILED = dropIndex('encoding_failed')
const ORDER_SPAN = /^order(\.|$)/

/** Settings of a ring span processor. */
export interface RingSpanProcessorOptions {
  readonly maximumValueLength?: number
  /** Waits until a collector has what was written; rejects when it doesn't in time. */
  readonly flush: () => Promise<void>
}

/**
 * Turns a span into OTLP bytes the moment it ends and puts them into shared memory: nothing is queued in the
 * trading thread, and a process that ends has nothing left to serialize.
 */
export class RingSpanProcessor implements SpanProcessor {
  readonly #writer: ChannelWriter
  readonly #flush: () => Promise<void>
  readonly #buffer = new ProtobufWriter()
  readonly #limits: ValueLimits
  #stopped = false

  constructor(writer: ChannelWriter, options: RingSpanProcessorOptions) {
    this.#writer = writer
    this.#flush = options.flush
    this.#limits = { maximumLength: options.maximumValueLength ?? DEFAULT_VALUE_LENGTH, cut: 0 }
  }

  onStart(): void {
    // a span is bytes only when it ends
  }

  onEnd(span: ReadableSpan): void {
    if (this.#stopped || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
    try {
      const buffer = this.#buffer
      buffer.reset()
      encodeSpan(buffer, span, this.#limits)
      countCuts(this.#writer, this.#limits)
      const scope = this.#writer.scope(span.instrumentationScope)
      this.#writer.writeRecord(laneOf(span), frameKinds.span, scope, buffer.bytes, buffer.length)
    } catch {
      this.#writer.control.countDrop(FAILED)
    }
  }

  forceFlush(): Promise<void> {
    return this.#flush()
  }

  async shutdown(): Promise<void> {
    this.#stopped = true
    await this.#flush()
  }
}

/** The order lifecycle and what failed must not be crowded out by the rest. */
function laneOf(span: ReadableSpan): Lane {
  return span.status.code === SpanStatusCode.ERROR || ORDER_SPAN.test(span.name) ? 'orders' : 'other'
}
