import type { CancelRejectReason, OrderEvent, OrderFacts, RejectReason, ReportedFigures } from '../event.js'
import {
  cancelRejectReasonCodes,
  executionTypeCodes,
  liquidityCodes,
  orderStatusCodes,
  orderTypeCodes,
  rejectReasonCodes,
  sideCodes,
  timeInForceCodes,
} from './fix-codes.js'
import { type FieldReader, type FixFields, readerOf } from './fix-fields.js'
import { parseFixTime } from './fix-time.js'

/** How a message reached us, where it doesn't say so itself. */
export interface FixReading {
  /** When the message was sent or received here, milliseconds since 1970. Default: now. */
  readonly time?: number
}

/** Values of OrderID (37) that say that there is none. */
const NO_ORDER_ID: ReadonlySet<string> = new Set(['NONE', 'none', 'None', 'N/A', 'NA', 'UNKNOWN', 'Unknown', '0'])

/** MultiLegReportingType (442): one leg of a multileg security. */
const LEG = '2'

/** An event while it is put together. */
type Draft = { -readonly [Name in string]?: unknown }

/**
 * The order events of a FIX message, of any version from 4.2 to 5.0 SP2 and any engine; none for messages that tell
 * nothing of an order. Session and business rejects answer a request by its sequence number: those are understood by
 * {@link createFixConverter}, which remembers the requests.
 *
 * @example
 * session.on('message', message => {
 *   for (const event of toOrderEvents(message.fields)) orders.apply(event)
 * })
 */
export function toOrderEvents(message: FixFields, reading: FixReading = {}): OrderEvent[] {
  const field = readerOf(message)
  switch (field(35)) {
    case 'D':
    // NewOrderMultileg
    case 'AB':
      return newOrder(field, reading)
    case 'F':
      return [request(field, reading, 'cancel_request')]
    case 'G':
    // MultilegOrderCancelReplace
    case 'AC':
      return [request(field, reading, 'replace_request')]
    case 'H':
      return [event(told({ type: 'status_request', ...identity(field) }, field, reading, false))]
    case '8':
      return [executionReport(field, reading)]
    case '9':
      return [cancelReject(field, reading)]
    case 'j':
      return businessReject(field, reading)
    default:
      return []
  }
}

/** A reject of a whole message by the session or the application answers the request in it. */
export function rejectOf(
  requestType: string | undefined,
  ids: Pick<OrderFacts, 'clientId' | 'originalClientId'>,
  field: FieldReader,
  reading: FixReading,
): OrderEvent[] {
  const errorType = field(35) === '3' ? 'SessionReject' : 'BusinessMessageReject'
  if (requestType === 'D' || requestType === 'AB')
    return [event(told({ type: 'reject', ...ids, reason: 'other', errorType }, field, reading, true))]
  if (requestType !== 'F' && requestType !== 'G' && requestType !== 'AC') return []
  const kind = requestType === 'F' ? 'cancel' : 'replace'
  return [
    event(told({ type: 'cancel_reject', ...ids, request: kind, reason: 'other', errorType }, field, reading, true)),
  ]
}

function newOrder(field: FieldReader, reading: FixReading): OrderEvent[] {
  const facts = {
    ...identity(field),
    ...instrument(field),
    symbol: field(55) ?? field(48) ?? 'unknown',
    orderType: orderTypeCodes.get(field(40) ?? '') ?? 'other',
    // FIX: absent means Day
    timeInForce: timeInForceCodes.get(field(59) ?? '0') ?? 'day',
  }
  return [
    event(told({ type: 'submit', ...facts }, field, reading, false)),
    event(told({ type: 'sent', ...identity(field) }, field, reading, false)),
  ]
}

function request(field: FieldReader, reading: FixReading, type: 'cancel_request' | 'replace_request'): OrderEvent {
  return event(told({ type, ...identity(field), ...instrument(field) }, field, reading, false))
}

function executionReport(field: FieldReader, reading: FixReading): OrderEvent {
  const type = typeOf(field)
  if (type === 'trade' && field(442) === LEG) return legReport(field, reading)
  const draft: Draft = {
    type,
    ...identity(field),
    ...instrument(field),
    orderType: orderTypeCodes.get(field(40) ?? ''),
    timeInForce: timeInForceCodes.get(field(59) ?? ''),
    reported: reportedFigures(field),
  }
  if (type === 'trade' || type === 'trade_correct' || type === 'trade_bust') {
    const id = field(17)
    // 4.2 gives status answers the ExecID 0; as the id of an execution it says that there is none
    draft.executionId = id === '0' && field(20) !== undefined ? undefined : id
    draft.executionRefId = field(19)
    draft.lastQuantity = field(32) ?? field(1365) ?? (type === 'trade' ? '0' : undefined)
    draft.lastPrice = type === 'trade_bust' ? undefined : field(31)
    draft.liquidity = liquidityCodes.get(field(851) ?? '')
  } else if (type === 'reject') {
    draft.reason = rejectReason(field(103))
  } else if (type === 'restated') {
    draft.restatementReason = field(378)
  }
  return event(told(draft, field, reading, true))
}

/**
 * A trade in one leg of a spread has the quantity, price and instrument of that leg: the order's own are in the report
 * about the whole (442=3). What is left is how the order stands.
 */
function legReport(field: FieldReader, reading: FixReading): OrderEvent {
  const status = orderStatusCodes.get(field(39) ?? '')
  const draft = { type: 'status', ...identity(field), reported: status === undefined ? undefined : { status } }
  return event(told(draft, field, reading, true))
}

/** ExecTransType (20) of 4.2 outranks ExecType: a status answer repeats the type of the last report. */
function typeOf(field: FieldReader): OrderEvent['type'] {
  const code = field(150) ?? field(39) ?? ''
  const type = executionTypeCodes.get(code) ?? 'status'
  switch (field(20)) {
    case '3':
      return 'status'
    // Cancel and Correct are about the execution that ExecRefID names, whatever ExecType says of the order
    case '1':
      return type === 'trade' || field(19) !== undefined ? 'trade_bust' : type
    case '2':
      return type === 'trade' || (field(19) !== undefined && field(32) !== undefined) ? 'trade_correct' : type
    default:
      return type
  }
}

function cancelReject(field: FieldReader, reading: FixReading): OrderEvent {
  const response = field(434)
  const status = orderStatusCodes.get(field(39) ?? '')
  return event(
    told(
      {
        type: 'cancel_reject',
        ...identity(field),
        request: response === '1' ? 'cancel' : response === '2' ? 'replace' : undefined,
        reason: cancelReason(field(102)),
        reported: status === undefined ? undefined : { status },
      },
      field,
      reading,
      true,
    ),
  )
}

/** BusinessRejectRefID (379) is the client id of the request, where the venue fills it in. */
function businessReject(field: FieldReader, reading: FixReading): OrderEvent[] {
  const clientId = field(379)
  return clientId === undefined ? [] : rejectOf(field(372), { clientId }, field, reading)
}

function identity(field: FieldReader): Draft {
  const orderId = field(37)
  return {
    clientId: field(11),
    originalClientId: field(41),
    orderId: orderId === undefined || NO_ORDER_ID.has(orderId) ? undefined : orderId,
    parentId: field(583),
    account: field(1),
  }
}

function instrument(field: FieldReader): Draft {
  return {
    symbol: field(55) ?? field(48),
    side: sideCodes.get(field(54) ?? ''),
    quantity: field(38),
    price: field(44),
  }
}

function reportedFigures(field: FieldReader): ReportedFigures | undefined {
  const figures: Draft = {
    status: orderStatusCodes.get(field(39) ?? ''),
    quantity: field(38),
    cumulativeQuantity: field(14),
    leavesQuantity: field(151),
    averagePrice: field(6),
  }
  return dropUndefined(figures) as ReportedFigures
}

function rejectReason(code: string | undefined): RejectReason | undefined {
  return code === undefined ? undefined : (rejectReasonCodes.get(code) ?? 'other')
}

function cancelReason(code: string | undefined): CancelRejectReason | undefined {
  return code === undefined ? undefined : (cancelRejectReasonCodes.get(code) ?? 'other')
}

/** Adds how and when it was told. The sequence and time of the venue order only what the venue tells. */
function told(draft: Draft, field: FieldReader, reading: FixReading, byVenue: boolean): Draft {
  draft.text = field(58)
  draft.time = reading.time
  if (field(43) === 'Y' || field(97) === 'Y') draft.possibleDuplicate = true
  if (!byVenue) return draft
  // without TransactTime, the sending tells the day at least: sequence numbers begin anew with every session
  draft.venueTime = parseFixTime(field(60)) ?? parseFixTime(field(43) === 'Y' ? field(122) : field(52))
  draft.sequence = sequenceOf(field(34))
  if (draft.type === 'status') draft.source = 'reconciliation'
  return draft
}

function sequenceOf(text: string | undefined): number | bigint | undefined {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined
  return text.length <= 15 ? Number(text) : BigInt(text)
}

/** Optional fields are absent, never undefined (the types of OrderEvent say so). */
function event(draft: Draft): OrderEvent {
  return dropUndefined(draft) as unknown as OrderEvent
}

/** A new object: one that loses properties is slow to read from then on. */
function dropUndefined(draft: Draft): Draft {
  const kept: Draft = {}
  for (const name in draft) if (draft[name] !== undefined) kept[name] = draft[name]
  return kept
}
