import type { DashboardDefinition } from './dashboard-definition.js'
import { countRate, legend, now, orZero, quantile, rate } from './query.js'

const VENUE = 'trading.venue.name'
const OPERATION = 'trading.venue.operation'
const ERROR = 'error.type'
const LIMIT = 'trading.venue.rate_limit.name'

/** How the venues answer, and whether they can be reached. */
export const venues: DashboardDefinition = {
  uid: 'orderscope-venues',
  title: 'Venues and connectivity',
  description: "A venue's API, its limits and its streams; the account there.",
  variables: ['job', 'venue', 'symbol'],
  rows: [
    {
      title: 'API',
      panels: [
        {
          title: 'Requests by operation',
          description: 'Each attempt once.',
          kind: 'stacked',
          unit: 'reqps',
          queries: [
            {
              expr: countRate('trading.venue.request.duration', { by: [VENUE, OPERATION] }),
              legend: legend(VENUE, OPERATION),
            },
          ],
        },
        {
          title: 'p99 by operation',
          description: "From sending to the whole answer, without the wait for the client's own rate limiter.",
          kind: 'lines',
          unit: 's',
          exemplars: true,
          queries: [
            {
              expr: quantile(0.99, 'trading.venue.request.duration', { by: [VENUE, OPERATION] }),
              legend: legend(VENUE, OPERATION),
            },
          ],
        },
        {
          title: 'Errors',
          description: "Errors that the application got from the venue's client, by class.",
          kind: 'stacked',
          unit: 'ops',
          queries: [
            { expr: orZero(rate('trading.venue.errors', { by: [VENUE, ERROR] })), legend: legend(VENUE, ERROR) },
          ],
        },
        {
          title: 'Retries',
          description: 'Requests that the client sent again by itself.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(rate('trading.venue.request.retries', { by: [VENUE, OPERATION] })),
              legend: legend(VENUE, OPERATION),
            },
          ],
        },
        {
          title: 'Wait for the own rate limiter, p95',
          description: 'Time that a request waited before it was sent.',
          kind: 'lines',
          unit: 's',
          queries: [
            { expr: orZero(quantile(0.95, 'trading.venue.throttle.duration', { by: [VENUE] })), legend: legend(VENUE) },
          ],
        },
        {
          title: 'Rate limits used up',
          description: 'From 0 to 1. The venue turns requests away at 1, and may shut the address out.',
          kind: 'lines',
          unit: 'percentunit',
          queries: [
            {
              expr: orZero(now('max', 'trading.venue.rate_limit.utilization', { by: [VENUE, LIMIT] })),
              legend: legend(VENUE, LIMIT),
            },
          ],
        },
        {
          title: 'Rate limits, used and allowed',
          description: 'As the venue weighs requests.',
          kind: 'lines',
          unit: 'short',
          queries: [
            {
              expr: orZero(now('max', 'trading.venue.rate_limit.usage', { by: [VENUE, LIMIT] })),
              legend: `used ${legend(VENUE, LIMIT)}`,
            },
            {
              expr: orZero(now('max', 'trading.venue.rate_limit.limit', { by: [VENUE, LIMIT] })),
              legend: `allowed ${legend(VENUE, LIMIT)}`,
            },
          ],
        },
        {
          title: 'Turned away for the rate',
          description: '`ban`: the address or the key is shut out for a while.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(rate('trading.venue.bans', { by: [VENUE, 'trading.venue.ban.kind'] })),
              legend: legend(VENUE, 'trading.venue.ban.kind'),
            },
          ],
        },
      ],
    },
    {
      title: 'Streams',
      panels: [
        {
          title: 'Open connections',
          description: 'Streaming connections by venue.',
          kind: 'lines',
          unit: 'short',
          queries: [{ expr: now('sum', 'trading.stream.connections', { by: [VENUE] }), legend: legend(VENUE) }],
        },
        {
          title: 'Lost, restored, failed',
          description: 'Closing a connection is no loss.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(rate('trading.stream.disconnects', { by: [VENUE, ERROR] })),
              legend: `lost ${legend(VENUE, ERROR)}`,
            },
            { expr: orZero(rate('trading.stream.reconnects', { by: [VENUE] })), legend: `restored ${legend(VENUE)}` },
            {
              expr: orZero(rate('trading.stream.connect.failures', { by: [VENUE, ERROR] })),
              legend: `failed ${legend(VENUE, ERROR)}`,
            },
          ],
        },
        {
          title: 'Messages',
          description: 'On streaming connections, heartbeats and answers among them.',
          kind: 'lines',
          unit: 'ops',
          queries: [{ expr: rate('trading.stream.messages', { by: [VENUE] }), legend: legend(VENUE) }],
        },
        {
          title: 'Silence of the streams',
          description: 'Time since the last message of any kind. A live socket may still carry dead data.',
          kind: 'lines',
          unit: 's',
          queries: [{ expr: now('max', 'trading.stream.staleness', { by: [VENUE] }), legend: legend(VENUE) }],
        },
        {
          title: 'Connections established',
          description: 'Those after a loss among them.',
          kind: 'lines',
          unit: 'ops',
          queries: [{ expr: rate('trading.stream.connects', { by: [VENUE] }), legend: legend(VENUE) }],
        },
      ],
    },
    {
      title: 'Account',
      panels: [
        {
          title: 'Balances',
          description: 'As the venue told them last, in units of the asset; 0 where none was told.',
          kind: 'lines',
          unit: 'short',
          queries: [
            {
              expr: orZero(
                now('max', 'trading.account.balance', {
                  by: [VENUE, 'trading.account.type', 'trading.asset.code', 'trading.balance.kind'],
                  where: { 'trading.balance.kind': '=~"free|total"' },
                }),
              ),
              legend: legend(VENUE, 'trading.account.type', 'trading.asset.code', 'trading.balance.kind'),
            },
          ],
        },
        {
          title: 'Positions',
          description: 'Size in units of the instrument; 0 where none is open.',
          kind: 'lines',
          unit: 'short',
          queries: [
            {
              expr: orZero(
                now('sum', 'trading.position.size', {
                  by: [VENUE, 'trading.instrument.symbol', 'trading.position.side'],
                }),
              ),
              legend: legend(VENUE, 'trading.instrument.symbol', 'trading.position.side'),
            },
          ],
        },
        {
          title: 'Positions at the mark price',
          description: 'Value, and profit or loss that is not realized; 0 where none is open.',
          kind: 'lines',
          unit: 'short',
          queries: [
            {
              expr: orZero(now('sum', 'trading.position.notional', { by: [VENUE, 'trading.instrument.symbol'] })),
              legend: `value ${legend(VENUE, 'trading.instrument.symbol')}`,
            },
            {
              expr: orZero(now('sum', 'trading.position.unrealized_pnl', { by: [VENUE, 'trading.instrument.symbol'] })),
              legend: `unrealized ${legend(VENUE, 'trading.instrument.symbol')}`,
            },
          ],
        },
      ],
    },
  ],
}
