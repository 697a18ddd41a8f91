import { SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import type { Lane } from '../channel/lanes.js'
import type { ReadableSpan, SpanProcessor } from './sdk-trace.js'
import { encodeSpan } from './span-encoder.js'
import type { SpanSink } from './span-sink.js'

const ORDER_SPAN = /^order(\.|$)/

/**
 * Turns a span into OTLP bytes the moment it ends and puts them into shared memory: nothing is queued in the
 * trading thread, and a process that ends has nothing left to serialize.
 */
export class RingSpanProcessor implements SpanProcessor {
  readonly #sink: SpanSink
  readonly #flush: () => Promise<void>

  /** `flush` waits until a collector has what was written; it rejects when it doesn't in time. */
  constructor(sink: SpanSink, flush: () => Promise<void>) {
    this.#sink = sink
    this.#flush = flush
  }

  onStart(): void {
    // a span is bytes only when it ends
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return
    this.#sink.write(laneOf(span), span.instrumentationScope, span, encodeSpan)
  }

  forceFlush(): Promise<void> {
    return this.#flush()
  }

  async shutdown(): Promise<void> {
    this.#sink.close()
    await this.#flush()
  }
}

/** The order lifecycle and what failed must not be crowded out by the rest. */
function laneOf(span: ReadableSpan): Lane {
  return span.status.code === SpanStatusCode.ERROR || ORDER_SPAN.test(span.name) ? 'orders' : 'other'
}
