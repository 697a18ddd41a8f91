import type { Decimal } from './decimal.js'
import type { ExecutionNode } from './execution-node.js'

/** Corrections of corrections beyond this depth are no market's, but a loop or an attack. */
const MAXIMUM_DEPTH = 256

/** The trade that a correction or bust leads to; the topmost that is known of. */
export function rootOf(node: ExecutionNode): ExecutionNode {
  let root = node
  while (root.parent !== undefined) root = root.parent
  return root
}

/** Hangs `node` below what it refers to; false when that would close a loop or grow without end. */
export function attach(node: ExecutionNode, parent: ExecutionNode): boolean {
  if (node.parent !== undefined) return node.parent === parent
  let depth = 0
  for (let above: ExecutionNode | undefined = parent; above !== undefined; above = above.parent) {
    if (above === node || ++depth > MAXIMUM_DEPTH) return false
  }
  node.parent = parent
  if (parent.children === undefined) parent.children = [node]
  else parent.children.push(node)
  return true
}

/** Hands everything below one record of an execution to another record of the same. */
export function graft(from: ExecutionNode, to: ExecutionNode): void {
  if (from.children === undefined) return
  for (const child of from.children) {
    child.parent = to
    if (to.children === undefined) to.children = [child]
    else to.children.push(child)
  }
  from.children = undefined
}

/** Makes of a record that was only referred to what another one tells. */
export function takeOver(to: ExecutionNode, from: ExecutionNode): void {
  to.kind = from.kind
  to.quantity = from.quantity
  to.price = from.price
  to.liquidity = from.liquidity
  to.time = from.time
  to.venueTime = from.venueTime
  to.sequence = from.sequence
  to.source = from.source
  to.counted = from.counted
  to.currentQuantity = from.currentQuantity
  to.currentPrice = from.currentPrice
  to.busted = from.busted
  if (from.parent !== undefined && to.parent === undefined) {
    const siblings = from.parent.children
    if (siblings !== undefined) siblings[siblings.indexOf(from)] = to
    to.parent = from.parent
    from.parent = undefined
  }
}

/**
 * The report whose values stand: of the counted corrections that no counted one builds on, the last by the venue's
 * time, then its sequence, then by id (shorter first, as counters grow), so that the order of arrival doesn't matter.
 */
export function standing(root: ExecutionNode): ExecutionNode {
  return lastLeaf(root, undefined) ?? root
}

function lastLeaf(node: ExecutionNode, best: ExecutionNode | undefined): ExecutionNode | undefined {
  let last = best
  let isLeaf = true
  if (node.children !== undefined) {
    for (const child of node.children) {
      if (child.kind !== 'correct' || !child.counted) continue
      isLeaf = false
      last = lastLeaf(child, last)
    }
  }
  if (!isLeaf || node.parent === undefined) return last
  return last === undefined || compareReports(node, last) > 0 ? node : last
}

/** Its own quantity, or that of what it corrects. */
export function quantityOf(node: ExecutionNode): Decimal | undefined {
  for (let at: ExecutionNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.quantity !== undefined) return at.quantity
  }
  return undefined
}

/** Its own price, or that of what it corrects. */
export function priceOf(node: ExecutionNode): Decimal | undefined {
  for (let at: ExecutionNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.price !== undefined) return at.price
  }
  return undefined
}

/** In the order in which the venue made them, as far as it tells. */
export function compareReports(left: ExecutionNode, right: ExecutionNode): number {
  const time = (left.venueTime ?? Number.NEGATIVE_INFINITY) - (right.venueTime ?? Number.NEGATIVE_INFINITY)
  // -Infinity - -Infinity is NaN: neither tells its time
  if (time < 0 || time > 0) return time
  const leftSequence = left.sequence ?? -1
  const rightSequence = right.sequence ?? -1
  if (leftSequence !== rightSequence) return leftSequence < rightSequence ? -1 : 1
  if (left.id.length !== right.id.length) return left.id.length - right.id.length
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0
}
