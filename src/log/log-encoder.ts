import type { SdkLogRecord } from '@opentelemetry/sdk-logs'
import { type ValueLimits, writeAnyValue, writeAttributes } from '../channel/otlp-values.js'
import type { ProtobufWriter } from '../channel/protobuf-writer.js'

/** Writes a log record as an OTLP `LogRecord` message (opentelemetry/proto/logs/v1/logs.proto). */
export function encodeLogRecord(writer: ProtobufWriter, record: SdkLogRecord, limits: ValueLimits): void {
  writer.time(1, record.hrTime)
  writer.uint(2, record.severityNumber ?? 0)
  if (record.severityText !== undefined) writer.string(3, record.severityText)
  if (record.body !== undefined && record.body !== null) {
    const body = writer.beginMessage(5)
    writeAnyValue(writer, record.body, limits)
    writer.endMessage(body)
  }
  writeAttributes(writer, 6, record.attributes, limits)
  writer.uint(7, record.droppedAttributesCount)
  if (record.spanContext !== undefined) {
    writer.fixed32(8, record.spanContext.traceFlags)
    writer.hex(9, record.spanContext.traceId)
    writer.hex(10, record.spanContext.spanId)
  }
  writer.time(11, record.hrTimeObserved)
  if (record.eventName !== undefined) writer.string(12, record.eventName)
}
