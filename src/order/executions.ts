import { type Decimal, ZERO } from './decimal.js'
import type { EventSource, Liquidity } from './event.js'
import type { ExecutionIndex } from './execution-index.js'
import type { ExecutionNode } from './execution-node.js'
import { attach, compareReports, priceOf, quantityOf, rootOf, standing } from './execution-tree.js'
import { averageOf } from './figures.js'
import type { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'
import { shareOf, takeFromStated } from './stated-quantity.js'
import type { Effect, Execution } from './transition.js'

/** Sequences of executions without an id that are remembered for each order. */
const MAXIMUM_ANONYMOUS = 256

/** An execution report, checked. */
export interface ExecutionReport {
  readonly id: string | undefined
  readonly refId: string | undefined
  readonly quantity: Decimal | undefined
  readonly price: Decimal | undefined
  readonly liquidity: Liquidity | undefined
  readonly time: number
  readonly venueTime: number | undefined
  readonly sequence: number | bigint | undefined
  readonly source: EventSource
  readonly possibleDuplicate: boolean
}

/**
 * Counts executions, each once, with what corrections and busts made of them. The same reports in any order of
 * arrival, told any number of times, come to the same sums.
 */
export class Executions {
  readonly #index: ExecutionIndex
  readonly #outcome: Outcome

  constructor(index: ExecutionIndex, outcome: Outcome) {
    this.#index = index
    this.#outcome = outcome
  }

  /** A trade; true when it is news. */
  trade(order: OrderState, report: ExecutionReport): boolean {
    const { id } = report
    if (id === undefined) return this.#anonymous(order, report)
    let node = this.#index.find(id, order)
    if (node === undefined) {
      const elsewhere = this.#index.findElsewhere(id, order)
      if (elsewhere !== undefined && this.#isSame(order, elsewhere, report)) return false
      node = this.#index.insert(id, order)
    } else if (node.kind !== 'referred') {
      this.#again(order, node, report)
      return false
    }
    fill(node, 'trade', report)
    this.#count(node)
    return true
  }

  /** A correction or a bust; true when it is news. */
  amend(order: OrderState, kind: 'correct' | 'bust', report: ExecutionReport): boolean {
    const { id } = report
    const refId = report.refId ?? id
    if (refId === undefined) {
      this.#outcome.anomaly(
        order,
        'unknown_execution',
        `a ${nameOf(kind)} names no execution; set executionRefId to the id of the execution it changes`,
      )
      return false
    }
    // some venues give a bust the id of what it busts: it needs an id of its own to hang below it
    const ownId = id === undefined || id === refId ? `${refId}\u0000${kind}` : id
    let node = this.#index.find(ownId, order)
    if (node !== undefined && node.kind !== 'referred') {
      if (node.kind !== kind) this.#mismatch(order, ownId, `is told as ${nameOf(node.kind)} and as ${nameOf(kind)}`)
      else if (differs(node, report) && kind === 'correct') {
        this.#mismatch(order, ownId, 'is told twice with different values')
      }
      return false
    }
    node ??= this.#index.insert(ownId, order)
    fill(node, kind, report)
    const parent = this.#index.find(refId, order) ?? this.#index.insert(refId, order)
    if (!attach(node, parent)) {
      this.#outcome.anomaly(
        order,
        'unknown_execution',
        `execution ${refId} can't be ${nameOf(kind)}: it refers to itself`,
      )
      return false
    }
    const root = this.#count(node)
    if (root.kind !== 'trade') {
      this.#outcome.anomaly(
        order,
        'unknown_execution',
        `a ${nameOf(kind)} of execution ${refId}, which nobody has told of; it counts when that arrives`,
      )
    }
    return true
  }

  /**
   * Brings the executions of `from` over to `to`: they turned out to be one order. What was told of both counts once;
   * returns how `from` takes its own back.
   */
  merge(from: OrderState, to: OrderState): Effect[] {
    const effects: Effect[] = []
    this.#index.move(from, to, node => {
      if (node.kind !== 'trade' || !node.counted || node.busted) return
      take(from, node)
      from.executionCount--
      const execution = { ...currentOf(node), id: undefined, source: 'inferred' as const }
      effects.push({ kind: 'busted', execution, executionId: undefined, refId: node.id })
    })
    to.cumulative = to.cumulative.add(from.cumulative)
    to.notional = to.notional.add(from.notional)
    to.unpriced += from.unpriced
    to.stated = to.stated.add(from.stated)
    to.statedNotional = to.statedNotional.add(from.statedNotional)
    to.statedUnpriced ||= from.statedUnpriced
    to.inferred = to.inferred.add(from.inferred)
    to.inferredNotional = to.inferredNotional.add(from.inferredNotional)
    to.inferredCount += from.inferredCount
    to.inferredUnpriced += from.inferredUnpriced
    to.executionCount += from.executionCount
    to.firstFillTime = earlier(to.firstFillTime, from.firstFillTime)
    to.firstFillVenueTime = earlier(to.firstFillVenueTime, from.firstFillVenueTime)
    to.lastFillTime ??= from.lastFillTime
    // what was said of an execution under one id, and the execution under the other
    for (let node = to.firstExecution; node !== undefined; node = node.nextOfOrder) {
      if (node.kind === 'trade') this.#count(node)
    }
    return effects
  }

  #anonymous(order: OrderState, report: ExecutionReport): boolean {
    const quantity = report.quantity!
    if (report.source === 'inferred') {
      order.inferred = order.inferred.add(quantity)
      order.inferredCount++
      if (report.price === undefined) order.inferredUnpriced++
      else order.inferredNotional = order.inferredNotional.add(quantity.multiply(report.price))
    } else if (report.sequence !== undefined) {
      // one message told twice, not one execution: the sender says so, and its sequence number is the same
      if (order.anonymousSequences === undefined) order.anonymousSequences = []
      else if (report.possibleDuplicate && order.anonymousSequences.includes(report.sequence)) return false
      if (order.anonymousSequences.length >= MAXIMUM_ANONYMOUS) order.anonymousSequences.shift()
      order.anonymousSequences.push(report.sequence)
    }
    this.#executed(order, executionOf(undefined, quantity, report.price, report), quantity, report)
    return true
  }

  /** Counts what can be counted of the tree that `node` belongs to; returns its root. */
  #count(node: ExecutionNode): ExecutionNode {
    const root = rootOf(node)
    if (root.kind !== 'trade') return root
    if (!root.counted) {
      root.counted = true
      root.currentQuantity = root.quantity
      root.currentPrice = root.price
      this.#executed(root.order, executionOf(root.id, root.quantity!, root.price, root), root.quantity!, root)
    }
    if (root.children !== undefined) this.#countBelow(root, root)
    return root
  }

  #countBelow(above: ExecutionNode, root: ExecutionNode): void {
    if (above.children === undefined) return
    const uncounted = above.children.filter(child => !child.counted && child.kind !== 'referred').sort(compareReports)
    for (const child of uncounted) {
      child.counted = true
      if (child.kind === 'correct') this.#corrected(child, root)
      else this.#busted(child, root)
    }
    for (const child of above.children) if (child.counted) this.#countBelow(child, root)
  }

  #executed(
    order: OrderState,
    execution: Execution,
    quantity: Decimal,
    at: {
      readonly price: Decimal | undefined
      readonly time: number
      readonly venueTime: number | undefined
      readonly sequence: number | bigint | undefined
      readonly source: EventSource
    },
  ): void {
    const wasDone = order.done
    if (at.source !== 'inferred') {
      this.#replaceInferred(order, quantity)
      takeFromStated(order, quantity, at)
    }
    order.cumulative = kept(order.cumulative.add(quantity), order.orderQuantity)
    if (at.price === undefined) order.unpriced++
    else order.notional = order.notional.add(quantity.multiply(at.price))
    order.executionCount++
    const first = order.firstFillTime === undefined
    const sinceTime = order.lastFillTime ?? order.ackTime ?? order.createdTime
    if (first) {
      order.firstFillTime = at.time
      order.firstFillVenueTime = at.venueTime
    }
    order.lastFillTime = at.time
    this.#outcome.effect({ kind: 'executed', execution, late: wasDone, first, sinceTime })
  }

  #corrected(node: ExecutionNode, root: ExecutionNode): void {
    const order = root.order
    const previous = currentOf(root)
    if (!root.busted) {
      const stands = standing(root)
      take(order, root)
      root.currentQuantity = quantityOf(stands) ?? ZERO
      root.currentPrice = priceOf(stands)
      put(order, root)
    }
    this.#outcome.effect({
      kind: 'corrected',
      execution: currentOf(root),
      previous,
      executionId: ownIdOf(node),
      refId: node.parent?.id ?? root.id,
    })
  }

  #busted(node: ExecutionNode, root: ExecutionNode): void {
    // a second bust of the same execution takes nothing back
    if (root.busted) return
    const order = root.order
    const execution = currentOf(root)
    take(order, root)
    root.busted = true
    order.executionCount--
    this.#outcome.effect({ kind: 'busted', execution, executionId: ownIdOf(node), refId: node.parent?.id ?? root.id })
  }

  /** The real execution has arrived: what was concluded before gives way. */
  #replaceInferred(order: OrderState, quantity: Decimal): void {
    if (order.inferred.isZero) return
    const before = order.inferred
    const previous = inferredExecution(order)
    const taken = before.compare(quantity) < 0 ? before : quantity
    const share = shareOf(order.inferredNotional, taken, before)
    order.inferred = before.subtract(taken)
    order.inferredNotional = order.inferredNotional.subtract(share)
    order.cumulative = order.cumulative.subtract(taken)
    order.notional = order.notional.subtract(share)
    if (order.inferred.isZero) {
      order.executionCount -= order.inferredCount
      order.unpriced -= order.inferredUnpriced
      order.inferredCount = 0
      order.inferredUnpriced = 0
      this.#outcome.effect({ kind: 'busted', execution: previous, executionId: undefined, refId: 'inferred' })
      return
    }
    const execution = inferredExecution(order)
    this.#outcome.effect({ kind: 'corrected', execution, previous, executionId: undefined, refId: 'inferred' })
  }

  #again(order: OrderState, node: ExecutionNode, report: ExecutionReport): void {
    if (node.kind !== 'trade') {
      this.#mismatch(order, node.id, `is told as ${nameOf(node.kind)} and as trade`)
      return
    }
    if (differs(node, report)) {
      this.#mismatch(order, node.id, `is told with ${describe(node)} and with ${describe(report)}; the first counts`)
      return
    }
    if (node.price === undefined && report.price !== undefined) {
      node.price = report.price
      if (node.counted && !node.busted && node.currentPrice === undefined) {
        const previous = currentOf(node)
        take(order, node)
        node.currentPrice = report.price
        put(order, node)
        const execution = { ...currentOf(node), source: 'inferred' as const }
        this.#outcome.effect({ kind: 'corrected', execution, previous, executionId: undefined, refId: node.id })
      }
    }
    this.#duplicate(order, node.id, report)
  }

  /** Told of another order before: the same execution, unless it was another trade or the other side of it. */
  #isSame(order: OrderState, elsewhere: ExecutionNode, report: ExecutionReport): boolean {
    const other = elsewhere.order
    if (elsewhere.kind !== 'trade' || other.symbol !== order.symbol || other.side !== order.side) return false
    if (differs(elsewhere, report)) return false
    this.#outcome.anomaly(
      order,
      'duplicate_execution',
      `execution ${elsewhere.id} has been told of order ${other.rootId} already; it counts there`,
    )
    return true
  }

  #duplicate(order: OrderState, id: string, report: ExecutionReport): void {
    // a resend says that it is one, and an answer to a question repeats what is known: both are as they should be
    if (report.possibleDuplicate || report.source === 'reconciliation') return
    this.#outcome.anomaly(order, 'duplicate_execution', `execution ${id} has been told before; it counts once`)
  }

  #mismatch(order: OrderState, id: string, what: string): void {
    this.#outcome.anomaly(order, 'execution_mismatch', `execution ${id} ${what}`)
  }
}

function fill(node: ExecutionNode, kind: 'trade' | 'correct' | 'bust', report: ExecutionReport): void {
  node.kind = kind
  node.quantity = kind === 'bust' ? undefined : report.quantity
  node.price = kind === 'bust' ? undefined : kept(report.price, node.order.limitPrice)
  node.liquidity = report.liquidity
  node.time = report.time
  node.venueTime = report.venueTime
  node.sequence = report.sequence
  node.source = report.source
}

/** The one of the order where both are the same: it is remembered for long, and one of them is less to remember. */
function kept<Told extends Decimal | undefined>(told: Told, known: Decimal | undefined): Told | Decimal {
  return known !== undefined && told?.isSame(known) === true ? known : told
}

function take(order: OrderState, root: ExecutionNode): void {
  const quantity = root.currentQuantity!
  order.cumulative = order.cumulative.subtract(quantity)
  if (root.currentPrice === undefined) order.unpriced = Math.max(0, order.unpriced - 1)
  else order.notional = order.notional.subtract(quantity.multiply(root.currentPrice))
}

function put(order: OrderState, root: ExecutionNode): void {
  const quantity = root.currentQuantity!
  order.cumulative = order.cumulative.add(quantity)
  if (root.currentPrice === undefined) order.unpriced++
  else order.notional = order.notional.add(quantity.multiply(root.currentPrice))
}

function differs(node: ExecutionNode, report: ExecutionReport): boolean {
  return isOther(node.quantity, report.quantity) || isOther(node.price, report.price)
}

function isOther(known: Decimal | undefined, told: Decimal | undefined): boolean {
  return known !== undefined && told !== undefined && !known.equals(told)
}

function currentOf(root: ExecutionNode): Execution {
  // after a bust nothing of it counts any more
  return executionOf(root.id, root.busted ? ZERO : root.currentQuantity!, root.currentPrice, root)
}

function executionOf(
  id: string | undefined,
  quantity: Decimal,
  price: Decimal | undefined,
  at: Pick<ExecutionReport, 'liquidity' | 'time' | 'venueTime' | 'source'>,
): Execution {
  return {
    id,
    quantity: quantity.toString(),
    price: price?.toString(),
    liquidity: at.liquidity,
    time: at.time,
    venueTime: at.venueTime,
    source: at.source,
  }
}

function inferredExecution(order: OrderState): Execution {
  const price = order.inferredUnpriced > 0 ? undefined : averageOf(order.inferredNotional, order.inferred)
  return {
    id: undefined,
    quantity: order.inferred.toString(),
    price: price?.toString(),
    liquidity: undefined,
    time: order.lastFillTime ?? order.createdTime,
    venueTime: undefined,
    source: 'inferred',
  }
}

function ownIdOf(node: ExecutionNode): string | undefined {
  return node.id.includes('\u0000') ? undefined : node.id
}

function describe(at: { readonly quantity: Decimal | undefined; readonly price: Decimal | undefined }): string {
  return `${at.quantity?.toString() ?? '?'} @ ${at.price?.toString() ?? '?'}`
}

function nameOf(kind: ExecutionNode['kind']): string {
  return kind === 'correct' ? 'correction' : kind
}

function earlier(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return left < right ? left : right
}
