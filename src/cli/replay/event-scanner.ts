import type { OrderEvent } from '../../order/event.js'
import { type JsonLine, JsonLineReader } from './json-lines.js'
import type { LogEntry, LogReader } from './log-entry.js'

/** Reads order events, one JSON object a line (NDJSON), from a log that is handed over piece by piece. */
export class EventScanner implements LogReader {
  readonly #lines = new JsonLineReader();

  *read(bytes: string): Generator<LogEntry> {
    for (const line of this.#lines.read(bytes)) yield entryOf(line)
  }

  *end(): Generator<LogEntry> {
    for (const line of this.#lines.end()) yield entryOf(line)
  }
}

function entryOf(read: JsonLine): LogEntry {
  const { line } = read
  if (read.error !== undefined) return { kind: 'unreadable', line, error: read.error }
  const event = eventIn(read.value)
  if (event !== undefined) return { kind: 'event', line, event }
  return {
    kind: 'unreadable',
    line,
    error: 'no order event: it is an object with a type, such as {"type":"ack","clientId":"a-1"}',
  }
}

/** A value that may be an order event: only its type is known to be a string. */
export function eventIn(value: unknown): OrderEvent | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return typeof (value as { readonly type?: unknown }).type === 'string' ? (value as OrderEvent) : undefined
}
