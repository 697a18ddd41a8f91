import { propagationRuleMistake } from '../order/propagation-rule.js'
import {
  parseBoolean,
  parseBytes,
  parseChoice,
  parseChoices,
  parseHeaders,
  parseHost,
  parseInteger,
  parseList,
  parseNumber,
  parseOtlpEndpoint,
  parsePairs,
  parseSwitch,
  parseText,
  type ValueParser,
} from './settings-values.js'

/** One environment variable: how its text is read and what a user is told when it can't be. */
export interface Variable<T> {
  readonly parse: ValueParser<T>
  /** Completes "it must be …". */
  readonly mustBe: string
  /** Completes "it counts as not set: …". */
  readonly otherwise: string
  /** The text is never shown. */
  readonly secret?: true
  /** Set but empty means something of its own; everywhere else it means not set. */
  readonly emptyCounts?: true
  /** Known words that can't be had (yet), each with the sentence that says what to write instead. */
  readonly unavailable?: Readonly<Record<string, string>>
}

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** Standard names of samplers (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). */
export type SamplerName = (typeof samplers)[number]

const propagators = ['tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger'] as const

/** Standard names of propagators. */
export type PropagatorName = (typeof propagators)[number]

const protocols = ['http/protobuf', 'http/json', 'grpc'] as const

const MAX_MS = 2 ** 31 - 1
const milliseconds = parseInteger(1, MAX_MS)
const anInterval = 'a whole number of milliseconds above 0'
const aLimit = parseInteger(0, MAX_MS)
const onOff = '`on` or `off`'
const trueFalse = '`true` or `false`'

const noZipkin = 'write otlp; Jaeger, Zipkin and most others take OTLP by now'

function define<T>(variable: Variable<T>): Variable<T> {
  return variable
}

function endpoint(signal: string) {
  return define({
    parse: parseOtlpEndpoint,
    mustBe: 'an address such as http://localhost:4318',
    otherwise: `${signal} go to http://localhost:4318, with gRPC to http://localhost:4317`,
  })
}
function protocol() {
  return define({
    parse: parseChoice(protocols),
    mustBe: 'http/protobuf, http/json or grpc',
    otherwise: 'http/protobuf is spoken',
  })
}
function headers() {
  return define({
    parse: parseHeaders,
    mustBe: 'pairs such as `authorization=Bearer%20abc,x-tenant=desk` (values percent-encoded)',
    otherwise: 'no headers are added',
    secret: true,
  })
}
function timeout() {
  return define({ parse: milliseconds, mustBe: anInterval, otherwise: 'a request may take 10000' })
}
function compression() {
  return define({
    parse: parseChoice(['none', 'gzip']),
    mustBe: 'gzip or none',
    otherwise: 'nothing is compressed',
  })
}
function insecure() {
  return define({
    parse: parseBoolean,
    mustBe: trueFalse,
    otherwise: 'gRPC to an address without http:// or https:// is encrypted',
  })
}
function pem(what: string) {
  return define({ parse: parseText, mustBe: 'the path of a PEM file', otherwise: `no ${what} is used` })
}
function limit(otherwise: string) {
  return define({ parse: aLimit, mustBe: 'a whole number from 0', otherwise })
}

/** Every variable that is read, once. */
export const variables = {
  OTEL_SDK_DISABLED: define({ parse: parseBoolean, mustBe: trueFalse, otherwise: 'telemetry is on' }),
  OTEL_LOG_LEVEL: define({
    parse: parseChoice(['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all']),
    mustBe: 'none, error, warn, info, debug, verbose or all',
    otherwise: "OpenTelemetry's own messages stay silent",
  }),

  OTEL_SERVICE_NAME: define({ parse: parseText, mustBe: 'a name', otherwise: 'the name in package.json is taken' }),
  OTEL_RESOURCE_ATTRIBUTES: define({
    parse: parsePairs,
    mustBe: 'pairs such as `deployment.environment.name=prod,service.version=1.4.2` (values percent-encoded)',
    otherwise: 'none of them is added',
  }),

  OTEL_TRACES_SAMPLER: define({
    parse: parseChoice(samplers),
    mustBe: samplers.join(', '),
    otherwise: 'every order is traced',
    unavailable: {
      jaeger_remote: 'the Jaeger sampler is not supported; write parentbased_traceidratio',
      parentbased_jaeger_remote: 'the Jaeger sampler is not supported; write parentbased_traceidratio',
      xray: 'the X-Ray sampler is not supported; write parentbased_traceidratio',
    },
  }),
  OTEL_TRACES_SAMPLER_ARG: define({
    parse: parseNumber(0, 1),
    mustBe: 'a number from 0 to 1, such as 0.1',
    otherwise: 'every order is traced',
  }),

  OTEL_TRACES_EXPORTER: define({
    parse: parseChoices(['otlp', 'console']),
    mustBe: 'otlp, console or none',
    otherwise: 'traces go out by OTLP',
    unavailable: { zipkin: noZipkin, jaeger: noZipkin },
  }),
  OTEL_METRICS_EXPORTER: define({
    parse: parseChoices(['prometheus', 'otlp', 'console']),
    mustBe: 'prometheus, otlp, console, several of them (`prometheus,otlp`) or none',
    otherwise: 'metrics are served for Prometheus',
  }),
  OTEL_LOGS_EXPORTER: define({
    parse: parseChoices(['otlp', 'console']),
    mustBe: 'otlp, console or none',
    otherwise: 'logs go out by OTLP',
  }),
  OTEL_PROPAGATORS: define({
    parse: parseChoices(propagators),
    mustBe: 'tracecontext, baggage, b3, b3multi, jaeger, several of them (`tracecontext,baggage`) or none',
    otherwise: 'tracecontext and baggage are used',
    unavailable: {
      xray: 'the format of X-Ray is not supported; write tracecontext, which X-Ray takes by now',
      ottrace: 'the format of OpenTracing is not supported; write tracecontext',
    },
  }),

  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint('traces, metrics and logs'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint('traces'),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpoint('metrics'),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: endpoint('logs'),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol(),
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocol(),
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: protocol(),
  OTEL_EXPORTER_OTLP_HEADERS: headers(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers(),
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: headers(),
  OTEL_EXPORTER_OTLP_LOGS_HEADERS: headers(),
  OTEL_EXPORTER_OTLP_TIMEOUT: timeout(),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: timeout(),
  OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: timeout(),
  OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: timeout(),
  OTEL_EXPORTER_OTLP_COMPRESSION: compression(),
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression(),
  OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: compression(),
  OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: compression(),
  OTEL_EXPORTER_OTLP_INSECURE: insecure(),
  OTEL_EXPORTER_OTLP_TRACES_INSECURE: insecure(),
  OTEL_EXPORTER_OTLP_METRICS_INSECURE: insecure(),
  OTEL_EXPORTER_OTLP_LOGS_INSECURE: insecure(),
  OTEL_EXPORTER_OTLP_CERTIFICATE: pem('certificate authority of its own'),
  OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: pem('certificate authority of its own'),
  OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE: pem('certificate authority of its own'),
  OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: pem('certificate authority of its own'),
  OTEL_EXPORTER_OTLP_CLIENT_KEY: pem('client key'),
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: pem('client key'),
  OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY: pem('client key'),
  OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: pem('client key'),
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: pem('client certificate'),
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: pem('client certificate'),
  OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE: pem('client certificate'),
  OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE: pem('client certificate'),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: define({
    parse: parseChoice(['cumulative', 'delta', 'lowmemory']),
    mustBe: 'cumulative, delta or lowmemory',
    otherwise: 'sums are cumulative',
  }),
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: define({
    parse: parseChoice(['explicit_bucket_histogram', 'base2_exponential_bucket_histogram']),
    mustBe: 'explicit_bucket_histogram or base2_exponential_bucket_histogram',
    otherwise: 'histograms have explicit buckets',
  }),

  OTEL_EXPORTER_PROMETHEUS_HOST: define({
    parse: parseHost,
    mustBe: 'a host name or address without port, such as 127.0.0.1 or 0.0.0.0',
    otherwise: 'metrics are served on 127.0.0.1',
  }),
  OTEL_EXPORTER_PROMETHEUS_PORT: define({
    parse: parseInteger(0, 65_535),
    mustBe: 'a port from 1 to 65535, or 0 for any free one',
    otherwise: 'metrics are served on port 9464',
  }),
  OTEL_METRIC_EXPORT_INTERVAL: define({
    parse: milliseconds,
    mustBe: anInterval,
    otherwise: 'metrics go out by OTLP every 60000',
  }),
  OTEL_METRIC_EXPORT_TIMEOUT: define({
    parse: milliseconds,
    mustBe: anInterval,
    otherwise: 'an export of metrics may take 30000',
  }),
  OTEL_METRICS_EXEMPLAR_FILTER: define({
    parse: parseChoice(['always_on', 'always_off', 'trace_based']),
    mustBe: 'trace_based, always_on or always_off',
    otherwise: 'measurements inside sampled traces become exemplars',
  }),

  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: limit('long values are cut by the limit of the record'),
  OTEL_ATTRIBUTE_COUNT_LIMIT: limit('128 attributes are kept'),
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: limit('the general limit holds'),
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: limit('128 attributes of a span are kept'),
  OTEL_SPAN_EVENT_COUNT_LIMIT: limit('128 events of a span are kept'),
  OTEL_SPAN_LINK_COUNT_LIMIT: limit('128 links of a span are kept'),
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: limit('128 attributes of an event are kept'),
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: limit('128 attributes of a link are kept'),
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: limit('the general limit holds'),
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: limit('128 attributes of a log record are kept'),

  OTEL_NODE_ENABLED_INSTRUMENTATIONS: define({
    parse: parseList,
    mustBe: 'names such as `http,undici,pg`',
    otherwise: 'the usual ones are on',
  }),
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: define({
    parse: parseList,
    mustBe: 'names such as `dns,net`',
    otherwise: 'none is turned off',
  }),

  ORDERSCOPE_THREAD: define({
    parse: parseSwitch,
    mustBe: onOff,
    otherwise: 'telemetry runs on a thread of its own',
  }),
  ORDERSCOPE_ORDER_LOGS: define({
    parse: parseBoolean,
    mustBe: onOff,
    otherwise: 'order events go out as log records too, where logs are exported',
  }),
  ORDERSCOPE_QUIET: define({
    parse: parseSwitch,
    mustBe: '1 or 0',
    otherwise: 'the start-up line and those about collectors are shown',
  }),
  ORDERSCOPE_EXIT_TIMEOUT_MS: define({
    parse: parseInteger(0, 600_000),
    mustBe: 'a whole number of milliseconds from 0 to 600000',
    otherwise: 'the end of the process waits 2000 at most',
  }),
  ORDERSCOPE_HANG_AFTER_MS: define({
    parse: parseInteger(500, 3_600_000),
    mustBe: 'a whole number of milliseconds from 500 to 3600000',
    otherwise: 'the loop counts as hung after 5000',
  }),
  ORDERSCOPE_THREAD_NICENESS: define({
    parse: parseInteger(0, 19),
    mustBe: 'a whole number from 0 to 19',
    otherwise: "the telemetry thread keeps the process's priority",
  }),
  ORDERSCOPE_PROPAGATE_TO: define({
    parse: text => {
      const rule = parseList(text)!
      return rule.some(entry => propagationRuleMistake(entry) !== undefined) ? undefined : rule
    },
    mustBe: 'hosts such as `risk.desk.internal:8080,*.desk.internal,10.1.0.0/16`, or empty for nowhere',
    otherwise: 'the trace goes to loopback and single-label host names',
    emptyCounts: true,
  }),
  ORDERSCOPE_RING_BYTES: define({
    parse: parseBytes(64 * 1024, 1024 ** 3),
    mustBe: 'a size from 64KiB to 1GiB, such as 8MiB',
    otherwise: 'spans and logs have 8MiB each in both lanes',
  }),
  ORDERSCOPE_SERIES_LIMIT: define({
    parse: parseInteger(1, 1_000_000),
    mustBe: 'a whole number from 1 to 1000000',
    otherwise: 'an instrument has 2000 series at most',
  }),
  ORDERSCOPE_SERIES_IDLE_MS: define({
    parse: parseInteger(0, MAX_MS),
    mustBe: 'a whole number of milliseconds, or 0 for never',
    otherwise:
      'an instrument that has used three quarters of its series gives up those that have not changed for 3600000',
  }),
  /** Set by this package for child processes: `pid:port` of every ancestor that serves metrics. */
  ORDERSCOPE_SCRAPE_HOLDERS: define({ parse: parseList, mustBe: 'left alone', otherwise: 'no port is held' }),
} satisfies Record<string, Variable<never> | Variable<unknown>>

export type VariableName = keyof typeof variables
export type VariableValue<Name extends VariableName> = (typeof variables)[Name] extends Variable<infer T> ? T : never
export type VariableValues = { readonly [Name in VariableName]?: VariableValue<Name> }
