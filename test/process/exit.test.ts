import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cleanEnvironment, fixture, runProgram } from './run-program.js'

const ends = (way: string, signal?: NodeJS.Signals, env: Record<string, string> = {}) =>
  runProgram([fixture('ends.mjs'), way], {
    env,
    timeoutMs: 10_000,
    ...(signal && {
      whileRunning: async (child, output) => {
        await output.shows('ready')
        child.kill(signal)
      },
    }),
  })

describe('the end of a process', () => {
  it.each<[string, RegExp]>([
    ['natural', /^drained 1 within 1500\n$/],
    ['natural later', /^drained 1/],
    ['exit at once', /^drained 1/],
    ['exit later', /^drained 1/],
    ['exit code', /^drained 1/],
    ['listener added later', /^drained 2/],
    ['exit inside a listener', /^drained 1/],
    ['listener that throws', /^drained 1/],
    ['throw', /^drained 1/],
    ['throw at once', /^drained 1/],
    ['rejection', /^drained 1/],
    ['throw in the handler of a throw', /^drained 2/],
    ['emit replaced', /^drained 1/],
    ['unwatched', /^$/],
  ])('%s: the drain runs once, after everything, and the exit code stays', async (way, stdout) => {
    const [result, bare] = await Promise.all([ends(way), ends(way, undefined, { BARE: '1' })])
    expect(result.stdout).toMatch(stdout)
    expect(result.stdout.match(/drained/g) ?? []).toHaveLength(way === 'unwatched' ? 0 : 1)
    expect([result.code, result.signal]).toEqual([bare.code, bare.signal])
    // what Node shows of an error is the application's line
    expect(result.stderr).not.toMatch(/exit\.js:\d+\n/)
  })

  it.each([['caught around the handler of a throw'], ['emits exit itself']])(
    '%s: a process that went on is drained again when it ends',
    async way => {
      const [result, bare] = await Promise.all([ends(way), ends(way, undefined, { BARE: '1' })])
      expect(result.stdout).toMatch(/^drained 1 within 1500\ndrained 2 within 1[45]\d\d\n$/)
      expect(result.code).toBe(bare.code)
    },
  )

  it('says what was lost', async () => {
    const { stderr, code } = await ends('exit at once', undefined, { LOST: '1' })
    expect(stderr).toBe(
      'orderscope: ended with 312 spans and 1 log record that no collector took within 1.5 s (nobody there)\n',
    )
    expect(code).toBe(3)
  })
})

describe('a signal', () => {
  it.each<[NodeJS.Signals]>([['SIGINT'], ['SIGTERM'], ['SIGHUP']])(
    '%s ends the process as it would have, after the drain',
    async signal => {
      const result = await ends('waits for a signal', signal)
      expect(result.stdout).toBe('ready\ndrained 1 within 1500\n')
      expect([result.code, result.signal]).toEqual([null, signal])
    },
  )

  it.each<[string, NodeJS.Signals, string]>([
    ['own handler that stays', 'SIGTERM', 'ready\nkept\ndrained 1 within 1500\n'],
    ['own handler once', 'SIGTERM', 'ready\ndrained 2 within 1500\n'],
    ['own handler removed again', 'SIGTERM', 'ready\ndrained 1 within 1500\n'],
    ['a library that ends the process when nobody else listens', 'SIGINT', 'ready\ndrained 2 within 1500\n'],
  ])('%s', async (way, signal, stdout) => {
    const [result, bare] = await Promise.all([ends(way, signal), ends(way, signal, { BARE: '1' })])
    expect(result.stdout).toBe(stdout)
    expect([result.code, result.signal]).toEqual([bare.code, bare.signal])
  })
})

/** What makes a process the first one of a PID namespace, as in a container. */
const [command, ...asFirst] = ['unshare', '-Upf', '--kill-child', '--mount-proc'] as const
const mayBeFirst = process.platform === 'linux' && spawnSync(command, [...asFirst, 'true']).status === 0

describe.runIf(mayBeFirst)('the first process of a container', () => {
  it.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('ends by %s with code %d, after the drain, though the kernel ignores it there', async (signal, code) => {
    const child = spawn(
      command,
      [...asFirst, process.execPath, fixture('ends.mjs'), 'waits for a signal, records at exit'],
      {
        env: cleanEnvironment(),
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let stdout = ''
    const ended = new Promise<number | null>(resolve => child.once('close', resolve))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (text.includes('ready')) {
        const first = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
        process.kill(Number(first.trim()), signal)
      }
    })
    expect(await ended).toBe(code)
    // what the application's listeners record then arrives too, and both share the bound
    expect(stdout).toMatch(/^ready\ndrained 1 within 1500\ndrained 2 within 1[45]\d\d\n$/)
  })
})
