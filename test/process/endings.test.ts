import { describe, expect, it } from 'vitest'
import { closedPort } from './closed-port.js'
import { fixture, runProgram } from './run-program.js'
import { registerUrl, runWithSink, total } from './with-sink.js'

const work = (way: string) => ['--import', registerUrl, fixture('work.mjs'), way]
/** The bound on waiting plus what starting and ending a process takes on a busy machine. */
const MOST_MS = 8000

function told(stdout: string): number {
  const last = [...stdout.matchAll(/recorded (\d+)/g)].at(-1)
  return Number(last?.[1])
}

const ways: [string, number | null, NodeJS.Signals | undefined][] = [
  ['exit in the first millisecond', 3, undefined],
  ['exit in the middle of work', 4, undefined],
  ['records in an exit listener added later', 5, undefined],
  ['a throw', 1, undefined],
  ['an unhandled rejection', 1, undefined],
  ['natural end', 0, undefined],
  ['burst', 6, undefined],
  ['until a signal', null, 'SIGTERM'],
  ['until a signal', null, 'SIGINT'],
  ['own signal handler', 0, 'SIGTERM'],
]

const signaling = (signal: NodeJS.Signals | undefined) =>
  signal === undefined
    ? {}
    : {
        whileRunning: async (
          child: { kill(signal: NodeJS.Signals): boolean },
          output: { shows(text: string): Promise<unknown> },
        ) => {
          await output.shows('ready')
          child.kill(signal)
        },
      }

describe.each([
  ['a quick collector', {}, {}],
  ['a collector that answers after 300 ms', { delayMs: 300 }, {}],
  ['no thread', {}, { ORDERSCOPE_THREAD: 'off' }],
])('with %s everything arrives', (_, sinkOptions, env) => {
  it.each(ways)('%s (exit code %s, signal %s)', async (way, code, signal) => {
    const result = await runWithSink(work(way), { env, ...signaling(signal) }, sinkOptions)
    const recorded = told(result.stdout)
    expect(result.stderr).not.toContain('ended with')
    expect(new Set(result.sink.spans.map(span => span.spanId)).size).toBe(recorded)
    expect(result.sink.logs.length).toBe(recorded)
    expect(total(result.sink, 'bot.ticks')).toBe(recorded)
    const killed = signal !== undefined && way === 'until a signal'
    expect([result.code, result.signal]).toEqual([code, killed ? signal : null])
  })
})

describe('with a collector that takes nothing the process ends within the bound and says what was lost', () => {
  const lossy: [string, number | null, NodeJS.Signals | undefined][] = [
    ['exit in the first millisecond', 3, undefined],
    ['exit in the middle of work', 4, undefined],
    ['a throw', 1, undefined],
    ['natural end', 0, undefined],
    ['until a signal', null, 'SIGTERM'],
  ]

  it.concurrent.each(lossy)('never answers: %s', async (way, code, signal) => {
    const result = await runWithSink(work(way), signaling(signal), { respond: () => 'never' })
    const recorded = told(result.stdout)
    expect(result.stderr).toMatch(
      new RegExp(`ended with ${recorded} spans and ${recorded} log records that no collector took within 2 s`),
    )
    expect([result.code, result.signal]).toEqual([code, signal ?? null])
    expect(result.tookMs).toBeLessThan(MOST_MS)
  })

  it.each(lossy)('dead: %s', async (way, code, signal) => {
    const port = await closedPort()
    const result = await runProgram(work(way), {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      },
      ...signaling(signal),
    })
    const recorded = told(result.stdout)
    expect(result.stderr).toMatch(new RegExp(`ended with ${recorded} spans and ${recorded} log records`))
    expect(result.stderr).toContain(`127.0.0.1:${port}`)
    expect([result.code, result.signal]).toEqual([code, signal ?? null])
    expect(result.tookMs).toBeLessThan(MOST_MS)
  })

  it('waits no longer than ORDERSCOPE_EXIT_TIMEOUT_MS', async () => {
    const result = await runWithSink(
      work('exit in the first millisecond'),
      { env: { ORDERSCOPE_EXIT_TIMEOUT_MS: '100' } },
      { respond: () => 'never' },
    )
    expect(result.stderr).toMatch(/ended with 50 spans and 50 log records that no collector took within 0.1 s/)
    expect(result.code).toBe(3)
  })

  it('says nothing when there is nothing to lose', async () => {
    const port = await closedPort()
    const result = await runProgram(['--import', registerUrl, '-e', 'process.exit(0)'], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
    })
    expect(result.stderr).not.toContain('ended with')
    expect(result.code).toBe(0)
  })
})
