import type { OtlpSignalConfig } from '../channel/export-config.js'
import { instrumentationNames, instrumentationsOffByDefault } from './instrumentation-names.js'
import { type Environment, type EnvironmentReading, readEnvironment } from './settings-environment.js'
import type { TelemetryOptions } from './settings-options.js'
import { type OtlpSignal, otlpProblems, otlpSignalConfig } from './settings-otlp.js'
import type { PropagatorName, SamplerName, VariableValues } from './settings-variables.js'

export type LogLevel = NonNullable<VariableValues['OTEL_LOG_LEVEL']>

/** Limits of what one span, log record or event may hold. */
export interface RecordLimits {
  /** Characters of a text value; `undefined`: as many as the record takes. */
  readonly attributeValueLength: number | undefined
  readonly attributeCount: number
}

export interface SpanLimitSettings extends RecordLimits {
  readonly eventCount: number
  readonly linkCount: number
  readonly attributePerEventCount: number
  readonly attributePerLinkCount: number
}

/** Everything that can be set, resolved: code, then environment, then default. Plain data. */
export interface Settings {
  readonly disabled: boolean
  readonly logLevel: LogLevel | undefined
  readonly serviceName: string | undefined
  readonly resourceAttributes: Readonly<Record<string, string | number | boolean>>
  readonly sampler: { readonly name: SamplerName; readonly ratio: number }
  readonly exporters: {
    readonly traces: readonly ('otlp' | 'console')[]
    readonly metrics: readonly ('prometheus' | 'otlp' | 'console')[]
    readonly logs: readonly ('otlp' | 'console')[]
  }
  readonly otlp: Readonly<Record<OtlpSignal, OtlpSignalConfig>>
  readonly prometheus: { readonly host: string; readonly port: number }
  readonly metricExportIntervalMs: number
  readonly metricExportTimeoutMs: number
  /** What OTLP makes of sums and histograms; the scrape is cumulative with explicit buckets. */
  readonly metricTemporality: 'cumulative' | 'delta' | 'lowmemory'
  readonly histogramAggregation: 'explicit_bucket_histogram' | 'base2_exponential_bucket_histogram'
  readonly exemplarFilter: 'always_on' | 'always_off' | 'trace_based'
  readonly spanLimits: SpanLimitSettings
  readonly logLimits: RecordLimits
  /** Order events are log records too. */
  readonly orderLogs: boolean
  readonly propagators: readonly PropagatorName[]
  /** `undefined`: the default rule. */
  readonly propagateTo: readonly string[] | undefined
  /** Short names of the instrumentations that are on. */
  readonly instrumentations: ReadonlySet<string>
  readonly thread: boolean
  readonly quiet: boolean
  readonly exitTimeoutMs: number
  readonly hangAfterMs: number
  readonly threadNiceness: number
  readonly ringBytes: number
  readonly seriesLimit: number
  readonly seriesIdleMs: number
  /** The preloaded ancestor that has the configured scrape port, so that this process takes any free one. */
  readonly portHolder: number | undefined
  /** Sentences about what was wrong in the environment, without the package's name. */
  readonly problems: readonly string[]
}

/** Settings of this process: its environment, and what code says. `options` must have been checked. */
export function readSettings(options: TelemetryOptions = {}): Settings {
  return settingsFrom(process.env, options, process.pid)
}

/** `pid` tells whether the holder of the scrape port, named in the environment, is this process. */
export function settingsFrom(environment: Environment, options: TelemetryOptions, pid: number): Settings {
  const reading = readEnvironment(environment)
  const { values } = reading
  const configuredPort = values.OTEL_EXPORTER_PROMETHEUS_PORT ?? 9464
  const takenBy = portHolder(values.ORDERSCOPE_SCRAPE_HOLDERS ?? [], configuredPort, pid)
  const attributes = { ...values.OTEL_RESOURCE_ATTRIBUTES, ...options.resourceAttributes }
  const otlp = options.otlp ?? {}
  return {
    disabled: values.OTEL_SDK_DISABLED ?? false,
    logLevel: values.OTEL_LOG_LEVEL,
    serviceName: options.serviceName ?? values.OTEL_SERVICE_NAME ?? nameIn(attributes),
    resourceAttributes: attributes,
    sampler: samplerFrom(options, values),
    exporters: {
      traces: options.tracesExporters ?? values.OTEL_TRACES_EXPORTER ?? ['otlp'],
      metrics: options.metricsExporters ?? values.OTEL_METRICS_EXPORTER ?? ['prometheus'],
      logs: options.logsExporters ?? values.OTEL_LOGS_EXPORTER ?? ['otlp'],
    },
    otlp: {
      traces: otlpSignalConfig('traces', otlp, values),
      metrics: otlpSignalConfig('metrics', otlp, values),
      logs: otlpSignalConfig('logs', otlp, values),
    },
    prometheus: {
      host: options.prometheus?.host ?? values.OTEL_EXPORTER_PROMETHEUS_HOST ?? '127.0.0.1',
      port: options.prometheus?.port ?? (takenBy === undefined ? configuredPort : 0),
    },
    metricExportIntervalMs: options.metricExportIntervalMs ?? values.OTEL_METRIC_EXPORT_INTERVAL ?? 60_000,
    metricExportTimeoutMs: values.OTEL_METRIC_EXPORT_TIMEOUT ?? 30_000,
    metricTemporality:
      options.metricTemporality ?? values.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE ?? 'cumulative',
    histogramAggregation:
      options.histogramAggregation ??
      values.OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION ??
      'explicit_bucket_histogram',
    exemplarFilter: values.OTEL_METRICS_EXEMPLAR_FILTER ?? 'trace_based',
    spanLimits: spanLimitsFrom(values),
    logLimits: {
      attributeValueLength:
        values.OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? values.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT,
      attributeCount: values.OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT ?? values.OTEL_ATTRIBUTE_COUNT_LIMIT ?? 128,
    },
    orderLogs: options.orderLogs ?? values.ORDERSCOPE_ORDER_LOGS ?? true,
    propagators: values.OTEL_PROPAGATORS ?? ['tracecontext', 'baggage'],
    propagateTo: options.propagateTo ?? values.ORDERSCOPE_PROPAGATE_TO,
    instrumentations: enabledInstrumentations(reading, options),
    thread: options.thread ?? values.ORDERSCOPE_THREAD ?? true,
    quiet: options.quiet ?? values.ORDERSCOPE_QUIET ?? false,
    exitTimeoutMs: options.exitTimeoutMs ?? values.ORDERSCOPE_EXIT_TIMEOUT_MS ?? 2000,
    hangAfterMs: options.hangAfterMs ?? values.ORDERSCOPE_HANG_AFTER_MS ?? 5000,
    threadNiceness: options.threadNiceness ?? values.ORDERSCOPE_THREAD_NICENESS ?? 0,
    ringBytes: options.ringBytes ?? values.ORDERSCOPE_RING_BYTES ?? 8 * 1024 ** 2,
    seriesLimit: options.seriesLimit ?? values.ORDERSCOPE_SERIES_LIMIT ?? 2000,
    seriesIdleMs: options.seriesIdleMs ?? values.ORDERSCOPE_SERIES_IDLE_MS ?? 3_600_000,
    portHolder: options.prometheus?.port === undefined ? takenBy : undefined,
    problems: [...reading.problems, ...otlpProblems(otlp, values), ...unusedProblems(values, options)],
  }
}

/**
 * Tells the processes that this one starts which scrape port it has: they inherit the variables that name the
 * port as well, and take a free one instead. One that is given a port of its own keeps it.
 */
export function markForChildren(port: number): void {
  if (port === 0) return
  const own = `${process.pid}:${port}`
  const others = (process.env.ORDERSCOPE_SCRAPE_HOLDERS ?? '').split(',').filter(each => each !== '' && each !== own)
  process.env.ORDERSCOPE_SCRAPE_HOLDERS = [...others, own].join(',')
}

function portHolder(holders: readonly string[], port: number, pid: number): number | undefined {
  for (const holder of holders) {
    const [holderPid, holderPort] = holder.split(':').map(Number)
    if (holderPort === port && holderPid !== pid) return holderPid
  }
  return undefined
}

/** The environment of the telemetry thread: without `NODE_OPTIONS`, which would preload this package once more. */
export function telemetryThreadEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: '' }
}

/** `NODE_OPTIONS`, for advice about how a process is started. */
export function nodeOptions(): string {
  return process.env.NODE_OPTIONS ?? ''
}

function nameIn(attributes: Readonly<Record<string, string | number | boolean>>): string | undefined {
  const name = attributes['service.name']
  return name === undefined || name === '' ? undefined : String(name)
}

function samplerFrom(options: TelemetryOptions, values: VariableValues): Settings['sampler'] {
  if (typeof options.sampler === 'number') return { name: 'parentbased_traceidratio', ratio: options.sampler }
  return { name: values.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on', ratio: values.OTEL_TRACES_SAMPLER_ARG ?? 1 }
}

function spanLimitsFrom(values: VariableValues): SpanLimitSettings {
  return {
    attributeValueLength: values.OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? values.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT,
    attributeCount: values.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT ?? values.OTEL_ATTRIBUTE_COUNT_LIMIT ?? 128,
    eventCount: values.OTEL_SPAN_EVENT_COUNT_LIMIT ?? 128,
    linkCount: values.OTEL_SPAN_LINK_COUNT_LIMIT ?? 128,
    attributePerEventCount: values.OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT ?? 128,
    attributePerLinkCount: values.OTEL_LINK_ATTRIBUTE_COUNT_LIMIT ?? 128,
  }
}

/**
 * Code, then the list of what is off, then a variable of its own, then the list of what is on, which leaves all
 * others off (as `getNodeAutoInstrumentations` of `@opentelemetry/auto-instrumentations-node` has it).
 */
function enabledInstrumentations(reading: EnvironmentReading, options: TelemetryOptions): ReadonlySet<string> {
  const on = reading.values.OTEL_NODE_ENABLED_INSTRUMENTATIONS
  const off = reading.values.OTEL_NODE_DISABLED_INSTRUMENTATIONS ?? []
  const configured = options.instrumentations || {}
  const isOn = (name: string): boolean => {
    const fromCode = (configured as Record<string, { enabled?: boolean } | undefined>)[
      `@opentelemetry/instrumentation-${name}`
    ]?.enabled
    if (fromCode !== undefined) return fromCode
    if (off.includes(name)) return false
    const own = reading.instrumentations.get(name)
    if (own !== undefined) return own
    return on === undefined ? !instrumentationsOffByDefault.includes(name) : on.includes(name)
  }
  return new Set(instrumentationNames.filter(isOn))
}

/** A setting that has no effect beside the others is as bad as a misspelled one. */
function unusedProblems(values: VariableValues, options: TelemetryOptions): string[] {
  const ratio = values.OTEL_TRACES_SAMPLER_ARG
  const sampler = values.OTEL_TRACES_SAMPLER
  if (ratio === undefined || options.sampler !== undefined || sampler?.endsWith('traceidratio')) return []
  return [
    `OTEL_TRACES_SAMPLER_ARG=${ratio} has no effect with ${sampler ?? 'the default sampler'}; write OTEL_TRACES_SAMPLER=parentbased_traceidratio as well`,
  ]
}
