import type { DecodedMessage, DecodedValue } from '../channel/protobuf-reader.js'

/** The value of an attribute. A whole number beyond 2^53 is told as decimal text, bytes as base64. */
export type AttributeValue = string | number | boolean | AttributeValue[] | { [key: string]: AttributeValue } | null

/** Attributes as a plain object. */
export type PlainAttributes = Record<string, AttributeValue>

/** The instrumentation library that something came from. */
export interface ReceivedScope {
  readonly name: string
  readonly version: string
}

/** What spans, metrics and log records have in common. */
interface Received {
  /** Attributes of the resource: `service.name` and the like. */
  readonly resource: PlainAttributes
  readonly scope: ReceivedScope
}

/** A span as it arrived, readable. */
export interface ReceivedSpan extends Received {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root. */
  readonly parentSpanId: string
  readonly kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
  readonly durationMs: number
  readonly attributes: PlainAttributes
  readonly events: readonly {
    readonly name: string
    readonly timeUnixNano: bigint
    readonly attributes: PlainAttributes
  }[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: PlainAttributes }[]
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string }
}

/** A log record as it arrived. */
export interface ReceivedLog extends Received {
  readonly timeUnixNano: bigint
  readonly severityNumber: number
  readonly severityText: string
  readonly eventName: string
  readonly body: AttributeValue
  readonly attributes: PlainAttributes
  readonly traceId: string
  readonly spanId: string
}

/** An exemplar of a data point. */
export interface ReceivedExemplar {
  readonly value: number
  readonly timeUnixNano: bigint
  readonly traceId: string
  readonly spanId: string
}

/** A data point; which of the figures there are depends on the metric's type. */
export interface ReceivedPoint {
  readonly attributes: PlainAttributes
  readonly startTimeUnixNano: bigint
  readonly timeUnixNano: bigint
  readonly exemplars: readonly ReceivedExemplar[]
  /** Of a sum or gauge. */
  readonly value?: number
  /** Of histograms and summaries. */
  readonly count?: number
  readonly sum?: number
  readonly min?: number
  readonly max?: number
  readonly bucketCounts?: readonly number[]
  readonly explicitBounds?: readonly number[]
  /** Of an exponential histogram. */
  readonly scale?: number
  readonly zeroCount?: number
  readonly positive?: { readonly offset: number; readonly bucketCounts: readonly number[] }
  readonly negative?: { readonly offset: number; readonly bucketCounts: readonly number[] }
}

/** A metric as it arrived. */
export interface ReceivedMetric extends Received {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly type: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary'
  readonly isMonotonic: boolean
  readonly temporality: 'unspecified' | 'delta' | 'cumulative'
  readonly points: readonly ReceivedPoint[]
}

type Fields = Readonly<Record<string, DecodedValue | undefined>>

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const statusCodes = ['unset', 'ok', 'error'] as const
const temporalities = ['unspecified', 'delta', 'cumulative'] as const
const metricTypes = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const

/** The spans of an `ExportTraceServiceRequest`. */
export function readSpans(request: DecodedMessage): ReceivedSpan[] {
  return each(request, 'resourceSpans', 'scopeSpans', 'spans').map(([span, origin]) => {
    const start = nanos(span.startTimeUnixNano)
    const end = nanos(span.endTimeUnixNano)
    const status = fields(span.status)
    return {
      ...origin,
      name: text(span.name),
      traceId: text(span.traceId),
      spanId: text(span.spanId),
      parentSpanId: text(span.parentSpanId),
      kind: kinds[Number(span.kind ?? 0)] ?? 'unspecified',
      startTimeUnixNano: start,
      endTimeUnixNano: end,
      durationMs: Number(end - start) / 1e6,
      attributes: plainAttributes(span.attributes),
      events: list(span.events).map(event => ({
        name: text(event.name),
        timeUnixNano: nanos(event.timeUnixNano),
        attributes: plainAttributes(event.attributes),
      })),
      links: list(span.links).map(link => ({
        traceId: text(link.traceId),
        spanId: text(link.spanId),
        attributes: plainAttributes(link.attributes),
      })),
      status: { code: statusCodes[Number(status.code ?? 0)] ?? 'unset', message: text(status.message) },
    }
  })
}

/** The log records of an `ExportLogsServiceRequest`. */
export function readLogs(request: DecodedMessage): ReceivedLog[] {
  return each(request, 'resourceLogs', 'scopeLogs', 'logRecords').map(([record, origin]) => ({
    ...origin,
    timeUnixNano: nanos(record.timeUnixNano),
    severityNumber: Number(record.severityNumber ?? 0),
    severityText: text(record.severityText),
    eventName: text(record.eventName),
    body: plainValue(record.body),
    attributes: plainAttributes(record.attributes),
    traceId: text(record.traceId),
    spanId: text(record.spanId),
  }))
}

/** The metrics of an `ExportMetricsServiceRequest`. */
export function readMetrics(request: DecodedMessage): ReceivedMetric[] {
  return each(request, 'resourceMetrics', 'scopeMetrics', 'metrics').map(([metric, origin]) => {
    const type = metricTypes.find(candidate => metric[candidate] !== undefined) ?? 'gauge'
    const data = fields(metric[type])
    return {
      ...origin,
      name: text(metric.name),
      description: text(metric.description),
      unit: text(metric.unit),
      type,
      isMonotonic: data.isMonotonic === true,
      temporality: temporalities[Number(data.aggregationTemporality ?? 0)] ?? 'unspecified',
      points: list(data.dataPoints).map(readPoint),
    }
  })
}

function readPoint(point: Fields): ReceivedPoint {
  const value = point.asDouble ?? point.asInt
  return {
    attributes: plainAttributes(point.attributes),
    startTimeUnixNano: nanos(point.startTimeUnixNano),
    timeUnixNano: nanos(point.timeUnixNano),
    exemplars: list(point.exemplars).map(exemplar => ({
      value: Number(exemplar.asDouble ?? exemplar.asInt ?? 0),
      timeUnixNano: nanos(exemplar.timeUnixNano),
      traceId: text(exemplar.traceId),
      spanId: text(exemplar.spanId),
    })),
    ...(value === undefined ? {} : { value: Number(value) }),
    ...numbers(point, ['count', 'sum', 'min', 'max', 'scale', 'zeroCount']),
    ...(point.bucketCounts === undefined ? {} : { bucketCounts: numberList(point.bucketCounts) }),
    ...(point.explicitBounds === undefined ? {} : { explicitBounds: numberList(point.explicitBounds) }),
    ...(point.positive === undefined ? {} : { positive: readBuckets(fields(point.positive)) }),
    ...(point.negative === undefined ? {} : { negative: readBuckets(fields(point.negative)) }),
  }
}

function readBuckets(buckets: Fields): { offset: number; bucketCounts: number[] } {
  return { offset: Number(buckets.offset ?? 0), bucketCounts: numberList(buckets.bucketCounts) }
}

function numbers(from: Fields, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.filter(name => from[name] !== undefined).map(name => [name, Number(from[name])]))
}

/** Every record with where it came from. */
function each(request: DecodedMessage, outer: string, inner: string, record: string): [Fields, Received][] {
  return list(request[outer]).flatMap(resourceRecords => {
    const resource = plainAttributes(fields(resourceRecords.resource).attributes)
    return list(resourceRecords[inner]).flatMap(scopeRecords => {
      const { name, version } = fields(scopeRecords.scope)
      const scope = { name: text(name), version: text(version) }
      return list(scopeRecords[record]).map((one): [Fields, Received] => [one, { resource, scope }])
    })
  })
}

function plainAttributes(pairs: DecodedValue | undefined): PlainAttributes {
  return Object.fromEntries(list(pairs).map(({ key, value }) => [text(key), plainValue(value)]))
}

function plainValue(value: DecodedValue | undefined): AttributeValue {
  const any = fields(value)
  if (any.stringValue !== undefined) return any.stringValue as string
  if (any.boolValue !== undefined) return any.boolValue as boolean
  if (any.intValue !== undefined) {
    const number = Number(any.intValue)
    return Number.isSafeInteger(number) ? number : String(any.intValue)
  }
  if (any.doubleValue !== undefined) return Number(any.doubleValue)
  if (any.arrayValue !== undefined) return listOf(fields(any.arrayValue).values).map(plainValue)
  if (any.kvlistValue !== undefined) return plainAttributes(fields(any.kvlistValue).values)
  if (any.bytesValue !== undefined) return any.bytesValue as string
  return null
}

function fields(value: DecodedValue | undefined): Fields {
  return typeof value === 'object' && !Array.isArray(value) ? value : {}
}

function listOf(value: DecodedValue | undefined): DecodedValue[] {
  return Array.isArray(value) ? value : []
}

function list(value: DecodedValue | undefined): Fields[] {
  return listOf(value).map(fields)
}

function numberList(value: DecodedValue | undefined): number[] {
  return listOf(value).map(Number)
}

function text(value: DecodedValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function nanos(value: DecodedValue | undefined): bigint {
  return BigInt((value as string | number | undefined) ?? 0)
}
