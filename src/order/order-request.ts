import type { Decimal } from './decimal.js'

/** A cancel or replace that was asked for by us, or of which the venue told. */
export class OrderRequest {
  readonly kind: 'cancel' | 'replace'
  /** The request's own client id, where it has one. */
  readonly id: string | undefined
  /** When the stage began; `undefined` for requests that somebody else made. */
  startTime: number | undefined
  /** When we learned of it, by the tracker's clock. */
  readonly since: number
  /** Pending: the venue said that it is working on it. */
  state: 'asked' | 'pending' | 'answered' = 'asked'
  readonly quantity: Decimal | undefined
  readonly price: Decimal | undefined

  constructor(
    kind: 'cancel' | 'replace',
    id: string | undefined,
    startTime: number | undefined,
    since: number,
    quantity: Decimal | undefined,
    price: Decimal | undefined,
  ) {
    this.kind = kind
    this.id = id
    this.startTime = startTime
    this.since = since
    this.quantity = quantity
    this.price = price
  }
}
