import { describe, expect, it } from 'vitest'
import { fixture, runProgram } from './run-program.js'
import { registerUrl } from './with-sink.js'

const quiet = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_EXPORTER_PROMETHEUS_PORT: '0' }

describe('OTEL_PROPAGATORS', () => {
  it.each<[string, (trace: string, span: string) => Record<string, string>]>([
    ['tracecontext', (trace, span) => ({ traceparent: `00-${trace}-${span}-01` })],
    ['b3', (trace, span) => ({ b3: `${trace}-${span}-1` })],
    ['b3multi', (trace, span) => ({ 'x-b3-traceid': trace, 'x-b3-spanid': span, 'x-b3-sampled': '1' })],
    ['jaeger', (trace, span) => ({ 'uber-trace-id': `${trace}:${span}:0:01` })],
    ['tracecontext,b3', (trace, span) => ({ traceparent: `00-${trace}-${span}-01`, b3: `${trace}-${span}-1` })],
  ])('%s is written and read', async (names, expected) => {
    const { stdout, stderr } = await runProgram(['--import', registerUrl, fixture('injects.mjs')], {
      env: { ...quiet, OTEL_PROPAGATORS: names },
    })
    expect(stderr).not.toContain('OTEL_PROPAGATORS')
    const { span, headers, read } = JSON.parse(stdout)
    expect(headers).toEqual(expected(span.traceId, span.spanId))
    expect(read).toMatchObject({ traceId: span.traceId, spanId: span.spanId, isRemote: true })
  })
})

describe('OTEL_METRICS_EXPORTER=console', () => {
  it.each([
    ['on the thread', {}],
    ['in the loop', { ORDERSCOPE_THREAD: 'off' }],
  ])('prints at the end what nobody else has been told, %s', async (_, place) => {
    const { stdout, code } = await runProgram(
      ['--import', registerUrl, fixture('work.mjs'), 'exit in the middle of work'],
      // a busy machine may take longer to print it than a process waits by default
      { env: { ...quiet, ...place, OTEL_METRICS_EXPORTER: 'console', ORDERSCOPE_EXIT_TIMEOUT_MS: '10000' } },
    )
    const recorded = Number(/recorded (\d+)/.exec(stdout)?.[1])
    expect(stdout).toMatch(/name: 'bot\.ticks'/)
    expect(stdout.slice(stdout.indexOf("name: 'bot.ticks'"))).toMatch(new RegExp(`value: ${recorded}\\b`))
    expect(code).toBe(4)
  })

  it('prints again and again', async () => {
    const { stdout } = await runProgram(['--import', registerUrl, fixture('work.mjs'), 'until a signal'], {
      env: { ...quiet, OTEL_METRICS_EXPORTER: 'console', OTEL_METRIC_EXPORT_INTERVAL: '100' },
      whileRunning: async (child, output) => {
        await output.shows(/name: 'bot\.ticks'[\s\S]*name: 'bot\.ticks'/)
        child.kill('SIGTERM')
      },
    })
    expect(stdout).toContain("name: 'bot.ticks'")
  })
})
