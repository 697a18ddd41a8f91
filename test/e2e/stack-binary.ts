import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BIN } from '../../scripts/stack/folders.mjs'

/**
 * A program of the stack: the pinned one that `npm run stack:install` has put into the cache.
 *
 * @throws {Error} that says how to get it.
 */
export function stackBinary(name: 'amtool' | 'alertmanager' | 'jaeger' | 'otelcol-contrib' | 'prometheus'): string {
  const path = join(BIN, name)
  if (existsSync(path)) return path
  throw new Error(`${path} is not there: \`npm run stack:install\` gets it.`)
}

/** Runs amtool to its end; what it said is in the error when it failed. */
export function amtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(stackBinary('amtool'), args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`amtool ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}
