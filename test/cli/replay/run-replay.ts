import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCli } from '../../../src/cli/run.js'

/** What a run of `replay` came to. */
export interface ReplayRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The objects of `--json`, one a line. */
  readonly objects: Record<string, unknown>[]
}

/** A directory for logs; `remove` it in the end. */
export class ReplayDirectory {
  readonly #path = mkdtempSync(join(tmpdir(), 'orderscope-replay-'))
  #files = 0

  /** Writes a file (one character a byte) and gives its path. */
  write(content: string | Uint8Array): string {
    const file = join(this.#path, `${this.#files++}`)
    writeFileSync(file, typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
    return file
  }

  remove(): void {
    rmSync(this.#path, { recursive: true })
  }
}

/** Runs `orderscope replay`. */
export async function runReplay(...args: string[]): Promise<ReplayRun> {
  let stdout = ''
  let stderr = ''
  const code = await runCli(['replay', ...args], {
    stdout: { write: text => (stdout += text) },
    stderr: { write: text => (stderr += text) },
  })
  return {
    code,
    stdout,
    stderr,
    get objects() {
      return stdout
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line) as Record<string, unknown>)
    },
  }
}
