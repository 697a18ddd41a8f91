import type { Attributes } from '@opentelemetry/api'
import type { ProtobufWriter } from '../../channel/protobuf-writer.js'

/** Attributes of a resource, scope or series as a list of OTLP `KeyValue` in `field`. */
export function writeAttributes(writer: ProtobufWriter, field: number, attributes: Readonly<Attributes>): void {
  for (const name in attributes) {
    const value = attributes[name]
    if (value === undefined || value === null) continue
    const pair = writer.beginMessage(field)
    writer.string(1, name)
    const any = writer.beginMessage(2)
    writeAnyValue(writer, value)
    writer.endMessage(any)
    writer.endMessage(pair)
  }
}

function writeAnyValue(writer: ProtobufWriter, value: unknown): void {
  if (typeof value === 'string') writer.string(1, value)
  else if (typeof value === 'boolean') writer.bool(2, value)
  else if (typeof value === 'number') {
    // upstream's rule: whole numbers are int64
    if (Number.isSafeInteger(value)) writer.int64(3, value)
    else writer.double(4, value)
  } else if (Array.isArray(value)) {
    const list = writer.beginMessage(5)
    for (const item of value) {
      const any = writer.beginMessage(1)
      writeAnyValue(writer, item)
      writer.endMessage(any)
    }
    writer.endMessage(list)
  }
}
