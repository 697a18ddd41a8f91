import type { DashboardDefinition } from './dashboard-definition.js'
import { change, countRate, legend, now, orZero, quantile, rate, total } from './query.js'

const STATUS = 'trading.order.status'
const SYMBOL = 'trading.instrument.symbol'
const VENUE = 'trading.venue.name'

/** What became of the orders. */
export const orders: DashboardDefinition = {
  uid: 'orderscope-orders',
  title: 'Orders and executions',
  description: 'What became of the orders: outcomes, refusals, executions, and what did not fit.',
  variables: ['job', 'venue', 'symbol'],
  rows: [
    {
      title: 'Over the time shown',
      panels: [
        {
          title: 'Orders done',
          description: 'Orders that ended, by whatever status, each once.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: total('trading.orders') }],
        },
        {
          title: 'Filled',
          description: 'Share of the orders that ended which were filled whole.',
          kind: 'number',
          unit: 'percentunit',
          queries: [
            { expr: `${total('trading.orders', { where: { [STATUS]: '="filled"' } })} / ${total('trading.orders')}` },
          ],
        },
        {
          title: 'Refused',
          description: 'Orders refused by a venue or by the own risk check.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: orZero(total('trading.order.rejections')) }],
          warn: 1,
        },
        {
          title: 'Active now',
          description: 'Orders that are not done. One that never falls may hang at the venue.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: now('sum', 'trading.order.active') }],
        },
        {
          title: 'Executions',
          description: 'Executions that venues told, each once.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: total('trading.executions', { where: { 'trading.execution.type': '="trade"' } }) }],
        },
        {
          title: 'Anomalies',
          description: "What didn't fit the order's table: late, doubled or contradictory messages.",
          kind: 'number',
          unit: 'short',
          queries: [{ expr: orZero(total('trading.order.anomalies')) }],
          warn: 1,
        },
      ],
    },
    {
      title: 'Orders',
      panels: [
        {
          title: 'Orders by outcome',
          description: 'Orders that ended, by the status that ended them.',
          kind: 'stacked',
          unit: 'ops',
          exemplars: true,
          queries: [{ expr: rate('trading.orders', { by: [STATUS] }), legend: legend(STATUS) }],
        },
        {
          title: 'Submitted by instrument',
          description: 'Orders handed to a venue, or learned of from it.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            { expr: rate('trading.order.submissions', { by: [VENUE, SYMBOL] }), legend: legend(VENUE, SYMBOL) },
          ],
        },
        {
          title: 'Active by status',
          description: '`unknown` means that nobody has told what became of a request: look at these orders first.',
          kind: 'stacked',
          unit: 'short',
          queries: [{ expr: now('sum', 'trading.order.active', { by: [STATUS] }), legend: legend(STATUS) }],
        },
        {
          title: 'Refused by reason',
          description: 'The text of the venue stands on the span of the order.',
          kind: 'lines',
          unit: 'ops',
          exemplars: true,
          queries: [
            {
              expr: orZero(rate('trading.order.rejections', { by: ['trading.order.reject.reason'] })),
              legend: legend('trading.order.reject.reason'),
            },
          ],
        },
        {
          title: 'Cancel and replace refused',
          description: '`too_late` means that a fill was quicker: the usual end of that race.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(rate('trading.order.cancel_rejections', { by: ['trading.order.cancel_reject.reason'] })),
              legend: legend('trading.order.cancel_reject.reason'),
            },
          ],
        },
        {
          title: 'Anomalies by kind',
          description: 'Counted and shown on the span, never thrown.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(rate('trading.order.anomalies', { by: ['trading.order.anomaly.kind'] })),
              legend: legend('trading.order.anomaly.kind'),
            },
          ],
        },
        {
          title: 'Lifetime',
          description: 'From submission until the order was done: 50th and 95th percentile by outcome.',
          kind: 'lines',
          unit: 's',
          exemplars: true,
          queries: [0.5, 0.95].map(q => ({
            expr: quantile(q, 'trading.order.lifetime', { by: [STATUS] }),
            legend: `p${q * 100} ${legend(STATUS)}`,
          })),
        },
        {
          title: 'Size',
          description: 'Ordered quantity in units of the instrument: 50th and 95th percentile.',
          kind: 'lines',
          unit: 'short',
          queries: [0.5, 0.95].map(q => ({
            expr: quantile(q, 'trading.order.size', { by: [SYMBOL] }),
            legend: `p${q * 100} ${legend(SYMBOL)}`,
          })),
        },
        {
          title: 'By strategy',
          description: 'Orders submitted, by the strategy that wanted them; without a name where none was given.',
          kind: 'stacked',
          unit: 'ops',
          queries: [
            {
              expr: rate('trading.order.submissions', { by: ['trading.strategy.name'] }),
              legend: legend('trading.strategy.name'),
            },
          ],
        },
      ],
    },
    {
      title: 'Executions',
      panels: [
        {
          title: 'By liquidity',
          description: 'Whether executions made or took liquidity.',
          kind: 'stacked',
          unit: 'ops',
          queries: [
            {
              expr: rate('trading.executions', { by: ['trading.execution.liquidity'] }),
              legend: legend('trading.execution.liquidity'),
            },
          ],
        },
        {
          title: 'By who told',
          description: 'Many by reconciliation or inferred: a stream of the venue is not doing its work.',
          kind: 'stacked',
          unit: 'ops',
          queries: [
            {
              expr: rate('trading.executions', { by: ['trading.event.source'] }),
              legend: legend('trading.event.source'),
            },
          ],
        },
        {
          title: 'Corrections and busts',
          description: 'Executions that a venue changed or took back.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(
                rate('trading.executions', {
                  by: ['trading.execution.type'],
                  where: { 'trading.execution.type': '!="trade"' },
                }),
              ),
              legend: legend('trading.execution.type'),
            },
          ],
        },
        {
          title: 'Volume',
          description: 'Quantity executed in each interval, in units of the instrument, net of busts and corrections.',
          kind: 'lines',
          unit: 'short',
          queries: [
            {
              expr: change('trading.execution.volume', { by: [SYMBOL, 'trading.order.side'] }),
              legend: legend(SYMBOL, 'trading.order.side'),
            },
          ],
        },
        {
          title: 'Notional',
          description: 'Quantity × price in each interval, in the quote currency: never add different ones up.',
          kind: 'lines',
          unit: 'short',
          queries: [
            {
              expr: change('trading.execution.notional', { by: [SYMBOL, 'trading.order.side'] }),
              legend: legend(SYMBOL, 'trading.order.side'),
            },
          ],
        },
        {
          title: 'Fills per order',
          description: 'Executions for each order that ended.',
          kind: 'lines',
          unit: 'short',
          queries: [
            { expr: `${rate('trading.executions')} / ${countRate('trading.order.lifetime')}`, legend: 'fills' },
          ],
        },
      ],
    },
  ],
}
