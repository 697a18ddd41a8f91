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
    await (isTerminal(io) ? drawn(watch, io) : written(watch, io))
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

async function drawn(watch: Watch, { stdin, stdout }: TerminalStreams): Promise<void> {
  const paint = paintFor(stdout)
  let isOver = false
  let end = () => {}
  const ended = new Promise<void>(resolve => (end = resolve))
  const draw = () =>
    screen.show(picture(watch.view!, { columns: stdout.columns, rows: stdout.rows, paint }, watch.trouble))
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
      if (!isOver) await watch.look()
    }
  } finally {
    screen.close()
  }
}

function pause(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, INTERVAL_MS))
}
