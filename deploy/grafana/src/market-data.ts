import type { DashboardDefinition } from './dashboard-definition.js'
import { buckets, legend, now, orZero, quantile, rate } from './query.js'

const VENUE = 'trading.venue.name'
const CHANNEL = 'trading.market_data.channel'
const SYMBOL = 'trading.instrument.symbol'
const CONTENT = 'trading.market_data.content'

/** Whether the prices that decisions are made by are there, and fresh. */
export const marketData: DashboardDefinition = {
  uid: 'orderscope-market-data',
  title: 'Market-data feed',
  description: 'Whether the prices that decisions are made by are there, fresh and right.',
  variables: ['job', 'venue', 'symbol'],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Oldest feed',
          description: 'Time since the last useful data of the feed that is worst off.',
          kind: 'number',
          unit: 's',
          queries: [{ expr: now('max', 'trading.market_data.staleness') }],
          warn: 5,
          alarm: 30,
        },
        {
          title: 'Updates per second',
          description: 'Messages that brought news.',
          kind: 'number',
          unit: 'ops',
          queries: [{ expr: rate('trading.market_data.messages', { where: { [CONTENT]: '="update"' } }) }],
        },
      ],
    },
    {
      title: 'Feeds',
      panels: [
        {
          title: 'Updates by instrument',
          description: 'Messages that brought news, by channel and instrument.',
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: rate('trading.market_data.messages', { by: [CHANNEL, SYMBOL], where: { [CONTENT]: '="update"' } }),
              legend: legend(CHANNEL, SYMBOL),
            },
          ],
        },
        {
          title: 'What messages bring',
          description: 'Much that is doubled or empty: a venue repeats itself, or a subscription is there twice.',
          kind: 'stacked',
          unit: 'ops',
          queries: [{ expr: rate('trading.market_data.messages', { by: [CONTENT] }), legend: legend(CONTENT) }],
        },
        {
          title: 'Staleness',
          description: 'Time since the last useful data, by feed.',
          kind: 'lines',
          unit: 's',
          queries: [
            {
              expr: now('max', 'trading.market_data.staleness', { by: [VENUE, CHANNEL, SYMBOL] }),
              legend: legend(VENUE, CHANNEL, SYMBOL),
            },
          ],
        },
        {
          title: 'Lag',
          description: "Local time at receipt − the venue's time of the data; an offset of either clock is in it.",
          kind: 'lines',
          unit: 's',
          queries: [0.5, 0.99].map(q => ({
            expr: orZero(quantile(q, 'trading.market_data.lag', { by: [VENUE, CHANNEL] })),
            legend: `p${q * 100} ${legend(VENUE, CHANNEL)}`,
          })),
        },
        {
          title: 'Lag, all of it',
          description: 'How many updates were how old.',
          kind: 'heatmap',
          unit: 's',
          queries: [{ expr: orZero(buckets('trading.market_data.lag')), legend: '{{le}}' }],
        },
        {
          title: 'Time of the client for a message',
          description: 'Until the application could see it: 50th and 99th percentile.',
          kind: 'lines',
          unit: 's',
          queries: [0.5, 0.99].map(q => ({
            expr: quantile(q, 'trading.market_data.processing.duration', { by: [CHANNEL] }),
            legend: `p${q * 100} ${legend(CHANNEL)}`,
          })),
        },
        {
          title: "What can't be right",
          description: "A venue's time ahead of ours, or more than a day away.",
          kind: 'lines',
          unit: 'ops',
          queries: [
            {
              expr: orZero(
                rate('trading.market_data.anomalies', { by: [VENUE, CHANNEL, 'trading.market_data.anomaly.kind'] }),
              ),
              legend: legend(VENUE, CHANNEL, 'trading.market_data.anomaly.kind'),
            },
          ],
        },
      ],
    },
  ],
}
