import { context } from '@opentelemetry/api'
import type { AccountOrders, Birth, ReportedIds } from './account-orders.js'
import { orderArguments, orderIntent } from './order-intents.js'
import { readOrder } from './order-report.js'
import { RequestCall } from './request-call.js'
import { type CcxtExchange, isObject } from './unified.js'

/**
 * `closePosition`, `closeAllPositions`: the venue makes the orders that it takes. How many and how large they are is
 * known when they are told: some venues answer with the orders, others tell of them by the stream alone.
 */
export class CloseCall extends RequestCall implements Birth {
  /** `undefined`: all. */
  readonly #symbol: string | undefined
  readonly #caller = context.active()

  constructor(account: AccountOrders, exchange: CcxtExchange, symbol: string | undefined) {
    super(account, exchange)
    this.#symbol = symbol
  }

  mayBe({ symbol }: ReportedIds): boolean {
    return symbol === undefined || this.#symbol === undefined || symbol === this.#symbol
  }

  claim(): undefined {
    return undefined
  }

  protected onSending(_request: unknown, isFirst: boolean): undefined {
    if (isFirst) this.account.expect(this)
  }

  protected onDone(value: unknown): void {
    for (const answer of Array.isArray(value) ? value : [value]) {
      const report = readOrder(answer)
      // a position has an id too
      if (report?.orderId === undefined || (isObject(answer) && 'contracts' in answer)) continue
      const { symbol, type, side, amount, price } = answer as Record<string, unknown>
      const args = orderArguments([symbol ?? this.#symbol, type ?? 'market', side, amount, price])
      const intent = orderIntent(this.exchange, args, report.clientId, undefined)
      const order = this.account.begin(intent, this.startTime, this.#caller, report.orderId)
      if (order !== undefined) this.account.answered(order, report)
    }
  }

  protected onFailed(): boolean {
    return true
  }

  protected override onEnd(): void {
    this.account.settled(this)
  }
}
