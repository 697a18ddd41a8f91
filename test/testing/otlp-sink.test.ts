import { gzipSync } from 'node:zlib'
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
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { afterEach, describe, expect, it } from 'vitest'
import { otlpMessage } from '../../src/channel/otlp-schema.js'
import { decodeMessage } from '../../src/channel/protobuf-reader.js'
import { createOtlpSink, type OtlpSink, type OtlpSinkOptions } from '../../src/testing/index.js'

const sinks: OtlpSink[] = []
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close()
})

async function start(options?: OtlpSinkOptions): Promise<OtlpSink> {
  const sink = await createOtlpSink(options)
  sinks.push(sink)
  return sink
}

type RequestBody = NonNullable<NonNullable<Parameters<typeof fetch>[1]>['body']>

const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const JSON_TYPE = { 'content-type': 'application/json' }

function post(
  sink: OtlpSink,
  path: string,
  body: Uint8Array | string,
  headers: Record<string, string>,
): Promise<Response> {
  return fetch(sink.url + path, { method: 'POST', body: body as RequestBody, headers })
}

const resource = resourceFromAttributes({ 'service.name': 'bot' })
const scope = { name: 'orderscope', version: '0.1.0' }
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const context = { traceId, spanId: '00f067aa0ba902b7', traceFlags: 1 }
const span = {
  name: 'order.submit',
  kind: 2,
  spanContext: () => context,
  parentSpanContext: { ...context, spanId: '1111111111111111' },
  startTime: [1_795_251_600, 0],
  endTime: [1_795_251_600, 2_500_000],
  status: { code: 2, message: 'refused' },
  attributes: { text: 'x', whole: -7, fraction: 1.25, flag: false, many: ['a', 'b'] },
  links: [{ context: { ...context, spanId: '2222222222222222' }, attributes: { why: 'late' } }],
  events: [{ name: 'trading.order.anomaly', time: [1_795_251_600, 5], attributes: { kind: 'overfill' } }],
  resource,
  instrumentationScope: scope,
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
} as unknown as ReadableSpan
const log = {
  hrTime: [1_795_251_600, 0],
  hrTimeObserved: [1_795_251_600, 0],
  severityNumber: 13,
  severityText: 'WARN',
  body: 'hello',
  attributes: { n: 1 },
  resource,
  instrumentationScope: scope,
  spanContext: context,
  droppedAttributesCount: 0,
} as unknown as ReadableLogRecord
const times = { startTime: [1, 0], endTime: [2, 0], attributes: { side: 'buy' } }
const metrics = {
  resource,
  scopeMetrics: [
    {
      scope,
      metrics: [
        {
          descriptor: { name: 'orders', unit: '{order}', description: 'd', valueType: 0 },
          aggregationTemporality: 1,
          dataPointType: 3,
          isMonotonic: true,
          dataPoints: [{ ...times, value: 41 }],
        },
        {
          descriptor: { name: 'latency', unit: 's', description: '', valueType: 1 },
          aggregationTemporality: 1,
          dataPointType: 0,
          dataPoints: [
            { ...times, value: { buckets: { boundaries: [1], counts: [1, 2] }, sum: 5.5, count: 3, min: 0.5, max: 3 } },
          ],
        },
      ],
    },
  ],
} as unknown as ResourceMetrics

describe.each(['protobuf', 'json'] as const)('%s', form => {
  it.each([false, true])('decodes traces, metrics and log records (gzip: %s)', async zipped => {
    const sink = await start()
    const bodies = {
      '/v1/traces': (form === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer).serializeRequest([span])!,
      '/v1/metrics': (form === 'json' ? JsonMetricsSerializer : ProtobufMetricsSerializer).serializeRequest(metrics)!,
      '/v1/logs': (form === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer).serializeRequest([log])!,
    }
    for (const [path, body] of Object.entries(bodies)) {
      const headers = { ...(form === 'json' ? JSON_TYPE : PROTOBUF), ...(zipped ? { 'content-encoding': 'gzip' } : {}) }
      const response = await post(sink, path, zipped ? gzipSync(body) : body, headers)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, headers['content-type']])
      expect(await response.text()).toBe(form === 'json' ? '{}' : '')
    }
    const origin = { resource: { 'service.name': 'bot' }, scope }
    expect(sink.spans).toEqual([
      {
        ...origin,
        name: 'order.submit',
        traceId,
        spanId: '00f067aa0ba902b7',
        parentSpanId: '1111111111111111',
        kind: 'client',
        startTimeUnixNano: 1_795_251_600_000_000_000n,
        endTimeUnixNano: 1_795_251_600_002_500_000n,
        durationMs: 2.5,
        attributes: { text: 'x', whole: -7, fraction: 1.25, flag: false, many: ['a', 'b'] },
        events: [
          { name: 'trading.order.anomaly', timeUnixNano: 1_795_251_600_000_000_005n, attributes: { kind: 'overfill' } },
        ],
        links: [{ traceId, spanId: '2222222222222222', attributes: { why: 'late' } }],
        status: { code: 'error', message: 'refused' },
      },
    ])
    expect(sink.logs).toMatchObject([
      { ...origin, body: 'hello', severityNumber: 13, severityText: 'WARN', traceId, attributes: { n: 1 } },
    ])
    expect(sink.metrics).toMatchObject([
      {
        ...origin,
        name: 'orders',
        type: 'sum',
        isMonotonic: true,
        temporality: 'cumulative',
        points: [{ attributes: { side: 'buy' }, value: 41 }],
      },
      {
        ...origin,
        name: 'latency',
        type: 'histogram',
        isMonotonic: false,
        points: [{ count: 3, sum: 5.5, min: 0.5, max: 3, bucketCounts: [1, 2], explicitBounds: [1] }],
      },
    ])
    expect(sink.malformed).toBe(0)
  })
})

describe('a body that it can’t take', () => {
  it.each([
    ['bytes that aren’t protobuf', '/v1/traces', 'hello', PROTOBUF, 400, 'not an OTLP message'],
    ['text that isn’t JSON', '/v1/traces', '{', JSON_TYPE, 400, 'The body is not JSON'],
    [
      'JSON of another form',
      '/v1/traces',
      '[]',
      JSON_TYPE,
      400,
      'ExportTraceServiceRequest must be an object, but is [].',
    ],
    [
      'a list that is none',
      '/v1/traces',
      '{"resourceSpans":{}}',
      JSON_TYPE,
      400,
      'ExportTraceServiceRequest.resourceSpans must be a list, but is {}.',
    ],
    [
      'a wrong number',
      '/v1/traces',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"soon"}]}]}]}',
      JSON_TYPE,
      400,
      'spans[0].startTimeUnixNano must be a whole number as decimal text, but is "soon".',
    ],
    [
      'an id in base64',
      '/v1/traces',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"S/kvNXezTaajzpKdDg5HNg=="}]}]}]}',
      JSON_TYPE,
      400,
      'traceId must be an id in hexadecimal',
    ],
    [
      'a span without an id',
      '/v1/traces',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x"}]}]}]}',
      JSON_TYPE,
      400,
      'traceId "" of "x" must have 16 bytes, but has 0.',
    ],
    [
      'gzip that is none',
      '/v1/traces',
      'hello',
      { ...PROTOBUF, 'content-encoding': 'gzip' },
      400,
      'The body is not gzip',
    ],
    [
      'another content type',
      '/v1/traces',
      'hello',
      { 'content-type': 'text/plain' },
      415,
      'Content-Type is "text/plain"',
    ],
    [
      'another encoding',
      '/v1/traces',
      'hello',
      { ...PROTOBUF, 'content-encoding': 'br' },
      415,
      'Content-Encoding is "br"',
    ],
    ['a path that isn’t there', '/v1/profiles', '', PROTOBUF, 404, 'There are /v1/traces, /v1/metrics, /v1/logs.'],
  ])('%s', async (_, path, body, headers, status, sentence) => {
    const sink = await start()
    const response = await post(sink, path, body, headers)
    expect(response.status).toBe(status)
    expect((await response.text()).replace(/\\"/g, '"')).toContain(sentence)
    expect(sink.malformed).toBe(status === 404 ? 0 : 1)
    expect(sink.spans).toEqual([])
  })

  it('a bomb', async () => {
    const sink = await start()
    const response = await post(sink, '/v1/traces', gzipSync(Buffer.alloc(65 << 20)), {
      ...PROTOBUF,
      'content-encoding': 'gzip',
    })
    expect(response.status).toBe(400)
  })
})

describe('misbehaving', () => {
  const body = ProtobufTraceSerializer.serializeRequest([span])!

  it('answers as it is told, and keeps only what it took', async () => {
    const sink = await start({
      respond: ({ index }) =>
        [{ status: 503, headers: { 'retry-after': '1' } }, { partial: { rejected: 1, message: 'too old' } }, undefined][
          index
        ],
    })
    const first = await post(sink, '/v1/traces', body, PROTOBUF)
    expect([first.status, first.headers.get('retry-after'), sink.spans.length]).toEqual([503, '1', 0])
    const second = await post(sink, '/v1/traces', body, PROTOBUF)
    expect(
      decodeMessage(new Uint8Array(await second.arrayBuffer()), otlpMessage('ExportTraceServiceResponse')),
    ).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'too old' },
    })
    await post(sink, '/v1/traces', body, PROTOBUF)
    expect(sink.requests.map(({ signal, index, size }) => [signal, index, size])).toEqual(
      [0, 1, 2].map(index => ['traces', index, body.length]),
    )
    sink.clear()
    expect([sink.spans.length, sink.requests.length]).toEqual([0, 0])
  })

  it('drops connections, or never answers', async () => {
    const sink = await start({ respond: ({ index }) => (index === 0 ? 'drop' : 'never') })
    await expect(post(sink, '/v1/traces', body, PROTOBUF)).rejects.toThrow()
    await expect(
      fetch(`${sink.url}/v1/traces`, {
        method: 'POST',
        body: body as RequestBody,
        headers: PROTOBUF,
        signal: AbortSignal.timeout(50),
      }),
    ).rejects.toThrow()
    expect(sink.spans).toEqual([])
  })
})

describe('waiting', () => {
  it('resolves when it comes, by name or condition', async () => {
    const sink = await start()
    const waiting = [sink.waitForSpan('order.submit'), sink.waitForSpan(({ status }) => status.code === 'error')]
    await post(sink, '/v1/traces', ProtobufTraceSerializer.serializeRequest([span])!, PROTOBUF)
    for (const found of await Promise.all(waiting)) expect(found.name).toBe('order.submit')
    expect((await sink.waitForSpan('order.submit')).traceId).toBe(traceId)
  })

  it('says what came instead', async () => {
    const sink = await start()
    await post(sink, '/v1/traces', ProtobufTraceSerializer.serializeRequest([span])!, PROTOBUF)
    await expect(sink.waitForSpan('order.ack', 20)).rejects.toThrow(
      'span "order.ack" did not come within 20 ms; there came 1 spans, 0 metrics, 0 log records (order.submit) in 1 requests, 0 malformed',
    )
  })
})
