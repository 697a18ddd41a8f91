import { orderOrigins, orderTypes, sides, timesInForce } from '../catalog/attributes.js'
import type { OrderEvent, OrderOrigin } from './event.js'
import type { OrderState } from './order-state.js'
import type { Outcome } from './outcome.js'

/** Longest name that is kept: metric labels and span attributes are made of them. */
const MAXIMUM_NAME_LENGTH = 256

const knownSides: ReadonlySet<unknown> = new Set(sides)
const knownTypes: ReadonlySet<unknown> = new Set(orderTypes)
const knownTimes: ReadonlySet<unknown> = new Set(timesInForce)
const knownOrigins: ReadonlySet<unknown> = new Set(orderOrigins)

/** Takes over what an event tells of the order and isn't known yet; what was known stays. */
export function learnFacts(order: OrderState, event: OrderEvent, outcome: Outcome): void {
  if (event.symbol !== undefined && order.symbol === 'unknown') {
    order.symbol = name('symbol', event.symbol, order, outcome) ?? order.symbol
  }
  if (event.side !== undefined && order.side === undefined) {
    if (knownSides.has(event.side)) order.side = event.side
    else unknownValue('side', event.side, sides, order, outcome)
  }
  if (event.orderType !== undefined && order.orderType === undefined) {
    if (knownTypes.has(event.orderType)) order.orderType = event.orderType
    else unknownValue('orderType', event.orderType, orderTypes, order, outcome)
  }
  if (event.timeInForce !== undefined && order.timeInForce === undefined) {
    if (knownTimes.has(event.timeInForce)) order.timeInForce = event.timeInForce
    else unknownValue('timeInForce', event.timeInForce, timesInForce, order, outcome)
  }
  if (event.strategy !== undefined && order.strategy === undefined) {
    order.strategy = name('strategy', event.strategy, order, outcome)
  }
  if (event.account !== undefined && order.account === undefined) {
    order.account = name('account', event.account, order, outcome)
  }
  if (event.parentId !== undefined && order.parentId === undefined) {
    order.parentId = name('parentId', event.parentId, order, outcome)
  }
}

/** Who made an order, if the event says so in words that there are. */
export function originOf(event: OrderEvent, otherwise: OrderOrigin): OrderOrigin {
  return event.origin !== undefined && knownOrigins.has(event.origin) ? event.origin : otherwise
}

function name(field: string, value: unknown, order: OrderState, outcome: Outcome): string | undefined {
  if (value === null || value === '') return undefined
  if (typeof value !== 'string') {
    outcome.anomaly(order, 'invalid_event', `${field} is a ${typeof value}; it must be a string`)
    return undefined
  }
  if (value.length <= MAXIMUM_NAME_LENGTH) return value
  const length = value.length
  outcome.anomaly(
    order,
    'invalid_event',
    `${field} has ${length} characters; the first ${MAXIMUM_NAME_LENGTH} are kept`,
  )
  return value.slice(0, MAXIMUM_NAME_LENGTH)
}

function unknownValue(
  field: string,
  value: unknown,
  values: readonly string[],
  order: OrderState,
  outcome: Outcome,
): void {
  if (value === null) return
  const told = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`
  outcome.anomaly(order, 'invalid_event', `${field} ${told} is none of ${values.join(', ')}`)
}
