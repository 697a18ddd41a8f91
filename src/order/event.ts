import type {
  anomalyKinds,
  cancelRejectReasons,
  eventSources,
  liquidities,
  modes,
  orderOrigins,
  orderStages,
  orderStatuses,
  orderTypes,
  rejectReasons,
  sides,
  stageOutcomes,
  timesInForce,
} from '../catalog/attributes.js'

export type Side = (typeof sides)[number]
export type OrderType = (typeof orderTypes)[number]
export type TimeInForce = (typeof timesInForce)[number]
export type OrderStatus = (typeof orderStatuses)[number]
export type OrderStage = (typeof orderStages)[number]
export type StageOutcome = (typeof stageOutcomes)[number]
export type RejectReason = (typeof rejectReasons)[number]
export type CancelRejectReason = (typeof cancelRejectReasons)[number]
export type EventSource = (typeof eventSources)[number]
export type OrderOrigin = (typeof orderOrigins)[number]
export type Liquidity = (typeof liquidities)[number]
/** Whether money is at stake. */
export type Mode = (typeof modes)[number]
export type AnomalyKind = (typeof anomalyKinds)[number]

/**
 * A quantity or a price: a decimal string (`"0.05"`), exact. A number is taken by its shortest decimal form
 * (`0.05` is "0.05"); sums of numbers drift, so hand over the venue's own string where there is one.
 */
export type Decimalish = string | number | bigint

/** What any event may tell about the order it belongs to. */
export interface OrderFacts {
  /** The client's order id (FIX 11). */
  readonly clientId?: string
  /** The client id that a cancel or replace refers to (FIX 41). */
  readonly originalClientId?: string
  /** The venue's order id (FIX 37). */
  readonly orderId?: string
  /** The order that this one is a slice of (FIX 583 or the application's own). */
  readonly parentId?: string
  /** The account (FIX 1): part of the key of an execution, exported only hashed. */
  readonly account?: string
  /** The venue, where it differs from the tracker's. */
  readonly venue?: string
  readonly strategy?: string
  readonly symbol?: string
  readonly side?: Side
  readonly orderType?: OrderType
  readonly timeInForce?: TimeInForce
  readonly quantity?: Decimalish
  readonly price?: Decimalish
  readonly origin?: OrderOrigin
}

/** What the venue says about the order as a whole; the tracker computes its own figures and compares. */
export interface ReportedFigures {
  readonly status?: OrderStatus
  readonly quantity?: Decimalish
  readonly cumulativeQuantity?: Decimalish
  readonly leavesQuantity?: Decimalish
  readonly averagePrice?: Decimalish
}

/** How and when an event reached us. */
export interface EventTelling {
  /**
   * When it happened here: milliseconds since 1970, fractions count. Default: now, by the monotonic clock; so too for
   * a time that can't be one (0, seconds, microseconds), which is an anomaly.
   */
  readonly time?: number
  /** When it happened by the venue's clock: milliseconds since 1970, fractions count (FIX 60). */
  readonly venueTime?: number
  /** The venue's own order of events (FIX MsgSeqNum 34, a stream's update id). */
  readonly sequence?: number | bigint
  /** Default: `request` for what the client does, `stream` for what the venue tells. */
  readonly source?: EventSource
  /** The message was sent before (FIX PossDupFlag 43, PossResend 97): nothing in it is new for sure. */
  readonly possibleDuplicate?: boolean
  readonly reported?: ReportedFigures
  /** The venue's free text (FIX 58): shown on spans, cut to length, never a metric label. */
  readonly text?: string
}

interface Telling<Type extends string> extends OrderFacts, EventTelling {
  readonly type: Type
}

// What the client does.

/** The order is made and on its way (FIX NewOrderSingle): opens the `submit` stage. */
export interface SubmitEvent extends Telling<'submit'> {
  readonly symbol: string
  readonly side: Side
  readonly orderType: OrderType
}
/** The order has been handed over to the venue (the request was answered, the socket took it): ends the `submit` stage. */
export type SentEvent = Telling<'sent'>
/** Submitting ended without an answer that says accepted or refused; a time-out means unknown, not rejected. */
export interface SubmitFailedEvent extends Telling<'submit_failed'> {
  /** `not_sent`: it never left this process; `unknown`: nobody knows whether the venue has it. */
  readonly outcome: 'not_sent' | 'unknown'
  /** Class of the error (`RequestTimeout`). */
  readonly errorType?: string
}
/** FIX OrderCancelRequest: opens the `cancel` stage. `clientId` is the request's own id, if it has one. */
export type CancelRequestEvent = Telling<'cancel_request'>
/** FIX OrderCancelReplaceRequest: opens the `replace` stage; `quantity` and `price` are the new ones. */
export type ReplaceRequestEvent = Telling<'replace_request'>
/** FIX OrderStatusRequest. */
export type StatusRequestEvent = Telling<'status_request'>
/** A cancel or replace request ended without an answer: the stage ends with outcome `unknown` or `failed`. */
export interface RequestFailedEvent extends Telling<'request_failed'> {
  readonly request: 'cancel' | 'replace'
  readonly outcome: 'not_sent' | 'unknown'
  readonly errorType?: string
}

// What the venue tells (FIX ExecutionReport by ExecType, OrderCancelReject).

export type PendingNewEvent = Telling<'pending_new'>
/** Accepted (FIX ExecType New). */
export type AckEvent = Telling<'ack'>
/** Refused. */
export interface RejectEvent extends Telling<'reject'> {
  readonly reason?: RejectReason
  readonly errorType?: string
}
interface ExecutionTelling<Type extends string> extends Telling<Type> {
  /** FIX ExecID (17). Executions without an id are never de-duplicated. */
  readonly executionId?: string
  /** FIX LastQty (32). */
  readonly lastQuantity?: Decimalish
  /** FIX LastPx (31). */
  readonly lastPrice?: Decimalish
  readonly liquidity?: Liquidity
}
/** An execution (FIX ExecType Trade). */
export interface TradeEvent extends ExecutionTelling<'trade'> {
  readonly lastQuantity: Decimalish
}
/** An execution's quantity or price is corrected (FIX TradeCorrect): the new values stand for the whole execution. */
export interface TradeCorrectEvent extends ExecutionTelling<'trade_correct'> {
  /** FIX ExecRefID (19): the original, or the latest correction of it. */
  readonly executionRefId?: string
}
/** An execution is taken back (FIX TradeCancel). */
export interface TradeBustEvent extends ExecutionTelling<'trade_bust'> {
  readonly executionRefId?: string
}
export type PendingCancelEvent = Telling<'pending_cancel'>
export type PendingReplaceEvent = Telling<'pending_replace'>
export type CanceledEvent = Telling<'canceled'>
/** The replace took effect: `quantity` and `price` are the new ones, `clientId` the new id. */
export type ReplacedEvent = Telling<'replaced'>
/** FIX OrderCancelReject. */
export interface CancelRejectEvent extends Telling<'cancel_reject'> {
  /** FIX CxlRejResponseTo (434). Default: whichever request is pending. */
  readonly request?: 'cancel' | 'replace'
  readonly reason?: CancelRejectReason
  readonly errorType?: string
}
export type DoneForDayEvent = Telling<'done_for_day'>
export type ExpiredEvent = Telling<'expired'>
export type StoppedEvent = Telling<'stopped'>
export type SuspendedEvent = Telling<'suspended'>
export type CalculatedEvent = Telling<'calculated'>
/** A stop order was triggered (FIX ExecType L). */
export type TriggeredEvent = Telling<'triggered'>
/** The venue changed the order by itself (FIX Restated): `reported` holds the figures that it restates. */
export interface RestatedEvent extends Telling<'restated'> {
  /** FIX ExecRestatementReason (378), as the venue sent it. */
  readonly restatementReason?: string
}
/** An answer to a question (FIX ExecType OrderStatus, a REST query): what the venue holds true now. */
export type StatusEvent = Telling<'status'>

/** Everything that can happen to an order. */
export type OrderEvent =
  | SubmitEvent
  | SentEvent
  | SubmitFailedEvent
  | CancelRequestEvent
  | ReplaceRequestEvent
  | StatusRequestEvent
  | RequestFailedEvent
  | PendingNewEvent
  | AckEvent
  | RejectEvent
  | TradeEvent
  | TradeCorrectEvent
  | TradeBustEvent
  | PendingCancelEvent
  | PendingReplaceEvent
  | CanceledEvent
  | ReplacedEvent
  | CancelRejectEvent
  | DoneForDayEvent
  | ExpiredEvent
  | StoppedEvent
  | SuspendedEvent
  | CalculatedEvent
  | TriggeredEvent
  | RestatedEvent
  | StatusEvent
