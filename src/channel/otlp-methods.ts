const services = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
} as const

/** Path of a signal's gRPC method (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-request-and-response). */
export function grpcMethodPath(signal: keyof typeof services): string {
  return `/opentelemetry.proto.collector.${services[signal]}/Export`
}
