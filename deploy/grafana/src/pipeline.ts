import type { DashboardDefinition } from './dashboard-definition.js'
import { legend, now, orZero, quantile, rate } from './query.js'
import { serverNow, serverQuantile, serverRate } from './server-query.js'

/** Jaeger is a collector too: its own figures have its job or its name. */
const COLLECTOR = { exporter: '=~"otlp.*"' }

/** Whether telemetry gets through: the SDK, the collector, Jaeger, Prometheus. */
export const pipeline: DashboardDefinition = {
  uid: 'orderscope-pipeline',
  title: 'SDK and pipeline',
  description:
    'Whether telemetry gets through, from the trading process to the stores. What is dropped is counted here.',
  variables: ['job'],
  rows: [
    {
      title: 'At a glance',
      panels: [
        {
          title: 'Targets that are down',
          description: 'Targets of Prometheus that answered within the last hour and do not now.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: 'count(up == 0 and max_over_time(up[1h]) == 1) or on() vector(0)' }],
          alarm: 1,
        },
        {
          title: 'Loop last turned',
          description: "Time since the slowest application's event loop last turned.",
          kind: 'number',
          unit: 's',
          queries: [{ expr: now('max', 'orderscope.loop.age') }],
          warn: 1,
          alarm: 5,
        },
        {
          title: 'Dropped in the SDK',
          description: 'Telemetry dropped or cut before it could be exported, over an hour.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: 'sum(increase(orderscope_dropped_total[1h])) or on() vector(0)' }],
          warn: 1,
        },
        {
          title: 'Rings used',
          description: 'The fullest ring of the SDK; at 1 it drops.',
          kind: 'number',
          unit: 'percentunit',
          queries: [{ expr: 'max(orderscope_ring_size_bytes / orderscope_ring_capacity_bytes)' }],
          warn: 0.5,
          alarm: 0.8,
        },
        {
          title: "Collector's queue used",
          description: 'Of the queue on disk to Jaeger; at 1 it drops.',
          kind: 'number',
          unit: 'percentunit',
          queries: [
            {
              expr: `max(${serverNow('sum', 'otelcol_exporter_queue_size', ['instance'], COLLECTOR)} / ${serverNow('sum', 'otelcol_exporter_queue_capacity', ['instance'], COLLECTOR)})`,
            },
          ],
          warn: 0.5,
          alarm: 0.7,
        },
        {
          title: 'Traces kept',
          description: 'Share of the traces that tail sampling kept.',
          kind: 'number',
          unit: 'percentunit',
          queries: [
            {
              expr: `${serverRate('otelcol_processor_tail_sampling_global_count_traces_sampled', [], { sampled: '="true"' })} / ${serverRate('otelcol_processor_tail_sampling_global_count_traces_sampled')}`,
            },
          ],
        },
      ],
    },
    {
      title: 'SDK',
      panels: [
        {
          title: 'Dropped, by reason',
          description: 'Never silent: each reason has its advice in docs/runbooks.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(rate('orderscope.dropped', { by: ['orderscope.drop.reason'] })),
              legend: legend('orderscope.drop.reason'),
            },
          ],
        },
        {
          title: 'Waiting in the rings',
          description: 'Bytes of spans and log records that wait for a collector, by lane.',
          kind: 'lines',
          unit: 'bytes',
          queries: [
            {
              expr: now('sum', 'orderscope.ring.size', { by: ['orderscope.lane'] }),
              legend: legend('orderscope.lane'),
            },
          ],
        },
        {
          title: 'Exported',
          description: 'Exports that ended, by what went wrong; empty where nothing did.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(rate('otel.sdk.exporter.span.exported', { by: ['error.type'] })),
              legend: 'spans {{error_type}}',
            },
            {
              expr: orZero(rate('otel.sdk.exporter.log.exported', { by: ['error.type'] })),
              legend: 'log records {{error_type}}',
            },
            {
              expr: orZero(rate('otel.sdk.exporter.metric_data_point.exported', { by: ['error.type'] })),
              legend: 'data points {{error_type}}',
            },
          ],
        },
        {
          title: 'Handed to the exporter',
          description: 'Spans and log records that ended; those that found no room stand apart.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(rate('otel.sdk.processor.span.processed', { by: ['error.type'] })),
              legend: 'spans {{error_type}}',
            },
            {
              expr: orZero(rate('otel.sdk.processor.log.processed', { by: ['error.type'] })),
              legend: 'log records {{error_type}}',
            },
          ],
        },
        {
          title: 'On their way',
          description: 'Handed to the exporter and not taken yet, retries included.',
          kind: 'lines',
          unit: 'short',
          queries: [
            { expr: orZero(now('sum', 'otel.sdk.exporter.span.inflight')), legend: 'spans' },
            { expr: orZero(now('sum', 'otel.sdk.exporter.log.inflight')), legend: 'log records' },
            { expr: orZero(now('sum', 'otel.sdk.exporter.metric_data_point.inflight')), legend: 'data points' },
          ],
        },
        {
          title: 'How long exports and collections take',
          description: 'The slowest of a hundred; an export from its first attempt to its end.',
          kind: 'lines',
          unit: 's',
          queries: [
            { expr: quantile(0.99, 'otel.sdk.exporter.operation.duration'), legend: 'export' },
            { expr: quantile(0.99, 'otel.sdk.metric_reader.collection.duration'), legend: 'collection' },
          ],
        },
        {
          title: 'Instruments near the limit of their series',
          description: 'Three quarters of it or more; beyond it measurements go to one series without attributes.',
          kind: 'lines',
          unit: 'short',
          queries: [
            {
              expr: orZero(now('max', 'orderscope.instrument.series', { by: ['orderscope.instrument.name'] })),
              legend: legend('orderscope.instrument.name'),
            },
          ],
        },
        {
          title: 'Event loops',
          description: 'Time since each loop last turned, and age of what observable instruments told.',
          kind: 'lines',
          unit: 's',
          queries: [
            {
              expr: 'max by (job, instance) (orderscope_loop_age_seconds{job=~"$job"})',
              legend: 'loop {{job}} {{instance}}',
            },
            {
              expr: 'max by (job, instance) (orderscope_observation_age_seconds{job=~"$job"})',
              legend: 'observation {{job}} {{instance}}',
            },
          ],
        },
        {
          title: 'Starts of the telemetry thread',
          description: 'More than one in a process: it died and was started again.',
          kind: 'lines',
          unit: 'short',
          queries: [
            { expr: 'max by (job, instance) (orderscope_thread_starts{job=~"$job"})', legend: '{{job}} {{instance}}' },
          ],
        },
        {
          title: 'Callbacks that failed',
          description: 'Of observable instruments: they threw, were late or slow.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(
                rate('orderscope.observation.failures', { by: ['orderscope.instrument.name', 'error.type'] }),
              ),
              legend: legend('orderscope.instrument.name', 'error.type'),
            },
          ],
        },
      ],
    },
    {
      title: 'Collector',
      panels: [
        {
          title: 'Taken',
          description: 'What came by OTLP and was taken.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            { expr: orZero(serverRate('otelcol_receiver_accepted_spans', ['job'])), legend: 'spans {{job}}' },
            {
              expr: orZero(serverRate('otelcol_receiver_accepted_log_records', ['job'])),
              legend: 'log records {{job}}',
            },
            {
              expr: orZero(serverRate('otelcol_receiver_accepted_metric_points', ['job'])),
              legend: 'data points {{job}}',
            },
          ],
        },
        {
          title: 'Refused',
          description: 'Not lost: the sender keeps what is refused. It says that memory or a disk is short.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            { expr: orZero(serverRate('otelcol_receiver_refused_spans', ['job'])), legend: 'spans {{job}}' },
            {
              expr: orZero(serverRate('otelcol_receiver_refused_log_records', ['job'])),
              legend: 'log records {{job}}',
            },
            {
              expr: orZero(serverRate('otelcol_receiver_refused_metric_points', ['job'])),
              legend: 'data points {{job}}',
            },
          ],
        },
        {
          title: 'Lost',
          description: 'The queue was full, or the backend refused it. Always 0, or docs/deploy.md helps.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(serverRate('otelcol_exporter_enqueue_failed_spans', ['exporter'])),
              legend: 'queue full {{exporter}}',
            },
            {
              expr: orZero(serverRate('otelcol_exporter_send_failed_spans', ['exporter'])),
              legend: 'given up {{exporter}}',
            },
          ],
        },
        {
          title: 'Queue to Jaeger',
          description: 'Bytes on disk that wait, and how many may.',
          kind: 'lines',
          unit: 'bytes',
          queries: [
            {
              expr: serverNow('sum', 'otelcol_exporter_queue_size', ['exporter'], COLLECTOR),
              legend: 'waiting {{exporter}}',
            },
            {
              expr: serverNow('sum', 'otelcol_exporter_queue_capacity', ['exporter'], COLLECTOR),
              legend: 'capacity {{exporter}}',
            },
          ],
        },
        {
          title: 'Why traces are kept',
          description: 'By policy; a trace may have several reasons.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: serverRate('otelcol_processor_tail_sampling_count_traces_sampled', ['policy'], {
                sampled: '="true"',
              }),
              legend: '{{policy}}',
            },
          ],
        },
        {
          title: 'Traces that wait for a decision',
          description: 'Near num_traces, senders have to wait.',
          kind: 'lines',
          unit: 'short',
          queries: [
            { expr: serverNow('max', 'otelcol_processor_tail_sampling_sampling_traces_on_memory'), legend: 'traces' },
          ],
        },
        {
          title: 'Sent',
          description: 'Spans to Jaeger, log records to files.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            { expr: orZero(serverRate('otelcol_exporter_sent_spans', ['exporter'])), legend: 'spans {{exporter}}' },
            {
              expr: orZero(serverRate('otelcol_exporter_sent_log_records', ['exporter'])),
              legend: 'log records {{exporter}}',
            },
          ],
        },
        {
          title: 'Calls between services',
          description: 'As the service graph saw them, before sampling.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: serverRate('traces_service_graph_request_total', ['client', 'server']),
              legend: '{{client}} → {{server}}',
            },
          ],
        },
        {
          title: 'Memory',
          description: 'Of the collector and of Jaeger.',
          kind: 'lines',
          unit: 'bytes',
          queries: [{ expr: serverNow('max', 'otelcol_process_memory_rss', ['instance']), legend: '{{instance}}' }],
        },
      ],
    },
    {
      title: 'Jaeger, Prometheus, Alertmanager',
      panels: [
        {
          title: 'Searches in Jaeger, p99',
          description: 'Time of its store by operation; 0 until somebody has searched.',
          kind: 'lines',
          unit: 's',
          queries: [
            {
              expr: orZero(serverQuantile(0.99, 'jaeger_storage_latency_seconds', ['operation'])),
              legend: '{{operation}}',
            },
          ],
        },
        {
          title: 'Series in Prometheus',
          description: 'What it keeps in memory; it grows with labels that have too many values.',
          kind: 'lines',
          unit: 'short',
          queries: [{ expr: serverNow('max', 'prometheus_tsdb_head_series', ['instance']), legend: '{{instance}}' }],
        },
        {
          title: 'Samples by target',
          description: 'How many samples a scrape brings.',
          kind: 'lines',
          unit: 'short',
          queries: [{ expr: serverNow('sum', 'scrape_samples_scraped', ['job']), legend: '{{job}}' }],
        },
        {
          title: 'Alerting that fails',
          description:
            'Rules that could not be evaluated, alerts that found no Alertmanager, notifications that failed.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            { expr: orZero(serverRate('prometheus_rule_evaluation_failures_total')), legend: 'rules' },
            { expr: orZero(serverRate('prometheus_notifications_dropped_total')), legend: 'alerts dropped' },
            {
              expr: orZero(serverRate('alertmanager_notifications_failed_total', ['integration'])),
              legend: 'notifications {{integration}}',
            },
          ],
        },
      ],
    },
  ],
}
