import type { Decimal } from '../../order/decimal.js'
import type { Fill } from './fills.js'

/** What two sides can say differently of one fill. */
export type FillField = 'quantity' | 'price' | 'side' | 'symbol' | 'fee'

/** How the log and the venue's history differ about a fill. */
export interface FillDifference {
  /**
   * `missed`: the history has it, the log doesn't. `doubled`: one of them has it more often than the other.
   * `differing`: both have it, with other values. `unknown`: the log has it, the history doesn't.
   */
  readonly kind: 'missed' | 'doubled' | 'differing' | 'unknown'
  /** Of a doubled one: where it stands too often. */
  readonly in?: 'log' | 'history'
  /** Of a differing one: in what. */
  readonly fields?: readonly FillField[]
  readonly log: Fill | undefined
  readonly history: Fill | undefined
}

/** What came of a comparison. */
export interface FillComparison {
  readonly differences: readonly FillDifference[]
  /** Fills that both sides have alike. */
  readonly same: number
}

/** Fills without a common id are the same when their times differ by no more than this. */
const MAXIMUM_TIME_APART_MS = 2000

/**
 * Compares the fills of a log with those of a venue's history: by their ids first; where the two sides don't share
 * ids, or a fill has none, by order, quantity and price.
 */
export function compareFills(log: readonly Fill[], history: readonly Fill[]): FillComparison {
  return new Matching(log, history).result()
}

class Matching {
  readonly #history: readonly Fill[]
  /** In the order of the log; `undefined` when nothing was found for it yet. */
  readonly #pairs = new Map<Fill, Fill | undefined>()
  readonly #matched = new Set<Fill>()
  /** Fills of the log that the history has, by order. */
  readonly #told = new Map<string, Fill[]>()
  readonly #differences: FillDifference[] = []
  /** The execution ids of the two sides are of one kind: then different ids are different fills. */
  #idsAgree = false
  #ordersAgree = false
  #same = 0

  constructor(log: readonly Fill[], history: readonly Fill[]) {
    for (const fill of log) this.#pairs.set(fill, undefined)
    this.#history = this.#withoutRepeats(history)
    const orderIds = new Set(log.flatMap(fill => fill.orderIds))
    this.#ordersAgree = history.some(fill => fill.orderIds.some(id => orderIds.has(id)))
  }

  result(): FillComparison {
    this.#matchByIds()
    this.#idsAgree = this.#matched.size > 0
    this.#match(sameFigures)
    this.#match(
      (left, right) =>
        apart(left, right) <= MAXIMUM_TIME_APART_MS &&
        (left.quantity.equals(right.quantity) || equal(left.price, right.price)),
    )
    for (const [fill, other] of this.#pairs) {
      if (other !== undefined) for (const id of fill.orderIds) addTo(this.#told, id, fill)
    }
    for (const [fill, other] of this.#pairs) this.#tell(fill, other)
    for (const fill of this.#history) {
      // what both took back was never there
      if (this.#matched.has(fill) || fill.quantity.isZero) continue
      this.#differences.push({ kind: 'missed', log: undefined, history: fill })
    }
    const differences = this.#differences.sort((left, right) => timeOf(left) - timeOf(right))
    return { differences, same: this.#same }
  }

  /** One page of a history may repeat what the last one had. */
  #withoutRepeats(history: readonly Fill[]): Fill[] {
    const byId = new Map<string, Fill[]>()
    return history.filter(fill => {
      const { executionId } = fill
      if (executionId !== undefined) {
        const others = byId.get(executionId) ?? []
        const first = others.find(other => sameFigures(fill, other) && ordersOf(fill, other) !== 'others')
        if (first !== undefined) {
          first.places.push(...fill.places)
          return false
        }
        byId.set(executionId, [...others, fill])
      }
      return true
    })
  }

  #matchByIds(): void {
    const byId = new Map<string, Fill[]>()
    for (const fill of this.#pairs.keys()) {
      for (const id of idsOf(fill)) addTo(byId, id, fill)
    }
    for (const fill of this.#history) {
      const candidates = new Set(idsOf(fill).flatMap(id => byId.get(id) ?? []))
      let best: Fill | undefined
      let most = 0
      for (const candidate of candidates) {
        const likeness = this.#pairs.get(candidate) === undefined ? likenessOf(candidate, fill) : 0
        if (likeness > most) {
          best = candidate
          most = likeness
        }
      }
      if (best !== undefined) this.#pair(best, fill)
    }
  }

  /** Pairs what is left, each with the nearest in time. */
  #match(fits: (left: Fill, right: Fill) => boolean): void {
    const left = [...this.#pairs].filter(([, other]) => other === undefined).map(([fill]) => fill)
    const right = new Map<string, Fill[]>()
    for (const fill of this.#history) {
      if (this.#matched.has(fill)) continue
      for (const key of this.#keysOf(fill)) addTo(right, key, fill)
    }
    for (const fill of left) {
      let nearest: Fill | undefined
      for (const key of this.#placesToLook(fill)) {
        for (const other of right.get(key) ?? []) {
          if (!this.#mayBeSame(fill, other) || !fits(fill, other)) continue
          if (nearest === undefined || apart(fill, other) < apart(fill, nearest)) nearest = other
        }
      }
      if (nearest === undefined) continue
      this.#pair(fill, nearest)
      for (const key of this.#keysOf(nearest)) {
        const others = right.get(key)
        others?.splice(others.indexOf(nearest), 1)
      }
    }
  }

  /** Where a fill is kept: under its orders; where orders have no common ids, under its symbol and time. */
  #keysOf(fill: Fill): readonly string[] {
    if (this.#ordersAgree && fill.orderIds.length > 0) return fill.orderIds
    return [`\n${plainSymbol(fill.symbol)}\n${slotOf(fill) ?? ''}`]
  }

  #placesToLook(fill: Fill): readonly string[] {
    const keys = this.#keysOf(fill)
    const slot = slotOf(fill)
    if (keys === fill.orderIds || slot === undefined) return keys
    const symbol = plainSymbol(fill.symbol)
    return [slot - 1, slot, slot + 1, ''].map(each => `\n${symbol}\n${each}`)
  }

  #mayBeSame(left: Fill, right: Fill): boolean {
    const bothNamed = left.executionId !== undefined && right.executionId !== undefined
    if (this.#idsAgree && bothNamed) return false
    if (left.side !== undefined && right.side !== undefined && left.side !== right.side) return false
    return ordersOf(left, right) === 'same' || apart(left, right) <= MAXIMUM_TIME_APART_MS
  }

  #pair(fill: Fill, other: Fill): void {
    this.#pairs.set(fill, other)
    this.#matched.add(other)
  }

  #tell(fill: Fill, other: Fill | undefined): void {
    if (other === undefined) {
      if (!fill.quantity.isZero) this.#differences.push(this.#unmatched(fill))
      return
    }
    const fields = fieldsThatDiffer(fill, other)
    if (fields.length > 0) this.#differences.push({ kind: 'differing', fields, log: fill, history: other })
    if (fill.places.length > 1) this.#differences.push({ kind: 'doubled', in: 'log', log: fill, history: other })
    if (other.places.length > 1) this.#differences.push({ kind: 'doubled', in: 'history', log: fill, history: other })
    if (fields.length === 0 && fill.places.length === 1 && other.places.length === 1) this.#same++
  }

  /** The venue has it once and the log twice, or the venue hasn't got it. */
  #unmatched(fill: Fill): FillDifference {
    for (const id of fill.orderIds) {
      for (const twin of this.#told.get(id) ?? []) {
        const isSame = twin.executionId === fill.executionId || fill.executionId === undefined || !this.#idsAgree
        if (isSame && sameFigures(twin, fill) && apart(twin, fill) <= MAXIMUM_TIME_APART_MS) {
          return { kind: 'doubled', in: 'log', log: fill, history: this.#pairs.get(twin) }
        }
      }
    }
    return { kind: 'unknown', log: fill, history: undefined }
  }
}

const plainSymbols = new Map<string, string>()

/** Symbols are written in many ways: `BTC/USDT`, `BTC-USDT`, `BTCUSDT`, `BTC/USDT:USDT`. */
function plainSymbol(symbol = ''): string {
  let plain = plainSymbols.get(symbol)
  if (plain === undefined) {
    plain = symbol
      .replace(/:.*/, '')
      .replaceAll(/[^\p{L}\p{N}]/gu, '')
      .toUpperCase()
    plainSymbols.set(symbol, plain)
  }
  return plain
}

function fieldsThatDiffer(left: Fill, right: Fill): FillField[] {
  const fields: FillField[] = []
  if (!left.quantity.equals(right.quantity)) fields.push('quantity')
  if (!equal(left.price, right.price)) fields.push('price')
  if (left.side !== undefined && right.side !== undefined && left.side !== right.side) fields.push('side')
  if (!sameSymbol(left, right)) fields.push('symbol')
  if (!equal(left.fee, right.fee)) fields.push('fee')
  return fields
}

function sameFigures(left: Fill, right: Fill): boolean {
  return left.quantity.equals(right.quantity) && equal(left.price, right.price) && sameSymbol(left, right)
}

function sameSymbol(left: Fill, right: Fill): boolean {
  if (left.symbol === undefined || right.symbol === undefined) return true
  return plainSymbol(left.symbol) === plainSymbol(right.symbol)
}

/** What one side doesn't tell differs in nothing. */
function equal(left: Decimal | undefined, right: Decimal | undefined): boolean {
  return left === undefined || right === undefined || left.equals(right)
}

function ordersOf(left: Fill, right: Fill): 'same' | 'others' | 'untold' {
  if (left.orderIds.length === 0 || right.orderIds.length === 0) return 'untold'
  return left.orderIds.some(id => right.orderIds.includes(id)) ? 'same' : 'others'
}

/** How much two fills with a common id are alike; 0: one id, two fills. */
function likenessOf(left: Fill, right: Fill): number {
  const figures = (left.quantity.equals(right.quantity) ? 2 : 0) + (equal(left.price, right.price) ? 1 : 0)
  const own = left.executionId === right.executionId ? 8 : 0
  const order = ordersOf(left, right)
  if (!sameSymbol(left, right) && order !== 'same' && figures < 3) return 0
  return own + figures + (order === 'same' ? 4 : order === 'untold' ? 2 : 1)
}

function idsOf({ executionId, otherIds }: Fill): readonly string[] {
  return executionId === undefined ? otherIds : [executionId, ...otherIds]
}

/** A span of time as long as two fills may be apart. */
function slotOf({ time }: Fill): number | undefined {
  return time === undefined ? undefined : Math.floor(time / MAXIMUM_TIME_APART_MS)
}

function addTo(fills: Map<string, Fill[]>, key: string, fill: Fill): void {
  const others = fills.get(key)
  if (others === undefined) fills.set(key, [fill])
  else others.push(fill)
}

/** Milliseconds between two fills; none where a time isn't told. */
function apart(left: Fill, right: Fill): number {
  return left.time === undefined || right.time === undefined ? 0 : Math.abs(left.time - right.time)
}

function timeOf({ log, history }: FillDifference): number {
  return log?.time ?? history?.time ?? 0
}
