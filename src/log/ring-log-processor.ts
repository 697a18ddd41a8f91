import { SeverityNumber } from '@opentelemetry/api-logs'
import type { LogRecordProcessor, SdkLogRecord } from '@opentelemetry/sdk-logs'
import { dropIndex } from '../channel/control-block.js'
import { frameKinds } from '../channel/lanes.js'
import type { ValueLimits } from '../channel/otlp-values.js'
import { ProtobufWriter } from '../channel/protobuf-writer.js'
import type { ChannelWriter } from '../channel/writer.js'
import { countCuts, DEFAULT_VALUE_LENGTH } from '../spans/record-limits.js'
import { encodeLogRecord } from './log-encoder.js'

const FAILED = dropIndex('encoding_failed')
const LIFECYCLE = /^trading\./

/** Puts log records of the API into shared memory as OTLP bytes; errors and the events of orders go in one lane, the rest in the other. */
export class RingLogProcessor implements LogRecordProcessor {
  readonly #writer: ChannelWriter
  readonly #flush: () => Promise<void>
  readonly #buffer = new ProtobufWriter()
  readonly #limits: ValueLimits

  constructor(
    writer: ChannelWriter,
    options: { readonly maximumValueLength?: number; readonly flush: () => Promise<void> },
  ) {
    this.#writer = writer
    this.#flush = options.flush
    this.#limits = { maximumLength: options.maximumValueLength ?? DEFAULT_VALUE_LENGTH, cut: 0 }
  }

  onEmit(record: SdkLogRecord): void {
    try {
      const buffer = this.#buffer
      buffer.reset()
      encodeLogRecord(buffer, record, this.#limits)
      countCuts(this.#writer, this.#limits)
      const scope = this.#writer.scope(record.instrumentationScope)
      const isError = (record.severityNumber ?? 0) >= SeverityNumber.ERROR
      const lane = isError || LIFECYCLE.test(record.eventName ?? '') ? 'orders' : 'other'
      this.#writer.writeRecord(lane, frameKinds.log, scope, buffer.bytes, buffer.length)
    } catch {
      this.#writer.control.countDrop(FAILED)
    }
  }

  forceFlush(): Promise<void> {
    return this.#flush()
  }

  shutdown(): Promise<void> {
    return this.#flush()
  }
}
