import { afterEach, describe, expect, it } from 'vitest'
import { frameKinds } from '../../src/channel/lanes.js'
import { ProtobufWriter } from '../../src/channel/protobuf-writer.js'
import { createOtlpSink, type OtlpSink, type OtlpSinkOptions } from '../../src/testing/otlp-sink.js'
import { type Connected, connect, createWriter, otlpTo } from './export-host.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function sinkWith(options: OtlpSinkOptions = {}): Promise<OtlpSink> {
  const sink = await createOtlpSink(options)
  ends.push(() => sink.close())
  return sink
}

type Kind = keyof typeof frameKinds

function record({ writer }: Connected, kind: Kind, lane: 'orders' | 'other', count: number, filler = 0): void {
  const scope = writer.scope({ name: 'orderscope' })
  const bytes = new ProtobufWriter()
  for (let i = 0; i < count; i++) {
    bytes.reset()
    if (kind === 'span') {
      bytes.hex(1, 'ab'.repeat(16))
      bytes.hex(2, (i + 1).toString(16).padStart(16, '0'))
      bytes.string(5, 'x'.repeat(filler))
    } else bytes.string(3, 'x'.repeat(filler))
    writer.writeRecord(lane, frameKinds[kind], scope, bytes.bytes, bytes.length)
  }
}

/** The newest point of each series that the collector was told, by its attributes. */
function told(sink: OtlpSink, name: string): Record<string, number> {
  const points = new Map<string, number>()
  for (const metric of sink.metrics.filter(each => each.name === name)) {
    for (const { attributes, value, count } of metric.points) {
      const key = Object.entries(attributes)
        .filter(([attribute]) => !attribute.startsWith('otel.component') && !attribute.startsWith('server.'))
        .map(([, one]) => one)
        .join(' ')
      const figure = value ?? count ?? 0
      points.set(key, metric.temporality === 'delta' ? (points.get(key) ?? 0) + figure : figure)
    }
  }
  return Object.fromEntries([...points].filter(([, value]) => value !== 0).sort())
}

/** Kind, unit and attributes by https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/ */
const conventions = {
  'otel.sdk.processor.span.processed': ['sum', true, '{span}', 'batching_span_processor', false],
  'otel.sdk.exporter.span.inflight': ['sum', false, '{span}', 'otlp_http_span_exporter', true],
  'otel.sdk.exporter.span.exported': ['sum', true, '{span}', 'otlp_http_span_exporter', true],
  'otel.sdk.processor.log.processed': ['sum', true, '{log_record}', 'batching_log_processor', false],
  'otel.sdk.exporter.log.inflight': ['sum', false, '{log_record}', 'otlp_http_log_exporter', true],
  'otel.sdk.exporter.log.exported': ['sum', true, '{log_record}', 'otlp_http_log_exporter', true],
  'otel.sdk.exporter.metric_data_point.inflight': ['sum', false, '{data_point}', 'otlp_http_metric_exporter', true],
  'otel.sdk.exporter.metric_data_point.exported': ['sum', true, '{data_point}', 'otlp_http_metric_exporter', true],
  'otel.sdk.metric_reader.collection.duration': ['histogram', false, 's', 'periodic_metric_reader', false],
  'otel.sdk.exporter.operation.duration': ['histogram', false, 's', 'otlp_http_span_exporter', true],
} as const

describe.each(['cumulative', 'delta'] as const)('%s', metricTemporality => {
  it('what was told, taken, refused and dropped adds up, by lane and reason, in the words of the conventions', async () => {
    const sink = await sinkWith({
      respond: ({ signal }, records) =>
        signal === 'traces' && (records as readonly { name: string }[])[0]?.name === ''
          ? { partial: { rejected: 3, message: 'too old' } }
          : signal === 'logs'
            ? { status: 400 }
            : undefined,
    })
    const otlp = {
      traces: otlpTo(sink.url, 'traces'),
      logs: otlpTo(sink.url, 'logs'),
      metrics: otlpTo(sink.url, 'metrics'),
    }
    const intervalMs = 150
    const config = { otlp, metricTemporality, metricExportIntervalMs: intervalMs } as const
    const connected = await connect('loop', config, createWriter(1 << 16, { temporality: metricTemporality }))
    ends.push(() => connected.end())
    record(connected, 'span', 'orders', 10)
    // 64 KiB hold 63 of them
    record(connected, 'span', 'other', 100, 1000)
    record(connected, 'log', 'orders', 5)
    record(connected, 'log', 'other', 2, 40_000)
    await connected.drain()
    // what the drain itself sent is told by the next interval
    const sum = (figures: Record<string, number>) => Object.values(figures).reduce((all, figure) => all + figure, 0)
    await sink.waitUntil(
      () =>
        sum(told(sink, 'otel.sdk.processor.span.processed')) === 110 &&
        sum(told(sink, 'otel.sdk.exporter.span.exported')) === told(sink, 'otel.sdk.processor.span.processed')[''] &&
        told(sink, 'otel.sdk.exporter.log.exported')['400'] === 5 &&
        told(sink, 'otel.sdk.processor.log.processed').record_too_large === 2 &&
        sum(told(sink, 'otel.sdk.exporter.span.inflight')) === 0,
      'the figures of the drain',
      20_000,
    )
    const dropped = told(sink, 'orderscope.dropped')
    const full = dropped['other_ring_full other']!
    expect(full).toBeGreaterThan(30)
    expect(dropped).toEqual({ 'other_ring_full other': full, 'record_too_large other': 2, 'refused orders': 8 })
    expect(told(sink, 'otel.sdk.processor.span.processed')).toEqual({ '': 110 - full, queue_full: full })
    expect(told(sink, 'otel.sdk.exporter.span.exported')).toEqual({ '': 110 - full - 3, rejected: 3 })
    expect(told(sink, 'otel.sdk.processor.log.processed')).toEqual({ '': 5, record_too_large: 2 })
    expect(told(sink, 'otel.sdk.exporter.log.exported')).toEqual({ '400': 5 })
    expect(told(sink, 'otel.sdk.exporter.span.inflight')).toEqual({})
    const durations = told(sink, 'otel.sdk.exporter.operation.duration')
    expect(durations).toMatchObject({ '400': 1, rejected: 1 })

    for (const [name, [type, isMonotonic, unit, component, hasServer]] of Object.entries(conventions)) {
      const metric = sink.metrics.find(each => each.name === name)!
      expect([name, metric.type, metric.isMonotonic, metric.unit]).toEqual([name, type, isMonotonic, unit])
      const attributes = metric.points.map(point => point.attributes)
      const { port } = sink
      expect(attributes).toContainEqual(
        expect.objectContaining({
          'otel.component.type': component,
          'otel.component.name': `${component}/0`,
          ...(hasServer ? { 'server.address': '127.0.0.1', 'server.port': port } : {}),
        }),
      )
      if (!hasServer) expect(attributes.some(each => 'server.address' in each)).toBe(false)
    }
  }, 30_000)
})
