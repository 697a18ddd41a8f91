import { type Attributes, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { type Logger, type LoggerProvider, SeverityNumber } from '@opentelemetry/api-logs'
import { type LogEventName, logEvents } from '../catalog/log-events.js'
import { dropIndex } from '../channel/control-block.js'
import { frameKinds } from '../channel/lanes.js'
import { type ValueLimits, writeAttributes } from '../channel/otlp-values.js'
import { ProtobufWriter } from '../channel/protobuf-writer.js'
import { type RecordSink, recordSinkOf } from '../channel/record-sink.js'
import { countCuts } from '../spans/record-limits.js'
import { SCOPE_NAME, VERSION } from '../version.js'
import type { VenueFacts } from './order-series.js'
import { orderSpanContext } from './order-trace.js'
import { identityAttributes } from './span-attributes.js'
import { now, toHrTime } from './time.js'
import type { Order } from './transition.js'

/** Takes the log records of orders: straight into the ring, or through anyone else's logger provider. */
export interface OrderLogRecords {
  /** `attributes` come after those that every record of the order has. */
  emit(name: LogEventName, order: Order | undefined, attributes: Attributes, time: number): void
}

/** Where the records of this logger provider go; `undefined` when none are wanted. */
export function orderLogRecords(provider: LoggerProvider, place: VenueFacts): OrderLogRecords | undefined {
  const sink = recordSinkOf(provider)
  if (sink === null) return undefined
  if (sink !== undefined) return new SinkRecords(sink, place)
  const logger = provider.getLogger(SCOPE_NAME, VERSION)
  // nobody has set a provider: there is nothing to build a record for
  return (logger.enabled?.({ severityNumber: SeverityNumber.INFO }) ?? true)
    ? new LoggerRecords(logger, place)
    : undefined
}

const severities = {
  info: { number: SeverityNumber.INFO, text: 'INFO' },
  warn: { number: SeverityNumber.WARN, text: 'WARN' },
} as const

class LoggerRecords implements OrderLogRecords {
  readonly #logger: Logger
  readonly #place: VenueFacts

  constructor(logger: Logger, place: VenueFacts) {
    this.#logger = logger
    this.#place = place
  }

  emit(name: LogEventName, order: Order | undefined, attributes: Attributes, time: number): void {
    const { severity, body } = logEvents[name]
    const span = order === undefined ? undefined : orderSpanContext(order)
    this.#logger.emit({
      eventName: name,
      severityNumber: severities[severity].number,
      severityText: severities[severity].text,
      body,
      timestamp: toHrTime(time),
      attributes: order === undefined ? attributes : { ...identityAttributes(order, this.#place), ...attributes },
      // never the ambient one: what a venue tells arrives in whatever context opened its socket
      context: span === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span),
    })
  }
}

const FAILED = dropIndex('encoding_failed')
const ATTRIBUTES = 6

/** The bytes of what every record of an order has, for as long as its ids are the same. */
interface IdentityBytes {
  readonly clientId: string | undefined
  readonly orderId: string | undefined
  readonly side: string | undefined
  readonly symbol: string
  readonly venue: string
  readonly bytes: Uint8Array
}

class SinkRecords implements OrderLogRecords {
  readonly #sink: RecordSink
  readonly #place: VenueFacts
  readonly #scope: number
  readonly #buffer = new ProtobufWriter()
  readonly #identityBuffer = new ProtobufWriter()
  readonly #limits: ValueLimits
  /** Of this instance: another one may know the venue by other facts. */
  readonly #identityKey = Symbol('orderscope.order.log_identity')

  constructor(sink: RecordSink, place: VenueFacts) {
    this.#sink = sink
    this.#place = place
    this.#limits = { maximumLength: sink.maximumValueLength, cut: 0 }
    this.#scope = sink.writer.scope({ name: SCOPE_NAME, version: VERSION })
  }

  emit(name: LogEventName, order: Order | undefined, attributes: Attributes, time: number): void {
    const { writer } = this.#sink
    try {
      const buffer = this.#buffer
      buffer.reset()
      this.#encode(buffer, name, order, attributes, time)
      countCuts(writer, this.#limits)
      writer.writeRecord('orders', frameKinds.log, this.#scope, buffer.bytes, buffer.length)
    } catch {
      writer.control.countDrop(FAILED)
    }
  }

  /** An OTLP `LogRecord` (opentelemetry/proto/logs/v1/logs.proto). */
  #encode(
    buffer: ProtobufWriter,
    name: LogEventName,
    order: Order | undefined,
    attributes: Attributes,
    time: number,
  ): void {
    buffer.time(1, toHrTime(time))
    buffer.append(constantBytes(name))
    if (order !== undefined) buffer.append(this.#identity(order))
    writeAttributes(buffer, ATTRIBUTES, attributes, this.#limits)
    const span = order === undefined ? undefined : orderSpanContext(order)
    if (span !== undefined) {
      buffer.fixed32(8, span.traceFlags)
      buffer.hex(9, span.traceId)
      buffer.hex(10, span.spanId)
    }
    buffer.time(11, toHrTime(now()))
  }

  #identity(order: Order): Uint8Array {
    const known = order.attachments.get(this.#identityKey) as IdentityBytes | undefined
    const { clientId, orderId, side, symbol, venue } = order
    if (
      known !== undefined &&
      known.orderId === orderId &&
      known.clientId === clientId &&
      known.side === side &&
      known.symbol === symbol &&
      known.venue === venue
    ) {
      return known.bytes
    }
    const buffer = this.#identityBuffer
    buffer.reset()
    writeAttributes(buffer, ATTRIBUTES, identityAttributes(order, this.#place), this.#limits)
    const bytes = buffer.bytes.slice(0, buffer.length)
    const identity: IdentityBytes = { clientId, orderId, side, symbol, venue, bytes }
    order.attachments.set(this.#identityKey, identity)
    return bytes
  }
}

const constants = new Map<LogEventName, Uint8Array>()

/** What all records of an event have: severity, body and name. */
function constantBytes(name: LogEventName): Uint8Array {
  let bytes = constants.get(name)
  if (bytes === undefined) {
    const { severity, body } = logEvents[name]
    const buffer = new ProtobufWriter()
    buffer.uint(2, severities[severity].number)
    buffer.string(3, severities[severity].text)
    const mark = buffer.beginMessage(5)
    buffer.string(1, body)
    buffer.endMessage(mark)
    buffer.string(12, name)
    bytes = buffer.bytes.slice(0, buffer.length)
    constants.set(name, bytes)
  }
  return bytes
}
