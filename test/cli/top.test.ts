import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { closedPort } from '../process/closed-port.js'
import { type Output, type ProgramOptions, root, runProgram } from '../process/run-program.js'
import { registerUrl } from '../process/with-sink.js'

const cli = join(root, 'dist/cli/main.js')
const bot = fileURLToPath(new URL('./fixtures/trading-bot.mjs', import.meta.url))

type Running = NonNullable<ProgramOptions['whileRunning']>

/** A bot that trades, on a port of its own, for as long as `whileRunning` lasts. */
function trading(whileRunning: Running, env: Record<string, string> = {}, hangMs = 6000) {
  return runProgram(['--import', registerUrl, bot, String(hangMs)], {
    timeoutMs: 55_000,
    env: {
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      ORDERSCOPE_HANG_AFTER_MS: '1000',
      ...env,
    },
    whileRunning: async (child, output) => {
      await output.shows('ready')
      await output.shows('/metrics', 'stderr')
      await whileRunning(child, output)
      child.kill('SIGKILL')
    },
  })
}

async function address(output: Output): Promise<string> {
  const [, url] = await output.shows(/metrics (http:\/\/\S+\/metrics)/, 'stderr')
  return url!
}

const top = (args: string[], whileRunning?: Running, env: Record<string, string> = {}) =>
  runProgram([cli, 'top', ...args], { env, timeoutMs: 40_000, ...(whileRunning && { whileRunning }) })

describe('orderscope top, in a pipe', () => {
  it('writes a line each second, and says where the loop hangs and that it turns again', async () => {
    await trading(async (child, output) => {
      const url = await address(output)
      const watched = await top([url], async (watch, seen) => {
        await seen.shows(/submitted [1-9][\d.]*\/s \(\d+\).*executions [1-9]/)
        child.kill('SIGUSR2')
        await seen.shows(/LOOP HANGS since [\d.]+ s in order\.risk_check of d-000117 · loop/)
        await output.shows('turning')
        await seen.shows(/LOOP HANGS[\s\S]*\n[^\n]* ready · loop \d/)
        watch.kill('SIGTERM')
      })
      const lines = watched.stdout.trimEnd().split('\n')
      expect(lines.length).toBeGreaterThan(4)
      for (const line of lines) expect(line).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\dT\\S+Z · pid ${child.pid} · `))
      expect(lines.at(-1)).toMatch(
        /submitted .* · done .* · executions .* · rejected .*active \d+ \([a-z_]+ \d+(?:, [a-z_]+ \d+)*\) · submit p50 .* p99 .* · ack p50 \S+ ms p99 .* · dropped 0$/,
      )
      expect(watched.stdout).not.toContain('\u001b')
      expect(watched.stderr).toBe('')
    })
  })

  it('ends with the process', async () => {
    await trading(async (child, output) => {
      const url = await address(output)
      const watched = await top([url], async (_, seen) => {
        await seen.shows('submitted')
        child.kill('SIGKILL')
      })
      expect(watched.code).toBe(0)
      expect(watched.stderr).toBe(`orderscope top: process ${child.pid} has ended\n`)
    })
  })

  it.runIf(process.platform === 'linux')('finds a process by its PID, and lists several', async () => {
    await trading(async first => {
      const byPid = await top([String(first.pid)], async (watch, seen) => {
        await seen.shows(`pid ${first.pid}`)
        watch.kill('SIGTERM')
      })
      expect(byPid.stdout).toContain(` · pid ${first.pid} · ready · `)
      await trading(async second => {
        const all = await top([])
        expect(all.code).toBe(1)
        expect(all.stderr).toMatch(/^orderscope top: \d+ processes have orderscope; choose one:\n/)
        for (const { pid } of [first, second]) {
          expect(all.stderr).toMatch(
            new RegExp(`npx orderscope top ${pid} {3}http://127\\.0\\.0\\.1:\\d+ {3}trading-bot\\.mjs`),
          )
        }
      })
    })
  })

  it('says what is wrong with what it is given', async () => {
    const foreign = createServer((_, response) => response.end('hello'))
    await new Promise<void>(resolve => foreign.listen(0, '127.0.0.1', resolve))
    const { port: foreignPort } = foreign.address() as AddressInfo
    // behind the server, which might be given it otherwise
    const port = await closedPort()
    const results = await Promise.all([
      top([`:${port}`]),
      top([`127.0.0.1:${foreignPort}`]),
      top(['2147483646']),
      top([String(process.pid)]),
      top(['http://[']),
      top(['--fast']),
    ])
    foreign.close()
    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual([
      [1, `orderscope top: http://127.0.0.1:${port} can't be watched: it refuses the connection\n`],
      [
        1,
        `orderscope top: http://127.0.0.1:${foreignPort} can't be watched: no answer (what answers there is no process with orderscope)\n`,
      ],
      [1, 'orderscope top: there is no process 2147483646; for a port, write :2147483646\n'],
      [1, expect.stringMatching(/^orderscope top: process \d+ has no scrape endpoint of orderscope/)],
      [2, expect.stringMatching(/^orderscope top: "http:\/\/\[" is neither a PID nor an address/)],
      [2, expect.stringMatching(/^orderscope top: "--fast" is not an option/)],
    ])
  })
})

/** util-linux's `script` runs a command in a terminal of its own. */
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

describe.runIf(hasScript)('orderscope top, in a terminal', () => {
  const ENTER = '\u001b[?1049h\u001b[?25l'
  const LEAVE = '\u001b[?25h\u001b[?1049l'

  /** What a terminal of that size gets from a command that a key ends; `script` reads keys from a pipe. */
  function inTerminal(size: string, command: string, key: string): string {
    const keys = `{ sleep 5; printf '${key}'; sleep 1; }`
    return spawnSync('bash', ['-c', `${keys} | script -qefc 'stty ${size}; ${command}' /dev/null`], {
      encoding: 'utf8',
      timeout: 40_000,
      // `script` asks it which shell to start, and shells differ in what they make of a last command
      env: { ...process.env, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    }).stdout
  }

  it.each([
    // Node takes a terminal for one without colours where CI is set
    ['q', 'env -u NO_COLOR -u FORCE_COLOR -u CI LC_ALL=C.UTF-8', true],
    ['\\003', 'env -u FORCE_COLOR NO_COLOR=1 LC_ALL=C.UTF-8', false],
  ])('%s ends it and leaves the terminal as it was (%s)', async (key, env, isColored) => {
    await trading(async (_, output) => {
      const command = `${env} ${process.execPath} ${cli} top ${await address(output)}; echo "ended $?"; stty -a`
      const [before = '', after = ''] = inTerminal('cols 90 rows 30', command, key).split(LEAVE)
      expect(before).toContain(ENTER)
      const drawn = before.slice(before.indexOf(ENTER))
      expect(after).toMatch(/^\s*ended 0/)
      // line by line again, and with echo
      expect(after).toMatch(/[^-]icanon/)
      expect(after).toMatch(/ echo /)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
      expect(/\u001b\[\d+m/.test(drawn)).toBe(isColored)
      const frame = drawn.split('\u001b[H').at(-1)!
      for (const word of ['ORDERS', 'STAGES', 'ACTIVE', 'TELEMETRY', 'submitted', 'ack', 'rate_limited', '█']) {
        expect(frame).toContain(word)
      }
    })
  })

  it('without a cursor (TERM=dumb) it writes lines, without a size it takes the usual one', async () => {
    await trading(async (_, output) => {
      const command = `${process.execPath} ${cli} top ${await address(output)}`
      const lines = inTerminal('cols 90 rows 30', `TERM=dumb ${command}`, '\\003')
      expect(lines).not.toContain('\u001b')
      expect(lines).toMatch(/^\d{4}-\d\d-\d\dT\S+Z · pid \d+ · ready/m)
      const frame = inTerminal('cols 0 rows 0', command, 'q').split('\u001b[H').at(-1)!
      expect(frame).toContain('TELEMETRY')
    })
  })
})
