import type { AttributeName } from './attributes.js'
import type { Requirement } from './metric-definition.js'

/** One span of the catalog, or of an application's own (`defineSpans`). */
export interface SpanDefinition<Attribute extends string = AttributeName> {
  readonly kind: 'internal' | 'client' | 'producer' | 'consumer' | 'server'
  readonly brief: string
  readonly attributes: Readonly<Partial<Record<Attribute, Requirement>>>
  /** Names of the span events that it may carry. */
  readonly events?: readonly string[]
  /** What its links mean. */
  readonly links?: string
}

/** Attributes of every span of an order: what one searches by in Jaeger. */
export const orderIdentity = {
  'trading.venue.name': 'required',
  'trading.venue.mic': 'recommended',
  'trading.mode': 'recommended',
  'trading.instrument.symbol': 'required',
  'trading.order.root_id': 'required',
  'trading.order.client_id': 'recommended',
  'trading.order.id': 'recommended',
  'trading.order.side': 'recommended',
} as const satisfies SpanDefinition['attributes']

/** An execution that was corrected or busted. */
export const changedExecution = {
  ...orderIdentity,
  'trading.execution.id': 'recommended',
  'trading.execution.ref_id': 'required',
  'trading.execution.quantity': 'required',
  'trading.execution.price': 'recommended',
} as const satisfies SpanDefinition['attributes']

/** Every span that is emitted. */
export const spans = {
  order: {
    kind: 'internal',
    brief: 'The whole life of an order, from its submission until it is done and the grace for late fills is over.',
    attributes: {
      ...orderIdentity,
      'trading.order.type': 'recommended',
      'trading.order.time_in_force': 'recommended',
      'trading.order.origin': 'required',
      'trading.order.parent_id': 'recommended',
      'trading.account.id': 'recommended',
      'trading.strategy.name': 'recommended',
      'trading.order.status': 'required',
      'trading.order.quantity': 'recommended',
      'trading.order.price': 'recommended',
      'trading.order.cumulative_quantity': 'required',
      'trading.order.leaves_quantity': 'recommended',
      'trading.order.average_price': 'recommended',
      'trading.order.reject.reason': 'recommended',
      'trading.order.text': 'recommended',
      'error.type': 'recommended',
    },
    events: [
      'trading.order.anomaly',
      'trading.order.id_changed',
      'trading.order.reopened',
      'trading.execution.corrected',
      'trading.execution.busted',
    ],
    links: 'the span that a long-resting order was continued from',
  },
  'order.risk_check': {
    kind: 'internal',
    brief: "The desk's own check before the order leaves.",
    attributes: {
      'trading.order.client_id': 'recommended',
      'trading.order.stage_outcome': 'required',
      'error.type': 'recommended',
    },
  },
  'order.submit': {
    kind: 'client',
    brief: 'Sending the order until the request was answered or taken by the socket.',
    attributes: { ...orderIdentity, 'trading.order.stage_outcome': 'required', 'error.type': 'recommended' },
  },
  'order.ack': {
    kind: 'client',
    brief: "From sending to the venue's first answer.",
    attributes: {
      ...orderIdentity,
      'trading.order.ack.implied': 'recommended',
      'trading.order.stage_outcome': 'required',
      'error.type': 'recommended',
    },
  },
  'order.cancel': {
    kind: 'client',
    brief: 'From a cancel request to its final answer.',
    attributes: {
      ...orderIdentity,
      'trading.order.stage_outcome': 'required',
      'trading.order.cancel_reject.reason': 'recommended',
      'error.type': 'recommended',
    },
  },
  'order.replace': {
    kind: 'client',
    brief: 'From a replace request to its final answer.',
    attributes: {
      ...orderIdentity,
      'trading.order.stage_outcome': 'required',
      'trading.order.cancel_reject.reason': 'recommended',
      'error.type': 'recommended',
    },
  },
  'order.fill': {
    kind: 'client',
    brief: 'One execution, from the ack or the fill before it.',
    attributes: {
      ...orderIdentity,
      'trading.execution.id': 'recommended',
      'trading.execution.quantity': 'required',
      'trading.execution.price': 'recommended',
      'trading.execution.liquidity': 'recommended',
      'trading.event.source': 'required',
    },
    links: "a late fill's order span, which had ended",
  },
  'order.correction': {
    kind: 'client',
    brief: 'A correction of an execution that was told after the span of the order had ended; before, it is an event.',
    attributes: changedExecution,
    links: "the order's span, which had ended",
  },
  'order.bust': {
    kind: 'client',
    brief: 'A bust of an execution that was told after the span of the order had ended; before, it is an event.',
    attributes: changedExecution,
    links: "the order's span, which had ended",
  },
} as const satisfies Record<string, SpanDefinition>

/** Name of a span of the catalog. */
export type SpanName = keyof typeof spans

/** One event of a span, of the catalog. */
export interface EventDefinition {
  readonly brief: string
  readonly attributes: Readonly<Partial<Record<AttributeName, Requirement>>>
}

/** Every span event that is emitted. */
export const events = {
  'trading.order.anomaly': {
    brief: "Something that didn't fit the order's table.",
    attributes: { 'trading.order.anomaly.kind': 'required', 'trading.order.text': 'recommended' },
  },
  'trading.order.id_changed': {
    brief: 'A replace gave the order a new client id.',
    attributes: { 'trading.order.client_id': 'required', 'trading.order.original_client_id': 'recommended' },
  },
  'trading.order.reopened': {
    brief: 'A done order lives again, by a bust or a replace.',
    attributes: { 'trading.order.status': 'required' },
  },
  'trading.execution.corrected': {
    brief: "An execution's quantity or price was corrected.",
    attributes: {
      'trading.execution.id': 'recommended',
      'trading.execution.ref_id': 'required',
      'trading.execution.quantity': 'required',
      'trading.execution.price': 'recommended',
    },
  },
  'trading.execution.busted': {
    brief: 'An execution was taken back.',
    attributes: {
      'trading.execution.id': 'recommended',
      'trading.execution.ref_id': 'required',
      'trading.execution.quantity': 'required',
    },
  },
} as const satisfies Record<string, EventDefinition>

/** Name of a span event of the catalog. */
export type EventName = keyof typeof events
