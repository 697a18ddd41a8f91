import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture, root, runProgram } from './run-program.js'
import { register, registerUrl, runWithSink, total } from './with-sink.js'

const esm = fixture('requests.mjs')
const cjs = fixture('requests.cjs')
const required = ['--require', register]
const imported = ['--import', registerUrl]

let directory: string
const at = (...parts: string[]) => join(directory, ...parts)

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'orderscope-preload-'))
  mkdirSync(at('app/node_modules/mysql'), { recursive: true })
  mkdirSync(at('bin'))
  symlinkSync(root, at('app/node_modules/orderscope'))
  symlinkSync(join(root, 'node_modules/@opentelemetry'), at('app/node_modules/@opentelemetry'))
  // an ES-module-only package that upstream's instrumentation patches by assigning to its exports
  writeFileSync(
    at('app/node_modules/mysql/package.json'),
    JSON.stringify({ name: 'mysql', version: '2.18.1', type: 'module', exports: './index.js' }),
  )
  writeFileSync(
    at('app/node_modules/mysql/index.js'),
    `class Connection {
      config = { host: 'db', port: 3306, database: 'desk', user: 'bot' }
      query(sql, done) { setImmediate(done, null, []) }
    }
    export const createConnection = () => new Connection()
    export const createPool = () => new Connection()
    export const createPoolCluster = () => new Connection()`,
  )
  const query = `createConnection().query('SELECT 1', () => console.log('queried'))`
  writeFileSync(at('app/import.mjs'), `import { createConnection } from 'mysql'\n${query}`)
  writeFileSync(at('app/require.cjs'), `const { createConnection } = require('mysql')\n${query}`)
  for (const name of ['npm-cli.js', 'npx-cli.js', 'yarn.js', 'nodemon.js'])
    writeFileSync(
      at('bin', name),
      `require('node:http').get('http://127.0.0.1:1/').on('error', () => console.log('ran'))`,
    )
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('auto-instrumentation', () => {
  const usual = ['GET', 'GET', 'tick']
  const rows: [string, string[], string, Record<string, string>, string[]][] = [
    ['--require', required, cjs, {}, usual],
    ['--require', required, esm, {}, usual],
    ['--import', imported, cjs, {}, usual],
    ['--import', imported, esm, {}, usual],
    ['NODE_OPTIONS --require', [], cjs, { NODE_OPTIONS: `--require ${register}` }, usual],
    ['NODE_OPTIONS --require', [], esm, { NODE_OPTIONS: `--require ${register}` }, usual],
    ['NODE_OPTIONS --import', [], cjs, { NODE_OPTIONS: `--import ${registerUrl}` }, usual],
    ['NODE_OPTIONS --import', [], esm, { NODE_OPTIONS: `--import ${registerUrl}` }, usual],
    ['both flags', [...required, ...imported], esm, {}, usual],
    ['no http', imported, esm, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' }, ['tick']],
    ['no http', required, cjs, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' }, ['tick']],
    ['no http', imported, esm, { OTEL_INSTRUMENTATION_HTTP_ENABLED: 'false' }, ['tick']],
    ['only pg', imported, esm, { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'pg' }, ['tick']],
    ['only http', required, esm, { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http' }, usual],
    ['no thread', imported, esm, { ORDERSCOPE_THREAD: 'off' }, usual],
    ['no thread', required, cjs, { ORDERSCOPE_THREAD: 'off' }, usual],
    ['sampled never', imported, esm, { OTEL_TRACES_SAMPLER: 'always_off' }, []],
    ['a ratio of 0', imported, esm, { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, []],
    ['no traces', imported, esm, { OTEL_TRACES_EXPORTER: 'none' }, []],
    ['JSON', imported, esm, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, usual],
    ['gzip', imported, esm, { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, usual],
  ]

  it.each(rows)('%s %s: %s %o', async (_, flags, program, env, expected) => {
    const result = await runWithSink([...flags, program], { env })
    expect(result.stdout).toBe('done\n')
    expect(result.code).toBe(0)
    expect(result.spans).toEqual(expected)
    expect(total(result.sink, 'bot.ticks')).toBe(3)
    expect(result.sink.logs.map(log => log.body)).toEqual(['ticked'])
    // nothing but one line on stderr, which a program that has ended before doesn't live to see
    expect(result.stderr).toMatch(/^(orderscope 0\.1\.0 {2}orderscope {2}· .*\n)?$/)
  })

  it('nests the client span under the active one, and the server span under that', async () => {
    const { sink } = await runWithSink([...imported, esm])
    const tick = sink.spans.find(span => span.name === 'tick')!
    const client = sink.spans.find(span => span.kind === 'client')!
    const server = sink.spans.find(span => span.kind === 'server')!
    expect(client.parentSpanId).toBe(tick.spanId)
    expect(server.parentSpanId).toBe(client.spanId)
    expect(new Set(sink.spans.map(span => span.traceId)).size).toBe(1)
    expect(sink.logs[0]!.spanId).toBe(tick.spanId)
  })

  it.each([
    ['import.mjs', imported],
    ['import.mjs', required],
    ['require.cjs', imported],
    ['require.cjs', required],
  ])('patches an ES-module-only package in %s', async (program, flags) => {
    const result = await runWithSink([...flags, at('app', program)])
    expect(result.stdout).toBe('queried\n')
    expect(result.spans).toEqual(['SELECT'])
    expect(result.code).toBe(0)
  })

  it('is found by its name from an application that has it installed', async () => {
    const result = await runWithSink(['--import', 'orderscope/register', at('app/import.mjs')], { cwd: at('app') })
    const second = await runWithSink(['--require', 'orderscope/register', at('app/require.cjs')], { cwd: at('app') })
    expect([result.spans, second.spans]).toEqual([['SELECT'], ['SELECT']])
  })
})

describe('what the environment says', () => {
  const resource = async (env: Record<string, string>) => {
    const { sink } = await runWithSink([...imported, esm], { env })
    return sink.spans[0]!.resource
  }

  it.each<[Record<string, string>, Record<string, unknown>]>([
    [{ OTEL_SERVICE_NAME: 'desk-bot' }, { 'service.name': 'desk-bot' }],
    [
      { OTEL_RESOURCE_ATTRIBUTES: 'service.name=from-attributes,deployment.environment.name=prod' },
      { 'service.name': 'from-attributes', 'deployment.environment.name': 'prod' },
    ],
    [
      { OTEL_SERVICE_NAME: 'wins', OTEL_RESOURCE_ATTRIBUTES: 'service.name=loses' },
      { 'service.name': 'wins', 'telemetry.distro.name': 'orderscope' },
    ],
  ])('%o is the resource', async (env, expected) => {
    expect(await resource(env)).toMatchObject(expected)
  })

  it('ORDERSCOPE_PROPAGATE_TO, empty: the trace ends at this process', async () => {
    const { sink } = await runWithSink([...imported, esm], { env: { ORDERSCOPE_PROPAGATE_TO: '' } })
    const [client, server] = ['client', 'server'].map(kind => sink.spans.find(span => span.kind === kind)!)
    expect(server!.parentSpanId).toBe('')
    expect(server!.traceId).not.toBe(client!.traceId)
  })

  it('headers go to the collector and not to the terminal', async () => {
    const result = await runWithSink([...imported, esm], {
      env: { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cret' },
    })
    expect(result.sink.requests.every(request => request.headers.authorization === 'Bearer s3cret')).toBe(true)
    expect(result.stderr + result.stdout).not.toContain('s3cret')
  })

  it('a bad setting is one sentence, and counts as not set', async () => {
    const result = await runWithSink([...imported, esm], {
      env: { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '10%', ORDERSCOPE_TREAD: 'off' },
    })
    expect(result.stderr.split('\n').slice(0, 2)).toEqual([
      'orderscope: OTEL_TRACES_SAMPLER_ARG is "10%"; it must be a number from 0 to 1, such as 0.1. It counts as not set: every order is traced.',
      'orderscope: ORDERSCOPE_TREAD is no setting of orderscope; did you mean ORDERSCOPE_THREAD?',
    ])
    expect(result.spans).toHaveLength(3)
  })

  it('OTEL_SDK_DISABLED=true: nothing is started, nothing is said', async () => {
    const result = await runWithSink([...imported, esm], { env: { OTEL_SDK_DISABLED: 'true' } })
    expect(result.sink.requests).toEqual([])
    expect([result.stdout, result.stderr]).toEqual(['done\n', ''])
  })

  it('ORDERSCOPE_QUIET=1: nothing is said', async () => {
    const result = await runWithSink([...imported, esm], { env: { ORDERSCOPE_QUIET: '1' } })
    expect(result.stderr).toBe('')
    expect(result.spans).toHaveLength(3)
  })

  it('the scrape endpoint is where it says, on any free port', async () => {
    let text = ''
    await runWithSink([...imported, fixture('work.mjs'), 'until a signal'], {
      whileRunning: async (child, output) => {
        const [, url] = await output.shows(/metrics (http:\/\/127\.0\.0\.1:\d+\/metrics)/, 'stderr')
        text = await (await fetch(url!)).text()
        child.kill('SIGTERM')
      },
    })
    expect(text).toMatch(/^bot_ticks_total(\{.*\})? 25/m)
  })

  it('a taken port is told, and taken over when it is free', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise(done => other.once('listening', done))
    const { port } = other.address() as AddressInfo
    let text = ''
    const result = await runWithSink([...imported, fixture('work.mjs'), 'until a signal'], {
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(port) },
      timeoutMs: 40_000,
      whileRunning: async (child, output) => {
        await output.shows(`${port}`, 'stderr')
        await new Promise(done => other.close(done))
        await output.shows(/the port is free now/, 'stderr')
        text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
        child.kill('SIGTERM')
      },
    })
    expect(result.stderr).toMatch(new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken`))
    expect(text).toContain('bot_ticks_total')
  })
})

describe('processes that start others', () => {
  it.each(['npm-cli.js', 'npx-cli.js', 'yarn.js', 'nodemon.js'])('%s runs without telemetry', async name => {
    const result = await runWithSink([at('bin', name)], { env: { NODE_OPTIONS: `--import ${registerUrl}` } })
    expect([result.stdout, result.stderr]).toEqual(['ran\n', ''])
    expect(result.sink.requests).toEqual([])
  })

  it('syntax checks run without telemetry', async () => {
    const result = await runProgram([...required, '--check', cjs])
    expect([result.code, result.stderr]).toEqual([0, ''])
  })
})
