import { type ValueLimits, writeAttributes } from '../channel/otlp-values.js'
import type { ProtobufWriter } from '../channel/protobuf-writer.js'
import type { ReadableSpan } from './sdk-trace.js'

// opentelemetry/proto/trace/v1/trace.proto, message Span
const FLAG_HAS_REMOTE = 0x100
const FLAG_IS_REMOTE = 0x200

/** Writes an ended span as an OTLP `Span` message. */
export function encodeSpan(writer: ProtobufWriter, span: ReadableSpan, limits: ValueLimits): void {
  const context = span.spanContext()
  const parent = span.parentSpanContext
  writer.hex(1, context.traceId)
  writer.hex(2, context.spanId)
  if (context.traceState !== undefined) writer.string(3, context.traceState.serialize())
  if (parent !== undefined) writer.hex(4, parent.spanId)
  writer.string(5, span.name)
  writer.uint(6, span.kind + 1)
  writer.time(7, span.startTime)
  writer.time(8, span.endTime)
  writeAttributes(writer, 9, span.attributes, limits)
  writer.uint(10, span.droppedAttributesCount)
  for (const event of span.events) {
    const mark = writer.beginMessage(11)
    writer.time(1, event.time)
    writer.string(2, event.name)
    if (event.attributes !== undefined) writeAttributes(writer, 3, event.attributes, limits)
    writer.uint(4, event.droppedAttributesCount ?? 0)
    writer.endMessage(mark)
  }
  writer.uint(12, span.droppedEventsCount)
  for (const link of span.links) {
    const mark = writer.beginMessage(13)
    writer.hex(1, link.context.traceId)
    writer.hex(2, link.context.spanId)
    if (link.context.traceState !== undefined) writer.string(3, link.context.traceState.serialize())
    if (link.attributes !== undefined) writeAttributes(writer, 4, link.attributes, limits)
    writer.uint(5, link.droppedAttributesCount ?? 0)
    writer.fixed32(6, spanFlags(link.context.traceFlags, link.context.isRemote))
    writer.endMessage(mark)
  }
  writer.uint(14, span.droppedLinksCount)
  if (span.status.code !== 0) {
    const mark = writer.beginMessage(15)
    if (span.status.message !== undefined) writer.string(2, span.status.message.slice(0, limits.maximumLength))
    writer.uint(3, span.status.code)
    writer.endMessage(mark)
  }
  writer.fixed32(16, spanFlags(context.traceFlags, parent?.isRemote))
}

/** Trace flags, and whether the parent (or the linked span) lives in another process. */
export function spanFlags(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 255) | FLAG_HAS_REMOTE | (isRemote === true ? FLAG_IS_REMOTE : 0)
}
