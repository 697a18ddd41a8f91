import { quantityBuckets, restingBuckets, venueBuckets } from './buckets.js'
import type { MetricDefinition } from './metric-definition.js'
import { place } from './place.js'

/** Orders and executions. */
export const orderMetrics = {
  'trading.orders': {
    kind: 'counter',
    unit: '{order}',
    brief: 'Orders that are done, by the status that ended them: each order once.',
    note: 'Fill rate by count: the rate of those with status `filled` over the rate of all. An order that a bust or a replace reopens stays counted under the status that ended it first.',
    integer: true,
    attributes: {
      ...place,
      'trading.instrument.symbol': 'required',
      'trading.order.side': 'recommended',
      'trading.order.type': 'recommended',
      'trading.order.status': 'required',
      'trading.strategy.name': 'recommended',
    },
  },
  'trading.order.submissions': {
    kind: 'counter',
    unit: '{order}',
    brief: 'Orders handed to a venue, or learned of from it, when they become known.',
    integer: true,
    attributes: {
      ...place,
      'trading.instrument.symbol': 'required',
      'trading.order.side': 'recommended',
      'trading.order.type': 'recommended',
      'trading.order.origin': 'required',
      'trading.strategy.name': 'recommended',
    },
  },
  'trading.order.active': {
    kind: 'up_down_counter',
    unit: '{order}',
    brief: 'Orders that are not done, by their status now.',
    note: 'A rejected, expired or canceled order leaves it like a filled one.',
    integer: true,
    attributes: { ...place, 'trading.order.status': 'required' },
  },
  'trading.order.rejections': {
    kind: 'counter',
    unit: '{order}',
    brief: 'Orders refused, by reason; the text of the venue is on the span.',
    integer: true,
    attributes: {
      ...place,
      'trading.instrument.symbol': 'required',
      'trading.order.reject.reason': 'required',
    },
  },
  'trading.order.cancel_rejections': {
    kind: 'counter',
    unit: '{request}',
    brief: 'Cancel and replace requests refused, by reason; `too_late` means that a fill was quicker.',
    integer: true,
    attributes: {
      ...place,
      'trading.order.stage': 'required',
      'trading.order.cancel_reject.reason': 'required',
    },
  },
  'trading.order.stage.duration': {
    kind: 'histogram',
    unit: 's',
    brief: 'Time that an order spent in a stage: risk check, submit, ack, cancel, replace.',
    note: '`submit` is the request itself, `ack` the time from sending to the first answer of the venue; an ack that was never told has none.',
    buckets: venueBuckets,
    attributes: {
      ...place,
      'trading.order.stage': 'required',
      'trading.order.stage_outcome': 'required',
      'trading.order.type': 'recommended',
    },
  },
  'trading.order.fill.delay': {
    kind: 'histogram',
    unit: 's',
    brief: "Time from the venue's ack to the first fill; none where the ack was never told.",
    buckets: restingBuckets,
    attributes: { ...place, 'trading.order.type': 'recommended' },
  },
  'trading.order.lifetime': {
    kind: 'histogram',
    unit: 's',
    brief: 'Time from the submission of an order until it was done.',
    buckets: restingBuckets,
    attributes: { ...place, 'trading.order.status': 'required' },
  },
  'trading.order.size': {
    kind: 'histogram',
    unit: '{unit}',
    brief: 'Ordered quantity, in units of the instrument.',
    buckets: quantityBuckets,
    attributes: { ...place, 'trading.instrument.symbol': 'required' },
  },
  'trading.executions': {
    kind: 'counter',
    unit: '{execution}',
    brief: 'Executions told by a venue, each once, by what they did: trade, correct, bust.',
    integer: true,
    attributes: {
      ...place,
      'trading.instrument.symbol': 'required',
      'trading.order.side': 'recommended',
      'trading.execution.type': 'required',
      'trading.execution.liquidity': 'recommended',
      'trading.event.source': 'required',
      'trading.strategy.name': 'recommended',
    },
  },
  'trading.execution.volume': {
    kind: 'up_down_counter',
    unit: '{unit}',
    brief: 'Quantity executed, in units of the instrument, net of busts and corrections.',
    note: 'It falls when an execution is busted, so it is read with `delta()`, not with `rate()`.',
    attributes: {
      ...place,
      'trading.instrument.symbol': 'required',
      'trading.order.side': 'recommended',
    },
  },
  'trading.execution.notional': {
    kind: 'up_down_counter',
    unit: '{currency}',
    brief: 'Quantity × price executed, in the quote currency of the instrument, net of busts and corrections.',
    note: 'Different quote currencies must not be added up.',
    attributes: {
      ...place,
      'trading.instrument.symbol': 'required',
      'trading.order.side': 'recommended',
    },
  },
  'trading.order.anomalies': {
    kind: 'counter',
    unit: '{anomaly}',
    brief: "What didn't fit the order's table, by kind: counted and shown on the span, never thrown.",
    integer: true,
    attributes: { ...place, 'trading.order.anomaly.kind': 'required' },
  },
} as const satisfies Record<string, MetricDefinition>
