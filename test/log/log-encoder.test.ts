import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import { type LogRecord, SeverityNumber } from '@opentelemetry/api-logs'
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { LoggerProvider, type ReadableLogRecord, type SdkLogRecord } from '@opentelemetry/sdk-logs'
import { expect, test } from 'vitest'
import { otlpMessage } from '../../src/channel/otlp-schema.js'
import { type DecodedMessage, decodeMessage } from '../../src/channel/protobuf-reader.js'
import { ProtobufWriter } from '../../src/channel/protobuf-writer.js'
import { encodeLogRecord } from '../../src/log/log-encoder.js'

const emitted: SdkLogRecord[] = []
const logger = new LoggerProvider({
  processors: [{ onEmit: record => void emitted.push(record), async forceFlush() {}, async shutdown() {} }],
}).getLogger('test')
const writer = new ProtobufWriter()

function ours(record: SdkLogRecord, limits = { maximumLength: 10_000, cut: 0 }): DecodedMessage {
  writer.reset()
  encodeLogRecord(writer, record, limits)
  return decodeMessage(writer.bytes.subarray(0, writer.length), otlpMessage('LogRecord'))
}

function upstream(record: ReadableLogRecord): DecodedMessage {
  const request = decodeMessage(
    ProtobufLogsSerializer.serializeRequest([record])!,
    otlpMessage('ExportLogsServiceRequest'),
  )
  const [resource] = request.resourceLogs as DecodedMessage[]
  const [scope] = resource!.scopeLogs as DecodedMessage[]
  const [log] = scope!.logRecords as DecodedMessage[]
  // upstream writes 0 where ours writes nothing
  return Object.fromEntries(Object.entries(log!).filter(([, value]) => value !== 0))
}

const sampled = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
})

test.each<[string, LogRecord]>([
  ['text', { body: 'order placed – 汉', severityNumber: SeverityNumber.INFO, severityText: 'INFO' }],
  ['within a span', { body: 'filled', context: sampled, eventName: 'order.filled' }],
  [
    'structured',
    {
      body: { text: 'x', number: 1.5, whole: -3, yes: true, list: [1, 'a', [false]], inner: { deep: 'y' } },
      attributes: { a: 1, list: ['x', 'y'] },
    },
  ],
  ['with times', { body: '', timestamp: [1_795_251_600, 123_456_789], observedTimestamp: [1_795_251_601, 1] }],
  ['bytes', { body: new Uint8Array([0, 1, 255]) }],
])('the bytes say the same as upstream’s: %s', (_, record) => {
  logger.emit(record)
  const read = emitted.pop()!
  expect(ours(read)).toEqual(upstream(read as unknown as ReadableLogRecord))
})

test('a circular body is cut and counted, and no caller is harmed', () => {
  const circular: Record<string, unknown> = { name: 'x' }
  circular.self = circular
  logger.emit({ body: circular as never, attributes: { long: 'y'.repeat(50) } })
  const limits = { maximumLength: 10, cut: 0 }
  const decoded = ours(emitted.pop()!, limits)
  expect(limits.cut).toBeGreaterThanOrEqual(2)
  expect(JSON.stringify(decoded)).toContain('"yyyyyyyyyy"')
})
