import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Effort, Figures, Work } from './sample.js'

/** A side that takes longer has failed. */
const TIMEOUT_MS = 10 * 60_000

/** Runs one side of a work once, in a process of its own. */
export async function runSide(name: string, work: Work, side: string, effort: Effort): Promise<Figures> {
  const command = [
    ...(work.oneCore === true && process.platform === 'linux' ? ['taskset', '-c', '0'] : []),
    process.execPath,
    '--expose-gc',
    ...(work.nodeFlags ?? []),
    fileURLToPath(new URL('run-side.js', import.meta.url)),
    name,
    side,
    effort.short ? 'short' : 'whole',
  ]
  const child = spawn(command[0]!, command.slice(1), {
    // what the user's shell says of OpenTelemetry is no part of the comparison
    env: { ...withoutTelemetry(process.env), ...work.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const figures = output.split('\n').findLast(line => line.startsWith('{'))
  if (code !== 0 || figures === undefined) {
    throw new Error(`"${name}" by ${side} ended with ${code} and no figures:\n${errors || output}`)
  }
  return JSON.parse(figures) as Figures
}

function withoutTelemetry(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(OTEL_|ORDERSCOPE_|NODE_OPTIONS$)/.test(name)),
  )
}
