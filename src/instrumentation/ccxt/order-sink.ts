import type { Context } from '@opentelemetry/api'
import type { OrderEvent, OrderStage } from '../../order/event.js'

/** Where the order events of one account go: an order tracker, or whatever listens to events. */
export interface OrderSink {
  apply(event: OrderEvent): unknown
  /** The context of an order or of its open stage: the request to the venue runs in it. */
  contextOf?(id: string, stage?: OrderStage): Context | undefined
}

/** The account whose orders a sink gets. */
export interface SinkAccount {
  /** ccxt's id of the exchange (`binance`). */
  readonly id: string
}
