import type { Context } from '@opentelemetry/api'
import { now } from '../../order/time.js'
import type { AccountOrders } from './account-orders.js'
import type { Call } from './call.js'
import { type Failure, judge } from './errors.js'
import type { CcxtExchange } from './unified.js'

/** A call that asks the venue for something: what such calls have in common. */
export abstract class RequestCall implements Call {
  protected readonly account: AccountOrders
  protected readonly exchange: CcxtExchange
  protected readonly startTime = now()
  /** Something but a question has gone out. */
  protected requested = false
  /** Another call inside this one does the work. */
  protected delegated = false

  /** A request was made ready to go. */
  #signed = false
  /** What came in its way before that. */
  #unsent: unknown = this

  constructor(account: AccountOrders, exchange: CcxtExchange) {
    this.account = account
    this.exchange = exchange
  }

  /** What the inner call does is told there. */
  onDelegated(): void {
    this.delegated = true
  }

  onRequest(request: unknown, question: boolean): Context | undefined {
    if (this.delegated || question) return undefined
    const isFirst = !this.requested
    this.requested = true
    return this.onSending(request, isFirst)
  }

  onSigned(): void {
    this.#signed = true
  }

  onUnsent(error: unknown): void {
    this.#unsent = error
  }

  onAnswer(value: unknown): void {
    try {
      if (!this.delegated) this.onDone(value)
    } finally {
      // whatever waits for this call waits no longer
      this.onEnd()
    }
  }

  onError(error: unknown): void {
    if (error === this.#unsent && !this.#signed) this.requested = false
    let isOver = true
    try {
      isOver = this.delegated || this.onFailed(judge(error, this.requested, this.exchange), error)
    } finally {
      if (isOver) this.onEnd()
    }
  }

  /** Something that changes orders is about to go out, for the first time or not; returns the context it runs in. */
  protected abstract onSending(request: unknown, isFirst: boolean): Context | undefined
  protected abstract onDone(value: unknown): void
  /** @returns whether the call is over; else its outcome may still be told, and it ends itself */
  protected abstract onFailed(failure: Failure, error: unknown): boolean
  protected onEnd(): void {}
}
