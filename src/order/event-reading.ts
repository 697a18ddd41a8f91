import { cancelRejectReasons, eventSources, liquidities, rejectReasons } from '../catalog/attributes.js'
import { type Decimal, parseDecimal } from './decimal.js'
import type { CancelRejectReason, EventSource, Liquidity, OrderEvent, RejectReason } from './event.js'
import type { ExecutionReport } from './executions.js'
import { SET_LATER } from './time.js'

/** Longest id that is taken whole; a longer one is no id. */
const MAXIMUM_ID_LENGTH = 1024

/** Milliseconds of 1973 and of the year 5138: seconds are fewer, microseconds and nanoseconds are more. */
const EARLIEST_TIME = 1e11
const LATEST_TIME = 1e14

/** What the client does; everything else is told by the venue. */
const requestTypes = [
  'submit',
  'sent',
  'submit_failed',
  'cancel_request',
  'replace_request',
  'status_request',
  'request_failed',
] as const satisfies readonly OrderEvent['type'][]
const requests: ReadonlySet<string> = new Set(requestTypes)

const eventTypes: ReadonlySet<string> = new Set([
  ...requestTypes,
  'pending_new',
  'ack',
  'reject',
  'trade',
  'trade_correct',
  'trade_bust',
  'pending_cancel',
  'pending_replace',
  'canceled',
  'replaced',
  'cancel_reject',
  'done_for_day',
  'expired',
  'stopped',
  'suspended',
  'calculated',
  'triggered',
  'restated',
  'status',
] satisfies OrderEvent['type'][])

/** Whether this process did it, so that it belongs to whatever it was doing. */
export function isRequest(event: OrderEvent): boolean {
  return requests.has(event.type) || event.source === 'request'
}

const sources: ReadonlySet<string> = new Set(eventSources)
const liquidityNames: ReadonlySet<string> = new Set(liquidities)

/** Any field that an event may have; plain JavaScript may put anything there. */
type Untrusted = { readonly [Name in string]?: unknown }

/**
 * One event, checked and read. The tracker keeps one and reads every event into it, so that an event costs no
 * allocation but its decimals.
 */
export class EventReading implements ExecutionReport {
  type: OrderEvent['type'] = 'status'
  isRequest = false
  /** Of a reject. A reason that isn't in the list is `other`, with a remark: the venue's words belong into `text`. */
  rejectReason: RejectReason | undefined
  /** The same of a cancel reject. */
  cancelRejectReason: CancelRejectReason | undefined
  /** Of a failed submit: whether the venue may have it. Without a word on that it may. */
  mayHaveArrived = true
  clientId: string | undefined = undefined
  originalClientId: string | undefined = undefined
  orderId: string | undefined = undefined
  account: string | undefined = undefined
  orderQuantity: Decimal | undefined = undefined
  limitPrice: Decimal | undefined = undefined
  sequence: number | bigint | undefined = undefined
  venueTime: number | undefined = undefined
  time = SET_LATER
  /** By the tracker's clock: what its bounds in time go by, whatever times events carry. */
  now = SET_LATER
  source: EventSource = 'request'
  possibleDuplicate = false

  id: string | undefined = undefined
  refId: string | undefined = undefined
  quantity: Decimal | undefined = undefined
  price: Decimal | undefined = undefined
  liquidity: Liquidity | undefined = undefined

  /** What the event can't be used for at all; undefined when it can. */
  refusal: string | undefined = undefined
  /** What was left out of it. */
  readonly remarks: string[] = []

  /** Reads an event; never throws for what plain JavaScript may hand over, short of getters that throw. */
  read(event: OrderEvent, now: number): void {
    this.refusal = undefined
    this.now = now
    if (this.remarks.length > 0) this.remarks.length = 0
    if (typeof event !== 'object' || event === null) {
      this.#reset(now)
      this.refusal = `an event must be an object such as { type: 'ack', clientId: 'a-1' }, not ${nameOf(event)}`
      return
    }
    const type: unknown = event.type
    if (typeof type !== 'string' || !eventTypes.has(type)) {
      this.#reset(now)
      this.refusal = `type ${shown(type)} is no order event; see the types of OrderEvent ('submit', 'ack', 'trade', …)`
      return
    }
    this.type = event.type
    this.isRequest = requests.has(type)
    this.clientId = event.clientId === undefined ? undefined : this.#id('clientId', event.clientId)
    this.originalClientId =
      event.originalClientId === undefined ? undefined : this.#id('originalClientId', event.originalClientId)
    this.orderId = event.orderId === undefined ? undefined : this.#id('orderId', event.orderId)
    this.account = event.account === undefined ? undefined : this.#id('account', event.account)
    this.time = event.time === undefined ? now : (this.#time('time', event.time) ?? now)
    this.venueTime = event.venueTime === undefined ? undefined : this.#time('venueTime', event.venueTime)
    this.sequence = event.sequence === undefined ? undefined : this.#sequence(event.sequence)
    this.source =
      event.source === undefined || !sources.has(event.source) ? (this.isRequest ? 'request' : 'stream') : event.source
    this.possibleDuplicate = event.possibleDuplicate === true
    this.rejectReason = event.type === 'reject' ? this.#reason(event.reason, rejectReasons) : undefined
    this.cancelRejectReason =
      event.type === 'cancel_reject' ? this.#reason(event.reason, cancelRejectReasons) : undefined
    if (type === 'submit_failed' || type === 'request_failed') {
      this.mayHaveArrived = this.#outcome((event as unknown as Untrusted).outcome) !== 'not_sent'
    }
    if (type === 'submit' && ((event.symbol ?? '') as unknown) === '') {
      this.remarks.push('a submit needs its symbol, such as "BTC/USDT"; without it the order counts for "unknown"')
    }
    this.orderQuantity = event.quantity === undefined ? undefined : this.#quantity('quantity', event.quantity)
    if (
      this.type === 'submit' &&
      event.quantity !== undefined &&
      event.quantity !== null &&
      this.orderQuantity === undefined
    ) {
      this.refusal ??= this.remarks.pop()
    }
    this.limitPrice = event.price === undefined ? undefined : this.decimal('price', event.price)
    if (type === 'trade' || type === 'trade_correct' || type === 'trade_bust')
      this.#readExecution(event as unknown as Untrusted)
    if (this.clientId === undefined && this.orderId === undefined && this.originalClientId === undefined) {
      this.refusal ??= 'it has neither clientId nor orderId; set the one that the order is known by'
    }
  }

  /** A decimal of the event; what isn't one is remarked on and left out. */
  decimal(name: string, value: unknown): Decimal | undefined {
    if (value === undefined || value === null) return undefined
    const decimal = parseDecimal(value)
    if (decimal === undefined) this.remarks.push(notDecimal(name, value))
    return decimal
  }

  #readExecution(event: Untrusted): void {
    this.id = event.executionId === undefined ? undefined : this.#id('executionId', event.executionId)
    this.refId = event.executionRefId === undefined ? undefined : this.#id('executionRefId', event.executionRefId)
    this.quantity = this.#quantity('lastQuantity', event.lastQuantity)
    this.price = this.decimal('lastPrice', event.lastPrice)
    this.liquidity = liquidityNames.has(event.liquidity as string) ? (event.liquidity as Liquidity) : undefined
    if (this.quantity !== undefined || this.type === 'trade_bust') return
    if (event.lastQuantity !== undefined && event.lastQuantity !== null) this.refusal ??= this.remarks.pop()
    else if (this.type === 'trade') this.refusal ??= 'a trade needs lastQuantity, the quantity that was executed'
  }

  #reset(now: number): void {
    this.type = 'status'
    this.clientId = undefined
    this.originalClientId = undefined
    this.orderId = undefined
    this.time = now
  }

  #id(name: string, value: unknown): string | undefined {
    if (typeof value === 'string') {
      if (value.length <= MAXIMUM_ID_LENGTH) return value === '' ? undefined : value
      this.refusal ??= `${name} has ${value.length} characters; ids of up to ${MAXIMUM_ID_LENGTH} are taken`
      return undefined
    }
    if (value === null) return undefined
    this.refusal ??=
      typeof value === 'number' || typeof value === 'bigint'
        ? `${name} ${String(value)} is a ${typeof value}; write "${String(value)}": long ids are not exact as numbers`
        : `${name} is ${nameOf(value)}; it must be a string`
    return undefined
  }

  #reason<Reason extends string>(value: unknown, reasons: readonly Reason[]): Reason | 'other' | undefined {
    if (value === undefined || value === null) return undefined
    if ((reasons as readonly unknown[]).includes(value)) return value as Reason
    this.remarks.push(
      `reason ${shown(value)} is none of ${reasons.join(', ')}; write one of them, and the venue's words as text`,
    )
    return 'other'
  }

  #time(name: string, value: unknown): number | undefined {
    if (value === null) return undefined
    if (typeof value === 'number' && Number.isFinite(value)) {
      // the clock of a simulation may begin at 0: then nothing can be said
      if (this.now < EARLIEST_TIME || (value >= EARLIEST_TIME && value < LATEST_TIME)) return value
      this.remarks.push(`${name} ${value} is no time in milliseconds since 1970${meantTime(value)}`)
      return undefined
    }
    this.remarks.push(`${name} ${shown(value)} is no time; write milliseconds since 1970 as a number`)
    return undefined
  }

  #outcome(value: unknown): unknown {
    if (value !== 'not_sent' && value !== 'unknown') {
      this.remarks.push(`outcome ${shown(value)} is neither "not_sent" nor "unknown"; it is taken for "unknown"`)
    }
    return value
  }

  #sequence(value: unknown): number | bigint | undefined {
    if (value === null) return undefined
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return value
    this.remarks.push(`sequence ${shown(value)} is no number`)
    return undefined
  }

  #quantity(name: string, value: unknown): Decimal | undefined {
    const quantity = this.decimal(name, value)
    if (quantity === undefined || !quantity.isNegative) return quantity
    this.remarks.push(
      `${name} ${shown(value)} is negative; write "${quantity.toString().slice(1)}" and tell the side by side`,
    )
    return undefined
  }
}

function notDecimal(name: string, value: unknown): string {
  if (typeof value !== 'string') {
    const advice = typeof value === 'object' ? 'write its decimal string' : 'write a string such as "0.05"'
    return `${name} ${typeof value === 'number' ? String(value) : `is ${nameOf(value)}; it`} is not a decimal number; ${advice}`
  }
  // of two kinds of separators the last one is the decimal point: 60.000,00 and 60,000.00 are the same
  const comma = value.lastIndexOf(',')
  const [grouping, point] = comma > value.lastIndexOf('.') ? ['.', ','] : [',', '.']
  const meant = parseDecimal(value.slice(0, 64).replaceAll(grouping, '').replace(point, '.').trim())
  return `${name} ${shown(value)} is not a decimal number; write ${meant === undefined ? 'a string such as "0.05"' : `"${meant.toString()}"`}`
}

/** What to write instead, where the unit can be told from the size. */
function meantTime(value: number): string {
  const age = (milliseconds: number) => milliseconds >= EARLIEST_TIME && milliseconds < LATEST_TIME
  if (age(value * 1000)) return `; it looks like seconds: write ${value * 1000}`
  if (age(value / 1000)) return `; it looks like microseconds: write ${value / 1000}`
  if (age(value / 1e6)) return `; it looks like nanoseconds: write ${value / 1e6}`
  return '; leave it out where it is not known'
}

/** A value as it stands in a message: cut, quoted, on one line. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return nameOf(value)
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
