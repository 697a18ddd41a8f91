import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, DataPointType, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { otlpMessage } from '../../../src/channel/otlp-schema.js'
import { type DecodedMessage, decodeMessage } from '../../../src/channel/protobuf-reader.js'
import { MetricsEncoder } from '../../../src/export/otlp/metrics-encoder.js'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const point = {
  startTime: [1_795_000_000, 1],
  endTime: [1_795_251_600, 999_999_999],
  attributes: { 'trading.venue.name': 'okx', n: -5, ratio: 0.25, on: true, list: ['a', 1], größe: 'ü'.repeat(200) },
}
const cumulative = { aggregationTemporality: AggregationTemporality.CUMULATIVE }

function collected(exemplars: object[] | undefined): ResourceMetrics {
  const more = exemplars === undefined ? {} : { exemplars }
  return {
    resource: resourceFromAttributes({ 'service.name': 'bot', 'process.pid': 12 }),
    scopeMetrics: [
      {
        scope: { name: 'orderscope', version: '0.1.0', schemaUrl: 'https://example.org/schema' },
        metrics: [
          {
            ...cumulative,
            descriptor: { name: 'sum', description: 'd', unit: '{order}', valueType: 0 },
            dataPointType: DataPointType.SUM,
            isMonotonic: true,
            dataPoints: [
              { ...point, value: 2 ** 40 + 1, ...more },
              { ...point, value: 0 },
            ],
          },
          {
            ...cumulative,
            descriptor: { name: 'net', description: '', unit: '', valueType: 0 },
            dataPointType: DataPointType.SUM,
            isMonotonic: false,
            dataPoints: [{ ...point, value: -3 }],
          },
          {
            ...cumulative,
            descriptor: { name: 'gauge', description: '', unit: '1', valueType: 1 },
            dataPointType: DataPointType.GAUGE,
            dataPoints: [{ ...point, value: -0.5 }],
          },
          {
            ...cumulative,
            descriptor: { name: 'histogram', description: '', unit: 's', valueType: 1 },
            dataPointType: DataPointType.HISTOGRAM,
            dataPoints: [
              {
                ...point,
                value: { buckets: { boundaries: [0.1, 1], counts: [1, 0, 2] }, sum: 3.5, count: 3, min: 0.05, max: 2 },
                ...more,
              },
            ],
          },
          {
            ...cumulative,
            aggregationTemporality: AggregationTemporality.DELTA,
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
                  positive: { offset: -3, bucketCounts: [1, 0, 300] },
                  negative: { offset: 0, bucketCounts: [] },
                },
              },
            ],
          },
        ],
      },
    ],
  } as unknown as ResourceMetrics
}

async function encode(metrics: ResourceMetrics, encoder = new MetricsEncoder()): Promise<DecodedMessage> {
  return decodeMessage(await encoder.encode(metrics, async () => {}), otlpMessage('ExportMetricsServiceRequest'))
}

/** Fields that say what their absence says: upstream writes some of them, we write others. */
function normalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalized)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, item]) => [name, normalized(item)] as const)
  return Object.fromEntries(
    entries.filter(
      ([name, item]) =>
        name === 'asDouble' ||
        name === 'asInt' ||
        (item !== 0 && item !== '0' && item !== '' && !(Array.isArray(item) && item.length === 0)),
    ),
  )
}

describe('MetricsEncoder', () => {
  it('writes what upstream’s serializer writes', async () => {
    const upstream = decodeMessage(
      ProtobufMetricsSerializer.serializeRequest(collected(undefined))!,
      otlpMessage('ExportMetricsServiceRequest'),
    )
    expect(normalized(await encode(collected(undefined)))).toEqual(normalized(upstream))
  })

  it('adds exemplars', async () => {
    const decoded = await encode(
      collected([
        { value: 1, time: [1_795_251_600, 412_000_000], traceId, spanId },
        { value: 0.5, time: [1, 2], traceId, spanId },
      ]),
    )
    const text = JSON.stringify(decoded)
    expect(text).toContain(
      `"exemplars":[{"timeUnixNano":"1795251600412000000","asInt":"1","spanId":"${spanId}","traceId":"${traceId}"},{"timeUnixNano":"1000000002","asDouble":0.5,`,
    )
    expect(text).toContain(`"exemplars":[{"timeUnixNano":"1795251600412000000","asDouble":1,`)
  })

  it('writes the same the second time, from what it has kept', async () => {
    const encoder = new MetricsEncoder()
    const metrics = collected([])
    const first = await encode(metrics, encoder)
    expect(await encode(metrics, encoder)).toEqual(first)
  })

  it('lets the loop turn while it writes thousands of series', async () => {
    const dataPoints = Array.from({ length: 2000 }, (_, i) => ({ ...point, attributes: { i }, value: i }))
    const metrics = collected([])
    Object.assign(metrics.scopeMetrics[0]!.metrics[2]!, { dataPoints })
    let turns = 0
    await new MetricsEncoder().encode(metrics, async () => {
      turns++
    })
    expect(turns).toBeGreaterThanOrEqual(4)
  })
})
