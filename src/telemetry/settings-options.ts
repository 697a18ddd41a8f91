import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { ViewOptions } from '@opentelemetry/sdk-metrics'
import { propagationRuleMistake } from '../order/propagation-rule.js'
import type { Sampler, SpanProcessor } from '../spans/sdk-trace.js'
import { nearestName } from './nearest-name.js'
import type { OtlpOptions } from './settings-otlp.js'
import { isHeaders, parseHost, parseHttpUrl } from './settings-values.js'

/**
 * What `startTelemetry` takes. Everything has a default, and everything that stands here wins over the
 * environment variable of the same meaning.
 */
export interface TelemetryOptions {
  /** Name of the service: `service.name`. */
  readonly serviceName?: string
  /** Further attributes of the resource. */
  readonly resourceAttributes?: Readonly<Record<string, string | number | boolean>>
  /** Share of new traces that are kept, from 0 to 1, or a sampler of your own. */
  readonly sampler?: number | Sampler
  readonly tracesExporters?: readonly ('otlp' | 'console')[]
  readonly metricsExporters?: readonly ('prometheus' | 'otlp' | 'console')[]
  readonly logsExporters?: readonly ('otlp' | 'console')[]
  /** `false`: what happens to orders is told by metrics and traces only. */
  readonly orderLogs?: boolean
  readonly otlp?: OtlpOptions
  /** Where `/metrics` is served; port 0: any free one. */
  readonly prometheus?: { readonly host?: string; readonly port?: number }
  readonly metricExportIntervalMs?: number
  /** Whether OTLP tells totals or what was added since the last export; the scrape tells totals. */
  readonly metricTemporality?: 'cumulative' | 'delta' | 'lowmemory'
  /** Buckets of histograms by OTLP; the scrape has explicit ones. */
  readonly histogramAggregation?: 'explicit_bucket_histogram' | 'base2_exponential_bucket_histogram'
  /** Span processors of your own; they see every span, on the thread that ends it. */
  readonly spanProcessors?: readonly SpanProcessor[]
  /** Views for instruments, as `@opentelemetry/sdk-metrics` takes them. */
  readonly views?: readonly ViewOptions[]
  /** Configuration of OpenTelemetry's own instrumentations by package name; `false`: none of them. */
  readonly instrumentations?: InstrumentationConfigMap | false
  /** Instrumentations that aren't in OpenTelemetry's own set. */
  readonly additionalInstrumentations?: readonly Instrumentation[]
  /** Hosts that the trace is propagated to, instead of loopback and single-label names; empty: none. */
  readonly propagateTo?: readonly string[]
  /** `false`: no thread of its own, everything runs in the loop. */
  readonly thread?: boolean
  /** No start-up line. */
  readonly quiet?: boolean
  /** How long the end of the process may wait for what isn't delivered yet. */
  readonly exitTimeoutMs?: number
  /** The loop counts as hung when it hasn't turned for so long. */
  readonly hangAfterMs?: number
  /** Linux: niceness of the telemetry thread, 0 to 19. */
  readonly threadNiceness?: number
  /** Memory of each queue in bytes: spans and logs have one each in both lanes. It is taken up as it is used. */
  readonly ringBytes?: number
  /** Series that one instrument may have at a time. */
  readonly seriesLimit?: number
  /** After how long without a change a series gives its room to others, once three quarters of the limit are used; 0: never. */
  readonly seriesIdleMs?: number
}

type Check = (value: unknown) => string | undefined

const text: Check = value => (typeof value === 'string' && value.trim() !== '' ? undefined : 'a non-empty string')
const flag: Check = value => (typeof value === 'boolean' ? undefined : 'true or false')
const list: Check = value => (Array.isArray(value) ? undefined : 'an array')
const integer =
  (minimum: number, maximum: number): Check =>
  value =>
    Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum
      ? undefined
      : `a whole number from ${minimum} to ${maximum}`
const some =
  (...choices: string[]): Check =>
  value =>
    Array.isArray(value) && value.every(each => choices.includes(each))
      ? undefined
      : `an array of ${choices.map(choice => `'${choice}'`).join(', ')}`
const one =
  (...choices: string[]): Check =>
  value =>
    choices.includes(value as string) ? undefined : choices.map(choice => `'${choice}'`).join(' or ')

const sampler: Check = value => {
  if (typeof value === 'number' && value >= 0 && value <= 1) return undefined
  if (isObject(value) && typeof value.shouldSample === 'function') return undefined
  return 'a number from 0 to 1, or a Sampler'
}
const attributes: Check = value =>
  isObject(value) && Object.values(value).every(each => ['string', 'number', 'boolean'].includes(typeof each))
    ? undefined
    : 'an object whose values are strings, numbers or booleans'
const headers: Check = value =>
  isObject(value) &&
  Object.values(value).every(each => typeof each === 'string') &&
  isHeaders(value as Record<string, string>)
    ? undefined
    : 'an object of header names and values that HTTP can carry'
const hosts: Check = value => {
  if (!Array.isArray(value)) return 'an array of hosts'
  for (const entry of value) {
    const mistake = propagationRuleMistake(entry)
    if (mistake !== undefined) return `an array of hosts; ${mistake}`
  }
  return undefined
}

const checks: Readonly<Record<keyof TelemetryOptions, Check>> = {
  serviceName: text,
  resourceAttributes: attributes,
  sampler,
  tracesExporters: some('otlp', 'console'),
  metricsExporters: some('prometheus', 'otlp', 'console'),
  logsExporters: some('otlp', 'console'),
  orderLogs: flag,
  otlp: value => (isObject(value) ? undefined : 'an object such as { endpoint: "http://localhost:4318" }'),
  prometheus: value => (isObject(value) ? undefined : 'an object such as { host: "127.0.0.1", port: 9464 }'),
  metricExportIntervalMs: integer(1, 2 ** 31 - 1),
  metricTemporality: one('cumulative', 'delta', 'lowmemory'),
  histogramAggregation: one('explicit_bucket_histogram', 'base2_exponential_bucket_histogram'),
  spanProcessors: list,
  views: list,
  instrumentations: value => (value === false || isObject(value) ? undefined : 'false, or an object by package name'),
  additionalInstrumentations: list,
  propagateTo: hosts,
  thread: flag,
  quiet: flag,
  exitTimeoutMs: integer(0, 600_000),
  hangAfterMs: integer(500, 3_600_000),
  threadNiceness: integer(0, 19),
  ringBytes: integer(64 * 1024, 1024 ** 3),
  seriesLimit: integer(1, 1_000_000),
  seriesIdleMs: integer(0, 2 ** 31 - 1),
}

const otlpChecks: Readonly<Record<keyof OtlpOptions, Check>> = {
  endpoint: value =>
    typeof value === 'string' && parseHttpUrl(value) !== undefined
      ? undefined
      : 'an address such as http://localhost:4318',
  protocol: one('http/protobuf', 'http/json', 'grpc'),
  headers,
  compression: one('none', 'gzip'),
  timeoutMs: integer(1, 2 ** 31 - 1),
}

const prometheusChecks: Readonly<Record<string, Check>> = {
  host: value =>
    typeof value === 'string' && parseHost(value) !== undefined ? undefined : 'a host name or address without port',
  port: integer(0, 65_535),
}

/** Throws a TypeError that names the option, what it is and what it must be. */
export function checkTelemetryOptions(options: unknown): asserts options is TelemetryOptions {
  if (!isObject(options)) throw new TypeError(`startTelemetry: options must be an object, not ${shown(options)}`)
  checkEach(options, checks, '')
  if (options.otlp !== undefined) checkEach(options.otlp as Record<string, unknown>, otlpChecks, 'otlp.')
  if (options.prometheus !== undefined)
    checkEach(options.prometheus as Record<string, unknown>, prometheusChecks, 'prometheus.')
}

function checkEach(options: Record<string, unknown>, table: Readonly<Record<string, Check>>, prefix: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(table, name)) {
      const meant = nearestName(name, Object.keys(table))
      const instead =
        meant === undefined ? `there are ${Object.keys(table).join(', ')}` : `did you mean ${prefix}${meant}?`
      throw new TypeError(`startTelemetry: there is no option ${prefix}${name}; ${instead}`)
    }
    if (value === undefined) continue
    const mustBe = table[name]!(value)
    if (mustBe === undefined) continue
    // a header may hold a secret
    const is = name === 'headers' ? 'unreadable (its value is not shown)' : shown(value)
    throw new TypeError(`startTelemetry: ${prefix}${name} is ${is}; it must be ${mustBe}`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'number') return String(value)
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 120)
  } catch {
    return 'an object that can not be shown'
  }
}
