import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { GO } from './versions.mjs'

const PROGRESS_MS = 15_000
const LINES_OF_A_FAILURE = 20

/** Throws a sentence when there is no Go, or one that is too old. */
export function requireGo() {
  const { error, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
  const wanted = `Go ${GO} or newer is wanted on the PATH: the servers of the stack are compiled from their sources`
  if (error !== undefined) throw new Error(`${wanted}. There is no \`go\` on the PATH.`)
  const [major, minor] = numbers(stdout.trim().replace(/^go/, ''))
  const [wantedMajor, wantedMinor] = numbers(GO)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  throw new Error(`${wanted}. The one that is there is ${stdout.trim() || 'of no version that it tells'}.`)
}

/**
 * Runs `go`, tells now and then that it is still at work, and gives what it wrote to stdout.
 * Workspaces of the user's are left out; checksums are verified as the user's Go does by default.
 */
export function go(name, args, cwd) {
  const child = spawn('go', args, {
    cwd,
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '-buildvcs=false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const start = Date.now()
  let stdout = ''
  let lines = 0
  const last = []
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  createInterface({ input: child.stderr }).on('line', line => {
    lines += 1
    last.push(line)
    if (last.length > LINES_OF_A_FAILURE) last.shift()
  })
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - start) / 1000)
    console.log(`  ${name}: go ${args[0]}, ${seconds} s${lines === 0 ? '' : `, ${lines} lines, last ${last.at(-1)}`}`)
  }, PROGRESS_MS)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => {
      clearInterval(progress)
      if (code === 0) resolve(stdout)
      else reject(new Error(`\`go ${args.slice(0, 3).join(' ')} …\` failed:\n${last.join('\n')}`))
    })
  })
}

function numbers(version) {
  return version.split('.').map(Number)
}
