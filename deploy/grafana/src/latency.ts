import type { DashboardDefinition } from './dashboard-definition.js'
import { buckets, countRate, legend, orZero, quantile } from './query.js'
import { serverQuantile, serverRate } from './server-query.js'

const DURATION = 'trading.order.stage.duration'
const STAGE = 'trading.order.stage'
const OUTCOME = 'trading.order.stage_outcome'
const VENUE = 'trading.venue.name'

/** Where the time of orders goes. */
export const latency: DashboardDefinition = {
  uid: 'orderscope-latency',
  title: 'Latency by stage',
  description: 'Where the time of orders goes: risk check, submit, ack, fill, cancel, replace. Each dot is an order.',
  variables: ['job', 'venue'],
  rows: [
    {
      title: 'Stages',
      panels: [
        ...[0.5, 0.95, 0.99].map(q => ({
          title: `p${q * 100} by stage`,
          description: `Time that ${q * 100} % of the orders stayed under, by stage. A dot opens the order in Jaeger.`,
          kind: 'lines' as const,
          unit: 's',
          exemplars: true,
          queries: [{ expr: quantile(q, DURATION, { by: [STAGE] }), legend: legend(STAGE) }],
        })),
        {
          title: 'p99 of the ack by venue',
          description: "From sending to the venue's first answer.",
          kind: 'lines',
          unit: 's',
          exemplars: true,
          queries: [
            { expr: quantile(0.99, DURATION, { by: [VENUE], where: { [STAGE]: '="ack"' } }), legend: legend(VENUE) },
          ],
        },
        {
          title: 'p99 of submit by type of order',
          description: 'Sending the order until the request was answered or taken by the socket.',
          kind: 'lines',
          unit: 's',
          exemplars: true,
          queries: [
            {
              expr: quantile(0.99, DURATION, { by: ['trading.order.type'], where: { [STAGE]: '="submit"' } }),
              legend: legend('trading.order.type'),
            },
          ],
        },
        {
          title: 'Stages that did not end well',
          description: 'Refused, failed, or never answered.',
          kind: 'stacked',
          unit: 'ops',
          queries: [
            {
              expr: orZero(countRate(DURATION, { by: [STAGE, OUTCOME], where: { [OUTCOME]: '!="ok"' } })),
              legend: legend(STAGE, OUTCOME),
            },
          ],
        },
        {
          title: 'Ack, all of it',
          description: 'How many acks took how long: two bands say that there are two ways.',
          kind: 'heatmap',
          unit: 's',
          exemplars: true,
          queries: [{ expr: buckets(DURATION, { where: { [STAGE]: '="ack"' } }), legend: '{{le}}' }],
        },
        {
          title: 'From ack to the first fill',
          description: 'How long the market let the order wait: 50th and 95th percentile.',
          kind: 'lines',
          unit: 's',
          exemplars: true,
          queries: [0.5, 0.95].map(q => ({
            expr: quantile(q, 'trading.order.fill.delay', { by: ['trading.order.type'] }),
            legend: `p${q * 100} ${legend('trading.order.type')}`,
          })),
        },
        {
          title: 'Stages per second',
          description: 'What the percentiles are made of: few values make wild percentiles.',
          kind: 'stacked',
          unit: 'ops',
          queries: [{ expr: countRate(DURATION, { by: [STAGE] }), legend: legend(STAGE) }],
        },
      ],
    },
    {
      title: 'Services, from all their spans (before sampling)',
      panels: [
        {
          title: 'p99 by span',
          description: 'Of every span that came to the collector, kept or not.',
          kind: 'lines',
          unit: 's',
          exemplars: true,
          queries: [
            {
              expr: serverQuantile(0.99, 'traces_span_metrics_duration_seconds', ['service_name', 'span_name']),
              legend: '{{service_name}} · {{span_name}}',
            },
          ],
        },
        {
          title: 'Failed spans',
          description: 'Spans with the status ERROR.',
          kind: 'lines',
          unit: 'ops',
          exemplars: true,
          queries: [
            {
              expr: orZero(
                serverRate('traces_span_metrics_calls_total', ['service_name', 'span_name'], {
                  status_code: '="STATUS_CODE_ERROR"',
                }),
              ),
              legend: '{{service_name}} · {{span_name}}',
            },
          ],
        },
        {
          title: 'Who calls whom, p99',
          description: 'Calls between services of which both ends were seen, as the called one measured them.',
          kind: 'lines',
          unit: 's',
          queries: [
            {
              expr: serverQuantile(0.99, 'traces_service_graph_request_server_seconds', ['client', 'server']),
              legend: '{{client}} → {{server}}',
            },
          ],
        },
      ],
    },
  ],
}
