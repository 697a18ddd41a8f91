import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { EventScanner } from './event-scanner.js'
import { adviceFor, textKindOf } from './file-kind.js'
import type { LogEntry, LogReader } from './log-entry.js'
import { LogScanner } from './log-scanner.js'

const PIECE_BYTES = 256 * 1024

/** A log on disk: FIX as engines write it, or order events as NDJSON. */
export class LogFile {
  readonly path: string
  bytes = 0
  /** What was found in it. */
  entries = 0
  unreadable = 0
  textKind: ReturnType<typeof textKindOf> = 'fix'
  #firstBytes = ''
  #reader: LogReader = new LogScanner()

  constructor(path: string) {
    this.path = path
  }

  /** What it holds, in pieces: a turn for every entry would cost more than the entry. */
  async *read(): AsyncGenerator<Iterable<LogEntry>> {
    const stream = createReadStream(this.path, { encoding: 'latin1', highWaterMark: PIECE_BYTES })
    let failure: { readonly error: unknown } | undefined
    try {
      await once(stream, 'open')
      for await (const piece of stream as AsyncIterable<string>) {
        if (this.bytes === 0) this.#begin(piece)
        this.bytes += piece.length
        yield this.#counted(this.#reader.read(piece))
      }
    } catch (error) {
      failure = { error }
    }
    // what was read before an error is told all the same
    if (this.bytes > 0 || failure === undefined) yield this.#counted(this.#reader.end())
    if (failure !== undefined) throw failure.error
  }

  /** Why nothing was found, in a sentence. */
  nothingFound(): string {
    const what = this.textKind === 'ndjson' ? 'order event' : 'FIX message'
    const advice = adviceFor(this.#firstBytes)
    const lines = `${this.unreadable} line${this.unreadable === 1 ? '' : 's'} that can't be read`
    return `no ${what} found in ${this.path} (${this.bytes} bytes, ${lines})${advice === undefined ? '' : `; ${advice}`}`
  }

  #begin(piece: string): void {
    this.#firstBytes = piece.slice(0, 16)
    this.textKind = textKindOf(piece)
    if (this.textKind === 'ndjson') this.#reader = new EventScanner()
  }

  *#counted(entries: Iterable<LogEntry>): Generator<LogEntry> {
    for (const entry of entries) {
      if (entry.kind === 'unreadable') this.unreadable++
      else this.entries++
      yield entry
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory; name the log file in it',
  EACCES: 'reading it is not permitted',
  EPERM: 'reading it is not permitted',
  ENOTDIR: 'a part of its path is no directory',
}

/** Why a file can't be read, in a sentence; `undefined` for any other error. */
export function fileProblem(error: unknown, file: string): string | undefined {
  if (!(error instanceof Error) || typeof (error as NodeJS.ErrnoException).syscall !== 'string') return undefined
  return `${file} can't be read: ${reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message}`
}
