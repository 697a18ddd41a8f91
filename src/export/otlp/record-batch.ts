import type { Frame } from '../../channel/byte-ring.js'
import { ProtobufWriter } from '../../channel/protobuf-writer.js'

/** Larger than any batch with its envelope. */
const MAXIMUM_REQUEST_BYTES = 64 << 20

const writer = new ProtobufWriter(MAXIMUM_REQUEST_BYTES)

/** Where a record comes from, as bytes ready to be put into a request. */
export interface RecordOrigin {
  /** The field `resource` of a `ResourceSpans` or `ResourceLogs`. */
  readonly resource: Uint8Array
  /** The field `scope` of a `ScopeSpans` or `ScopeLogs`. */
  scope(id: number): Uint8Array
  /** Its `schema_url`; empty when there is none. */
  schemaUrl(id: number): string
}

/**
 * An OTLP request of records that are protobuf already: `ExportTraceServiceRequest` and
 * `ExportLogsServiceRequest` have the same form, so spans and log records are put together alike.
 */
export function encodeRecords(frames: readonly Frame[], origin: RecordOrigin): Uint8Array {
  const byScope = new Map<number, Frame[]>()
  for (const frame of frames) {
    const group = byScope.get(frame.scope)
    if (group === undefined) byScope.set(frame.scope, [frame])
    else group.push(frame)
  }
  writer.reset()
  const resourceRecords = writer.beginMessage(1)
  writer.append(origin.resource)
  for (const [scope, group] of byScope) {
    const scopeRecords = writer.beginMessage(2)
    writer.append(origin.scope(scope))
    for (const { payload } of group) writer.raw(2, payload)
    const schemaUrl = origin.schemaUrl(scope)
    if (schemaUrl !== '') writer.string(3, schemaUrl)
    writer.endMessage(scopeRecords)
  }
  writer.endMessage(resourceRecords)
  // a copy: the records lie in shared memory, which changes, and the writer is used again
  return Buffer.from(writer.bytes.subarray(0, writer.length))
}
