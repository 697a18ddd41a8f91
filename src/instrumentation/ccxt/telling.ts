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

/**
 * An event of an order. All events have all fields in one order, set or not, and those of executions some more: what
 * follows finds a field in the same place each time, and nothing is copied by name.
 */
export function eventOf(order: TrackedOrder, account: string | undefined, telling: Telling): OrderEvent {
  const told: Fields = telling
  const event: Fields = {
    type: telling.type,
    account,
    clientId: telling.clientId ?? order.clientId,
    originalClientId: telling.originalClientId,
    orderId: telling.orderId ?? order.toldOrderId,
    symbol: telling.symbol ?? order.symbol,
    side: telling.side ?? order.side,
    origin: order.origin === 'own' ? undefined : order.origin,
    orderType: telling.orderType,
    timeInForce: telling.timeInForce,
    quantity: telling.quantity,
    price: telling.price,
    time: telling.time,
    venueTime: telling.venueTime,
    source: telling.source,
    reported: telling.reported,
    text: telling.text,
    request: told.request,
    reason: told.reason,
    outcome: told.outcome,
    errorType: told.errorType,
  }
  return (telling.type.startsWith('trade') ? withExecution(event, told) : event) as OrderEvent
}

function withExecution(event: Fields, told: Fields): Fields {
  const { executionId, executionRefId, lastQuantity, lastPrice, liquidity } = told
  if (told.type === 'trade_bust') return { ...event, executionRefId }
  return { ...event, executionId, executionRefId, lastQuantity, lastPrice, liquidity }
}
