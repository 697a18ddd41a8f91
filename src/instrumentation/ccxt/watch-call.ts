import type { AccountOrders } from './account-orders.js'
import type { Call } from './call.js'
import { isUnread, type SeenInMessages } from './message-collector.js'
import { tellAnswers } from './query-call.js'

/** `watchOrders`, `watchMyTrades`: their messages are read as they come in; the answer matters where those can't be. */
export class WatchCall implements Call {
  readonly #account: AccountOrders
  readonly #of: 'orders' | 'trades'
  readonly #seen: SeenInMessages

  constructor(account: AccountOrders, of: 'orders' | 'trades', seen: SeenInMessages) {
    this.#account = account
    this.#of = of
    this.#seen = seen
    account.listening.any = true
    if (of === 'trades') account.listening.executions = true
  }

  onDelegated(): void {}

  onRequest(): undefined {
    return undefined
  }

  onAnswer(value: unknown): void {
    // venues whose handlers don't use ccxt's common parsers, for all of their messages or for some (Kraken Futures)
    if (this.#of === 'orders') {
      const answers = Array.isArray(value) ? value : [value]
      const unread = answers.filter(order => isUnread(order, this.#seen))
      tellAnswers(this.#account, this.#of, unread, 'stream')
    } else if (!this.#seen.trades) tellAnswers(this.#account, this.#of, value, 'stream')
  }

  onError(): void {
    // a lost connection ends no order
  }
}
