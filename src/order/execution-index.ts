import { ExecutionNode } from './execution-node.js'
import type { OrderState } from './order-state.js'

/**
 * Executions by id. Ids are compared as strings: some venues number with 19 digits, some tell two apart by case.
 * An id belongs to a venue and an account; within these it names one execution, whatever order it is told of.
 */
export class ExecutionIndex {
  readonly #byId = new Map<string, ExecutionNode>()
  readonly #maximum: number
  #size = 0

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  find(id: string, order: OrderState): ExecutionNode | undefined {
    let node = this.#byId.get(id)
    while (node !== undefined && node.order !== order) node = node.sameId
    return node
  }

  /** Executions with this id of another order of the same venue and account. */
  findElsewhere(id: string, order: OrderState): ExecutionNode | undefined {
    let node = this.#byId.get(id)
    while (node !== undefined && !isElsewhere(node, order)) node = node.sameId
    return node
  }

  /** Makes room where need be: the oldest execution stays in its order's sums but can no longer be referred to. */
  insert(id: string, order: OrderState): ExecutionNode {
    while (this.#size >= this.#maximum) this.#dropOldest()
    const node = new ExecutionNode(id, order)
    const first = this.#byId.get(id)
    if (first === undefined) {
      this.#byId.set(id, node)
    } else {
      node.sameId = first.sameId
      first.sameId = node
    }
    appendTo(order, node)
    this.#size++
    return node
  }

  /** Takes all executions of an order off the index. */
  removeAllOf(order: OrderState): void {
    let node = order.firstExecution
    while (node !== undefined) {
      this.#remove(node)
      node = node.nextOfOrder
    }
    order.firstExecution = undefined
    order.lastExecution = undefined
  }

  /** Moves a node to the order that it turned out to belong to. */
  move(node: ExecutionNode, order: OrderState): void {
    node.order = order
    node.nextOfOrder = undefined
    appendTo(order, node)
  }

  remove(node: ExecutionNode): void {
    this.#remove(node)
  }

  #remove(node: ExecutionNode): void {
    const first = this.#byId.get(node.id)
    if (first === undefined) return
    if (first === node) {
      if (node.sameId === undefined) this.#byId.delete(node.id)
      else this.#byId.set(node.id, node.sameId)
      this.#size--
      return
    }
    let before = first
    while (before.sameId !== undefined && before.sameId !== node) before = before.sameId
    if (before.sameId !== node) return
    before.sameId = node.sameId
    this.#size--
  }

  #dropOldest(): void {
    for (const [id, first] of this.#byId) {
      this.#byId.delete(id)
      for (let node: ExecutionNode | undefined = first; node !== undefined; node = node.sameId) {
        unlink(node)
        this.#size--
      }
      return
    }
    this.#size = 0
  }
}

function isElsewhere(node: ExecutionNode, order: OrderState): boolean {
  const other = node.order
  return (
    other !== order &&
    other.venue === order.venue &&
    (other.account === order.account || other.account === undefined || order.account === undefined)
  )
}

function appendTo(order: OrderState, node: ExecutionNode): void {
  if (order.lastExecution === undefined) order.firstExecution = node
  else order.lastExecution.nextOfOrder = node
  order.lastExecution = node
}

/** The oldest node of all is the first of its order, or near it. */
function unlink(node: ExecutionNode): void {
  const order = node.order
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
