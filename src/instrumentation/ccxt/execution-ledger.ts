import { type Decimal, parseDecimal, ZERO } from '../../order/decimal.js'
import type { ExecutionReport, OrderReport } from './order-report.js'
import { isPositive } from './positive.js'

/** What is to be told about executions. */
export type Entry =
  | {
      readonly type: 'trade'
      readonly executionId: string
      readonly quantity: Decimal
      readonly price: string | undefined
    }
  | {
      readonly type: 'trade_correct'
      readonly executionId: string
      readonly refId: string
      readonly quantity: Decimal
      readonly price: string | undefined
    }
  | { readonly type: 'trade_bust'; readonly refId: string }

interface Inferred {
  readonly id: string
  quantity: Decimal
  readonly price: string | undefined
}

/** Enough for any venue's prices. */
const PRICE_PLACES = 12

/**
 * The executions of one order, each counted once, whoever tells of it and how often. Where a venue tells only the
 * cumulative quantity, the increase counts as an inferred execution; when the real one is told later it takes the
 * inferred one's place, as a correction.
 */
export class ExecutionLedger {
  readonly #ids = new Set<string>()
  readonly #inferred: Inferred[] = []
  #counted = ZERO
  /** `undefined` as soon as one price isn't known. */
  #notional: Decimal | undefined = ZERO
  #inferences = 0
  /** Of what had traded before the order was known here, what no execution has been named for. */
  #unexplained = ZERO
  #knownSince = 0
  #others: ReadonlySet<string> = new Set()

  /** Cumulative quantity as far as it has been told. */
  get counted(): Decimal {
    return this.#counted
  }

  /**
   * What had traded before the order was known here.
   *
   * @param knownSince by the venue's clock
   * @param others executions of then that aren't part of it
   */
  startAt(cumulative: Decimal, knownSince: number | undefined, others: readonly string[] = []): void {
    this.#counted = cumulative
    this.#unexplained = cumulative
    this.#knownSince = knownSince ?? Number.POSITIVE_INFINITY
    this.#others = new Set(others)
    this.#notional = undefined
  }

  has(executionId: string): boolean {
    return this.#ids.has(executionId)
  }

  record({ executionId, quantity, price, venueTime }: ExecutionReport): Entry[] {
    if (this.#ids.has(executionId)) return []
    this.#ids.add(executionId)
    // a stream may tell of the order first, and of the executions behind it afterwards
    const isFromBefore = (venueTime ?? 0) <= this.#knownSince && !this.#others.has(executionId)
    if (isFromBefore && this.#unexplained.compare(quantity) >= 0) {
      this.#unexplained = this.#unexplained.subtract(quantity)
      return []
    }
    if (this.#inferred.length === 0) {
      this.#count(quantity, price)
      return [{ type: 'trade', executionId, quantity, price }]
    }
    return this.#replaceInferred(executionId, quantity, price)
  }

  /** Counts what a report has above what was told; the price follows from the report's cost or average. */
  infer({ cumulative, cost, averagePrice, price }: OrderReport, orderName: string): Entry[] {
    if (cumulative === undefined || cumulative.compare(this.#counted) <= 0) return []
    const quantity = cumulative.subtract(this.#counted)
    const inferred: Inferred = {
      id: this.#nextId(orderName),
      quantity,
      price: this.#inferPrice(quantity, cumulative, cost, averagePrice) ?? averagePrice ?? price,
    }
    this.#inferred.push(inferred)
    this.#count(quantity, inferred.price)
    return [{ type: 'trade', executionId: inferred.id, quantity, price: inferred.price }]
  }

  #inferPrice(
    quantity: Decimal,
    cumulative: Decimal,
    cost: Decimal | undefined,
    averagePrice: string | undefined,
  ): string | undefined {
    if (this.#notional === undefined) return undefined
    const average = parseDecimal(averagePrice)
    const total = average === undefined ? cost : average.multiply(cumulative)
    if (total === undefined) return undefined
    const notional = total.subtract(this.#notional)
    return isPositive(notional) ? notional.divide(quantity, PRICE_PLACES).toString() : undefined
  }

  #replaceInferred(executionId: string, quantity: Decimal, price: string | undefined): Entry[] {
    const exactly = this.#inferred.findIndex(inferred => inferred.quantity.compare(quantity) === 0)
    const [first] = this.#inferred.splice(Math.max(0, exactly), 1) as [Inferred]
    const entries: Entry[] = [{ type: 'trade_correct', executionId, refId: first.id, quantity, price }]
    this.#uncount(first)
    this.#count(quantity, price)
    const rest = first.quantity.subtract(quantity)
    if (isPositive(rest)) {
      // the inferred one stood for several
      const remainder: Inferred = { id: this.#nextId(first.id), quantity: rest, price: first.price }
      this.#inferred.unshift(remainder)
      this.#count(rest, first.price)
      entries.push({ type: 'trade', executionId: remainder.id, quantity: rest, price: first.price })
    } else {
      entries.push(...this.#takeBack(ZERO.subtract(rest)))
    }
    return entries
  }

  /** One execution had been inferred in several parts. */
  #takeBack(surplus: Decimal): Entry[] {
    const entries: Entry[] = []
    while (isPositive(surplus) && this.#inferred.length > 0) {
      const inferred = this.#inferred.shift()!
      const part = inferred.quantity.compare(surplus) <= 0 ? inferred.quantity : surplus
      surplus = surplus.subtract(part)
      this.#uncount(inferred)
      const rest = inferred.quantity.subtract(part)
      if (rest.isZero) {
        entries.push({ type: 'trade_bust', refId: inferred.id })
        continue
      }
      const corrected: Inferred = { id: this.#nextId(inferred.id), quantity: rest, price: inferred.price }
      this.#inferred.unshift(corrected)
      this.#count(rest, inferred.price)
      entries.push({
        type: 'trade_correct',
        executionId: corrected.id,
        refId: inferred.id,
        quantity: rest,
        price: inferred.price,
      })
    }
    return entries
  }

  #count(quantity: Decimal, price: string | undefined): void {
    this.#counted = this.#counted.add(quantity)
    const exactPrice = parseDecimal(price)
    this.#notional =
      this.#notional === undefined || exactPrice === undefined
        ? undefined
        : this.#notional.add(quantity.multiply(exactPrice))
  }

  #uncount({ quantity, price }: Inferred): void {
    this.#counted = this.#counted.subtract(quantity)
    const exactPrice = parseDecimal(price)
    if (this.#notional !== undefined && exactPrice !== undefined) {
      this.#notional = this.#notional.subtract(quantity.multiply(exactPrice))
    }
  }

  #nextId(base: string): string {
    return `${base.replace(/#inferred-\d+$/, '')}#inferred-${++this.#inferences}`
  }
}
