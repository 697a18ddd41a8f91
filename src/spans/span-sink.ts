import type { Attributes } from '@opentelemetry/api'
import { dropIndex } from '../channel/control-block.js'
import { frameKinds, type Lane } from '../channel/lanes.js'
import type { ScopeDescriptor } from '../channel/messages.js'
import { type ValueLimits, writeAttribute, writeAttributes } from '../channel/otlp-values.js'
import { ProtobufWriter } from '../channel/protobuf-writer.js'
import { randomWord, type TraceRef } from '../channel/trace-ref.js'
import type { ChannelWriter } from '../channel/writer.js'
import type { AttributeSink } from './attribute-sink.js'
import { countCuts, DEFAULT_VALUE_LENGTH } from './record-limits.js'
import type { RingSpan } from './ring-span.js'
import { spanFlags } from './span-encoder.js'

const FAILED = dropIndex('encoding_failed')
// opentelemetry/proto/trace/v1/trace.proto, Status.StatusCode
const STATUS_ERROR = 2

/**
 * Where ended spans go: encoded in one buffer, then copied into the ring of their lane. Spans of the SDK come whole
 * (`write`); those of the short way are told piece by piece, one at a time: `begin` or `beginBelow`, then attributes,
 * then `finish`.
 */
export class SpanSink implements AttributeSink {
  readonly #writer: ChannelWriter
  readonly #buffer = new ProtobufWriter()
  readonly #limits: ValueLimits
  #open = true
  #scope: ScopeDescriptor | undefined
  /** The span being told, where there is an object of it. */
  #span: RingSpan | undefined
  /** Set by others through the API: they win over those that are told. */
  #added: Attributes | undefined
  #isRemote = false
  #isError = false
  #message: string | undefined
  #failed = false

  constructor(writer: ChannelWriter, maximumValueLength = DEFAULT_VALUE_LENGTH) {
    this.#writer = writer
    this.#limits = { maximumLength: maximumValueLength, cut: 0 }
  }

  /** False after `close`: what ends then is nobody's. */
  get isOpen(): boolean {
    return this.#open
  }

  close(): void {
    this.#open = false
  }

  /** Writes what `encode` makes of `span`. Never throws: what can't be encoded is counted. */
  write<Span>(
    lane: Lane,
    scope: ScopeDescriptor,
    span: Span,
    encode: (buffer: ProtobufWriter, span: Span, limits: ValueLimits) => void,
  ): void {
    if (!this.#open) return
    try {
      this.#buffer.reset()
      encode(this.#buffer, span, this.#limits)
      this.#commit(lane, scope)
    } catch {
      this.#writer.control.countDrop(FAILED)
    }
  }

  /** Begins with a span that others may have seen. */
  begin(scope: ScopeDescriptor, span: RingSpan): void {
    const { ids, origin } = span
    const { parent } = origin
    const buffer = this.#buffer
    buffer.reset()
    buffer.id128(1, ids.trace0, ids.trace1, ids.trace2, ids.trace3)
    buffer.id64(2, ids.span0, ids.span1)
    if (origin.traceState !== undefined) buffer.string(3, origin.traceState.serialize())
    if (parent !== undefined) buffer.id64(4, parent.span0, parent.span1)
    buffer.string(5, span.name)
    buffer.uint(6, span.kind + 1)
    buffer.timeMs(7, span.startMs)
    this.#begun(scope, span)
  }

  /** Begins with a span that nobody has seen and nobody will refer to: it gets its id here. */
  beginBelow(scope: ScopeDescriptor, name: string, kind: number, startMs: number, parent: RingSpan): void {
    const { trace0, trace1, trace2, trace3, span0, span1 }: TraceRef = parent.ids
    const buffer = this.#buffer
    buffer.reset()
    buffer.id128(1, trace0, trace1, trace2, trace3)
    buffer.id64(2, randomWord(), randomWord() || 1)
    const { traceState } = parent.origin
    if (traceState !== undefined) buffer.string(3, traceState.serialize())
    buffer.id64(4, span0, span1)
    buffer.string(5, name)
    buffer.uint(6, kind + 1)
    buffer.timeMs(7, startMs)
    this.#begun(scope, undefined)
  }

  text(name: string, value: string): void {
    if (this.#added === undefined || !Object.hasOwn(this.#added, name)) this.#attribute(name, value)
  }

  flag(name: string, value: boolean): void {
    if (this.#added === undefined || !Object.hasOwn(this.#added, name)) this.#attribute(name, value)
  }

  /** Status ERROR. */
  fail(message?: string): void {
    this.#isError = true
    if (message !== undefined) this.#message = message
  }

  /** The span is whole. */
  finish(endMs: number): void {
    const span = this.#span
    this.#span = undefined
    try {
      if (this.#failed) throw new RangeError('an attribute was too large')
      const buffer = this.#buffer
      buffer.timeMs(8, endMs)
      if (this.#added !== undefined) writeAttributes(buffer, 9, this.#added, this.#limits)
      if (span !== undefined) this.#writeRest(span)
      if (this.#isError) {
        const mark = buffer.beginMessage(15)
        if (this.#message !== undefined) buffer.string(2, this.#message.slice(0, this.#limits.maximumLength))
        buffer.uint(3, STATUS_ERROR)
        buffer.endMessage(mark)
      }
      buffer.fixed32(16, spanFlags(1, this.#isRemote))
      // every span of the short way is an order's
      this.#commit('orders', this.#scope!)
    } catch {
      this.#writer.control.countDrop(FAILED)
    }
  }

  #begun(scope: ScopeDescriptor, span: RingSpan | undefined): void {
    this.#scope = scope
    this.#span = span
    this.#added = span?.added
    this.#isRemote = span?.origin.isRemote === true
    this.#isError = span?.isError === true
    this.#message = span?.message
    this.#failed = false
  }

  #attribute(name: string, value: string | boolean): void {
    try {
      writeAttribute(this.#buffer, 9, name, value, this.#limits)
    } catch {
      this.#failed = true
    }
  }

  #writeRest({ events, droppedEvents, links }: RingSpan): void {
    const buffer = this.#buffer
    const limits = this.#limits
    for (const event of events ?? []) {
      const mark = buffer.beginMessage(11)
      buffer.timeMs(1, event.timeMs)
      buffer.string(2, event.name)
      writeAttributes(buffer, 3, event.attributes, limits)
      buffer.endMessage(mark)
    }
    buffer.uint(12, droppedEvents)
    for (const link of links ?? []) {
      const mark = buffer.beginMessage(13)
      buffer.hex(1, link.context.traceId)
      buffer.hex(2, link.context.spanId)
      if (link.context.traceState !== undefined) buffer.string(3, link.context.traceState.serialize())
      if (link.attributes !== undefined) writeAttributes(buffer, 4, link.attributes, limits)
      buffer.fixed32(6, spanFlags(link.context.traceFlags, link.context.isRemote))
      buffer.endMessage(mark)
    }
  }

  #commit(lane: Lane, scope: ScopeDescriptor): void {
    const buffer = this.#buffer
    countCuts(this.#writer, this.#limits)
    this.#writer.writeRecord(lane, frameKinds.span, this.#writer.scope(scope), buffer.bytes, buffer.length)
  }
}
