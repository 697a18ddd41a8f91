import type { Meter, Tracer } from '@opentelemetry/api'

/*
 * OpenTelemetry as its documentation sets it up: a Prometheus exporter, a batch span processor before OTLP over HTTP.
 */

/** Metrics for a scrape; the server listens on `port` where one is given. */
export async function startOpenTelemetryMetrics(port?: number): Promise<Meter> {
  const { MeterProvider, AggregationType } = await import('@opentelemetry/sdk-metrics')
  const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
  const exporter = new PrometheusExporter({ host: '127.0.0.1', port: port ?? 0, preventServerStart: true })
  if (port !== undefined) await exporter.startServer()
  // the default of 2,000 series would make it count 8,000 of 10,000 as overflow
  const views = [
    {
      instrumentName: '*',
      aggregation: { type: AggregationType.DEFAULT } as const,
      aggregationCardinalityLimit: 200_000,
    },
  ]
  return new MeterProvider({ readers: [exporter], views }).getMeter('bench')
}

/** What a user of OpenTelemetry has for traces, and how to deliver the rest at the end. */
export interface OpenTelemetryTraces {
  readonly tracer: Tracer
  flush(): Promise<void>
}

/** Traces by OTLP to `url`; `sampled`: all of them, or none. */
export async function startOpenTelemetryTraces(url: string, sampled = true): Promise<OpenTelemetryTraces> {
  const { NodeTracerProvider, BatchSpanProcessor, AlwaysOffSampler, AlwaysOnSampler } = await import(
    '@opentelemetry/sdk-trace-node'
  )
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
  const provider = new NodeTracerProvider({
    sampler: sampled ? new AlwaysOnSampler() : new AlwaysOffSampler(),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }))],
  })
  provider.register()
  return { tracer: provider.getTracer('bench'), flush: () => provider.forceFlush() }
}
