import { describe, expect, it } from 'vitest'
import { closedPort } from './closed-port.js'
import { fixture, runProgram } from './run-program.js'
import { registerUrl, runWithSink, total } from './with-sink.js'

const work = (way: string) => ['--import', registerUrl, fixture('work.mjs'), way]
/** The bound on waiting plus what ending a process takes on a busy machine. */
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
    // 40,000 records: their collector here is the process of the tests, which shares the machine and takes its time
    const patience = way === 'burst' ? { ORDERSCOPE_EXIT_TIMEOUT_MS: '10000' } : {}
    const result = await runWithSink(work(way), { env: { ...env, ...patience }, ...signaling(signal) }, sinkOptions)
    const recorded = told(result.stdout)
    expect(result.stderr).not.toContain('ended with')
    expect(new Set(result.sink.spans.map(span => span.spanId)).size).toBe(recorded)
    expect(result.sink.logs.length).toBe(recorded)
    expect(total(result.sink, 'bot.ticks')).toBe(recorded)
    const killed = signal !== undefined && way === 'until a signal'
    expect([result.code, result.signal]).toEqual([code, killed ? signal : null])
  })
})

it.each(['exit', 'natural end'])(
  'orders that are open at the end arrive though the queue has no room for all: %s',
  async way => {
    const env = { ORDERSCOPE_RING_BYTES: '64KiB', OTEL_LOGS_EXPORTER: 'none', ORDERSCOPE_EXIT_TIMEOUT_MS: '20000' }
    const args = ['--import', registerUrl, fixture('open-orders.mjs'), '3000', way]
    const { spans, stderr, code } = await runWithSink(args, { env, timeoutMs: 40_000 })
    expect(stderr).not.toContain('ended')
    expect(spans.filter(name => name === 'order')).toHaveLength(3000)
    expect(code).toBe(0)
  },
)

describe('with a collector that takes nothing the process ends within the bound and says what was lost', () => {
  const lossy: [string, number | null, NodeJS.Signals | undefined][] = [
    ['exit in the first millisecond', 3, undefined],
    ['exit in the middle of work', 4, undefined],
    ['a throw', 1, undefined],
    ['natural end', 0, undefined],
    ['until a signal', null, 'SIGTERM'],
  ]

  describe.each([['prometheus'], ['prometheus,otlp']])('no thread, metrics by %s', exporter => {
    it.concurrent.each([
      ['never answers', 'natural end'],
      ['dead', 'natural end'],
      ['never answers', 'exit in the middle of work'],
      ['dead', 'exit in the middle of work'],
    ])('%s: %s', async (how, way) => {
      const env = { ORDERSCOPE_THREAD: 'off', OTEL_METRICS_EXPORTER: exporter }
      const endpoint = how === 'dead' ? { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await closedPort()}` } : {}
      const result = await runWithSink(work(way), { env: { ...env, ...endpoint } }, { respond: () => 'never' })
      const recorded = told(result.stdout)
      expect(result.stderr).toMatch(
        new RegExp(`ended with ${recorded} spans and ${recorded} log records that no collector took within 2 s`),
      )
      expect(result.code).toBe(way === 'natural end' ? 0 : 4)
      expect(result.tookSinceOutputMs).toBeLessThan(MOST_MS)
    })
  })

  it.concurrent.each(lossy)('never answers: %s', async (way, code, signal) => {
    const result = await runWithSink(work(way), signaling(signal), { respond: () => 'never' })
    const recorded = told(result.stdout)
    expect(result.stderr).toMatch(
      new RegExp(`ended with ${recorded} spans and ${recorded} log records that no collector took within 2 s`),
    )
    expect([result.code, result.signal]).toEqual([code, signal ?? null])
    expect(result.tookSinceOutputMs).toBeLessThan(MOST_MS)
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
    expect(result.tookSinceOutputMs).toBeLessThan(MOST_MS)
  })

  it('says how much found no room in the queue', async () => {
    const port = await closedPort()
    const result = await runProgram(work('burst'), {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
        ORDERSCOPE_RING_BYTES: '64KiB',
      },
    })
    const [, spans, logs, dropped] = result.stderr.match(
      /ended with (\d+) spans? and (\d+) log records? that no collector took within 2 s \(.*\); lost before: (\d+) records that found no room in the queue/,
    )!
    expect(Number(spans) + Number(logs) + Number(dropped)).toBe(2 * told(result.stdout))
    expect(Number(dropped)).toBeGreaterThan(30_000)
  })

  it.each([
    ['on the thread', {}],
    ['in the loop', { ORDERSCOPE_THREAD: 'off' }],
  ])('says how much was refused, when it happens and at the end, %s', async (_, env) => {
    const result = await runWithSink(
      work('own signal handler'),
      {
        env: { OTEL_METRICS_EXPORTER: 'prometheus', ...env },
        whileRunning: async (child, output) => {
          await output.shows('ready')
          child.kill('SIGTERM')
        },
      },
      { respond: () => ({ status: 400 }) },
    )
    expect(told(result.stdout)).toBe(6)
    const at = `http://127.0.0.1:\\d+ answered HTTP 400`
    expect(result.stderr).toMatch(
      new RegExp(`ended; lost before: 6 spans and 6 log records that were refused \\(${at}`),
    )
    expect(result.code).toBe(0)
  })

  it('says a refusal once for each collector when it happens', async () => {
    const result = await runWithSink(
      work('until a signal'),
      {
        env: { OTEL_METRICS_EXPORTER: 'prometheus' },
        whileRunning: async (child, output) => {
          await output.shows('that it got are lost; said once', 'stderr')
          child.kill('SIGTERM')
        },
      },
      { respond: () => ({ status: 400 }) },
    )
    expect(result.stderr.match(/said once/g)).toHaveLength(1)
    expect(result.stderr).toMatch(/ended; lost before: 25 spans and 25 log records that were refused/)
  })

  it('says once that a collector is not there, for all signals', async () => {
    const result = await runProgram(work('until a signal'), {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await closedPort()}`,
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_METRIC_EXPORT_INTERVAL: '200',
      },
      whileRunning: async (child, output) => {
        await output.shows('refused the connection', 'stderr')
        // the other signals have failed as well by now
        await new Promise(done => setTimeout(done, 500))
        child.kill('SIGTERM')
      },
    })
    expect(result.stderr.match(/kept and tried again/g)).toHaveLength(1)
    expect(result.stderr).toContain('The traces, logs and metrics are kept and tried again.')
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
