import type { Decimal } from './decimal.js'
import type { EventSource, Liquidity } from './event.js'
import type { OrderState } from './order-state.js'
import { SET_LATER } from './time.js'

/** What is known under one execution id: nothing but that somebody referred to it, a trade, a correction or a bust. */
export type ExecutionKind = 'referred' | 'trade' | 'correct' | 'bust'

/**
 * One execution report. Corrections and busts hang below what they refer to, so that a trade and all that was ever
 * said of it make one tree, in whatever order it arrives.
 */
export class ExecutionNode {
  readonly id: string
  order: OrderState
  kind: ExecutionKind = 'referred'
  /** Of the report; a correction that leaves one out keeps what stood before. */
  quantity: Decimal | undefined = undefined
  price: Decimal | undefined = undefined
  liquidity: Liquidity | undefined = undefined
  time = SET_LATER
  venueTime: number | undefined = undefined
  sequence: number | bigint | undefined = undefined
  source: EventSource = 'stream'

  parent: ExecutionNode | undefined = undefined
  children: ExecutionNode[] | undefined = undefined
  /** The order's figures and the effects hold this report. */
  counted = false

  /** On the trade at the root: the values that count now; `busted`: none. */
  currentQuantity: Decimal | undefined = undefined
  currentPrice: Decimal | undefined = undefined
  busted = false

  /** Under which the index knows it. */
  key = ''
  /** Neighbours among all executions of the tracker, in order of arrival. */
  older: ExecutionNode | undefined = undefined
  newer: ExecutionNode | undefined = undefined
  /** Next execution of the same order. */
  nextOfOrder: ExecutionNode | undefined = undefined

  constructor(id: string, order: OrderState) {
    this.id = id
    this.order = order
  }
}
