import {
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import type { AttributeList } from '../channel/otlp-values.js'
import { sampledTraceRef, type TraceRef } from '../channel/trace-ref.js'
import type { RingSpan } from '../spans/ring-span.js'
import { objectOf } from '../spans/ring-span-encoder.js'
import { type RingTracer, ringTracerOf } from '../spans/ring-tracer.js'
import { SCOPE_NAME, VERSION } from '../version.js'
import { toHrTime } from './time.js'

/** A span of an order. Its attributes are told at its end, when all are known. */
export interface OrderSpan {
  /** As the API knows it. */
  readonly span: Span
  /** For exemplars; `undefined` where the trace isn't kept. */
  readonly ref: TraceRef | undefined
  /** Somebody will read what it is told. */
  isRecording(): boolean
  event(name: string, attributes: Attributes, timeMs: number): void
  /** Status ERROR. */
  fail(message?: string): void
  finish(endMs: number, attributes: AttributeList): void
}

/** Makes the spans of orders, on any tracer provider. */
export interface OrderSpanSource {
  /** Below the span of `context`, if it has one. `attributes` are for samplers. */
  startRoot(
    name: string,
    kind: SpanKind,
    startMs: number,
    context: Context,
    links: readonly SpanContext[],
    attributes: () => AttributeList,
  ): OrderSpan
  startChild(
    name: string,
    kind: SpanKind,
    startMs: number,
    parent: OrderSpan,
    attributes: () => AttributeList,
  ): OrderSpan
}

/** The short way where the provider has one, else the tracer of the API: the same spans either way. */
export function orderSpanSource(provider: TracerProvider): OrderSpanSource {
  const short = ringTracerOf(provider, { name: SCOPE_NAME, version: VERSION })
  return short === undefined ? new ApiSpans(provider.getTracer(SCOPE_NAME, VERSION)) : new RingSpans(short)
}

class RingSpans implements OrderSpanSource {
  readonly #tracer: RingTracer

  constructor(tracer: RingTracer) {
    this.#tracer = tracer
  }

  startRoot(name: string, kind: SpanKind, startMs: number, context: Context, links: readonly SpanContext[]): OrderSpan {
    return this.#tracer.startRoot(name, kind, startMs, context, links)
  }

  startChild(name: string, kind: SpanKind, startMs: number, parent: OrderSpan): OrderSpan {
    return this.#tracer.startChild(name, kind, startMs, parent as RingSpan)
  }
}

class ApiSpans implements OrderSpanSource {
  readonly #tracer: Tracer

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  startRoot(
    name: string,
    kind: SpanKind,
    startMs: number,
    context: Context,
    links: readonly SpanContext[],
    attributes: () => AttributeList,
  ): OrderSpan {
    return new ApiSpan(
      this.#tracer.startSpan(
        name,
        {
          kind,
          startTime: toHrTime(startMs),
          attributes: objectOf(attributes()),
          links: links.map(link => ({ context: link })),
        },
        context,
      ),
      context,
    )
  }

  startChild(
    name: string,
    kind: SpanKind,
    startMs: number,
    parent: OrderSpan,
    attributes: () => AttributeList,
  ): OrderSpan {
    return this.startRoot(name, kind, startMs, (parent as ApiSpan).context, [], attributes)
  }
}

class ApiSpan implements OrderSpan {
  readonly span: Span
  readonly ref: TraceRef | undefined
  readonly #parent: Context

  constructor(span: Span, parent: Context) {
    this.span = span
    this.#parent = parent
    this.ref = sampledTraceRef(span.spanContext())
  }

  /** What runs below this span. */
  get context(): Context {
    return trace.setSpan(this.#parent, this.span)
  }

  isRecording(): boolean {
    return this.span.isRecording()
  }

  event(name: string, attributes: Attributes, timeMs: number): void {
    this.span.addEvent(name, attributes, toHrTime(timeMs))
  }

  fail(message?: string): void {
    this.span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) })
  }

  finish(endMs: number, attributes: AttributeList): void {
    if (this.span.isRecording()) this.span.setAttributes(objectOf(attributes))
    this.span.end(toHrTime(endMs))
  }
}
