import type { Attachments } from './attachments.js'
import type {
  AnomalyKind,
  CancelRejectReason,
  EventSource,
  Liquidity,
  OrderEvent,
  OrderOrigin,
  OrderStage,
  OrderStatus,
  OrderType,
  RejectReason,
  Side,
  StageOutcome,
  TimeInForce,
} from './event.js'

/** One execution that counts: the newest values after corrections; `busted` when it was taken back. */
export interface Execution {
  readonly id: string | undefined
  /** Decimal strings. */
  readonly quantity: string
  readonly price: string | undefined
  readonly liquidity: Liquidity | undefined
  readonly time: number
  readonly venueTime: number | undefined
  readonly source: EventSource
}

/** An order as the projections see it: a live view that the tracker keeps up to date. */
export interface Order {
  /** The key for the whole life of the order: its first client id, the venue's id where there is none. */
  readonly rootId: string
  /** The current client id: of the last replace that took effect. */
  readonly clientId: string | undefined
  /** The venue's order id, as soon as it is known. */
  readonly orderId: string | undefined
  readonly parentId: string | undefined
  readonly account: string | undefined
  readonly venue: string
  readonly strategy: string | undefined
  readonly symbol: string
  readonly side: Side | undefined
  readonly orderType: OrderType | undefined
  readonly timeInForce: TimeInForce | undefined
  readonly origin: OrderOrigin
  readonly status: OrderStatus
  /** No further execution is expected: filled, canceled, rejected, expired; a day order also when done for the day. */
  readonly done: boolean
  /** The tracker remembers it; not one that was only asked about, nor one that was forgotten or turned out to be another. */
  readonly followed: boolean
  /** Exact decimal strings without trailing zeros; `undefined` while nobody has told. */
  readonly quantity: string | undefined
  readonly price: string | undefined
  readonly cumulativeQuantity: string
  readonly leavesQuantity: string | undefined
  readonly averagePrice: string | undefined
  /** Executions counted, busted ones not. */
  readonly executionCount: number
  /** Milliseconds since 1970. */
  readonly createdTime: number
  readonly ackTime: number | undefined
  readonly firstFillTime: number | undefined
  /** Every anomaly so far, by kind. */
  readonly anomalyCounts: ReadonlyMap<AnomalyKind, number>
  /** What the projections hang on an order (its span, its bound handles); the tracker never looks inside. */
  readonly attachments: Attachments
}

/** Something that didn't fit; counted by kind, shown on the order's span, never thrown. */
export interface Anomaly {
  readonly kind: AnomalyKind
  /** What was wrong and, where a user can mend it, what to write instead. */
  readonly message: string
}

/** What an event came to, for the projections: each fact once, already checked and de-duplicated. */
export type Effect =
  /** The order is known from now on. */
  | { readonly kind: 'created' }
  | { readonly kind: 'stage_started'; readonly stage: OrderStage; readonly time: number }
  /** Durations are `endTime - startTime`; `implied`: the ack was never told, its latency isn't measured. */
  | {
      readonly kind: 'stage_ended'
      readonly stage: OrderStage
      readonly startTime: number
      readonly endTime: number
      readonly outcome: StageOutcome
      readonly implied: boolean
      readonly errorType?: string
      readonly cancelRejectReason?: CancelRejectReason
    }
  /** One execution, counted once; `late`: the order was done before. `sinceTime`: the ack or the fill before. */
  | {
      readonly kind: 'executed'
      readonly execution: Execution
      readonly late: boolean
      readonly first: boolean
      readonly sinceTime: number
    }
  | {
      readonly kind: 'corrected'
      readonly execution: Execution
      readonly previous: Execution
      readonly executionId: string | undefined
      readonly refId: string
    }
  | {
      readonly kind: 'busted'
      readonly execution: Execution
      readonly executionId: string | undefined
      readonly refId: string
    }
  /** The client id changed with a replace, or a request's own id became an alias. */
  | { readonly kind: 'alias'; readonly clientId: string; readonly previousClientId: string | undefined }
  /**
   * The order is done: filled, canceled, rejected or expired; or, good for the day only, done for the day or
   * calculated.
   */
  | {
      readonly kind: 'completed'
      readonly status: OrderStatus
      readonly rejectReason?: RejectReason
      readonly errorType?: string
      /** The order had been done before and was reopened: whoever counts orders has counted it. */
      readonly again?: boolean
    }
  /** A done order lives again: a bust of a filled one, a replace that raised its quantity. */
  | { readonly kind: 'reopened'; readonly previousStatus: OrderStatus }
  /**
   * The grace for late fills has run out, or the tracker needed the room: what is open of this order ends now. While
   * the tracker still remembers the order, a fill, bust or correction that comes even later is told all the same.
   */
  | { readonly kind: 'forgotten' }

/** What one event did. */
export interface Transition {
  readonly event: OrderEvent
  /** Milliseconds since 1970, by the event or the clock. */
  readonly time: number
  /** `undefined` only where the event can't be tied to any order (no ids, an unreadable quantity of an unknown order). */
  readonly order: Order | undefined
  readonly from: OrderStatus | undefined
  readonly to: OrderStatus | undefined
  readonly effects: readonly Effect[]
  readonly anomalies: readonly Anomaly[]
}

/** Something that follows orders: metrics, spans, logs. Projections know the transition and nothing of each other. */
export interface OrderProjection {
  /** Must not throw; what it throws is caught, counted and said once. */
  onTransition(transition: Transition): void
}
