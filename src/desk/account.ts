import { type MeterProvider, metrics as metricsApi } from '@opentelemetry/api'
import { type balanceKinds, accountTypes as knownTypes } from '../catalog/attributes.js'
import { finite, listed, nameLabel, OTHER } from './labels.js'
import { checkRecorderOptions, Recorder, type RecorderOptions } from './recorder.js'

/** What accounts of one venue can hold at once and still be told apart. */
const MAXIMUM_HOLDINGS = 5000

const types: ReadonlySet<string> = new Set(knownTypes)

/** Kinds of accounts at a venue. */
export type AccountType = (typeof knownTypes)[number]
type BalanceKind = (typeof balanceKinds)[number]
type PositionMeasure = 'size' | 'notional' | 'unrealized_pnl'

/** A balance in units of the asset; what isn't known is left out. */
export type BalanceState = { readonly [Kind in BalanceKind]?: number | undefined }

/** An open position. */
export interface PositionState {
  readonly symbol: string
  readonly side: 'long' | 'short'
  /** In units of the instrument, without a sign; 0 closes it. */
  readonly size: number
  /** In the currency that it settles in. */
  readonly notional?: number | undefined
  readonly unrealizedPnl?: number | undefined
}

/**
 * Records what one account holds. The accounts of a venue are added up on one series: an account is no label. Nothing
 * of it throws.
 */
export interface AccountRecorder {
  /** @param type kind of the account that holds it. Default `spot`. */
  recordBalance(asset: string, balance: BalanceState, type?: AccountType): void
  recordPosition(position: PositionState): void
  /** All open positions of the account: those that aren't in it are closed. */
  recordPositions(positions: readonly PositionState[]): void
  /** The account is no longer looked at: what it holds leaves the sums. */
  close(): void
}

/**
 * Makes a recorder for the balances and positions of one account.
 *
 * @throws {TypeError} for a bad option.
 * @example
 * const account = createAccountRecorder({ venue: { name: 'kraken' } })
 * account.recordBalance('USD', { free: 900, used: 100, total: 1000 })
 * account.recordPosition({ symbol: 'BTC/USD', side: 'long', size: 0.5 })
 */
export function createAccountRecorder(options: RecorderOptions): AccountRecorder {
  checkRecorderOptions('createAccountRecorder', options)
  return new Account(venueHoldings(options))
}

/** By meter provider and place: the accounts that are added up. */
const shared = new WeakMap<object, Map<string, VenueHoldings>>()

function venueHoldings(options: RecorderOptions): VenueHoldings {
  const owner: MeterProvider | typeof metricsApi = options.meterProvider ?? metricsApi
  const byPlace = shared.get(owner) ?? new Map<string, VenueHoldings>()
  shared.set(owner, byPlace)
  const key = `${options.venue.name}\n${options.venue.mic}\n${options.mode}`
  let holdings = byPlace.get(key)
  if (holdings === undefined) {
    holdings = new VenueHoldings(options)
    byPlace.set(key, holdings)
  }
  return holdings
}

/** One figure of every account of a venue. */
interface Holding {
  readonly record: (sum: number) => void
  readonly byAccount: Map<Account, number>
}

class VenueHoldings extends Recorder {
  readonly #holdings = new Map<string, Holding>()

  balance(account: Account, type: AccountType, asset: string, kind: BalanceKind, value: number): void {
    this.#set(
      account,
      `balance ${type} ${kind} ${asset}`,
      value,
      key => sum =>
        this.handle(key, (instruments, place) =>
          instruments.bind('trading.account.balance', {
            ...place,
            'trading.account.type': type,
            'trading.asset.code': asset,
            'trading.balance.kind': kind,
          }),
        ).record(sum),
    )
  }

  position(account: Account, symbol: string, side: 'long' | 'short', measure: PositionMeasure, value: number): void {
    this.#set(
      account,
      `position ${measure} ${side} ${symbol}`,
      value,
      key => sum =>
        this.handle(key, (instruments, place) =>
          instruments.bind(`trading.position.${measure}`, {
            ...place,
            'trading.instrument.symbol': symbol,
            'trading.position.side': side,
          }),
        ).record(sum),
    )
  }

  forget(account: Account): void {
    this.attempt(() => {
      for (const holding of this.#holdings.values()) {
        if (holding.byAccount.delete(account)) holding.record(sumOf(holding))
      }
    })
  }

  protected override restore(): void {
    for (const holding of this.#holdings.values()) holding.record(sumOf(holding))
  }

  #set(account: Account, key: string, value: number, recorder: (key: string) => (sum: number) => void): void {
    this.attempt(() => {
      let holding = this.#holdings.get(key)
      if (holding === undefined) {
        // venues list every asset there is: what was never held is no news
        if (value === 0 || this.#holdings.size >= MAXIMUM_HOLDINGS) return
        holding = { record: recorder(key), byAccount: new Map() }
        this.#holdings.set(key, holding)
      }
      holding.byAccount.set(account, value)
      holding.record(sumOf(holding))
    })
  }
}

class Account implements AccountRecorder {
  readonly #holdings: VenueHoldings
  readonly #open = new Map<string, { readonly symbol: string; readonly side: 'long' | 'short' }>()

  constructor(holdings: VenueHoldings) {
    this.#holdings = holdings
  }

  recordBalance(asset: string, balance: BalanceState, type: AccountType = 'spot'): void {
    const code = nameLabel(asset)
    if (code === OTHER) return
    for (const kind of ['free', 'used', 'total'] as const) {
      const value = finite(balance?.[kind])
      if (value !== undefined) this.#holdings.balance(this, listed(types, type, OTHER), code, kind, value)
    }
  }

  recordPosition(position: PositionState): void {
    const size = finite(position?.size)
    const symbol = nameLabel(position?.symbol)
    if (size === undefined || symbol === OTHER) return
    const side = position.side === 'short' ? 'short' : 'long'
    const key = `${side} ${symbol}`
    const closed = size === 0
    if (closed) this.#open.delete(key)
    else this.#open.set(key, { symbol, side })
    this.#holdings.position(this, symbol, side, 'size', Math.abs(size))
    const notional = closed ? 0 : finite(position.notional)
    const unrealizedPnl = closed ? 0 : finite(position.unrealizedPnl)
    if (notional !== undefined) this.#holdings.position(this, symbol, side, 'notional', Math.abs(notional))
    if (unrealizedPnl !== undefined) this.#holdings.position(this, symbol, side, 'unrealized_pnl', unrealizedPnl)
  }

  recordPositions(positions: readonly PositionState[]): void {
    const before = new Map(this.#open)
    for (const position of Array.isArray(positions) ? positions : []) {
      before.delete(`${position?.side === 'short' ? 'short' : 'long'} ${nameLabel(position?.symbol)}`)
      this.recordPosition(position)
    }
    for (const { symbol, side } of before.values()) this.recordPosition({ symbol, side, size: 0 })
  }

  close(): void {
    this.#open.clear()
    this.#holdings.forget(this)
  }
}

function sumOf({ byAccount }: Holding): number {
  let sum = 0
  for (const value of byAccount.values()) sum += value
  return sum
}
