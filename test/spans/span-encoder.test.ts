import {
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { expect, test } from 'vitest'
import { otlpMessage } from '../../src/channel/otlp-schema.js'
import { type DecodedMessage, decodeMessage } from '../../src/channel/protobuf-reader.js'
import { ProtobufWriter } from '../../src/channel/protobuf-writer.js'
import { encodeSpan } from '../../src/spans/span-encoder.js'

const ended: ReadableSpan[] = []
const provider = new NodeTracerProvider({
  spanProcessors: [{ onStart() {}, onEnd: span => void ended.push(span), async forceFlush() {}, async shutdown() {} }],
})
const tracer = provider.getTracer('test')
const writer = new ProtobufWriter()

function ours(span: ReadableSpan, maximumLength = 10_000): DecodedMessage {
  writer.reset()
  encodeSpan(writer, span, { maximumLength, cut: 0 })
  return decodeMessage(writer.bytes.subarray(0, writer.length), otlpMessage('Span'))
}

function upstream(span: ReadableSpan): DecodedMessage {
  const request = decodeMessage(
    ProtobufTraceSerializer.serializeRequest([span])!,
    otlpMessage('ExportTraceServiceRequest'),
  )
  const [resource] = request.resourceSpans as DecodedMessage[]
  const [scope] = resource!.scopeSpans as DecodedMessage[]
  return (scope!.spans as DecodedMessage[])[0]!
}

/** Leaves out what says nothing: upstream writes some fields that hold their default, ours doesn't. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults)
  if (typeof value !== 'object' || value === null) return value
  const said = Object.entries(value).map(([name, item]) => [name, withoutDefaults(item)] as const)
  return Object.fromEntries(said.filter(([name, item]) => !isDefault(name, item)))
}

function isDefault(name: string, item: unknown): boolean {
  if (name === 'status') return Object.keys(item as object).length === 0
  return (item === 0 && /^(dropped|code)/.test(name)) || (item === '' && name === 'traceState')
}

const parent = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
  traceState: createTraceState('a=b'),
}

test.each<[string, (span: Span) => void]>([
  ['plain', () => {}],
  [
    'attributes of every type',
    span => {
      span.setAttributes({
        text: 'é – 汉字 🚀',
        empty: '',
        whole: 42,
        negative: -7,
        zero: 0,
        large: 2 ** 52,
        fraction: 0.1,
        yes: true,
        no: false,
        texts: ['a', 'b'],
        numbers: [1, 2.5, -3],
        long: 'x'.repeat(200),
        longer: '汉'.repeat(9000),
      })
    },
  ],
  [
    'events, links, status',
    span => {
      span.addEvent('happened', { a: 1 }, [1_700_000_000, 123_456_789])
      span.addEvent('bare')
      span.addLink({ context: parent, attributes: { why: 'late' } })
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' })
      span.recordException(new Error('thrown'))
    },
  ],
  [
    'more than the limits',
    span => {
      for (let i = 0; i < 200; i++) span.setAttribute(`a${i}`, i)
      for (let i = 0; i < 200; i++) span.addEvent(`e${i}`)
    },
  ],
])('the bytes say the same as upstream’s: %s', (_, prepare) => {
  for (const context of [ROOT_CONTEXT, trace.setSpanContext(ROOT_CONTEXT, parent)]) {
    for (const kind of [SpanKind.INTERNAL, SpanKind.CLIENT]) {
      const span = tracer.startSpan('order.submit', { kind, startTime: [1_795_251_600, 999_999_999] }, context)
      prepare(span)
      span.end([1_795_251_601, 1])
      const readable = ended.pop()!
      expect(withoutDefaults(ours(readable))).toEqual(withoutDefaults(upstream(readable)))
    }
  }
})

test('nanoseconds are exact', () => {
  for (const time of [
    [0, 1],
    [1, 0],
    [65535, 999_999_999],
    [65536, 0],
    [1_795_251_600, 123_456_789],
    [4_294_967_295, 999_999_999],
  ] as [number, number][]) {
    const span = tracer.startSpan('s', { startTime: time })
    span.end(time)
    const expected = (BigInt(time[0]) * 1_000_000_000n + BigInt(time[1])).toString()
    expect(ours(ended.pop()!).startTimeUnixNano).toBe(expected)
  }
})

test('long values are cut to the limit and counted', () => {
  const span = tracer.startSpan('s', { attributes: { long: 'x'.repeat(100), short: 'y' } })
  span.end()
  const limits = { maximumLength: 10, cut: 0 }
  writer.reset()
  encodeSpan(writer, ended.pop()!, limits)
  const decoded = decodeMessage(writer.bytes.subarray(0, writer.length), otlpMessage('Span'))
  expect(limits.cut).toBe(1)
  expect(decoded.attributes).toEqual([
    { key: 'long', value: { stringValue: 'x'.repeat(10) } },
    { key: 'short', value: { stringValue: 'y' } },
  ])
})
