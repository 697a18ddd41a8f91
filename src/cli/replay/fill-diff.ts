import type { ReplayArguments } from './arguments.js'
import { diffAsJson, diffAsText } from './diff-report.js'
import { compareFills } from './fill-comparison.js'
import { FillLedger } from './fills.js'
import type { Follower } from './follower.js'
import { fileProblem } from './log-file.js'
import type { Output } from './output.js'
import { printable } from './printable.js'
import type { Told } from './replayer.js'
import { readVenueHistory, type VenueHistory } from './venue-history.js'

/** The fills differ, and the exit code was to say so; 1 and 2 mean that the work couldn't be done. */
const DIFFERENT = 3

/** Compares the fills of a log with a venue's history. */
export class FillDiff implements Follower {
  readonly #history: VenueHistory
  readonly #options: ReplayArguments
  readonly #output: Output
  readonly #ledger = new FillLedger()
  #logBegin: number | undefined

  constructor(history: VenueHistory, options: ReplayArguments, output: Output) {
    this.#history = history
    this.#options = options
    this.#output = output
  }

  /** Reads the history; `undefined` when that can't be done, which is said. */
  static async open(
    path: string,
    options: ReplayArguments,
    output: Output,
    say: (sentence: string) => void,
  ): Promise<FillDiff | undefined> {
    try {
      const history = await readVenueHistory(path)
      for (const problem of history.problems) say(printable(`${path}: ${problem}`))
      // an empty history is one, but what holds something else is none
      if (history.entries > 0 || history.problems.length === 0) return new FillDiff(history, options, output)
      say(`${path} is no history: write a FIX log (drop copy), or ccxt's trades as a JSON array or one a line`)
    } catch (error) {
      const problem = fileProblem(error, path)
      if (problem === undefined) throw error
      say(problem)
    }
    return undefined
  }

  follow(told: Told): undefined {
    this.#logBegin ??= told.time
    this.#ledger.follow(told)
  }

  async end(logEnd: number | undefined): Promise<number> {
    const log = this.#ledger.fills
    const { fills: history } = this.#history
    const comparison = compareFills(log, history)
    const counts = { log: log.length, history: history.length, logBegin: this.#logBegin, logEnd }
    const lines = this.#options.json ? diffAsJson(comparison, counts) : diffAsText(comparison, counts)
    for (const line of lines) {
      const wait = this.#output.write(line)
      if (wait !== undefined) await wait
    }
    return this.#options.exitCode && comparison.differences.length > 0 ? DIFFERENT : 0
  }
}
