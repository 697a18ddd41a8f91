import { ExecutionNode } from './execution-node.js'
import { graft, takeOver } from './execution-tree.js'
import type { OrderState } from './order-state.js'

/** Beyond so many executions an order gets a map of its own; up to it, looking through them is quicker. */
const MAXIMUM_WALK = 12

/**
 * Executions by id. Ids are compared as strings: some venues number with 19 digits, some tell two apart by case.
 * Each order knows its own; beside that, the newest execution of every id is known, to see that one execution is told
 * of two orders.
 */
export class ExecutionIndex {
  /** By venue, account and id; the id alone where the venue is the default one and no account is told. */
  readonly #newestByKey = new Map<string, ExecutionNode>()
  readonly #venue: string
  readonly #maximum: number
  #oldest: ExecutionNode | undefined = undefined
  #newest: ExecutionNode | undefined = undefined
  #size = 0

  constructor(venue: string, maximum: number) {
    this.#venue = venue
    this.#maximum = maximum
  }

  find(id: string, order: OrderState): ExecutionNode | undefined {
    if (order.executionsById !== undefined) return order.executionsById.get(id)
    let node = order.firstExecution
    while (node !== undefined && node.id !== id) node = node.nextOfOrder
    return node
  }

  /** The newest execution with this id, if it was told of another order of the same venue and account. */
  findElsewhere(id: string, order: OrderState): ExecutionNode | undefined {
    const node = this.#newestByKey.get(this.#key(id, order))
    return node === undefined || node.order === order ? undefined : node
  }

  /** Makes room where need be: the oldest execution stays in its order's sums but can no longer be referred to. */
  insert(id: string, order: OrderState): ExecutionNode {
    if (this.#size >= this.#maximum && this.#oldest !== undefined) {
      const oldest = this.#oldest
      unlinkFromOrder(oldest)
      this.#remove(oldest)
    }
    const node = new ExecutionNode(id, order)
    node.key = this.#key(id, order)
    this.#newestByKey.set(node.key, node)
    node.older = this.#newest
    if (this.#newest === undefined) this.#oldest = node
    else this.#newest.newer = node
    this.#newest = node
    this.#size++
    appendToOrder(order, node)
    return node
  }

  /** Takes all executions of an order off the index. */
  removeAllOf(order: OrderState): void {
    for (let node = order.firstExecution; node !== undefined; node = node.nextOfOrder) this.#remove(node)
    order.firstExecution = undefined
    order.lastExecution = undefined
    order.executionsById = undefined
  }

  /** Hands all executions of `from` to `to`, but those that `to` has itself: `twice` is told of them. */
  move(from: OrderState, to: OrderState, twice: (node: ExecutionNode) => void): void {
    let node = from.firstExecution
    from.firstExecution = undefined
    from.lastExecution = undefined
    from.executionsById = undefined
    while (node !== undefined) {
      const next: ExecutionNode | undefined = node.nextOfOrder
      const own = this.find(node.id, to)
      if (own === undefined) {
        node.order = to
        node.nextOfOrder = undefined
        appendToOrder(to, node)
      } else {
        if (own.kind === 'referred') takeOver(own, node)
        else if (node.kind !== 'referred') twice(node)
        graft(node, own)
        this.#remove(node)
      }
      node = next
    }
  }

  #key(id: string, { venue, account }: OrderState): string {
    if (account === undefined && venue === this.#venue) return id
    return `${venue}\u0000${account ?? ''}\u0000${id}`
  }

  #remove(node: ExecutionNode): void {
    if (this.#newestByKey.get(node.key) === node) this.#newestByKey.delete(node.key)
    if (node.older === undefined) this.#oldest = node.newer
    else node.older.newer = node.newer
    if (node.newer === undefined) this.#newest = node.older
    else node.newer.older = node.older
    node.older = undefined
    node.newer = undefined
    this.#size--
  }
}

function appendToOrder(order: OrderState, node: ExecutionNode): void {
  if (order.lastExecution === undefined) order.firstExecution = node
  else order.lastExecution.nextOfOrder = node
  order.lastExecution = node
  if (order.executionsById !== undefined) {
    order.executionsById.set(node.id, node)
    return
  }
  let count = 0
  for (let at = order.firstExecution; at !== undefined; at = at.nextOfOrder) count++
  if (count <= MAXIMUM_WALK) return
  order.executionsById = new Map()
  for (let at = order.firstExecution; at !== undefined; at = at.nextOfOrder) order.executionsById.set(at.id, at)
}

/** The oldest node of all is the first of its order, or near it. */
function unlinkFromOrder(node: ExecutionNode): void {
  const { order } = node
  order.executionsById?.delete(node.id)
  if (order.firstExecution === node) {
    order.firstExecution = node.nextOfOrder
    if (order.firstExecution === undefined) order.lastExecution = undefined
    return
  }
  let before = order.firstExecution
  while (before !== undefined && before.nextOfOrder !== node) before = before.nextOfOrder
  if (before === undefined) return
  before.nextOfOrder = node.nextOfOrder
  if (order.lastExecution === node) order.lastExecution = before
}
