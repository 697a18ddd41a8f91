/*
 * The messages of OTLP 1.x (https://github.com/open-telemetry/opentelemetry-proto), as data: field number →
 * name in OTLP/JSON and type. A type that isn't a scalar names a message; `[]` marks a repeated field.
 */

/** `id`: bytes that OTLP/JSON writes in hexadecimal; `int64` and the like: decimal text there. */
export const scalarTypes = [
  'string',
  'bytes',
  'id',
  'bool',
  'int32',
  'uint32',
  'sint32',
  'enum',
  'int64',
  'uint64',
  'fixed32',
  'fixed64',
  'sfixed64',
  'double',
] as const

export type ScalarType = (typeof scalarTypes)[number]

/** Field number → `name type`. */
type MessageTable = Readonly<Record<number, string>>

const tables = {
  ExportTraceServiceRequest: { 1: 'resourceSpans ResourceSpans[]' },
  ExportLogsServiceRequest: { 1: 'resourceLogs ResourceLogs[]' },
  ExportMetricsServiceRequest: { 1: 'resourceMetrics ResourceMetrics[]' },
  ExportTraceServiceResponse: { 1: 'partialSuccess TracePartialSuccess' },
  ExportLogsServiceResponse: { 1: 'partialSuccess LogsPartialSuccess' },
  ExportMetricsServiceResponse: { 1: 'partialSuccess MetricsPartialSuccess' },
  TracePartialSuccess: { 1: 'rejectedSpans int64', 2: 'errorMessage string' },
  LogsPartialSuccess: { 1: 'rejectedLogRecords int64', 2: 'errorMessage string' },
  MetricsPartialSuccess: { 1: 'rejectedDataPoints int64', 2: 'errorMessage string' },
  /** google.rpc.Status, the body of an error. */
  Status: { 1: 'code int32', 2: 'message string', 3: 'details Any[]' },
  Any: { 1: 'typeUrl string', 2: 'value bytes' },
  /** google.rpc.RetryInfo, a detail of a status. */
  RetryInfo: { 1: 'retryDelay Duration' },
  Duration: { 1: 'seconds int64', 2: 'nanos int32' },

  Resource: { 1: 'attributes KeyValue[]', 2: 'droppedAttributesCount uint32', 3: 'entityRefs EntityRef[]' },
  EntityRef: { 1: 'schemaUrl string', 2: 'type string', 3: 'idKeys string[]', 4: 'descriptionKeys string[]' },
  InstrumentationScope: {
    1: 'name string',
    2: 'version string',
    3: 'attributes KeyValue[]',
    4: 'droppedAttributesCount uint32',
  },
  KeyValue: { 1: 'key string', 2: 'value AnyValue' },
  AnyValue: {
    1: 'stringValue string',
    2: 'boolValue bool',
    3: 'intValue int64',
    4: 'doubleValue double',
    5: 'arrayValue ArrayValue',
    6: 'kvlistValue KeyValueList',
    7: 'bytesValue bytes',
  },
  ArrayValue: { 1: 'values AnyValue[]' },
  KeyValueList: { 1: 'values KeyValue[]' },

  ResourceSpans: { 1: 'resource Resource', 2: 'scopeSpans ScopeSpans[]', 3: 'schemaUrl string' },
  ScopeSpans: { 1: 'scope InstrumentationScope', 2: 'spans Span[]', 3: 'schemaUrl string' },
  Span: {
    1: 'traceId id',
    2: 'spanId id',
    3: 'traceState string',
    4: 'parentSpanId id',
    5: 'name string',
    6: 'kind enum',
    7: 'startTimeUnixNano fixed64',
    8: 'endTimeUnixNano fixed64',
    9: 'attributes KeyValue[]',
    10: 'droppedAttributesCount uint32',
    11: 'events SpanEvent[]',
    12: 'droppedEventsCount uint32',
    13: 'links SpanLink[]',
    14: 'droppedLinksCount uint32',
    15: 'status SpanStatus',
    16: 'flags fixed32',
  },
  SpanEvent: {
    1: 'timeUnixNano fixed64',
    2: 'name string',
    3: 'attributes KeyValue[]',
    4: 'droppedAttributesCount uint32',
  },
  SpanLink: {
    1: 'traceId id',
    2: 'spanId id',
    3: 'traceState string',
    4: 'attributes KeyValue[]',
    5: 'droppedAttributesCount uint32',
    6: 'flags fixed32',
  },
  SpanStatus: { 2: 'message string', 3: 'code enum' },

  ResourceLogs: { 1: 'resource Resource', 2: 'scopeLogs ScopeLogs[]', 3: 'schemaUrl string' },
  ScopeLogs: { 1: 'scope InstrumentationScope', 2: 'logRecords LogRecord[]', 3: 'schemaUrl string' },
  LogRecord: {
    1: 'timeUnixNano fixed64',
    2: 'severityNumber enum',
    3: 'severityText string',
    5: 'body AnyValue',
    6: 'attributes KeyValue[]',
    7: 'droppedAttributesCount uint32',
    8: 'flags fixed32',
    9: 'traceId id',
    10: 'spanId id',
    11: 'observedTimeUnixNano fixed64',
    12: 'eventName string',
  },

  ResourceMetrics: { 1: 'resource Resource', 2: 'scopeMetrics ScopeMetrics[]', 3: 'schemaUrl string' },
  ScopeMetrics: { 1: 'scope InstrumentationScope', 2: 'metrics Metric[]', 3: 'schemaUrl string' },
  Metric: {
    1: 'name string',
    2: 'description string',
    3: 'unit string',
    5: 'gauge Gauge',
    7: 'sum Sum',
    9: 'histogram Histogram',
    10: 'exponentialHistogram ExponentialHistogram',
    11: 'summary Summary',
    12: 'metadata KeyValue[]',
  },
  Gauge: { 1: 'dataPoints NumberDataPoint[]' },
  Sum: { 1: 'dataPoints NumberDataPoint[]', 2: 'aggregationTemporality enum', 3: 'isMonotonic bool' },
  Histogram: { 1: 'dataPoints HistogramDataPoint[]', 2: 'aggregationTemporality enum' },
  ExponentialHistogram: { 1: 'dataPoints ExponentialHistogramDataPoint[]', 2: 'aggregationTemporality enum' },
  Summary: { 1: 'dataPoints SummaryDataPoint[]' },
  NumberDataPoint: {
    2: 'startTimeUnixNano fixed64',
    3: 'timeUnixNano fixed64',
    4: 'asDouble double',
    5: 'exemplars Exemplar[]',
    6: 'asInt sfixed64',
    7: 'attributes KeyValue[]',
    8: 'flags uint32',
  },
  HistogramDataPoint: {
    2: 'startTimeUnixNano fixed64',
    3: 'timeUnixNano fixed64',
    4: 'count fixed64',
    5: 'sum double',
    6: 'bucketCounts fixed64[]',
    7: 'explicitBounds double[]',
    8: 'exemplars Exemplar[]',
    9: 'attributes KeyValue[]',
    10: 'flags uint32',
    11: 'min double',
    12: 'max double',
  },
  ExponentialHistogramDataPoint: {
    1: 'attributes KeyValue[]',
    2: 'startTimeUnixNano fixed64',
    3: 'timeUnixNano fixed64',
    4: 'count fixed64',
    5: 'sum double',
    6: 'scale sint32',
    7: 'zeroCount fixed64',
    8: 'positive Buckets',
    9: 'negative Buckets',
    10: 'flags uint32',
    11: 'exemplars Exemplar[]',
    12: 'min double',
    13: 'max double',
    14: 'zeroThreshold double',
  },
  Buckets: { 1: 'offset sint32', 2: 'bucketCounts uint64[]' },
  SummaryDataPoint: {
    2: 'startTimeUnixNano fixed64',
    3: 'timeUnixNano fixed64',
    4: 'count fixed64',
    5: 'sum double',
    6: 'quantileValues ValueAtQuantile[]',
    7: 'attributes KeyValue[]',
    8: 'flags uint32',
  },
  ValueAtQuantile: { 1: 'quantile double', 2: 'value double' },
  Exemplar: {
    2: 'timeUnixNano fixed64',
    3: 'asDouble double',
    4: 'spanId id',
    5: 'traceId id',
    6: 'asInt sfixed64',
    7: 'filteredAttributes KeyValue[]',
  },
} as const satisfies Record<string, MessageTable>

/** Name of an OTLP message. */
export type MessageName = keyof typeof tables

/** A field, ready for the reader. */
export interface Field {
  readonly name: string
  readonly repeated: boolean
  readonly scalar: ScalarType | undefined
  /** Fields of the message, where it isn't a scalar. */
  readonly message: Message | undefined
}

/** A message: its name and its fields by number. */
export interface Message {
  readonly name: string
  readonly fields: ReadonlyMap<number, Field>
}

const messages = new Map<string, Message>()

/** A message of the schema. */
export function otlpMessage(name: MessageName): Message {
  return build(name)
}

function build(name: string): Message {
  const known = messages.get(name)
  if (known !== undefined) return known
  const fields = new Map<number, Field>()
  const message = { name, fields }
  // before its fields: AnyValue contains itself
  messages.set(name, message)
  const table: MessageTable = tables[name as MessageName]
  for (const number in table) {
    const [fieldName = '', type = ''] = table[number]!.split(' ')
    const repeated = type.endsWith('[]')
    const base = repeated ? type.slice(0, -2) : type
    const scalar = scalarTypes.find(candidate => candidate === base)
    fields.set(Number(number), {
      name: fieldName,
      repeated,
      scalar,
      message: scalar === undefined ? build(base) : undefined,
    })
  }
  return message
}
