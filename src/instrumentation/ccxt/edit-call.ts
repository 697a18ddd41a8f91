import { type Context, context } from '@opentelemetry/api'
import { parseDecimal } from '../../order/decimal.js'
import type { CancelRejectEvent } from '../../order/event.js'
import type { AccountOrders, Birth, ReportedIds } from './account-orders.js'
import { clientIdOf, clientIdsIn } from './client-ids.js'
import type { Failure } from './errors.js'
import { type OrderArguments, orderIntent } from './order-intents.js'
import { type OrderReport, readOrder, sideOf } from './order-report.js'
import { RequestCall } from './request-call.js'
import type { Loose } from './telling.js'
import { type Amendment, type OrderIntent, TrackedOrder } from './tracked-order.js'
import { type CcxtExchange, isObject, text } from './unified.js'

/** How long after an edit of unknown outcome the venue may still tell of the new order. */
const UNKNOWN_WAIT_MS = 10_000

/**
 * `editOrder` and the like: some venues amend the order, some cancel it and place another one under ids of its own.
 * Where ccxt does the latter by two calls of its own, those are seen as what they are.
 */
export class EditCall extends RequestCall implements Birth {
  readonly #id: string | undefined
  readonly #args: OrderArguments
  /** The request holds other orders too. */
  readonly #isPart: boolean
  readonly #caller = context.active()
  #order: TrackedOrder | undefined
  #intent: OrderIntent | undefined
  #amendment: Amendment | undefined
  #newClientId: string | undefined

  constructor(
    account: AccountOrders,
    exchange: CcxtExchange,
    id: string | undefined,
    args: OrderArguments,
    isPart = false,
  ) {
    super(account, exchange)
    this.#id = id
    this.#args = args
    this.#isPart = isPart
  }

  protected onSending(request: unknown, isFirst: boolean): Context | undefined {
    if (isFirst) this.#ask(request)
    const id = this.#order?.clientId ?? this.#order?.orderId
    return id === undefined ? undefined : this.account.sink.contextOf?.(id, 'replace')
  }

  /**
   * Binance's answer tells how far the canceled order had come; ccxt keeps that to itself. It must be known before
   * the replace is told: the new order's quantity comes on top.
   */
  onResponse(response: unknown): void {
    const canceled = isObject(response) ? response.cancelResponse : undefined
    const order = this.#order
    if (order === undefined || this.delegated || !isObject(canceled)) return
    const cumulative = parseDecimal(canceled.executedQty)
    const cost = parseDecimal(canceled.cummulativeQuoteQty)
    this.account.teller.infer(order, { ...endOf(order), cumulative, cost })
  }

  protected onDone(value: unknown): void {
    const report = readOrder(value)
    const order = this.#order
    if (order === undefined) {
      if (report !== undefined) this.account.told(report, report.executions, 'request')
      return
    }
    const failure = failureIn(value)
    // one of a batch
    const refused = failure !== undefined || (this.#isPart && report?.status === 'rejected')
    if (refused) this.#tellRefused(order, { reason: 'other', text: failure ?? report?.text })
    else if (report !== undefined) this.#replaced(order, report)
    this.account.editEnded(order)
    if (report !== undefined && !refused) {
      const ids = { orderId: report.orderId ?? order.orderId, clientId: report.clientId ?? order.clientId }
      this.account.told({ ...report, ...ids }, report.executions, 'request')
    }
  }

  protected onFailed(failure: Failure, error: unknown): boolean {
    const { fate, errorType } = failure
    const order = this.#order ?? this.#unknownOrder(fate)
    // not known, or the stream told of the new order and only the answer was lost
    if (order === undefined || order.successor !== undefined) return true
    const details = { errorType, text: failure.text }
    if (fate === 'refused') {
      const reason = failure.cancelRejectReason ?? (order.accepted ? 'too_late' : 'unknown_order')
      this.#tellRefused(order, { reason, ...details })
      this.#halfDone(order, failure, error)
    } else {
      const outcome = fate === 'unknown' ? 'unknown' : 'not_sent'
      this.account.teller.tell(order, { type: 'request_failed', request: 'replace', outcome, ...details })
      if (fate === 'unknown') {
        setTimeout(() => this.#end(order), UNKNOWN_WAIT_MS).unref()
        return false
      }
    }
    if (order.successor === undefined) this.account.editEnded(order)
    return true
  }

  protected override onEnd(): void {
    this.account.settled(this)
  }

  mayBe(ids: ReportedIds): boolean {
    return (
      (this.#newClientId === undefined || ids.clientId === undefined) &&
      this.#order?.successor === undefined &&
      (ids.symbol === undefined || ids.symbol === this.#args.symbol) &&
      (ids.side === undefined || ids.side === sideOf(this.#args.side))
    )
  }

  claim(report: OrderReport): TrackedOrder | undefined {
    const order = this.#order
    if (order === undefined || this.#newClientId === undefined || report.clientId !== this.#newClientId)
      return undefined
    return order.successor ?? this.account.replace(order, report, this.#intent, 'stream')
  }

  #ask(request: unknown): void {
    const symbol = this.#symbol
    const named = clientIdOf(this.#args.params)
    const order = this.account.find(
      this.#id === undefined ? { clientId: named, symbol } : { orderId: this.#id, symbol },
    )
    if (order === undefined) return
    const { apiKey, uid, login } = this.exchange
    const newClientId = this.#isPart ? named : clientIdsIn(request, [apiKey, uid, login, order.clientId])[0]
    if (newClientId !== order.clientId) this.#newClientId = newClientId
    this.#order = order
    this.#intent = orderIntent(this.exchange, this.#args, this.#newClientId ?? order.clientId, request)
    const { quantity, price } = this.#intent
    this.#amendment = { quantity, price, told: false }
    order.amendment = this.#amendment
    order.edits++
    this.account.expect(this)
    this.#tellRequest(order, this.#intent)
  }

  get #symbol(): string | undefined {
    return this.#args.symbol === 'unknown' ? undefined : this.#args.symbol
  }

  /** One that nobody knows here, where the venue may have an opinion on it. */
  #unknownOrder(fate: Failure['fate']): TrackedOrder | undefined {
    const clientId = this.#id === undefined ? clientIdOf(this.#args.params) : undefined
    if ((this.#id ?? clientId) === undefined || (fate !== 'refused' && fate !== 'unknown')) return undefined
    const ids = { orderId: this.#id, clientId, symbol: this.#symbol, side: undefined }
    const order = new TrackedOrder({ ...ids, origin: 'external' }, this.startTime)
    this.#tellRequest(order, orderIntent(this.exchange, this.#args, clientId, undefined))
    return order
  }

  #tellRequest(order: TrackedOrder, { quantity, price }: OrderIntent): void {
    this.account.teller.tell(order, {
      type: 'replace_request',
      time: this.startTime,
      clientId: this.#newClientId,
      originalClientId: order.clientId,
      quantity: quantity?.toString(),
      price,
    })
  }

  #tellRefused(order: TrackedOrder, facts: Omit<Loose<CancelRejectEvent>, 'type'>): void {
    this.account.teller.tell(order, { type: 'cancel_reject', request: 'replace', source: 'request', ...facts })
  }

  #replaced(order: TrackedOrder, report: OrderReport): void {
    if (order.successor !== undefined) return
    if (report.orderId !== undefined && order.orderId !== undefined && report.orderId !== order.orderId) {
      this.account.replace(order, report, this.#intent, 'request')
      return
    }
    if (this.#amendment?.told === true) return
    order.quantity = report.quantity ?? this.#intent?.quantity ?? order.quantity
    order.price = report.price ?? this.#intent?.price ?? order.price
    this.account.teller.tell(order, {
      type: 'replaced',
      source: 'request',
      originalClientId: order.clientId,
      quantity: order.quantity?.toString(),
      price: order.price,
      venueTime: report.venueTime,
    })
  }

  /**
   * Binance tells in the error which half of a cancel-replace it did
   * (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#cancel-an-existing-order-and-send-a-new-order-trade).
   */
  #halfDone(order: TrackedOrder, failure: Failure, error: unknown): void {
    const message = isObject(error) ? String(error.message) : ''
    const canceled = /"cancelResult":\s*"SUCCESS"/.test(message)
    const intent = this.#intent
    if (!canceled || intent === undefined) return
    this.account.editEnded(order)
    if (order.ended === undefined) this.account.told(endOf(order), [], 'request')
    if (this.#newClientId === undefined) return
    const refused = this.account.begin(intent, this.startTime, this.#caller)
    if (refused !== undefined) this.account.failed(refused, { ...failure, fate: 'refused' }, false)
  }

  #end(order: TrackedOrder): void {
    if (order.successor === undefined) this.account.editEnded(order)
    this.account.settled(this)
  }
}

/**
 * Coinbase refuses an edit in an answer that ccxt takes for a success
 * (https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/edit-order).
 */
function failureIn(answer: unknown): string | undefined {
  const info = isObject(answer) ? answer.info : undefined
  if (!isObject(info) || info.success !== false) return undefined
  const [error] = Array.isArray(info.errors) ? info.errors : []
  return (isObject(error) ? text(error.edit_failure_reason) : undefined) ?? 'refused'
}

function endOf({ orderId, clientId, symbol, side }: TrackedOrder): OrderReport {
  const unknown = undefined
  return {
    orderId,
    clientId,
    symbol,
    side,
    orderType: unknown,
    timeInForce: unknown,
    status: 'canceled',
    quantity: unknown,
    price: unknown,
    cumulative: unknown,
    averagePrice: unknown,
    averageIsTold: false,
    cost: unknown,
    origin: unknown,
    createdTime: unknown,
    venueTime: unknown,
    text: unknown,
    isConditional: false,
    becomes: unknown,
    was: unknown,
    executions: [],
  }
}
