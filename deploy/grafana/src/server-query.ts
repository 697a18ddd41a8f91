/**
 * What the collector, Jaeger, Prometheus and Alertmanager say of themselves, and what the collector makes of spans.
 * No catalog of ours has these names: test/e2e asks the servers for each of them.
 */
export const serverMetrics = [
  // the collector's span_metrics and service_graph
  'traces_span_metrics_calls_total',
  'traces_span_metrics_duration_seconds',
  'traces_service_graph_request_server_seconds',
  'traces_service_graph_request_total',
  // the collector: https://opentelemetry.io/docs/collector/internal-telemetry/
  'otelcol_receiver_accepted_spans',
  'otelcol_receiver_accepted_metric_points',
  'otelcol_receiver_accepted_log_records',
  'otelcol_receiver_refused_spans',
  'otelcol_receiver_refused_metric_points',
  'otelcol_receiver_refused_log_records',
  'otelcol_exporter_sent_spans',
  'otelcol_exporter_sent_log_records',
  'otelcol_exporter_send_failed_spans',
  'otelcol_exporter_enqueue_failed_spans',
  'otelcol_exporter_queue_size',
  'otelcol_exporter_queue_capacity',
  'otelcol_processor_tail_sampling_global_count_traces_sampled',
  'otelcol_processor_tail_sampling_count_traces_sampled',
  'otelcol_processor_tail_sampling_sampling_traces_on_memory',
  'otelcol_process_memory_rss',
  // Jaeger, a collector too, by its job
  'jaeger_storage_latency_seconds',
  // Prometheus and Alertmanager
  'up',
  'scrape_samples_scraped',
  'prometheus_tsdb_head_series',
  'prometheus_rule_evaluation_failures_total',
  'prometheus_notifications_dropped_total',
  'alertmanager_notifications_failed_total',
] as const

type ServerMetric = (typeof serverMetrics)[number]
type Matchers = Readonly<Record<string, string>>

/** A counter, per second. */
export function serverRate(name: ServerMetric, by: readonly string[] = [], where: Matchers = {}): string {
  return `sum${grouped(by)} (rate(${selector(name, where)}[$__rate_interval]))`
}

/** A gauge. */
export function serverNow(
  aggregation: 'sum' | 'max',
  name: ServerMetric,
  by: readonly string[] = [],
  where: Matchers = {},
): string {
  return `${aggregation}${grouped(by)} (${selector(name, where)})`
}

/** A quantile of a histogram. */
export function serverQuantile(q: number, name: ServerMetric, by: readonly string[] = []): string {
  return `histogram_quantile(${q}, sum${grouped(['le', ...by])} (rate(${name}_bucket[$__rate_interval])))`
}

function grouped(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')})`
}

/** The collector's counters end in `_total` in some versions and settings, and not in others. */
function selector(name: ServerMetric, where: Matchers): string {
  const matchers = Object.entries(where).map(([label, matcher]) => label + matcher)
  if (!name.startsWith('otelcol_')) return matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`
  return `{${[`__name__=~"${name}(_total)?"`, ...matchers].join(', ')}}`
}
