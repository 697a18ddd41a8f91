import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture, root } from './run-program.js'
import { registerUrl, runWithSink, total } from './with-sink.js'

const start = (way: string, env: Record<string, string> = {}, flags: string[] = []) =>
  runWithSink([...flags, fixture('from-code.mjs'), way], { env })

describe.each([
  ['a thread', {}],
  ['the loop', { ORDERSCOPE_THREAD: 'off' }],
])('startTelemetry in %s', (_, env) => {
  it('does what the preload does; shutdown delivers, may be called twice, and lets the process end', async () => {
    const result = await start('shutdown', env)
    expect(result.stdout).toBe('shut down\n')
    expect(result.spans).toEqual(['one'])
    expect(total(result.sink, 'bot.ticks')).toBe(3)
    expect(result.sink.spans[0]!.resource).toMatchObject({ 'service.name': 'from-code', desk: 'fx' })
    expect(result.code).toBe(0)
    expect(result.tookMs).toBeLessThan(9000)
  })

  it('can be started again after its shutdown', async () => {
    const result = await start('started again', env)
    expect(result.spans).toEqual(['after'])
    expect(result.sink.spans[0]!.resource['service.name']).toBe('second')
    expect(result.stderr).not.toContain('Warning')
  })

  it('flush waits until a collector has everything', async () => {
    const result = await start('flush', env)
    expect(result.stdout).toBe('flushed\n')
    expect(result.spans).toEqual(['one'])
  })

  it('flush rejects in time where nobody answers', async () => {
    const result = await runWithSink([fixture('from-code.mjs'), 'flush in vain'], { env }, { respond: () => 'never' })
    expect(result.stdout).toBe('orderscope: not everything was delivered within 300 ms\n')
  })
})

describe('startTelemetry', () => {
  it('started twice gives the same back, and says once that options came too late', async () => {
    const result = await start('twice')
    expect(result.stdout).toBe('true true\n')
    expect(result.stderr.match(/has no effect/g)).toHaveLength(1)
    expect(result.stderr).toContain('startTelemetry({ serviceName }) has no effect')
  })

  it('after the preload gives back what runs', async () => {
    const result = await start('twice', {}, ['--import', registerUrl])
    expect(result.stdout).toBe('true true\n')
    expect(result.stderr.match(/^orderscope 0/gm)?.length ?? 0).toBeLessThanOrEqual(1)
  })

  it('throws for a bad option, and starts nothing', async () => {
    const result = await start('a bad option')
    expect(result.stdout).toBe(
      'TypeError: startTelemetry: there is no option servicename; did you mean serviceName?\n0 false\n',
    )
    expect(result.sink.requests).toEqual([])
  })

  it('in the loop traces neither its own exports nor its own endpoint', async () => {
    const result = await start('a second server', { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http' })
    // http was imported before: only what is patched on its prototypes is seen, and nothing of ours
    const urls = result.sink.spans.map(span => String(span.attributes['url.path'] ?? span.attributes['url.full']))
    expect(urls.filter(url => url.includes('/v1/') || url.includes('/metrics'))).toEqual([])
  })
})

describe('another SDK that has the traces alone', () => {
  const startAndTerminate = (way: string) =>
    runWithSink([fixture('from-code.mjs'), way], {
      whileRunning: async (child, output) => {
        await output.shows(/^orderscope 0/m, 'stderr')
        child.kill('SIGTERM')
      },
    })

  it.each([
    ['the other SDK first', []],
    ['the other SDK later', ['before']],
  ])('%s: they stay its own, metrics are ours, and the start-up line says so', async (way, spans) => {
    const result = await startAndTerminate(way)
    expect(result.stderr).toMatch(
      /^orderscope 0.*metrics http:.*traces: through the application's own OpenTelemetry SDK/m,
    )
    expect(result.stderr).not.toMatch(/Keep one|Attempted/)
    expect(result.spans).toEqual(spans)
    expect(total(result.sink, 'bot.ticks')).toBe(1)
  })
})

describe('a second copy of the API in the application', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'orderscope-copies-'))
    mkdirSync(join(directory, 'node_modules/@opentelemetry'), { recursive: true })
    symlinkSync(root, join(directory, 'node_modules/orderscope'))
    writeFileSync(join(directory, 'bot.mjs'), `import '@opentelemetry/api'; setTimeout(() => {}, 50)`)
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it.each([
    ['1.99.0', /its own @opentelemetry\/api 1\.99\.0 .*what is recorded through the newer one is lost; write/],
    ['1.0.0', /its own @opentelemetry\/api 1\.0\.0 .*that works, but one copy is safer/],
    ['1.9.1', undefined],
  ])('%s', async (version, sentence) => {
    const copy = join(directory, 'node_modules/@opentelemetry/api')
    rmSync(copy, { recursive: true, force: true })
    cpSync(join(root, 'node_modules/@opentelemetry/api'), copy, { recursive: true })
    writeFileSync(
      join(copy, 'package.json'),
      JSON.stringify({ name: '@opentelemetry/api', version, main: 'build/src/index.js' }),
    )
    const { stderr, code } = await runWithSink(['--import', registerUrl, join(directory, 'bot.mjs')])
    expect(code).toBe(0)
    if (sentence === undefined) expect(stderr).not.toContain('its own @opentelemetry/api')
    else expect(stderr).toMatch(sentence)
  })
})
