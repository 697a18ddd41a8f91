import {
  type Attributes,
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { TraceRef } from '../channel/trace-ref.js'
import { type AttributeSink, attributesOf, type Describe } from '../spans/attribute-sink.js'
import type { RingSpan } from '../spans/ring-span.js'
import { type RingTracer, ringTracerOf } from '../spans/ring-tracer.js'
import { SCOPE_NAME, VERSION } from '../version.js'
import type { VenueFacts } from './order-series.js'
import { tellIdentity, tellStart } from './span-attributes.js'
import { toHrTime } from './time.js'
import type { Order } from './transition.js'

/** A span that ends: its attributes, its status, then its end. */
export interface EndingSpan extends AttributeSink {
  /** Status ERROR. */
  fail(message?: string): void
  finish(endMs: number): void
}

/** A span of an order that is open. Its attributes are told at its end, when all are known. */
export interface OrderSpan {
  /** As the API knows it. */
  readonly span: Span
  /** Its ids; `undefined` where nobody makes spans. */
  readonly ids: TraceRef | undefined
  /** For exemplars: the same; `undefined` where the trace isn't kept. */
  readonly ref: TraceRef | undefined
  event(name: string, attributes: Attributes, timeMs: number): void
  fail(message?: string): void
}

/** Makes the spans of orders, on any tracer provider. Attributes at the start are for samplers. */
export interface OrderSpanSource {
  /** Below the span of `context`, if it has one; else in a trace of its own. */
  start(order: Order, startMs: number, context: Context, links: readonly SpanContext[]): OrderSpan
  /** A stage that begins. `undefined`: it needs no span before its end, unless somebody asks for `open`. */
  startStage(name: string, order: Order, startMs: number, above: OrderSpan): OrderSpan | undefined
  /** A stage's span, for what is called within it. */
  open(name: string, order: Order, startMs: number, above: OrderSpan): OrderSpan
  /** A span that is open ends; `undefined` where nobody wants to know. */
  end(span: OrderSpan): EndingSpan | undefined
  /** The same of one below `above` that was never open. */
  endBelow(name: string, order: Order, startMs: number, above: OrderSpan): EndingSpan | undefined
  /** The same in a trace of its own, that points to `last`: for what comes after the order's span was exported. */
  endLinked(name: string, order: Order, startMs: number, last: OrderSpan): EndingSpan | undefined
}

/** The short way where the provider has one, else the tracer of the API: the same spans either way. */
export function orderSpanSource(provider: TracerProvider, place: VenueFacts): OrderSpanSource {
  const short = ringTracerOf(provider, { name: SCOPE_NAME, version: VERSION })
  return short === undefined ? new ApiSpans(provider.getTracer(SCOPE_NAME, VERSION), place) : new RingSpans(short)
}

class RingSpans implements OrderSpanSource {
  readonly #tracer: RingTracer

  constructor(tracer: RingTracer) {
    this.#tracer = tracer
  }

  start(_order: Order, startMs: number, context: Context, links: readonly SpanContext[]): OrderSpan {
    return this.#tracer.startRoot('order', SpanKind.INTERNAL, startMs, context, links)
  }

  startStage(): undefined {
    return undefined
  }

  open(name: string, _order: Order, startMs: number, above: OrderSpan): OrderSpan {
    return this.#tracer.startBelow(name, SpanKind.CLIENT, startMs, above as RingSpan)
  }

  end(span: OrderSpan): EndingSpan | undefined {
    const ring = span as RingSpan
    return ring.isRecording() ? ring.tell() : undefined
  }

  endBelow(name: string, _order: Order, startMs: number, above: OrderSpan): EndingSpan | undefined {
    const ring = above as RingSpan
    return this.#tracer.isRecording(ring) ? this.#tracer.tellBelow(name, SpanKind.CLIENT, startMs, ring) : undefined
  }

  endLinked(name: string, _order: Order, startMs: number, last: OrderSpan): EndingSpan | undefined {
    const links = [last.span.spanContext()]
    return this.end(this.#tracer.startRoot(name, SpanKind.CLIENT, startMs, ROOT_CONTEXT, links))
  }
}

class ApiSpans implements OrderSpanSource {
  readonly #tracer: Tracer
  readonly #place: VenueFacts

  constructor(tracer: Tracer, place: VenueFacts) {
    this.#tracer = tracer
    this.#place = place
  }

  start(order: Order, startMs: number, context: Context, links: readonly SpanContext[]): OrderSpan {
    return this.#start('order', SpanKind.INTERNAL, startMs, context, links, sink => tellStart(sink, order, this.#place))
  }

  startStage(name: string, order: Order, startMs: number, above: OrderSpan): OrderSpan {
    return this.#startPart(name, order, startMs, (above as ApiSpan).context, [])
  }

  open(name: string, order: Order, startMs: number, above: OrderSpan): OrderSpan {
    return this.startStage(name, order, startMs, above)
  }

  end(span: OrderSpan): EndingSpan {
    return span as ApiSpan
  }

  endBelow(name: string, order: Order, startMs: number, above: OrderSpan): EndingSpan {
    return this.#startPart(name, order, startMs, (above as ApiSpan).context, [])
  }

  endLinked(name: string, order: Order, startMs: number, last: OrderSpan): EndingSpan {
    return this.#startPart(name, order, startMs, ROOT_CONTEXT, [last.span.spanContext()])
  }

  #startPart(name: string, order: Order, startMs: number, context: Context, links: readonly SpanContext[]): ApiSpan {
    const identity: Describe = sink => tellIdentity(sink, order, this.#place)
    return this.#start(name, SpanKind.CLIENT, startMs, context, links, identity)
  }

  #start(
    name: string,
    kind: SpanKind,
    startMs: number,
    context: Context,
    links: readonly SpanContext[],
    describe: Describe,
  ): ApiSpan {
    const options = {
      kind,
      startTime: toHrTime(startMs),
      attributes: attributesOf(describe),
      links: links.map(link => ({ context: link })),
    }
    return new ApiSpan(this.#tracer.startSpan(name, options, context), context)
  }
}

class ApiSpan implements OrderSpan, EndingSpan {
  readonly span: Span
  readonly ids: TraceRef | undefined
  readonly ref: TraceRef | undefined
  readonly #parent: Context

  constructor(span: Span, parent: Context) {
    this.span = span
    this.#parent = parent
    const context = span.spanContext()
    this.ids = isSpanContextValid(context) ? TraceRef.parse(context.traceId, context.spanId) : undefined
    this.ref = (context.traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : this.ids
  }

  /** What runs below this span. */
  get context(): Context {
    return trace.setSpan(this.#parent, this.span)
  }

  text(name: string, value: string): void {
    this.span.setAttribute(name, value)
  }

  flag(name: string, value: boolean): void {
    this.span.setAttribute(name, value)
  }

  event(name: string, attributes: Attributes, timeMs: number): void {
    this.span.addEvent(name, attributes, toHrTime(timeMs))
  }

  fail(message?: string): void {
    this.span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) })
  }

  finish(endMs: number): void {
    this.span.end(toHrTime(endMs))
  }
}
