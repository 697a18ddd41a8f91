import { type ValueLimits, writeAttributeList, writeAttributes } from '../channel/otlp-values.js'
import type { ProtobufWriter } from '../channel/protobuf-writer.js'
import type { RingSpan } from './ring-span.js'
import { spanFlags } from './span-encoder.js'

/** SpanStatusCode.ERROR in opentelemetry/proto/trace/v1/trace.proto. */
const STATUS_ERROR = 2

/** Writes a span of the short way as an OTLP `Span` message: the same fields as `encodeSpan`. */
export function encodeRingSpan(writer: ProtobufWriter, span: RingSpan, limits: ValueLimits): void {
  const { ids, origin } = span
  const { parent } = origin
  writer.id128(1, ids.trace0, ids.trace1, ids.trace2, ids.trace3)
  writer.id64(2, ids.span0, ids.span1)
  if (origin.traceState !== undefined) writer.string(3, origin.traceState.serialize())
  if (parent !== undefined) writer.id64(4, parent.span0, parent.span1)
  writer.string(5, span.name)
  writer.uint(6, span.kind + 1)
  writer.timeMs(7, span.startMs)
  writer.timeMs(8, span.endMs)
  if (span.added === undefined) writeAttributeList(writer, 9, span.attributes, limits)
  else writeAttributes(writer, 9, { ...objectOf(span.attributes), ...span.added }, limits)
  if (span.events !== undefined) {
    for (const event of span.events) {
      const mark = writer.beginMessage(11)
      writer.timeMs(1, event.timeMs)
      writer.string(2, event.name)
      writeAttributes(writer, 3, event.attributes, limits)
      writer.endMessage(mark)
    }
    writer.uint(12, span.droppedEvents)
  }
  for (const link of span.links ?? []) {
    const mark = writer.beginMessage(13)
    writer.hex(1, link.context.traceId)
    writer.hex(2, link.context.spanId)
    if (link.context.traceState !== undefined) writer.string(3, link.context.traceState.serialize())
    if ('attributes' in link && link.attributes !== undefined) writeAttributes(writer, 4, link.attributes, limits)
    writer.fixed32(6, spanFlags(link.context.traceFlags, link.context.isRemote))
    writer.endMessage(mark)
  }
  if (span.isError) {
    const mark = writer.beginMessage(15)
    if (span.message !== undefined) writer.string(2, span.message.slice(0, limits.maximumLength))
    writer.uint(3, STATUS_ERROR)
    writer.endMessage(mark)
  }
  writer.fixed32(16, spanFlags(1, origin.isRemote))
}

/** The list as an object. */
export function objectOf(list: RingSpan['attributes']): Record<string, string | number | boolean> {
  const attributes: Record<string, string | number | boolean> = {}
  for (let i = 0; i < list.length; i += 2) attributes[list[i] as string] = list[i + 1]!
  return attributes
}
