import { createHash } from 'node:crypto'
import { AccountOrders } from './account-orders.js'
import type { SeenInMessages } from './message-collector.js'
import type { OrderSink, SinkAccount } from './order-sink.js'
import { type CcxtExchange, text } from './unified.js'

/** Beyond it the account used longest ago is forgotten. */
const MAXIMUM_ACCOUNTS = 1000

/** Of one exchange object. */
export interface AccountState {
  readonly credential: string | undefined
  readonly account: AccountOrders
  readonly seen: SeenInMessages
}

/**
 * The accounts that exchange objects trade on. Two objects with the same credentials are one account: what one
 * orders, the other's stream tells of.
 */
export class Accounts {
  readonly #createSink: (account: SinkAccount) => OrderSink
  readonly #byObject = new WeakMap<object, AccountState>()
  readonly #byCredential = new Map<string, AccountOrders>()
  /** Those of objects without credentials too, for the end of the process. */
  readonly #all = new Set<WeakRef<AccountOrders>>()

  constructor(createSink: (account: SinkAccount) => OrderSink) {
    this.#createSink = createSink
  }

  of(exchange: CcxtExchange): AccountState {
    const known = this.#byObject.get(exchange)
    const credential = credentialOf(exchange)
    // the credentials may be set after the object was made
    if (known !== undefined && known.credential === credential) return known
    const account = this.#account(exchange, credential)
    const state: AccountState = { credential, account, seen: { orders: new WeakMap(), trades: false } }
    this.#byObject.set(exchange, state)
    return state
  }

  flush(): void {
    for (const reference of this.#all) reference.deref()?.flush()
  }

  #account(exchange: CcxtExchange, credential: string | undefined): AccountOrders {
    const id = text(exchange.id) ?? 'unknown'
    if (credential === undefined) return this.#create(id, undefined)
    const hash = createHash('sha256').update(credential).digest('hex').slice(0, 16)
    const key = `${id} ${exchange.isSandboxModeEnabled === true} ${hash}`
    let account = this.#byCredential.get(key)
    if (account === undefined) {
      account = this.#create(id, hash)
      this.#byCredential.set(key, account)
      const [oldest] = this.#byCredential.keys()
      if (this.#byCredential.size > MAXIMUM_ACCOUNTS && oldest !== undefined) this.#byCredential.delete(oldest)
    }
    return account
  }

  #create(id: string, hash: string | undefined): AccountOrders {
    const account = new AccountOrders(this.#createSink({ id }), hash)
    for (const reference of this.#all) if (reference.deref() === undefined) this.#all.delete(reference)
    this.#all.add(new WeakRef(account))
    return account
  }
}

function credentialOf({ apiKey, walletAddress, login, uid }: CcxtExchange): string | undefined {
  return text(apiKey) ?? text(walletAddress) ?? text(login) ?? text(uid)
}
