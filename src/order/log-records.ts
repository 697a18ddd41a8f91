import { ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import { type Logger, type LoggerProvider, SeverityNumber } from '@opentelemetry/api-logs'
import { type LogEventName, logEvents } from '../catalog/log-events.js'
import { dropIndex } from '../channel/control-block.js'
import { frameKinds } from '../channel/lanes.js'
import { type ValueLimits, writeAttribute } from '../channel/otlp-values.js'
import { ProtobufWriter } from '../channel/protobuf-writer.js'
import { type RecordSink, recordSinkOf } from '../channel/record-sink.js'
import { type AttributeSink, attributesOf, type Describe } from '../spans/attribute-sink.js'
import { countCuts } from '../spans/record-limits.js'
import { SCOPE_NAME, VERSION } from '../version.js'
import type { VenueFacts } from './order-series.js'
import { orderSpan } from './order-trace.js'
import { tellIdentity } from './span-attributes.js'
import { now, toHrTime } from './time.js'
import type { Order } from './transition.js'

/** Takes the log records of orders: straight into the ring, or through anyone else's logger provider. */
export interface OrderLogRecords {
  /** What `describe` tells comes after what every record of the order has. */
  emit(name: LogEventName, order: Order | undefined, describe: Describe, time: number): void
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

  emit(name: LogEventName, order: Order | undefined, describe: Describe, time: number): void {
    const { severity, body } = logEvents[name]
    const span = order === undefined ? undefined : orderSpan(order)
    this.#logger.emit({
      eventName: name,
      severityNumber: severities[severity].number,
      severityText: severities[severity].text,
      body,
      timestamp: toHrTime(time),
      attributes: attributesOf(sink => {
        if (order !== undefined) tellIdentity(sink, order, this.#place)
        describe(sink)
      }),
      // never the ambient one: what a venue tells arrives in whatever context opened its socket
      context: span === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, span.span),
    })
  }
}

const FAILED = dropIndex('encoding_failed')
const ATTRIBUTES = 6

/** Writes a record (`LogRecord` in opentelemetry/proto/logs/v1/logs.proto) as it is told. */
class SinkRecords implements OrderLogRecords, AttributeSink {
  readonly #sink: RecordSink
  readonly #place: VenueFacts
  readonly #scope: number
  readonly #buffer = new ProtobufWriter()
  readonly #limits: ValueLimits

  constructor(sink: RecordSink, place: VenueFacts) {
    this.#sink = sink
    this.#place = place
    this.#limits = { maximumLength: sink.maximumValueLength, cut: 0 }
    this.#scope = sink.writer.scope({ name: SCOPE_NAME, version: VERSION })
  }

  emit(name: LogEventName, order: Order | undefined, describe: Describe, time: number): void {
    const { writer } = this.#sink
    const buffer = this.#buffer
    try {
      buffer.reset()
      buffer.timeMs(1, time)
      buffer.append(constantBytes(name))
      if (order !== undefined) tellIdentity(this, order, this.#place)
      describe(this)
      if (order !== undefined) this.#writeTrace(order)
      buffer.timeMs(11, now())
      countCuts(writer, this.#limits)
      writer.writeRecord('orders', frameKinds.log, this.#scope, buffer.bytes, buffer.length)
    } catch {
      writer.control.countDrop(FAILED)
    }
  }

  text(name: string, value: string): void {
    writeAttribute(this.#buffer, ATTRIBUTES, name, value, this.#limits)
  }

  flag(name: string, value: boolean): void {
    writeAttribute(this.#buffer, ATTRIBUTES, name, value, this.#limits)
  }

  #writeTrace(order: Order): void {
    const span = orderSpan(order)
    const ids = span?.ids
    if (ids === undefined) return
    this.#buffer.fixed32(8, span?.ref === undefined ? TraceFlags.NONE : TraceFlags.SAMPLED)
    this.#buffer.id128(9, ids.trace0, ids.trace1, ids.trace2, ids.trace3)
    this.#buffer.id64(10, ids.span0, ids.span1)
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
