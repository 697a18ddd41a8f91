import { attributes } from '../../src/catalog/attributes.js'
import { metrics } from '../../src/catalog/metrics.js'
import { prometheusName } from '../../src/catalog/prometheus-name.js'

/** Of upstream's instrumentations and of the programs of the stack themselves: what rules and runbooks read. */
const foreign = [
  'up',
  'target_info',
  'ALERTS',
  'nodejs_eventloop_delay_p99_seconds',
  'nodejs_eventloop_utilization_ratio',
  'v8js_gc_duration_seconds_sum',
  'v8js_memory_heap_used_bytes',
  'prometheus_rule_evaluation_failures_total',
  'prometheus_rule_group_last_duration_seconds',
  'prometheus_rule_group_interval_seconds',
  'prometheus_notifications_errors_total',
  'prometheus_notifications_dropped_total',
  'alertmanager_notifications_failed_total',
  'otelcol_exporter_queue_size',
  'otelcol_exporter_queue_capacity',
  'otelcol_exporter_sent_spans_total',
  'otelcol_exporter_send_failed_spans_total',
  'otelcol_exporter_send_failed_metric_points_total',
  'otelcol_exporter_send_failed_log_records_total',
  'otelcol_exporter_enqueue_failed_spans_total',
  'otelcol_exporter_enqueue_failed_metric_points_total',
  'otelcol_exporter_enqueue_failed_log_records_total',
  'otelcol_receiver_refused_spans_total',
  'otelcol_receiver_refused_metric_points_total',
  'otelcol_receiver_refused_log_records_total',
  'otelcol_processor_tail_sampling_sampling_traces_on_memory',
  'otelcol_process_memory_rss_bytes',
]

/** Every name under which Prometheus has a sample of the catalog, and those of others that are read. */
export const knownMetrics: ReadonlySet<string> = new Set([
  ...foreign,
  ...Object.entries(metrics).flatMap(([name, { unit, kind }]) => {
    const base = prometheusName(name, unit, kind)!.name
    return kind === 'histogram' ? ['_bucket', '_sum', '_count'].map(suffix => base + suffix) : [base]
  }),
])

const foreignLabels = ['job', 'instance', 'le', 'alertstate', 'v8js_gc_type', 'rule_group', 'integration', 'reason']
const collectorLabels = ['exporter', 'receiver', 'data_type', 'items']

/** Label → the values that there are; `undefined` where the set is open. */
export const knownLabels: ReadonlyMap<string, readonly string[] | undefined> = new Map<
  string,
  readonly string[] | undefined
>([
  ...[...foreignLabels, ...collectorLabels].map(label => [label, undefined] as const),
  ...Object.entries(attributes).map(
    ([name, definition]) =>
      [
        name.replaceAll('.', '_'),
        'values' in definition ? (definition.values as readonly string[]) : undefined,
      ] as const,
  ),
])
