import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from './run-program.js'
import { register, runWithSink } from './with-sink.js'

// where no ccxt is in reach, and nothing of OpenTelemetry's but by the name of the repository
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'orderscope-start-up-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function run(program: string, env: Record<string, string>) {
  const file = join(directory, 'bot.cjs')
  const fromRoot = `const load = require('node:module').createRequire(${JSON.stringify(join(root, 'package.json'))})`
  writeFileSync(file, `${fromRoot}\n${program}`)
  const result = await runWithSink(['--require', register, file], { env, timeoutMs: 60_000 })
  return { ...result, lines: result.stdout.split('\n').slice(0, -1) }
}

it('without instrumentations the SDK is loaded with the first tracer, whose spans go out', async () => {
  const { lines, spans } = await run(
    `
    const { trace } = load('@opentelemetry/api')
    const has = name => Object.keys(require.cache).some(file => file.includes('/@opentelemetry/' + name + '/'))
    const loaded = () => console.log(['sdk-trace', 'sdk-logs', 'resources', 'instrumentation'].filter(has).join())
    loaded()
    const tracer = trace.getTracer('bot')
    loaded()
    tracer.startSpan('tick').end()`,
    { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'ccxt' },
  )
  expect(lines).toEqual(['', 'sdk-trace,resources'])
  expect(spans).toEqual(['tick'])
})

it('a ccxt that comes from elsewhere is followed when it appears', async () => {
  const { lines } = await run(
    `
    const { Exchange } = load('ccxt')
    console.log(String(Exchange.prototype.fetch2).startsWith('async fetch2'))`,
    {},
  )
  expect(lines).toEqual(['false'])
})
