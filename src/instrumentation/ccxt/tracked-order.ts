import { type Decimal, ZERO } from '../../order/decimal.js'
import type { OrderOrigin, OrderType, Side, TimeInForce } from '../../order/event.js'
import { ExecutionLedger } from './execution-ledger.js'
import type { OrderReport, ReportedStatus } from './order-report.js'

/** What an application asks for with `createOrder` or `editOrder`. */
export interface OrderIntent {
  readonly clientId: string | undefined
  readonly symbol: string
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce | undefined
  readonly quantity: Decimal | undefined
  readonly price: string | undefined
}

/** What an edit under way asks for, where the order keeps its ids. */
export interface Amendment {
  readonly quantity: Decimal | undefined
  readonly price: string | undefined
  /** The venue's reports have shown it already, ahead of the answer. */
  told: boolean
}

/** How far handing an order over has come. */
export type Handover =
  | 'sending'
  /** The venue said that it didn't look at it; it may be sent again under the same client id. */
  | 'turned_away'
  /** Nobody knows whether the venue has it. */
  | 'unknown'
  | 'done'

/** What is known of one order: enough to tell each thing once. */
export class TrackedOrder {
  clientId: string | undefined
  orderId: string | undefined
  /** Another market of the account has an order of the same id: told with the symbol, so that they stay two. */
  isAmbiguous = false
  readonly symbol: string | undefined
  readonly side: Side | undefined
  readonly origin: OrderOrigin
  /** As it was told. */
  quantity: Decimal | undefined
  price: string | undefined
  readonly executions = new ExecutionLedger()
  handover: Handover = 'done'
  /** The venue has shown that it has the order. */
  accepted = false
  /** The end that was told. */
  ended: ReportedStatus | undefined
  /** The venue keeps it apart from the order that it becomes, which has an id of its own. */
  isConditional = false
  otherOrderId: string | undefined
  pendingCancelTold = false
  triggeredTold = false
  /** The order that this one took the place of; its executions count for the chain. */
  predecessor: TrackedOrder | undefined
  successor: TrackedOrder | undefined
  /** Edits under way: while there are, a cancel may be half of a replace. */
  edits = 0
  /** Of the latest edit. */
  amendment: Amendment | undefined
  endHeld: { readonly report: OrderReport; readonly source: ReportSource } | undefined
  /** A report that is ahead of the executions told so far. */
  waiting: { readonly report: OrderReport; readonly source: ReportSource; readonly timer: NodeJS.Timeout } | undefined
  /** Ends a wait for another attempt. */
  retryTimer: NodeJS.Timeout | undefined
  giveUp: (() => void) | undefined
  lastStatus: string | undefined
  /** Of the newest thing known of it, by the venue's clock where there is one. */
  lastTime: number

  constructor(
    facts: {
      readonly clientId: string | undefined
      readonly orderId: string | undefined
      readonly symbol: string | undefined
      readonly side: Side | undefined
      readonly origin: OrderOrigin
    },
    time: number,
  ) {
    this.clientId = facts.clientId
    this.orderId = facts.orderId
    this.symbol = facts.symbol
    this.side = facts.side
    this.origin = facts.origin
    this.lastTime = time
  }

  /** The venue's id, as it is told. */
  get toldOrderId(): string | undefined {
    return this.isAmbiguous ? `${this.orderId} ${this.symbol}` : this.orderId
  }

  get name(): string {
    return this.toldOrderId ?? this.clientId ?? 'order'
  }

  /** What the orders before it in the chain of replaces have executed. */
  get executedBefore(): Decimal {
    let sum = ZERO
    for (let order = this.predecessor; order !== undefined; order = order.predecessor) {
      sum = sum.add(order.executions.counted)
    }
    return sum
  }
}

/** Who tells. `cancel` is the answer to one: its client id is that of the request. */
export type ReportSource = 'request' | 'cancel' | 'stream' | 'reconciliation'
