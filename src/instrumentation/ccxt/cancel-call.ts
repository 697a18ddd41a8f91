import type { Context } from '@opentelemetry/api'
import { now } from '../../order/time.js'
import type { AccountOrders } from './account-orders.js'
import type { Call } from './call.js'
import { clientIdOf } from './client-ids.js'
import { type Failure, judge } from './errors.js'
import { readOrder } from './order-report.js'
import { given } from './order-sink.js'
import type { TrackedOrder } from './tracked-order.js'
import { type CcxtExchange, isObject, text } from './unified.js'

/** What a cancel names: orders by their ids, or all of a symbol, or all there are. */
export interface CancelTarget {
  /** `undefined`: all. */
  readonly ids: readonly string[] | undefined
  readonly clientId: string | undefined
  readonly symbol: string | undefined
}

export function cancelTarget(ids: unknown, symbol: unknown, params: unknown): CancelTarget {
  const given = isObject(params) ? (text(params.origClientOrderId) ?? clientIdOf(params)) : undefined
  const list = (Array.isArray(ids) ? ids : [ids]).map(text).filter(id => id !== undefined)
  return { ids: list, clientId: given, symbol: text(symbol) }
}

/** `cancelOrder`, `cancelOrders`, `cancelAllOrders` and the like. */
export class CancelCall implements Call {
  readonly #account: AccountOrders
  readonly #exchange: CcxtExchange
  readonly #target: CancelTarget
  readonly #startTime = now()
  #orders: readonly TrackedOrder[] = []
  #requested = false
  #delegated = false

  constructor(account: AccountOrders, exchange: CcxtExchange, target: CancelTarget) {
    this.#account = account
    this.#exchange = exchange
    this.#target = target
  }

  onDelegated(): void {
    this.#delegated = true
  }

  onRequest(_request: unknown, question: boolean): Context | undefined {
    if (this.#delegated || question) return undefined
    if (!this.#requested) {
      this.#requested = true
      this.#orders = this.#find()
      for (const order of this.#orders) {
        this.#account.teller.tell(order, {
          type: 'cancel_request',
          time: this.#startTime,
          ...given({ originalClientId: order.clientId }),
        })
      }
    }
    const [only] = this.#orders
    const id = only?.clientId ?? only?.orderId
    return this.#orders.length === 1 && id !== undefined ? this.#account.sink.contextOf?.(id, 'cancel') : undefined
  }

  onAnswer(value: unknown): void {
    if (this.#delegated) return
    const answered = new Set<TrackedOrder>()
    for (const answer of Array.isArray(value) ? value : [value]) {
      const report = readOrder(answer)
      if (report === undefined) continue
      const single = Array.isArray(value) ? undefined : this.#target.ids?.[0]
      const orderId = report.orderId ?? single
      const symbol = report.symbol ?? this.#target.symbol
      // without a state, or with that from before, the answer says no more than that the request was taken
      const status = report.status === undefined || report.status === 'open' ? 'pending_cancel' : report.status
      if (orderId === undefined) continue
      // the client id that the answer shows may be that of the cancel itself
      const clientId = canceledClientId(answer)
      const order = this.#account.find({ orderId, clientId, symbol })
      if (order !== undefined) answered.add(order)
      this.#account.told({ ...report, orderId, symbol, status, clientId }, report.executions, 'cancel')
    }
    if (answered.size === 0) return
    for (const order of this.#orders) {
      if (!answered.has(order) && order.ended === undefined) this.#tooLate(order)
    }
  }

  onError(error: unknown): void {
    if (this.#delegated) return
    const failure = judge(error, this.#requested, this.#exchange)
    for (const order of this.#orders) this.#fail(order, failure)
  }

  #find(): readonly TrackedOrder[] {
    const { ids, clientId, symbol } = this.#target
    if (ids === undefined) return this.#account.living(symbol)
    const found = new Set<TrackedOrder>()
    for (const orderId of ids) {
      const order = this.#account.find({ orderId, symbol }) ?? this.#account.find({ clientId: orderId, symbol })
      if (order !== undefined) found.add(order)
    }
    const byClientId = clientId === undefined ? undefined : this.#account.find({ clientId, symbol })
    if (byClientId !== undefined) found.add(byClientId)
    return [...found]
  }

  #tooLate(order: TrackedOrder): void {
    this.#account.teller.tell(order, {
      type: 'cancel_reject',
      request: 'cancel',
      reason: 'too_late',
      source: 'request',
    })
  }

  #fail(order: TrackedOrder, failure: Failure): void {
    const { fate, errorType } = failure
    const details = { errorType, ...given({ text: failure.text }) }
    if (fate === 'refused') {
      // gone, for an order that the venue had, means that it ended meanwhile
      const reason = failure.cancelRejectReason ?? (order.accepted ? 'too_late' : 'unknown_order')
      this.#account.teller.tell(order, {
        type: 'cancel_reject',
        request: 'cancel',
        reason,
        source: 'request',
        ...details,
      })
    } else {
      const outcome = fate === 'unknown' ? 'unknown' : 'not_sent'
      this.#account.teller.tell(order, { type: 'request_failed', request: 'cancel', outcome, ...details })
    }
  }
}

function canceledClientId(answer: unknown): string | undefined {
  const info = isObject(answer) ? answer.info : undefined
  return isObject(info) ? (text(info.origClientOrderId) ?? text(info.orig_client_order_id)) : undefined
}
