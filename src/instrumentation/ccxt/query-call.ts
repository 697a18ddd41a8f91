import type { AccountOrders } from './account-orders.js'
import type { Call } from './call.js'
import { readOrder, readTrade } from './order-report.js'
import type { ReportSource } from './tracked-order.js'

/** `fetchOrder`, `fetchOpenOrders`, `fetchMyTrades` and the like: they may tell of what no stream has told. */
export class QueryCall implements Call {
  readonly #account: AccountOrders
  readonly #of: 'orders' | 'trades'
  #delegated = false

  constructor(account: AccountOrders, of: 'orders' | 'trades') {
    this.#account = account
    this.#of = of
  }

  /** What the inner call answers is told there. */
  onDelegated(): void {
    this.#delegated = true
  }

  onRequest(): undefined {
    return undefined
  }

  onAnswer(value: unknown): void {
    if (!this.#delegated) tellAnswers(this.#account, this.#of, value)
  }

  onError(): void {
    // a question that wasn't answered says nothing of an order
  }
}

export function tellAnswers(
  account: AccountOrders,
  of: 'orders' | 'trades',
  value: unknown,
  source: ReportSource = 'reconciliation',
): void {
  for (const answer of Array.isArray(value) ? value : [value]) {
    if (of === 'orders') {
      const report = readOrder(answer)
      if (report !== undefined) account.told(report, report.executions, source)
    } else {
      const execution = readTrade(answer)
      if (execution !== undefined) account.told(undefined, [execution], source)
    }
  }
}
