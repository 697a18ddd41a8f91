import type { OrderEvent } from '../../order/event.js'
import type { TrackedOrder } from './tracked-order.js'

/** The same with fields that may be there without a value. */
export type Loose<Fields> = Fields extends object
  ? { readonly [Name in keyof Fields]: Name extends 'type' ? Fields[Name] : Fields[Name] | undefined }
  : never

/** An event as far as it isn't known of the order anyway. */
export type Telling = Loose<OrderEvent>

/** Any field of any event. */
type Fields = {
  readonly [Name in OrderEvent extends infer Event ? (Event extends Event ? keyof Event : never) : never]?: unknown
}

/** An event of an order. Nothing is copied by name: an object made so takes longer than all that is done with it. */
export function eventOf(order: TrackedOrder, account: string | undefined, telling: Telling): OrderEvent {
  const isExecution = telling.type === 'trade' || telling.type === 'trade_correct'
  const event: Fields = isExecution ? new ExecutionTold(order, account, telling) : new Told(order, account, telling)
  return event as OrderEvent
}

/** All fields in one order, set or not: what follows finds each in the same place. */
class Told implements Fields {
  readonly type
  readonly account
  readonly clientId
  readonly originalClientId
  readonly orderId
  readonly symbol
  readonly side
  readonly origin
  readonly orderType
  readonly timeInForce
  readonly quantity
  readonly price
  readonly time
  readonly venueTime
  readonly source
  readonly reported
  readonly text
  readonly request
  readonly reason
  readonly outcome
  readonly errorType
  readonly executionRefId

  constructor(order: TrackedOrder, account: string | undefined, telling: Fields) {
    this.type = telling.type
    this.account = account
    this.clientId = telling.clientId ?? order.clientId
    this.originalClientId = telling.originalClientId
    this.orderId = telling.orderId ?? order.toldOrderId
    this.symbol = telling.symbol ?? order.symbol
    this.side = telling.side ?? order.side
    this.origin = order.origin === 'own' ? undefined : order.origin
    this.orderType = telling.orderType
    this.timeInForce = telling.timeInForce
    this.quantity = telling.quantity
    this.price = telling.price
    this.time = telling.time
    this.venueTime = telling.venueTime
    this.source = telling.source
    this.reported = telling.reported
    this.text = telling.text
    this.request = telling.request
    this.reason = telling.reason
    this.outcome = telling.outcome
    this.errorType = telling.errorType
    this.executionRefId = telling.executionRefId
  }
}

class ExecutionTold extends Told {
  readonly executionId
  readonly lastQuantity
  readonly lastPrice
  readonly liquidity

  constructor(order: TrackedOrder, account: string | undefined, telling: Fields) {
    super(order, account, telling)
    this.executionId = telling.executionId
    this.lastQuantity = telling.lastQuantity
    this.lastPrice = telling.lastPrice
    this.liquidity = telling.liquidity
  }
}
