/** An environment as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface EnvironmentOptions {
  /** What the shell says. */
  readonly shell: Environment
  /** The run ends and is summed up: what the shell says must not change the sums. */
  readonly finite: boolean
  /** Where the services send their spans. */
  readonly sinkUrl: string
}

const OURS = /^(OTEL|ORDERSCOPE)_/
/** The sink stands between the services and whatever the shell names. */
const WAY_OUT =
  /^OTEL_EXPORTER_OTLP_(TRACES_|METRICS_|LOGS_)?(ENDPOINT|HEADERS|PROTOCOL|CERTIFICATE|CLIENT_KEY|CLIENT_CERTIFICATE)$/
/** Settings that can't change what is counted; without them a finite run has the defaults. */
const HARMLESS = new Set([
  'OTEL_SDK_DISABLED',
  'OTEL_LOG_LEVEL',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_LOGS_EXPORTER',
  'OTEL_METRIC_EXPORT_INTERVAL',
  'ORDERSCOPE_THREAD',
  'ORDERSCOPE_THREAD_NICENESS',
])

/**
 * The environment of every service: spans go to the desk's own sink, whatever the shell says, and the line on stderr
 * that names the scrape address is there.
 */
export function serviceEnvironment({ shell, finite, sinkUrl }: EnvironmentOptions): Environment {
  const kept = Object.entries(shell).filter(
    ([name]) => !OURS.test(name) || (!WAY_OUT.test(name) && (!finite || HARMLESS.has(name))),
  )
  return {
    ...Object.fromEntries(kept),
    OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
    ORDERSCOPE_QUIET: '0',
    ...(finite ? explicit(shell) : {}),
  }
}

/** A module in NODE_OPTIONS may set what isn't set: what the sums need is said. */
function explicit(shell: Environment): Environment {
  const byOtlpToo = shell.OTEL_METRICS_EXPORTER?.split(',').some(name => name.trim() === 'otlp')
  return {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: byOtlpToo ? 'prometheus,otlp' : 'prometheus',
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
  }
}

/** The headers for the collector that the shell names: `name=value` pairs, values in percent-encoding. */
export function collectorHeaders(shell: Environment): Record<string, string> {
  const pairs = (shell.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',').filter(pair => pair.includes('='))
  const decoded = pairs.map(pair => {
    const [name, ...value] = pair.split('=').map(part => part.trim())
    return [name!.toLowerCase(), decodeURIComponent(value.join('='))] as const
  })
  return Object.fromEntries(decoded)
}

/** Whether the shell turns telemetry off: then metrics and traces have nothing to say. */
export function isTelemetryDisabled(shell: Environment): boolean {
  return shell.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true'
}

/** One sentence for each setting that names a collector and isn't heeded. */
export function unheededEndpoints(shell: Environment): string[] {
  return ['TRACES', 'METRICS', 'LOGS']
    .map(signal => `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)
    .filter(name => shell[name])
    .map(name => `${name} is not used by the demo; it forwards everything to OTEL_EXPORTER_OTLP_ENDPOINT.`)
}
