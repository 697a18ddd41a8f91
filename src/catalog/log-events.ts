import type { EventDefinition } from './spans.js'
import { changedExecution, orderIdentity } from './spans.js'

/** One event that is emitted as a log record: its name is the record's `EventName`. */
export interface LogEventDefinition extends EventDefinition {
  readonly severity: 'info' | 'warn'
  /** Body of the record, for those who read lines. */
  readonly body: string
}

const failure = {
  ...orderIdentity,
  'trading.order.stage': 'required',
  'trading.order.stage_outcome': 'required',
  'error.type': 'recommended',
} as const satisfies EventDefinition['attributes']

const outcome = {
  ...orderIdentity,
  'trading.order.status': 'required',
  'trading.order.cumulative_quantity': 'required',
  'trading.order.leaves_quantity': 'recommended',
  'trading.order.average_price': 'recommended',
} as const satisfies EventDefinition['attributes']

/** Every log record of the order lifecycle; none is sampled. */
export const logEvents = {
  'trading.order.created': {
    severity: 'info',
    body: 'order created',
    brief: 'An order is known from now on, as it was submitted or as the venue told of it.',
    attributes: {
      ...orderIdentity,
      'trading.order.type': 'recommended',
      'trading.order.time_in_force': 'recommended',
      'trading.order.origin': 'required',
      'trading.order.parent_id': 'recommended',
      'trading.account.id': 'recommended',
      'trading.strategy.name': 'recommended',
      'trading.order.quantity': 'recommended',
      'trading.order.price': 'recommended',
    },
  },
  'trading.order.acknowledged': {
    severity: 'info',
    body: 'order acknowledged',
    brief: 'The venue took the order.',
    attributes: orderIdentity,
  },
  'trading.order.cancel_requested': {
    severity: 'info',
    body: 'cancel requested',
    brief: 'A cancel is asked for.',
    attributes: orderIdentity,
  },
  'trading.order.replace_requested': {
    severity: 'info',
    body: 'replace requested',
    brief: 'A replace is asked for.',
    attributes: orderIdentity,
  },
  'trading.order.replaced': {
    severity: 'info',
    body: 'order replaced',
    brief: 'A replace took effect; quantity and price are the new ones.',
    attributes: { ...orderIdentity, 'trading.order.quantity': 'recommended', 'trading.order.price': 'recommended' },
  },
  'trading.order.cancel_rejected': {
    severity: 'warn',
    body: 'cancel or replace rejected',
    brief: 'The venue refused a cancel or a replace; `too_late` says that a fill was quicker.',
    attributes: {
      ...orderIdentity,
      'trading.order.stage': 'required',
      'trading.order.cancel_reject.reason': 'required',
    },
  },
  'trading.order.request_failed': {
    severity: 'warn',
    body: 'request failed or was never answered',
    brief: 'A stage ended without an answer of the venue.',
    attributes: failure,
  },
  'trading.execution.traded': {
    severity: 'info',
    body: 'execution',
    brief: 'An execution, once each.',
    attributes: {
      ...orderIdentity,
      'trading.execution.id': 'recommended',
      'trading.execution.quantity': 'required',
      'trading.execution.price': 'recommended',
      'trading.execution.liquidity': 'recommended',
      'trading.event.source': 'required',
      'trading.order.cumulative_quantity': 'required',
      'trading.order.leaves_quantity': 'recommended',
    },
  },
  'trading.execution.corrected': {
    severity: 'warn',
    body: 'execution corrected',
    brief: "An execution's quantity or price was corrected.",
    attributes: changedExecution,
  },
  'trading.execution.busted': {
    severity: 'warn',
    body: 'execution busted',
    brief: 'An execution was taken back.',
    attributes: changedExecution,
  },
  'trading.order.id_changed': {
    severity: 'info',
    body: 'client id changed',
    brief: 'A replace gave the order a new client id.',
    attributes: { ...orderIdentity, 'trading.order.original_client_id': 'required' },
  },
  'trading.order.completed': {
    severity: 'info',
    body: 'order done',
    brief: 'An order is filled, canceled, expired or done for the day.',
    attributes: outcome,
  },
  'trading.order.rejected': {
    severity: 'warn',
    body: 'order rejected',
    brief: 'An order was refused, or never got to the venue.',
    attributes: {
      ...outcome,
      'trading.order.reject.reason': 'recommended',
      'trading.order.text': 'recommended',
      'error.type': 'recommended',
    },
  },
  'trading.order.reopened': {
    severity: 'warn',
    body: 'order reopened',
    brief: 'A done order lives again, by a bust or a replace.',
    attributes: { ...orderIdentity, 'trading.order.status': 'required' },
  },
  'trading.order.anomaly': {
    severity: 'warn',
    body: 'anomaly',
    brief: "Something that didn't fit the order's table; the first ten of a kind of each order.",
    attributes: {
      ...orderIdentity,
      // an event that can't be tied to any order
      'trading.instrument.symbol': 'recommended',
      'trading.order.root_id': 'recommended',
      'trading.order.anomaly.kind': 'required',
      'trading.order.text': 'recommended',
    },
  },
} as const satisfies Record<string, LogEventDefinition>

/** Name of a log event of the catalog. */
export type LogEventName = keyof typeof logEvents
