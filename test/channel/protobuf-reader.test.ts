import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { AggregationTemporality, DataPointType, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { otlpMessage } from '../../src/channel/otlp-schema.js'
import { decodeMessage, ProtobufError } from '../../src/channel/protobuf-reader.js'

const resource = resourceFromAttributes({
  'service.name': 'bot',
  'process.pid': 12,
  ratio: 0.5,
  on: true,
  list: ['a', 'b'],
})
const scope = { name: 'orderscope', version: '0.1.0', schemaUrl: 'https://opentelemetry.io/schemas/1.0.0' }
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED }

const span = {
  name: 'order.submit – größer',
  kind: SpanKind.CLIENT,
  spanContext: () => context,
  parentSpanContext: { ...context, spanId: '1111111111111111', isRemote: true },
  startTime: [1_795_251_600, 123_456_789],
  endTime: [1_795_251_600, 999_999_999],
  ended: true,
  duration: [0, 0],
  status: { code: SpanStatusCode.ERROR, message: 'refused' },
  attributes: { text: 'x', whole: -7, large: 2 ** 40, fraction: 1.25, flag: false, many: [1, 2, 3] },
  links: [{ context: { ...context, spanId: '2222222222222222' }, attributes: { why: 'late fill' } }],
  events: [{ name: 'trading.order.anomaly', time: [1_795_251_600, 5], attributes: { kind: 'overfill' } }],
  resource,
  instrumentationScope: scope,
  droppedAttributesCount: 1,
  droppedEventsCount: 2,
  droppedLinksCount: 3,
} as unknown as ReadableSpan

const log = {
  hrTime: [1_795_251_600, 1],
  hrTimeObserved: [1_795_251_600, 2],
  spanContext: context,
  severityText: 'WARN',
  severityNumber: 13,
  eventName: 'order.anomaly',
  body: { nested: { deep: [1, 'two', { three: 3.5 }] }, bytes: new Uint8Array([1, 2, 255]) },
  resource,
  instrumentationScope: scope,
  attributes: { a: 1 },
  droppedAttributesCount: 4,
} as unknown as ReadableLogRecord

const point = {
  startTime: [1_795_000_000, 0],
  endTime: [1_795_251_600, 7],
  attributes: { 'trading.venue.name': 'okx' },
}
const base = { aggregationTemporality: AggregationTemporality.CUMULATIVE }
const metrics = {
  resource,
  scopeMetrics: [
    {
      scope,
      metrics: [
        {
          ...base,
          descriptor: { name: 'sum', description: 'd', unit: '{order}', valueType: 0 },
          dataPointType: DataPointType.SUM,
          isMonotonic: true,
          dataPoints: [{ ...point, value: 41 }],
        },
        {
          ...base,
          descriptor: { name: 'gauge', description: '', unit: '', valueType: 1 },
          dataPointType: DataPointType.GAUGE,
          dataPoints: [{ ...point, value: -0.5 }],
        },
        {
          ...base,
          descriptor: { name: 'histogram', description: '', unit: 's', valueType: 1 },
          dataPointType: DataPointType.HISTOGRAM,
          dataPoints: [
            {
              ...point,
              value: { buckets: { boundaries: [0.1, 1], counts: [1, 0, 2] }, sum: 3.5, count: 3, min: 0.05, max: 2 },
            },
          ],
        },
        {
          ...base,
          descriptor: { name: 'exponential', description: '', unit: 's', valueType: 1 },
          dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
          dataPoints: [
            {
              ...point,
              value: {
                scale: -2,
                zeroCount: 1,
                count: 4,
                sum: 9,
                min: 0,
                max: 5,
                positive: { offset: -3, bucketCounts: [1, 300] },
                negative: { offset: 0, bucketCounts: [] },
              },
            },
          ],
        },
      ],
    },
  ],
} as unknown as ResourceMetrics

describe('agrees with upstream', () => {
  it('about traces', () => {
    const decoded = decodeMessage(
      ProtobufTraceSerializer.serializeRequest([span])!,
      otlpMessage('ExportTraceServiceRequest'),
    )
    expect(withoutDefaults(decoded)).toEqual(withoutDefaults(json(JsonTraceSerializer.serializeRequest([span])!)))
  })

  it('about log records', () => {
    const decoded = decodeMessage(
      ProtobufLogsSerializer.serializeRequest([log])!,
      otlpMessage('ExportLogsServiceRequest'),
    )
    expect(withoutDefaults(decoded)).toEqual(withoutDefaults(json(JsonLogsSerializer.serializeRequest([log])!)))
  })

  it('about metrics', () => {
    const decoded = decodeMessage(
      ProtobufMetricsSerializer.serializeRequest(metrics)!,
      otlpMessage('ExportMetricsServiceRequest'),
    )
    expect(withoutDefaults(decoded)).toEqual(withoutDefaults(json(JsonMetricsSerializer.serializeRequest(metrics)!)))
  })
})

function json(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString())
}

const longFields = new Set(['intValue', 'asInt', 'count', 'zeroCount', 'bucketCounts'])

/** Defaults may be left out, and upstream's JSON writes 64-bit numbers as numbers, so those are compared as text. */
function withoutDefaults(value: unknown, field = ''): unknown {
  if (Array.isArray(value)) return value.map(item => withoutDefaults(item, field))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, item]) => [name, withoutDefaults(item, name)] as const)
        .filter(([name, item]) => !isDefault(name, item)),
    )
  }
  return longFields.has(field) && value !== undefined ? String(value) : value
}

function isDefault(name: string, value: unknown): boolean {
  if (name.endsWith('Value') || name.startsWith('as')) return false
  return (
    value === undefined || value === 0 || value === '0' || value === '' || (Array.isArray(value) && value.length === 0)
  )
}

describe('exemplars', () => {
  const { root } = protobuf.parse(`syntax = "proto3";
    message NumberDataPoint { fixed64 time_unix_nano = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; } repeated Exemplar exemplars = 5; }
    message Exemplar { fixed64 time_unix_nano = 2; oneof value { double as_double = 3; sfixed64 as_int = 6; } bytes span_id = 4; bytes trace_id = 5; }`)

  it('are read as protobufjs writes them', () => {
    const bytes = root
      .lookupType('NumberDataPoint')
      .encode({
        timeUnixNano: 5,
        asInt: -3,
        exemplars: [
          { timeUnixNano: 7, asDouble: 1.5, traceId: Buffer.from(traceId, 'hex'), spanId: Buffer.from(spanId, 'hex') },
        ],
      })
      .finish()
    expect(decodeMessage(bytes, otlpMessage('NumberDataPoint'))).toEqual({
      timeUnixNano: '5',
      asInt: '-3',
      exemplars: [{ timeUnixNano: '7', asDouble: 1.5, traceId, spanId }],
    })
  })
})

describe('forms that protobuf allows', () => {
  it('reads packed and unpacked lists, also mixed', () => {
    // bucket_counts (6) packed [1, 2], then 3 alone
    const bytes = Buffer.concat([Buffer.from([0x32, 16]), long(1n), long(2n), Buffer.from([0x31]), long(3n)])
    expect(decodeMessage(bytes, otlpMessage('HistogramDataPoint'))).toEqual({ bucketCounts: ['1', '2', '3'] })
  })

  it('skips unknown fields of every wire type', () => {
    const bytes = Buffer.from([
      0xf8, 0x07, 0x96, 0x01, 0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, 0xfd, 0x07, 1, 2, 3, 4, 0xfa, 0x07, 2, 9, 9, 0x0a, 1,
      0x61,
    ])
    expect(decodeMessage(bytes, otlpMessage('KeyValue'))).toEqual({ key: 'a' })
  })

  it('reads numbers of ten bytes and numbers that aren’t finite', () => {
    const minusOne = Buffer.from([0x18, ...Array(9).fill(0xff), 0x01])
    expect(decodeMessage(minusOne, otlpMessage('AnyValue'))).toEqual({ intValue: '-1' })
    const infinity = Buffer.from([0x21, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f])
    expect(decodeMessage(infinity, otlpMessage('AnyValue'))).toEqual({ doubleValue: 'Infinity' })
  })

  it('reads from shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 4)
    shared.set([0x0a, 2, 0xc3, 0xa9])
    expect(decodeMessage(shared, otlpMessage('KeyValue'))).toEqual({ key: 'é' })
  })
})

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}

describe('hostile input', () => {
  it.each([
    [
      'a length beyond the end',
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
      'KeyValue.key is cut off: 4294967295 bytes expected, 0 left',
    ],
    ['a number without an end', Array(11).fill(0xff), 'a number longer than 10 bytes'],
    ['a number that is cut off', [0x80], 'cut off in the middle of a number'],
    ['field number 0', [0x02, 0x00], 'field number 0'],
    ['groups', [0x0b], 'KeyValue.key has wire type 3 instead of 2'],
    ['unknown groups', [0xfb, 0x07], "wire type 3, which OTLP doesn't use"],
    ['a string that isn’t UTF-8', [0x0a, 2, 0xc3, 0x28], 'KeyValue.key is not valid UTF-8'],
    ['an inner length beyond the outer', [0x12, 2, 0x0a, 5, 1, 2, 3, 4, 5], 'AnyValue.stringValue is cut off'],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeMessage(Uint8Array.from(bytes), otlpMessage('KeyValue'))).toThrow(ProtobufError)
    expect(() => decodeMessage(Uint8Array.from(bytes), otlpMessage('KeyValue'))).toThrow(message)
  })

  it('lists in lists without end', () => {
    let bytes: Buffer = Buffer.alloc(0)
    for (let i = 0; i < 1000; i++) bytes = field(5, field(1, bytes))
    expect(() => decodeMessage(bytes, otlpMessage('AnyValue'))).toThrow('nested more than 64 levels deep')
  })

  it('any bytes give a message or a ProtobufError', () => {
    const request = Buffer.from(ProtobufTraceSerializer.serializeRequest([span])!)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(request.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(request.length),
        (changes, end) => {
          const bytes = Buffer.from(request)
          for (const [at, byte] of changes) bytes[at] = byte
          try {
            decodeMessage(bytes.subarray(0, end), otlpMessage('ExportTraceServiceRequest'))
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufError)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

function field(number: number, bytes: Buffer): Buffer {
  const size: number[] = []
  let rest = bytes.length
  for (; rest > 127; rest >>= 7) size.push((rest & 127) | 128)
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...size, rest]), bytes])
}
