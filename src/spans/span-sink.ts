import { dropIndex } from '../channel/control-block.js'
import { frameKinds, type Lane } from '../channel/lanes.js'
import type { ScopeDescriptor } from '../channel/messages.js'
import type { ValueLimits } from '../channel/otlp-values.js'
import { ProtobufWriter } from '../channel/protobuf-writer.js'
import type { ChannelWriter } from '../channel/writer.js'
import { countCuts, DEFAULT_VALUE_LENGTH } from './record-limits.js'

const FAILED = dropIndex('encoding_failed')

/** Where ended spans go: encoded in one buffer, then copied into the ring of their lane. */
export class SpanSink {
  readonly #writer: ChannelWriter
  readonly #buffer = new ProtobufWriter()
  readonly #limits: ValueLimits
  #open = true

  constructor(writer: ChannelWriter, maximumValueLength = DEFAULT_VALUE_LENGTH) {
    this.#writer = writer
    this.#limits = { maximumLength: maximumValueLength, cut: 0 }
  }

  /** False after `close`: what ends then is nobody's. */
  get isOpen(): boolean {
    return this.#open
  }

  close(): void {
    this.#open = false
  }

  /** Writes what `encode` makes of `span`. Never throws: what can't be encoded is counted. */
  write<Span>(
    lane: Lane,
    scope: ScopeDescriptor,
    span: Span,
    encode: (buffer: ProtobufWriter, span: Span, limits: ValueLimits) => void,
  ): void {
    if (!this.#open) return
    try {
      const buffer = this.#buffer
      buffer.reset()
      encode(buffer, span, this.#limits)
      countCuts(this.#writer, this.#limits)
      this.#writer.writeRecord(lane, frameKinds.span, this.#writer.scope(scope), buffer.bytes, buffer.length)
    } catch {
      this.#writer.control.countDrop(FAILED)
    }
  }
}
