import type { LogEntry } from '../../../src/cli/replay/log-entry.js'
import { LogScanner } from '../../../src/cli/replay/log-scanner.js'

/** Everything that the scanner finds in a log (one character a byte) that is handed over in pieces. */
export function entriesOf(log: string, piece = log.length): LogEntry[] {
  const scanner = new LogScanner()
  const entries: LogEntry[] = []
  for (let place = 0; place < log.length; place += piece) entries.push(...scanner.read(log.slice(place, place + piece)))
  entries.push(...scanner.end())
  return entries
}

/** The bytes of a field. */
export function valueIn(entry: LogEntry | undefined, tag: number): string | undefined {
  return entry?.kind === 'message' ? entry.message.fields.find(field => field.tag === tag)?.value : undefined
}
