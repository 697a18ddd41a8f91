import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closedPort } from './closed-port.js'
import { fixture, root } from './run-program.js'
import { register, registerUrl, runWithSink, total } from './with-sink.js'

const count = (names: readonly string[], name: string) => names.filter(each => each === name).length

describe("the application's own worker threads", () => {
  it.each([
    ['--import', registerUrl, {}],
    ['--require', register, {}],
    ['--import', registerUrl, { ORDERSCOPE_THREAD: 'off' }],
  ])('write to the same telemetry (%s %s %o)', async (flag, file, env) => {
    let text = ''
    const result = await runWithSink([flag, file, fixture('threads.mjs')], {
      env,
      whileRunning: async (_, output) => {
        const [, url] = await output.shows(/metrics (http:\/\/127\.0\.0\.1:\d+\/metrics)/, 'stderr')
        // until both threads are there
        do text = await (await fetch(url!)).text()
        while (text.match(/^bot_depth\{/gm)?.length !== 3 && !output.stdout.includes('done'))
      },
    })
    expect(result.stdout).toBe('ready\ndone\n')
    expect(result.code).toBe(0)
    expect(count(result.spans, 'main')).toBe(6)
    expect(count(result.spans, 'thread 1')).toBe(11)
    expect(count(result.spans, 'thread 2')).toBe(21)
    expect(total(result.sink, 'bot.ticks')).toBe(38)
    const scraped = [...text.matchAll(/^bot_ticks_total(?:\{.*\})? (\d+)/gm)].map(([, value]) => Number(value))
    expect(scraped.sort((a, b) => a - b)).toEqual([5, 10, 20])
    for (const thread of ['main', '1', '2']) expect(text).toMatch(new RegExp(`^bot_depth\\{.*thread="${thread}"`, 'm'))
    // one process, one telemetry thread, one line
    expect(new Set(result.sink.spans.map(span => span.resource['service.instance.id'])).size).toBe(1)
    expect(result.stderr.match(/^orderscope /gm)).toHaveLength(1)
  })

  it('lose nothing when the main thread exits', async () => {
    const result = await runWithSink(['--import', registerUrl, fixture('threads.mjs'), 'exit'])
    expect(result.spans).toHaveLength(38)
    expect(total(result.sink, 'bot.ticks')).toBe(38)
  })
})

describe('child processes', () => {
  it.each([
    ['fork', ['--import', registerUrl], {}, 1],
    ['fork', ['--require', register], {}, 1],
    ['cluster', ['--import', registerUrl], {}, 2],
    ['spawn', [], { NODE_OPTIONS: `--import ${registerUrl}` }, 1],
    ['fork', [], { NODE_OPTIONS: `--require ${register}` }, 1],
  ])('%s %o %o: told apart, and only the first has the scrape port', async (way, flags, env, children) => {
    const port = await closedPort()
    const result = await runWithSink([...flags, fixture('forks.mjs'), way], {
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(port), ...env },
    })
    expect(result.stdout).toBe('done\n')
    expect(result.spans).toEqual([...Array(children).fill('child'), 'parent'])
    const instances = result.sink.spans.map(span => span.resource['service.instance.id'])
    const pids = result.sink.spans.map(span => span.resource['process.pid'])
    expect([new Set(instances).size, new Set(pids).size]).toEqual([children + 1, children + 1])
    const ports = [...result.stderr.matchAll(/metrics http:\/\/127\.0\.0\.1:(\d+)\/metrics/g)].map(([, each]) =>
      Number(each),
    )
    expect(ports).toHaveLength(children + 1)
    expect(new Set(ports).size).toBe(children + 1)
    expect(ports).toContain(port)
    expect(result.stderr).not.toContain('taken')
  })

  it('one that is given a port of its own has it', async () => {
    const [port, own] = [await closedPort(), await closedPort()]
    const result = await runWithSink(
      ['--import', registerUrl, fixture('forks.mjs'), 'with a port of its own', String(own)],
      { env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(port) } },
    )
    for (const each of [port, own]) expect(result.stderr).toContain(`http://127.0.0.1:${each}/metrics`)
  })
})

describe('a program started by npm under NODE_OPTIONS', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'orderscope-npm-'))
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
    writeFileSync(
      join(directory, 'package.json'),
      JSON.stringify({ name: 'started-by-npm', version: '1.0.0', scripts: { bot: `node bot.mjs` } }),
    )
    writeFileSync(
      join(directory, 'bot.mjs'),
      `import { trace } from '@opentelemetry/api'
       trace.getTracer('bot').startSpan('bot').end()
       setTimeout(() => console.log('ran'), 700)`,
    )
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('has the scrape port, npm has nothing', async () => {
    const npm = execFileSync('which', ['npm'], { encoding: 'utf8' }).trim()
    const port = await closedPort()
    const result = await runWithSink([npm, 'run', '--silent', 'bot'], {
      cwd: directory,
      env: {
        NODE_OPTIONS: `--import ${registerUrl}`,
        OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
        NO_UPDATE_NOTIFIER: '1',
      },
    })
    expect(result.stdout).toBe('ran\n')
    expect(result.sink.spans.filter(span => span.name === 'bot')).toHaveLength(1)
    expect(new Set(result.sink.spans.map(span => span.resource['service.name']))).toEqual(new Set(['started-by-npm']))
    expect(result.stderr.match(/^orderscope 0/gm)).toHaveLength(1)
    expect(result.stderr).toContain(`http://127.0.0.1:${port}/metrics`)
  })
})
