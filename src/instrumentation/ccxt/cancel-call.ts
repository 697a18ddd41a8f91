import type { Context } from '@opentelemetry/api'
import type { AccountOrders } from './account-orders.js'
import { clientIdsOf } from './client-ids.js'
import type { Failure } from './errors.js'
import { readOrder } from './order-report.js'
import { RequestCall } from './request-call.js'
import { TrackedOrder } from './tracked-order.js'
import { type CcxtExchange, isObject, text } from './unified.js'

/** One order that a cancel names. */
interface Named {
  readonly orderId: string | undefined
  readonly clientId: string | undefined
  readonly symbol: string | undefined
}

/** What a cancel names: orders by their ids, or all of a symbol, or all there are. */
export interface CancelTarget {
  /** `undefined`: all. */
  readonly orders: readonly Named[] | undefined
  readonly symbol: string | undefined
}

/** Of `cancelOrder` and `cancelOrders`. */
export function cancelTarget([ids, its, params]: readonly unknown[]): CancelTarget {
  const symbol = text(its)
  const orderIds = (Array.isArray(ids) ? ids : [ids]).map(text).filter(id => id !== undefined)
  const clientIds = clientIdsOf(params)
  // the same orders by their other ids, or orders of its own
  const named = orderIds.map((orderId, index) => ({ orderId, clientId: clientIds[index], symbol }))
  const rest = clientIds.slice(orderIds.length).map(clientId => ({ orderId: undefined, clientId, symbol }))
  return { orders: [...named, ...rest], symbol }
}

/** Of `cancelOrdersForSymbols`. */
export function cancelTargetOfMany([orders]: readonly unknown[]): CancelTarget {
  const named = (Array.isArray(orders) ? orders : []).filter(isObject).map(order => ({
    orderId: text(order.id),
    clientId: clientIdsOf(order)[0],
    symbol: text(order.symbol),
  }))
  return { orders: named, symbol: undefined }
}

/** `cancelOrder`, `cancelOrders`, `cancelAllOrders` and the like. */
export class CancelCall extends RequestCall {
  readonly #target: CancelTarget
  #orders: readonly TrackedOrder[] = []

  constructor(account: AccountOrders, exchange: CcxtExchange, target: CancelTarget) {
    super(account, exchange)
    this.#target = target
  }

  protected onSending(_request: unknown, isFirst: boolean): Context | undefined {
    if (isFirst) {
      this.#orders = this.#find()
      for (const order of this.#orders) this.#tellRequest(order)
    }
    const [only] = this.#orders
    const id = only?.clientId ?? only?.orderId
    return this.#orders.length === 1 && id !== undefined ? this.account.sink.contextOf?.(id, 'cancel') : undefined
  }

  protected onDone(value: unknown): void {
    const answered = new Set<TrackedOrder>()
    const answers = Array.isArray(value) ? value : [value]
    const { orders } = this.#target
    for (const [index, answer] of answers.entries()) {
      const report = readOrder(answer)
      if (report === undefined) continue
      // without an id it is of the order that was named in its place (Hyperliquid)
      const named = !Array.isArray(value) || answers.length === orders?.length ? orders?.[index]?.orderId : undefined
      const orderId = report.orderId ?? named
      const symbol = report.symbol ?? this.#target.symbol
      // without a state, or with that from before, the answer says no more than that the request was taken
      const taken = isDone(answer) ? 'canceled' : 'pending_cancel'
      const status = report.status === undefined || report.status === 'open' ? taken : report.status
      if (orderId === undefined) continue
      // the client id that the answer shows may be that of the cancel itself
      const clientId = canceledClientId(answer)
      const order = this.account.find({ orderId, clientId, symbol })
      if (order !== undefined) answered.add(order)
      this.account.told({ ...report, orderId, symbol, status, clientId }, report.executions, 'cancel')
    }
    if (answered.size === 0) return
    for (const order of this.#orders) {
      if (!answered.has(order) && order.ended === undefined) this.#tooLate(order)
    }
  }

  protected onFailed(failure: Failure): boolean {
    for (const order of this.#orders) this.#fail(order, failure)
    if (failure.fate === 'refused' || failure.fate === 'unknown') {
      for (const order of this.#unknown()) {
        this.#tellRequest(order)
        this.#fail(order, failure)
      }
    }
    return true
  }

  #find(): readonly TrackedOrder[] {
    const { orders, symbol } = this.#target
    if (orders === undefined) return this.account.living(symbol)
    return [...new Set(orders.map(named => this.#findOne(named)).filter(order => order !== undefined))]
  }

  #findOne({ orderId, clientId, symbol }: Named): TrackedOrder | undefined {
    return (
      this.account.find({ orderId, symbol }) ??
      this.account.find({ clientId: orderId, symbol }) ??
      this.account.find({ clientId, symbol })
    )
  }

  /** Orders that are named and nobody knows here: from before this process, another client's, or a wrong id. */
  #unknown(): readonly TrackedOrder[] {
    const unknown = this.#target.orders?.filter(named => this.#findOne(named) === undefined) ?? []
    return unknown
      .filter(({ orderId, clientId }) => orderId !== undefined || clientId !== undefined)
      .map(named => new TrackedOrder({ ...named, side: undefined, origin: 'external' }, this.startTime))
  }

  #tellRequest(order: TrackedOrder): void {
    this.account.teller.tell(order, {
      type: 'cancel_request',
      time: this.startTime,
      originalClientId: order.clientId,
    })
  }

  #tooLate(order: TrackedOrder): void {
    this.account.teller.tell(order, {
      type: 'cancel_reject',
      request: 'cancel',
      reason: 'too_late',
      source: 'request',
    })
  }

  #fail(order: TrackedOrder, failure: Failure): void {
    const { fate, errorType } = failure
    const details = { errorType, text: failure.text }
    if (fate === 'refused') {
      // gone, for an order that the venue had, means that it ended meanwhile
      const reason = failure.cancelRejectReason ?? (order.accepted ? 'too_late' : 'unknown_order')
      this.account.teller.tell(order, {
        type: 'cancel_reject',
        request: 'cancel',
        reason,
        source: 'request',
        ...details,
      })
    } else {
      const outcome = fate === 'unknown' ? 'unknown' : 'not_sent'
      this.account.teller.tell(order, { type: 'request_failed', request: 'cancel', outcome, ...details })
    }
  }
}

/** Hyperliquid's word for an order that is off the book: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/exchange-endpoint#cancel-order-s */
function isDone(answer: unknown): boolean {
  return isObject(answer) && answer.info === 'success'
}

function canceledClientId(answer: unknown): string | undefined {
  const info = isObject(answer) ? answer.info : undefined
  return isObject(info) ? (text(info.origClientOrderId) ?? text(info.orig_client_order_id)) : undefined
}
