import type { OrderState } from './order-state.js'

/** Orders in a row, the one longest without news first; moving one costs the same however many there are. */
export class OrderList {
  /** Tells the lists apart on the orders themselves. */
  readonly number: number
  first: OrderState | undefined = undefined
  #last: OrderState | undefined = undefined
  size = 0

  constructor(number: number) {
    this.number = number
  }

  append(order: OrderState): void {
    order.list = this.number
    order.previous = this.#last
    order.next = undefined
    if (this.#last === undefined) this.first = order
    else this.#last.next = order
    this.#last = order
    this.size++
  }

  remove(order: OrderState): void {
    if (order.list !== this.number) return
    if (order.previous === undefined) this.first = order.next
    else order.previous.next = order.next
    if (order.next === undefined) this.#last = order.previous
    else order.next.previous = order.previous
    order.previous = undefined
    order.next = undefined
    order.list = 0
    this.size--
  }

  moveToEnd(order: OrderState): void {
    if (this.#last === order) return
    this.remove(order)
    this.append(order)
  }
}
