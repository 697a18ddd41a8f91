import type { OrderEvent } from '../../order/event.js'
import type { FixMessage } from '../../order/fix/raw-message.js'

/** What a log holds, in its order. */
export type LogEntry =
  | {
      readonly kind: 'message'
      /** On which the message begins, from 1. */
      readonly line: number
      readonly message: FixMessage
      /** The time stamp that the log gives it, as it stands there. */
      readonly logTime: string | undefined
    }
  /** An order event as it stands there: only its type is known to be a string. */
  | { readonly kind: 'event'; readonly line: number; readonly event: OrderEvent }
  | { readonly kind: 'unreadable'; readonly line: number; readonly error: string }

/** Finds what a log holds; it is handed over piece by piece, one character a byte. */
export interface LogReader {
  read(bytes: string): Iterable<LogEntry>
  end(): Iterable<LogEntry>
}
