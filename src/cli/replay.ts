import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { trailerProblems } from '../order/fix/trailer-check.js'
import type { CliIo } from './io.js'
import { adviceFor } from './replay/file-kind.js'
import { jsonLine } from './replay/json-line.js'
import { type LogEntry, LogScanner } from './replay/log-scanner.js'
import { Output } from './replay/output.js'
import { Replayer, type Told } from './replay/replayer.js'
import { TextReport } from './replay/text-report.js'
import { UsageError } from './usage-error.js'

const PIECE_BYTES = 256 * 1024

/** How a log is printed while it is read, and after it. */
interface Report {
  message(told: Told): string
  unreadable(line: number, error: string): string
  end(logEnd: number | undefined): Iterable<string>
}

const jsonReport: Report = {
  message: jsonLine,
  unreadable: (line, error) => `${JSON.stringify({ line, error })}\n`,
  end: () => [],
}

/**
 * `orderscope replay FILE [--json]`: reads a FIX log and shows what became of every order. Gives 0 when the file could
 * be read, whatever was in it, else 1.
 */
export async function runReplay(args: readonly string[], io: CliIo): Promise<number> {
  const { file, json } = readArguments(args)
  return new LogReplay(json ? jsonReport : new TextReport(columnsOf(io.stdout)), io).run(file)
}

class LogReplay {
  readonly #report: Report
  readonly #io: CliIo
  readonly #output: Output
  readonly #scanner = new LogScanner()
  readonly #replayer = new Replayer()
  #messages = 0
  #unreadable = 0
  #bytes = 0
  #firstBytes = ''

  constructor(report: Report, io: CliIo) {
    this.#report = report
    this.#io = io
    this.#output = new Output(io.stdout)
  }

  async run(file: string): Promise<number> {
    const stream = createReadStream(file, { encoding: 'latin1', highWaterMark: PIECE_BYTES })
    try {
      await once(stream, 'open')
      for await (const piece of stream as AsyncIterable<string>) {
        if (this.#bytes === 0) this.#firstBytes = piece.slice(0, 16)
        this.#bytes += piece.length
        await this.#tell(this.#scanner.read(piece))
      }
    } catch (error) {
      if (!isFileError(error)) throw error
      // what was read before is told all the same
      if (this.#bytes > 0) await this.#end()
      this.#io.stderr.write(`orderscope replay: ${sentenceOf(error, file)}\n`)
      return 1
    }
    await this.#end()
    if (this.#messages === 0) this.#io.stderr.write(`orderscope replay: ${this.#nothingFound(file)}\n`)
    return 0
  }

  async #tell(entries: Iterable<LogEntry>): Promise<void> {
    for (const entry of entries) {
      // waiting is only done for a reader that is behind: a turn for every message would cost more than the message
      const wait = this.#output.write(this.#told(entry))
      if (wait !== undefined) await wait
    }
  }

  #told(entry: LogEntry): string {
    if (entry.kind === 'unreadable') {
      this.#unreadable++
      return this.#report.unreadable(entry.line, entry.error)
    }
    this.#messages++
    for (const problem of trailerProblems(entry.message)) {
      this.#io.stderr.write(`orderscope replay: line ${entry.line}: ${problem}\n`)
    }
    return this.#report.message(this.#replayer.apply(entry))
  }

  async #end(): Promise<void> {
    await this.#tell(this.#scanner.end())
    for (const text of this.#report.end(this.#replayer.time)) {
      const wait = this.#output.write(text)
      if (wait !== undefined) await wait
    }
    await this.#output.flush()
  }

  #nothingFound(file: string): string {
    const advice = adviceFor(this.#firstBytes)
    const what = `${this.#bytes} bytes, ${this.#unreadable} line${this.#unreadable === 1 ? '' : 's'} that can't be read`
    return `no FIX message found in ${file} (${what})${advice === undefined ? '' : `; ${advice}`}`
  }
}

/** How wide the terminal is; `undefined` where there is none. */
function columnsOf(stdout: object): number | undefined {
  return 'columns' in stdout && typeof stdout.columns === 'number' ? stdout.columns : undefined
}

function readArguments(args: readonly string[]): { file: string; json: boolean } {
  const split = args.indexOf('--')
  const options = (split === -1 ? args : args.slice(0, split)).filter(arg => arg.startsWith('-'))
  const unknown = options.find(option => option !== '--json')
  if (unknown !== undefined) {
    throw new UsageError(
      `replay: "${unknown}" is not an option; there is --json, and a file whose name begins with - goes after --`,
    )
  }
  const files = args.filter((arg, index) => (split !== -1 && index > split) || !arg.startsWith('-'))
  const [file] = files
  if (file === undefined || file === '') {
    throw new UsageError('replay: which log? write npx orderscope replay FILE, with the path of a FIX log')
  }
  if (files.length > 1)
    throw new UsageError(`replay: one file at a time, not ${files.length}; write npx orderscope replay ${file}`)
  return { file, json: options.includes('--json') }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory; name the log file in it',
  EACCES: 'reading it is not permitted',
  EPERM: 'reading it is not permitted',
  ENOTDIR: 'a part of its path is no directory',
}

function sentenceOf(error: NodeJS.ErrnoException, file: string): string {
  return `${file} can't be read: ${reasons[error.code ?? ''] ?? error.message}`
}
