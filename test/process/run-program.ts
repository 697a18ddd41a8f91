import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

export function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Milliseconds after which the program is killed; the test sees the signal SIGKILL then. */
  readonly timeoutMs?: number
  /** Called once it runs, to send signals or scrape. */
  readonly whileRunning?: (child: ChildProcess, output: Output) => Promise<void> | void
}

export interface Output {
  stdout: string
  stderr: string
  /** Resolves when stdout holds the text; rejects when the program ends without it. */
  shows(text: string | RegExp, stream?: 'stdout' | 'stderr'): Promise<RegExpMatchArray>
}

export interface Result {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly tookMs: number
  /** Since its first output: how long it takes to start is a matter of the machine. */
  readonly tookSinceOutputMs: number
}

/** The environment of a fresh shell: nothing that belongs to the one that runs the tests. */
export function cleanEnvironment(own: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot']
  const base = Object.fromEntries(kept.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])))
  return { ...base, ...own }
}

/** Runs `node …args` to its end. */
export async function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Result> {
  const started = performance.now()
  const child = spawn(process.execPath, args, {
    env: cleanEnvironment(options.env),
    cwd: options.cwd ?? root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 20_000)
  const waiting: (() => void)[] = []
  let ended = false
  let firstOutput: number | undefined
  const output: Output = {
    stdout: '',
    stderr: '',
    shows: (text, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = output[stream].match(text)
          if (found !== null) resolve(found)
          else if (ended) reject(new Error(`the program ended without ${text}:\n${output.stdout}\n${output.stderr}`))
        }
        waiting.push(look)
        look()
      }),
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
      if (stream === 'stdout') firstOutput ??= performance.now()
      for (const look of waiting) look()
    })
  }
  const closed = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      ended = true
      for (const look of waiting) look()
      resolve({ code, signal })
    })
  })
  try {
    await options.whileRunning?.(child, output)
  } catch (error) {
    child.kill('SIGKILL')
    await closed
    throw error
  }
  const end = await closed
  clearTimeout(timer)
  const now = performance.now()
  return {
    ...end,
    stdout: output.stdout,
    stderr: output.stderr,
    tookMs: now - started,
    tookSinceOutputMs: now - (firstOutput ?? started),
  }
}
