import {
  type Attributes,
  type AttributeValue,
  type Exception,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
  type TraceState,
} from '@opentelemetry/api'
import { sanitizeAttributes } from '@opentelemetry/core'
import type { ScopeDescriptor } from '../channel/messages.js'
import type { TraceRef } from '../channel/trace-ref.js'
import type { SpanSink } from './span-sink.js'

/** As many as upstream's spans keep by default. */
const MAXIMUM_EVENTS = 128

/** Where a span comes from. */
export interface SpanOrigin {
  readonly parent: TraceRef | undefined
  /** The parent lives in another process. */
  readonly isRemote: boolean
  readonly traceState: TraceState | undefined
  readonly isSampled: boolean
}

/** What happened within a span, at milliseconds since 1970. */
export interface RingSpanEvent {
  readonly name: string
  readonly timeMs: number
  readonly attributes: Attributes
}

/**
 * A span that keeps little: ids as numbers, its start in milliseconds; its attributes are told at its end. To whoever
 * finds it in a context it is a span like any other.
 */
export class RingSpan implements Span {
  readonly name: string
  readonly kind: SpanKind
  readonly startMs: number
  readonly ids: TraceRef
  readonly origin: SpanOrigin
  isError = false
  message: string | undefined = undefined
  /** Set by others through the API: they win over those that are told at the end. */
  added: Attributes | undefined = undefined
  events: RingSpanEvent[] | undefined = undefined
  droppedEvents = 0
  links: readonly Link[] | undefined
  readonly #sink: SpanSink
  readonly #scope: ScopeDescriptor
  #context: SpanContext | undefined
  #childOrigin: SpanOrigin | undefined
  #ended = false

  constructor(
    sink: SpanSink,
    scope: ScopeDescriptor,
    name: string,
    kind: SpanKind,
    startMs: number,
    ids: TraceRef,
    origin: SpanOrigin,
    links: readonly SpanContext[],
  ) {
    this.#sink = sink
    this.#scope = scope
    this.name = name
    this.kind = kind
    this.startMs = startMs
    this.ids = ids
    this.origin = origin
    this.links = links.length === 0 ? undefined : links.map(context => ({ context }))
  }

  get span(): Span {
    return this
  }

  /** For exemplars; `undefined` where the trace isn't kept. */
  get ref(): TraceRef | undefined {
    return this.origin.isSampled ? this.ids : undefined
  }

  /** The same for all spans below this one. */
  get originOfChildren(): SpanOrigin {
    this.#childOrigin ??= {
      parent: this.ids,
      isRemote: false,
      traceState: this.origin.traceState,
      isSampled: this.origin.isSampled,
    }
    return this.#childOrigin
  }

  /** Ends it: what is told of it goes to the sink that is returned, before `finish`. Only where it is recording. */
  tell(): SpanSink {
    this.#ended = true
    this.#sink.begin(this.#scope, this)
    return this.#sink
  }

  fail(message?: string): void {
    this.isError = true
    if (message !== undefined) this.message = message
  }

  event(name: string, attributes: Attributes, timeMs: number): void {
    if (!this.isRecording()) return
    this.events ??= []
    if (this.events.length >= MAXIMUM_EVENTS) this.droppedEvents++
    else this.events.push({ name, timeMs, attributes })
  }

  // What the API wants of a span.

  spanContext(): SpanContext {
    this.#context ??= {
      traceId: this.ids.traceId,
      spanId: this.ids.spanId,
      traceFlags: this.origin.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      ...(this.origin.traceState === undefined ? {} : { traceState: this.origin.traceState }),
    }
    return this.#context
  }

  isRecording(): boolean {
    return !this.#ended && this.origin.isSampled && this.#sink.isOpen
  }

  setAttribute(key: string, value: AttributeValue): this {
    return this.setAttributes({ [key]: value })
  }

  setAttributes(attributes: Attributes): this {
    if (this.isRecording()) this.added = { ...this.added, ...sanitizeAttributes(attributes) }
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    const isTime = isTimeInput(attributesOrTime)
    const at = isTime ? attributesOrTime : time
    this.event(String(name), isTime ? {} : sanitizeAttributes(attributesOrTime), millisecondsOf(at))
    return this
  }

  addLink(link: Link): this {
    if (this.isRecording()) this.links = [...(this.links ?? []), link]
    return this
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  setStatus(status: SpanStatus): this {
    if (this.isRecording() && status.code === SpanStatusCode.ERROR) this.fail(status.message)
    return this
  }

  /** The names of these spans are what they are found by. */
  updateName(): this {
    return this
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const { name, message, stack } = typeof exception === 'string' ? { message: exception } : Object(exception)
    this.addEvent(
      'exception',
      { 'exception.type': name, 'exception.message': message, 'exception.stacktrace': stack },
      time,
    )
  }

  /** Whoever made it ends it, by `finish`: it isn't for others to say when an order is done. */
  end(): void {}
}

function isTimeInput(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === 'number' || value instanceof Date || Array.isArray(value)
}

/** Of all the forms in which the API takes a time, read as the SDK's spans read them. */
function millisecondsOf(time: TimeInput = Date.now()): number {
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6
  if (time instanceof Date) return time.getTime()
  // of performance.now()
  return time <= performance.now() ? performance.timeOrigin + time : time
}
