import { internalBuckets, lagBuckets } from './buckets.js'
import type { MetricDefinition } from './metric-definition.js'
import { place } from './place.js'

const feed = {
  ...place,
  'trading.market_data.channel': 'required',
  'trading.instrument.symbol': 'required',
} as const satisfies MetricDefinition['attributes']

/** Market data as it comes in. */
export const marketDataMetrics = {
  'trading.market_data.messages': {
    kind: 'counter',
    unit: '{message}',
    brief: 'Messages of market data, by channel, instrument and what they brought.',
    note: 'A message about several instruments counts once for each. Heartbeats belong to no instrument: they are in `trading.stream.messages`.',
    integer: true,
    attributes: { ...feed, 'trading.market_data.content': 'required' },
  },
  'trading.market_data.lag': {
    kind: 'histogram',
    unit: 's',
    brief: "Local time at receipt − the venue's time of the data; negative where its clock is ahead.",
    note: 'Only of updates that carry a time; the time that a candle opened is none. Two clocks are compared: an offset of either is in it.',
    buckets: lagBuckets,
    attributes: { ...place, 'trading.market_data.channel': 'required' },
  },
  'trading.market_data.staleness': {
    kind: 'gauge',
    unit: 's',
    brief: 'Time since the last useful data of a feed, or since it was asked for.',
    note: 'Heartbeats, repeated and empty messages are not useful data. It ends with the subscription.',
    attributes: feed,
  },
  'trading.market_data.processing.duration': {
    kind: 'histogram',
    unit: 's',
    brief: 'Time that the client took over a message of market data, until the application could see it.',
    buckets: internalBuckets,
    attributes: { ...place, 'trading.market_data.channel': 'required' },
  },
  'trading.market_data.anomalies': {
    kind: 'counter',
    unit: '{anomaly}',
    brief: "Messages of market data with something that can't be right.",
    integer: true,
    attributes: {
      ...place,
      'trading.market_data.channel': 'required',
      'trading.market_data.anomaly.kind': 'required',
    },
  },
} as const satisfies Record<string, MetricDefinition>
