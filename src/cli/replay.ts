import { trailerProblems } from '../order/fix/trailer-check.js'
import type { CliIo } from './io.js'
import { type ReplayArguments, readArguments } from './replay/arguments.js'
import type { Follower } from './replay/follower.js'
import { jsonLine } from './replay/json-line.js'
import type { LogEntry } from './replay/log-entry.js'
import { fileProblem, LogFile } from './replay/log-file.js'
import { Output } from './replay/output.js'
import { Replayer, type Told } from './replay/replayer.js'
import { TextReport } from './replay/text-report.js'

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
 * `orderscope replay FILE`: reads a FIX log, or order events as NDJSON, and shows what became of every order. Gives 0
 * when the file could be read, whatever was in it, else 1; 1 also when a collector didn't take every span (`--otlp`)
 * or the history can't be read (`--diff`), and 3 when the fills differ and `--exit-code` asks for that.
 */
export async function runReplay(args: readonly string[], io: CliIo): Promise<number> {
  const options = readArguments(args)
  const say = (sentence: string): void => void io.stderr.write(`orderscope replay: ${sentence}\n`)
  const output = new Output(io.stdout)
  const followers: Follower[] = []
  if (options.otlp !== undefined) {
    const { OtlpTraces } = await import('./replay/otlp-traces.js')
    const traces = OtlpTraces.open(options.otlp, say)
    if (traces === undefined) return 1
    followers.push(traces)
  }
  let report = reportOf(options, io)
  if (options.diff !== undefined) {
    const { FillDiff } = await import('./replay/fill-diff.js')
    const diff = await FillDiff.open(options.diff, options, output, say)
    if (diff === undefined) return 1
    followers.push(diff)
    report = quietReport
  }
  return new LogReplay(report, followers, output, say).run(options.file)
}

/** Of the log itself nothing is printed. */
const quietReport: Report = { message: () => '', unreadable: () => '', end: () => [] }

function reportOf({ json }: ReplayArguments, io: CliIo): Report {
  return json ? jsonReport : new TextReport(columnsOf(io.stdout))
}

/** A log in which something was masked is wrong in every line. */
const MAXIMUM_TRAILER_SENTENCES = 20

class LogReplay {
  readonly #report: Report
  readonly #followers: readonly Follower[]
  readonly #output: Output
  readonly #say: (sentence: string) => void
  readonly #replayer = new Replayer()
  #trailers = 0

  constructor(report: Report, followers: readonly Follower[], output: Output, say: (sentence: string) => void) {
    this.#report = report
    this.#followers = followers
    this.#output = output
    this.#say = say
  }

  async run(file: string): Promise<number> {
    const log = new LogFile(file)
    let code = 0
    try {
      for await (const entries of log.read()) await this.#tell(entries)
    } catch (error) {
      const problem = fileProblem(error, file)
      if (problem === undefined) throw error
      this.#say(problem)
      code = 1
    }
    if (log.bytes > 0 || code === 0) code = Math.max(code, await this.#end())
    if (code !== 1 && log.entries === 0) this.#say(log.nothingFound())
    return code
  }

  async #tell(entries: Iterable<LogEntry>): Promise<void> {
    for (const entry of entries) {
      if (entry.kind === 'unreadable') {
        await this.#output.write(this.#report.unreadable(entry.line, entry.error))
        continue
      }
      if (entry.kind === 'message') {
        for (const problem of trailerProblems(entry.message)) this.#sayOfTrailer(`line ${entry.line}: ${problem}`)
      }
      const told = this.#replayer.apply(entry)
      // waiting is only done for a reader that is behind: a turn for every message would cost more than the message
      const wait = this.#output.write(this.#report.message(told))
      if (wait !== undefined) await wait
      for (const follower of this.#followers) {
        const busy = follower.follow(told)
        if (busy !== undefined) await busy
      }
    }
  }

  #sayOfTrailer(sentence: string): void {
    this.#trailers++
    if (this.#trailers <= MAXIMUM_TRAILER_SENTENCES) this.#say(sentence)
  }

  async #end(): Promise<number> {
    const { time } = this.#replayer
    const more = this.#trailers - MAXIMUM_TRAILER_SENTENCES
    if (more > 0) this.#say(`and ${more} more like these: BodyLength (9) or CheckSum (10) isn't what the bytes give`)
    for (const text of this.#report.end(time)) {
      const wait = this.#output.write(text)
      if (wait !== undefined) await wait
    }
    let code = 0
    for (const follower of this.#followers) code = Math.max(code, await follower.end(time))
    await this.#output.flush()
    return code
  }
}

/** How wide the terminal is; `undefined` where there is none. */
function columnsOf(stdout: object): number | undefined {
  return 'columns' in stdout && typeof stdout.columns === 'number' ? stdout.columns : undefined
}
