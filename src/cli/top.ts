import { readTerminalSettings, type TerminalSettings } from '../telemetry/settings-terminal.js'
import type { CliIo } from './io.js'
import { paintFor } from './paint.js'
import { picture } from './top/picture.js'
import { plainLine } from './top/plain-line.js'
import { takeReading } from './top/reading.js'
import { Screen, type TerminalStreams } from './top/screen.js'
import { findTarget, isRunning, NotFoundError } from './top/target.js'
import { History, type View } from './top/view.js'
import { UsageError } from './usage-error.js'

const INTERVAL_MS = 1000
const REFUSED = 'it refuses the connection'
/** A look takes a few milliseconds. */
const OLD_MS = 2500
/** Of a terminal that doesn't say how large it is (a container's, an `expect`'s): what most have. */
const DEFAULT_SIZE = { columns: 80, rows: 24 } as const

/**
 * `orderscope top [PID|URL]`: watches a process through its telemetry thread, which answers also while the loop
 * hangs. Gives 0 when the user ends it or the process has ended, 1 when there is nothing to watch.
 */
export async function runTop(args: readonly string[], io: CliIo): Promise<number> {
  const option = args.find(arg => arg.startsWith('-'))
  if (option !== undefined) throw new UsageError(`top: "${option}" is not an option; there is a PID or an address`)
  if (args.length > 1) throw new UsageError(`top: one process at a time, not ${args.length}`)
  try {
    const url = await findTarget(args[0])
    const watch = new Watch(url)
    await watch.look()
    if (watch.view === undefined) {
      io.stderr.write(`orderscope top: ${url} can't be watched: ${watch.trouble}\n`)
      return 1
    }
    const settings = readTerminalSettings()
    await (isTerminal(io) && !settings.isDumb ? drawn(watch, io, settings) : written(watch, io))
    if (watch.hasEnded) io.stderr.write(`orderscope top: process ${watch.pid} has ended\n`)
    return 0
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    io.stderr.write(`orderscope top: ${error.message}\n`)
    return 1
  }
}

/** What is known of the process. */
class Watch {
  readonly #url: string
  readonly #history = new History()
  readonly #abort = new AbortController()
  view: View | undefined
  /** Why there is nothing new, in words. */
  trouble: string | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** Why what is shown is old. */
  get age(): string | undefined {
    if (this.trouble !== undefined || this.view === undefined) return this.trouble
    const age = Date.now() - this.view.at
    return age > OLD_MS ? `no answer for ${Math.round(age / 1000)} s` : undefined
  }

  get pid(): number | undefined {
    return this.view?.details.pid
  }

  /** It is a process of this machine, and is gone. */
  get hasEnded(): boolean {
    const isHere = /^(127\.|localhost$|\[::1\]$)/.test(new URL(this.#url).hostname)
    // a process behind a forwarded port has a PID of another machine: only a closed port says that it is gone
    return isHere && this.trouble === REFUSED && this.pid !== undefined && !isRunning(this.pid)
  }

  /** Ends a look that is under way. */
  stop(): void {
    this.#abort.abort()
  }

  async look(): Promise<void> {
    try {
      this.#history.add(await takeReading(this.#url, this.#abort.signal))
      this.view = this.#history.view(this.#url)
      this.trouble = undefined
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      this.trouble = code === 'ECONNREFUSED' ? REFUSED : `no answer (${message})`
    }
  }
}

function isTerminal(io: CliIo): io is CliIo & TerminalStreams {
  return io.stdin?.isTTY === true && (io.stdout as Partial<NodeJS.WriteStream>).isTTY === true
}

/** A line each second. */
async function written(watch: Watch, io: CliIo): Promise<void> {
  while (!watch.hasEnded) {
    io.stdout.write(
      watch.trouble === undefined
        ? `${plainLine(watch.view!)}\n`
        : `${new Date().toISOString()} · pid ${watch.pid} · ${watch.trouble}\n`,
    )
    await pause()
    await watch.look()
  }
}

async function drawn(watch: Watch, { stdin, stdout }: TerminalStreams, settings: TerminalSettings): Promise<void> {
  const paint = paintFor(stdout)
  let isOver = false
  let end = () => {}
  const ended = new Promise<void>(resolve => (end = resolve))
  const draw = () => {
    const columns = stdout.columns || DEFAULT_SIZE.columns
    const rows = stdout.rows || DEFAULT_SIZE.rows
    screen.show(picture(watch.view!, { columns, rows, paint, isAscii: settings.isAscii }, watch.age))
  }
  const quit = () => {
    isOver = true
    watch.stop()
    end()
  }
  const screen = new Screen({ stdin, stdout }, draw, quit)
  screen.open()
  try {
    while (!isOver && !watch.hasEnded) {
      draw()
      await Promise.race([pause(), ended])
      if (isOver) break
      const looked = watch.look().then(() => true)
      while (!isOver && !(await Promise.race([looked, pause().then(() => false)]))) draw()
    }
  } finally {
    screen.close()
  }
}

function pause(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, INTERVAL_MS))
}
