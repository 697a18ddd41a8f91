import { type Context, context } from '@opentelemetry/api'
import { parseDecimal } from '../../order/decimal.js'
import { now } from '../../order/time.js'
import type { AccountOrders, Birth, ReportedIds } from './account-orders.js'
import type { Call } from './call.js'
import { clientIdsIn } from './client-ids.js'
import { judge } from './errors.js'
import { type OrderArguments, orderIntent } from './order-intents.js'
import { type OrderReport, readOrder, sideOf } from './order-report.js'
import { given } from './order-sink.js'
import type { OrderIntent, TrackedOrder } from './tracked-order.js'
import { type CcxtExchange, isObject } from './unified.js'

/** How long after an edit of unknown outcome the venue may still tell of the new order. */
const UNKNOWN_WAIT_MS = 10_000

/**
 * `editOrder` and the like: some venues amend the order, some cancel it and place another one under ids of its own.
 * Where ccxt does the latter by two calls of its own, those are seen as what they are.
 */
export class EditCall implements Call, Birth {
  readonly #account: AccountOrders
  readonly #exchange: CcxtExchange
  readonly #id: string | undefined
  readonly #args: OrderArguments
  readonly #caller = context.active()
  readonly #startTime = now()
  #order: TrackedOrder | undefined
  #intent: OrderIntent | undefined
  #newClientId: string | undefined
  #requested = false
  #delegated = false

  constructor(account: AccountOrders, exchange: CcxtExchange, id: string | undefined, args: OrderArguments) {
    this.#account = account
    this.#exchange = exchange
    this.#id = id
    this.#args = args
  }

  onDelegated(): void {
    this.#delegated = true
  }

  onRequest(request: unknown, question: boolean): Context | undefined {
    if (this.#delegated || question) return undefined
    if (!this.#requested) {
      this.#requested = true
      this.#ask(request)
    }
    const id = this.#order?.clientId ?? this.#order?.orderId
    return id === undefined ? undefined : this.#account.sink.contextOf?.(id, 'replace')
  }

  /**
   * Binance's answer tells how far the canceled order had come; ccxt keeps that to itself. It must be known before
   * the replace is told: the new order's quantity comes on top.
   */
  onResponse(response: unknown): void {
    const canceled = isObject(response) ? response.cancelResponse : undefined
    const order = this.#order
    if (order === undefined || this.#delegated || !isObject(canceled)) return
    const cumulative = parseDecimal(canceled.executedQty)
    const cost = parseDecimal(canceled.cummulativeQuoteQty)
    this.#account.teller.infer(order, { ...endOf(order), cumulative, cost })
  }

  onAnswer(value: unknown): void {
    const report = this.#delegated ? undefined : readOrder(value)
    const order = this.#order
    if (order === undefined) {
      if (report !== undefined) this.#account.told(report, report.executions, 'request')
    } else {
      if (report !== undefined) this.#replaced(order, report)
      this.#account.editEnded(order)
      if (report !== undefined) {
        const ids = { orderId: report.orderId ?? order.orderId, clientId: report.clientId ?? order.clientId }
        this.#account.told({ ...report, ...ids }, report.executions, 'request')
      }
    }
    this.#account.settled(this)
  }

  onError(error: unknown): void {
    const order = this.#order
    if (order === undefined || this.#delegated) {
      this.#account.settled(this)
      return
    }
    const failure = judge(error, this.#requested, this.#exchange)
    const { fate, errorType } = failure
    const details = { errorType, ...given({ text: failure.text }) }
    if (order.successor !== undefined) {
      // the stream told of the new order; only the answer was lost
      this.#account.settled(this)
      return
    }
    if (fate === 'refused') {
      const reason = failure.cancelRejectReason ?? (order.accepted ? 'too_late' : 'unknown_order')
      this.#account.teller.tell(order, {
        type: 'cancel_reject',
        request: 'replace',
        reason,
        source: 'request',
        ...details,
      })
      this.#halfDone(order, error)
    } else {
      const outcome = fate === 'unknown' ? 'unknown' : 'not_sent'
      this.#account.teller.tell(order, { type: 'request_failed', request: 'replace', outcome, ...details })
      if (fate === 'unknown') {
        setTimeout(() => this.#end(order), UNKNOWN_WAIT_MS).unref()
        return
      }
    }
    this.#end(order)
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
    return order.successor ?? this.#account.replace(order, report, this.#intent, 'stream')
  }

  #ask(request: unknown): void {
    const symbol = this.#args.symbol === 'unknown' ? undefined : this.#args.symbol
    const order = this.#id === undefined ? undefined : this.#account.find({ orderId: this.#id, symbol })
    if (order === undefined) return
    const { apiKey, uid, login } = this.#exchange
    this.#newClientId = clientIdsIn(request, [apiKey, uid, login, order.clientId])[0]
    this.#order = order
    this.#intent = orderIntent(this.#exchange, this.#args, this.#newClientId ?? order.clientId, request)
    order.edits++
    this.#account.expect(this)
    const { quantity, price } = this.#intent
    this.#account.teller.tell(order, {
      type: 'replace_request',
      time: this.#startTime,
      ...given({
        clientId: this.#newClientId,
        originalClientId: order.clientId,
        quantity: quantity?.toString(),
        price,
      }),
    })
  }

  #replaced(order: TrackedOrder, report: OrderReport): void {
    if (order.successor !== undefined) return
    if (report.orderId !== undefined && order.orderId !== undefined && report.orderId !== order.orderId) {
      this.#account.replace(order, report, this.#intent, 'request')
      return
    }
    order.quantity = report.quantity ?? this.#intent?.quantity ?? order.quantity
    order.price = report.price ?? this.#intent?.price ?? order.price
    this.#account.teller.tell(order, {
      type: 'replaced',
      source: 'request',
      ...given({
        originalClientId: order.clientId,
        quantity: order.quantity?.toString(),
        price: order.price,
        venueTime: report.venueTime,
      }),
    })
  }

  /**
   * Binance tells in the error which half of a cancel-replace it did
   * (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/trading-endpoints#cancel-an-existing-order-and-send-a-new-order-trade).
   */
  #halfDone(order: TrackedOrder, error: unknown): void {
    const message = isObject(error) ? String(error.message) : ''
    const canceled = /"cancelResult":\s*"SUCCESS"/.test(message)
    const intent = this.#intent
    if (!canceled || intent === undefined) return
    this.#account.editEnded(order)
    if (order.ended === undefined) this.#account.told(endOf(order), [], 'request')
    if (this.#newClientId === undefined) return
    const refused = this.#account.begin(intent, this.#startTime, this.#caller)
    const failure = judge(error, true, this.#exchange)
    if (refused !== undefined) this.#account.failed(refused, { ...failure, fate: 'refused' }, false)
  }

  #end(order: TrackedOrder): void {
    if (order.successor === undefined) this.#account.editEnded(order)
    this.#account.settled(this)
  }
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
    executions: [],
  }
}
