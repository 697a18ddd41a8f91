/** One OTLP signal's destination. */
export interface OtlpSignalConfig {
  /** Of every request, path included; with gRPC the path is the method's. */
  readonly url: string
  readonly protocol: 'http/protobuf' | 'http/json' | 'grpc'
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'none' | 'gzip'
  readonly timeoutMs: number
  /** Paths of PEM files. */
  readonly certificate?: string
  readonly clientKey?: string
  readonly clientCertificate?: string
}

/** Everything the telemetry thread needs to know; plain data, since it travels to a worker. */
export interface ExportConfig {
  readonly resource: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** Where `/metrics` and the health paths are served; absent: nowhere. Port 0: any free port. */
  readonly prometheus?: { readonly host: string; readonly port: number }
  readonly otlp: {
    readonly traces?: OtlpSignalConfig
    readonly metrics?: OtlpSignalConfig
    readonly logs?: OtlpSignalConfig
  }
  /** Metrics are printed to stdout. */
  readonly consoleMetrics?: boolean
  /** Interval and time-out of the readers that aren't asked. */
  readonly metricExportIntervalMs: number
  readonly metricExportTimeoutMs: number
  /** What OTLP makes of sums and histograms (OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE). */
  readonly metricTemporality: 'cumulative' | 'delta' | 'lowmemory'
  /** After how long without a change a series gives its room to others, where that is scarce; 0: never. */
  readonly seriesIdleMs: number
  /** How long a collection waits for observable callbacks before it serves the last known values. */
  readonly observeTimeoutMs: number
  /** The loop counts as hung when it hasn't turned for so long. */
  readonly hangAfterMs: number
  /** How long the end of the process may wait for delivery. */
  readonly exitTimeoutMs: number
  /** Linux niceness of the telemetry thread, 0 to 19. */
  readonly niceness: number
  /** Nothing on stderr about collectors that answer or don't; what is wrong in the process itself is still said. */
  readonly quiet: boolean
  /** Which start of the telemetry thread this is, from 1. */
  readonly generation: number
  /** Process id to name in messages. */
  readonly pid: number
}
