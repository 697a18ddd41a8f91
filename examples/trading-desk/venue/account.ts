import { type Decimal, decimal } from './decimal.js'

export interface Balance {
  free: Decimal
  locked: Decimal
}

/** What one API key owns. */
export class Account {
  readonly key: string
  readonly #balances = new Map<string, Balance>()

  constructor(key: string, funds: Readonly<Record<string, string>>) {
    this.key = key
    for (const [asset, amount] of Object.entries(funds))
      this.#balances.set(asset, { free: decimal(amount), locked: 0n })
  }

  balances(): ReadonlyMap<string, Readonly<Balance>> {
    return this.#balances
  }

  free(asset: string): Decimal {
    return this.#balances.get(asset)?.free ?? 0n
  }

  reserve(asset: string, amount: Decimal): void {
    const balance = this.#of(asset)
    balance.free -= amount
    balance.locked += amount
  }

  release(asset: string, amount: Decimal): void {
    this.reserve(asset, -amount)
  }

  spendReserved(asset: string, amount: Decimal): void {
    this.#of(asset).locked -= amount
  }

  credit(asset: string, amount: Decimal): void {
    this.#of(asset).free += amount
  }

  #of(asset: string): Balance {
    let balance = this.#balances.get(asset)
    if (!balance) {
      balance = { free: 0n, locked: 0n }
      this.#balances.set(asset, balance)
    }
    return balance
  }
}
