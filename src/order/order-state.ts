import { AttachmentList } from './attachments.js'
import { type Decimal, ZERO } from './decimal.js'
import type {
  AnomalyKind,
  CancelRejectReason,
  OrderOrigin,
  OrderStatus,
  OrderType,
  RejectReason,
  Side,
  TimeInForce,
} from './event.js'
import type { ExecutionNode } from './execution-node.js'
import { averageOf } from './figures.js'
import type { OrderRequest } from './order-request.js'
import { SET_LATER } from './time.js'
import type { Order } from './transition.js'
import { type Fill, isOver, type Phase, statusOf } from './transitions.js'

const NO_COUNTS: ReadonlyMap<AnomalyKind, number> = new Map()
const NO_REQUESTS: OrderRequest[] = []

/** An order as the tracker keeps it; every field is set from the start, so that all orders have one shape. */
export class OrderState implements Order {
  rootId: string
  clientId: string | undefined
  orderId: string | undefined = undefined
  parentId: string | undefined = undefined
  account: string | undefined = undefined
  readonly venue: string
  strategy: string | undefined = undefined
  symbol = 'unknown'
  side: Side | undefined = undefined
  orderType: OrderType | undefined = undefined
  timeInForce: TimeInForce | undefined = undefined
  origin: OrderOrigin
  status: OrderStatus = 'unknown'
  done = false
  executionCount = 0
  readonly createdTime: number
  ackTime: number | undefined = undefined
  firstFillTime: number | undefined = undefined
  readonly attachments = new AttachmentList()

  phase: Phase = 'unknown'
  /** The venue's place of the newest event that moved the phase, and of the newest replace. */
  phaseSequence: number | bigint | undefined = undefined
  phaseVenueTime: number | undefined = undefined
  replaceSequence: number | bigint | undefined = undefined
  replaceVenueTime: number | undefined = undefined
  /** The newest event whose reported figures were compared. */
  reportSequence: number | bigint | undefined = undefined
  reportVenueTime: number | undefined = undefined

  orderQuantity: Decimal | undefined = undefined
  limitPrice: Decimal | undefined = undefined
  /** Sum of what counts: executions, inferred ones, and what the venue stated without telling the executions. */
  cumulative: Decimal = ZERO
  /** Sum of quantity × price of all of `cumulative` whose price is known. */
  notional: Decimal = ZERO
  /** Parts of `cumulative` without a price: while there are any, there is no average. */
  unpriced = 0
  /** Stated by the venue (a restatement, the first report of an order that was not seen from its start). */
  stated: Decimal = ZERO
  statedNotional: Decimal = ZERO
  statedUnpriced = false
  statedSequence: number | bigint | undefined = undefined
  statedVenueTime: number | undefined = undefined
  /** Executions concluded from totals, until the real ones arrive. */
  inferred: Decimal = ZERO
  inferredNotional: Decimal = ZERO
  inferredCount = 0
  inferredUnpriced = 0

  /** The order was seen being submitted by this process. */
  submitted = false
  /** Submissions under the same client id that were not resends: each gets a reject of its own. */
  duplicateSubmits = 0
  /** The venue has answered for the first time. */
  answered = false
  /** The ack was implied, not told. */
  ackImplied = false
  ackVenueTime: number | undefined = undefined
  firstFillVenueTime: number | undefined = undefined
  lastFillTime: number | undefined = undefined
  submitOpen = false
  submitTime = SET_LATER
  ackOpen = false
  ackStart: number | undefined = undefined

  requests: OrderRequest[] = NO_REQUESTS
  pendingCancels = 0
  pendingReplaces = 0
  /** A replace has been asked for or told: reported quantities may belong to either side of it. */
  replacing = false

  rejectReason: RejectReason | undefined = undefined
  errorType: string | undefined = undefined
  cancelRejectReason: CancelRejectReason | undefined = undefined
  /** `completed` has been told, and not been taken back by `reopened`. */
  completed = false
  completedBefore = false
  /** `forgotten` has been told. */
  forgotten = false

  /** All ids that lead here, for taking them off the index. */
  clientAliases: string[] | undefined = undefined
  venueAliases: string[] | undefined = undefined
  /** Its executions, oldest first. */
  firstExecution: ExecutionNode | undefined = undefined
  lastExecution: ExecutionNode | undefined = undefined
  executionsById: Map<string, ExecutionNode> | undefined = undefined
  /** Sequences of executions without an id, to know a resent message by. */
  anonymousSequences: (number | bigint)[] | undefined = undefined

  /** Neighbours in the tracker's list: living or done orders, the one longest without news first. */
  previous: OrderState | undefined = undefined
  next: OrderState | undefined = undefined
  list = 0
  /** By the tracker's clock. */
  heardTime = SET_LATER
  doneTime = SET_LATER
  submitHeardTime = SET_LATER
  ackHeardTime = SET_LATER
  waiting = false

  #anomalyCounts: Map<AnomalyKind, number> | undefined = undefined

  constructor(rootId: string, clientId: string | undefined, venue: string, origin: OrderOrigin, time: number) {
    this.rootId = rootId
    this.clientId = clientId
    this.venue = venue
    this.origin = origin
    this.createdTime = time
  }

  get quantity(): string | undefined {
    return this.orderQuantity?.toString()
  }

  get price(): string | undefined {
    return this.limitPrice?.toString()
  }

  get cumulativeQuantity(): string {
    return this.cumulative.toString()
  }

  get leavesQuantity(): string | undefined {
    return this.leaves()?.toString()
  }

  get averagePrice(): string | undefined {
    return this.average()?.toString()
  }

  get anomalyCounts(): ReadonlyMap<AnomalyKind, number> {
    return this.#anomalyCounts ?? NO_COUNTS
  }

  /** For `JSON.stringify`: what the application is told, without the account and without what hangs on the order. */
  toJSON(): Record<string, unknown> {
    const { rootId, clientId, orderId, parentId, venue, strategy, symbol, side, orderType, timeInForce, origin } = this
    const { status, done, quantity, price, cumulativeQuantity, leavesQuantity, averagePrice, executionCount } = this
    const { createdTime, ackTime, firstFillTime } = this
    return {
      ...{ rootId, clientId, orderId, parentId, venue, strategy, symbol, side, orderType, timeInForce, origin },
      ...{ status, done, quantity, price, cumulativeQuantity, leavesQuantity, averagePrice, executionCount },
      ...{ createdTime, ackTime, firstFillTime, anomalyCounts: Object.fromEntries(this.anomalyCounts) },
    }
  }

  countAnomaly(kind: AnomalyKind): void {
    this.#anomalyCounts ??= new Map()
    this.#anomalyCounts.set(kind, (this.#anomalyCounts.get(kind) ?? 0) + 1)
  }

  addRequest(request: OrderRequest): void {
    if (this.requests === NO_REQUESTS) this.requests = [request]
    else this.requests.push(request)
  }

  /** Good for today only; FIX: TimeInForce absent means Day. */
  get isDayOrder(): boolean {
    return this.timeInForce !== 'gtc' && this.timeInForce !== 'gtd'
  }

  get fill(): Fill {
    if (this.cumulative.isZero || this.cumulative.isNegative) return 'none'
    return this.orderQuantity !== undefined && this.cumulative.compare(this.orderQuantity) >= 0 ? 'full' : 'part'
  }

  /** What is still open: nothing of an order that is over, and nothing of a day order that is done for the day. */
  leaves(): Decimal | undefined {
    if (isOver(this.phase)) return ZERO
    if ((this.phase === 'done_for_day' || this.phase === 'calculated') && this.isDayOrder) return ZERO
    if (this.orderQuantity === undefined) return undefined
    const open = this.orderQuantity.subtract(this.cumulative)
    return open.isNegative ? ZERO : open
  }

  average(): Decimal | undefined {
    if (this.unpriced > 0 || this.statedUnpriced) return undefined
    return averageOf(this.notional, this.cumulative)
  }

  get followed(): boolean {
    return this.list !== 0
  }

  /** Brings `status` and `done` up to date. */
  settle(): void {
    const fill = this.fill
    const base = statusOf(this.phase, fill)
    this.done =
      fill === 'full' ||
      isOver(this.phase) ||
      // FIX gives no further report of a day order that is done for the day
      ((this.phase === 'done_for_day' || this.phase === 'calculated') && this.isDayOrder)
    if (isOver(this.phase)) this.status = base
    else if (this.pendingCancels > 0) this.status = 'pending_cancel'
    else if (this.pendingReplaces > 0) this.status = 'pending_replace'
    else this.status = base
  }

  /** The status without the overlay of pending requests. */
  get baseStatus(): OrderStatus {
    return statusOf(this.phase, this.fill)
  }
}
