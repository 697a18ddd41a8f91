import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { clockOffset } from '../../src/cli/doctor/clock.js'
import { checkEntry } from '../../src/cli/doctor/entry-order.js'
import type { Finding } from '../../src/cli/doctor/finding.js'
import { checkPackages } from '../../src/cli/doctor/package-copies.js'
import { checkPermissions } from '../../src/cli/doctor/permissions.js'
import { isSupported } from '../../src/cli/doctor/versions.js'
import { createOtlpSink } from '../../src/testing/index.js'
import { makeCertificates } from '../export/otlp/certificates.js'
import { startGrpcCollector } from '../export/otlp/grpc-collector.js'
import { closedPort } from '../process/closed-port.js'
import { root, runProgram } from '../process/run-program.js'
import { registerUrl } from '../process/with-sink.js'

const files = makeCertificates()
const folder = mkdtempSync(join(tmpdir(), 'orderscope-doctor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const cli = join(root, 'dist/cli/main.js')

async function doctor(env: Record<string, string>, args: string[] = [], nodeArgs: string[] = []) {
  const result = await runProgram([...nodeArgs, cli, 'doctor', '--json', ...args], {
    env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env },
  })
  expect(result.stderr.replaceAll(/.*(ExperimentalWarning|SecurityWarning|--trace-warnings).*\n/g, '')).toBe('')
  const { ok, findings } = JSON.parse(result.stdout) as { ok: boolean; findings: Finding[] }
  expect(ok).toBe(findings.every(({ status }) => status !== 'wrong'))
  expect(result.code).toBe(ok ? 0 : 1)
  return findings
}

const of = (check: Finding['check'], findings: readonly Finding[]) => findings.filter(each => each.check === check)

async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const places = {
  http: async () => {
    const sink = await createOtlpSink()
    ends.push(() => sink.close())
    return sink.port
  },
  grpc: async () => {
    const collector = await startGrpcCollector()
    ends.push(() => collector.close())
    return collector.port
  },
  https: () => {
    const tls = { key: readFileSync(files.serverKey), cert: readFileSync(files.server) }
    return listening(createTlsServer(tls, (request, response) => request.resume().on('end', () => response.end())))
  },
  grpcs: async () => {
    const collector = await startGrpcCollector(undefined, { files, askClient: false })
    ends.push(() => collector.close())
    return collector.port
  },
  nobody: closedPort,
}

describe('the collector', () => {
  it.each<[keyof typeof places, string, string, RegExp, RegExp | undefined]>([
    ['http', 'http', '', /^traces, metrics, logs → http:\/\/127\.0\.0\.1:\d+ by http\/protobuf: taken$/, undefined],
    ['http', 'http', 'http/json', /by http\/json: taken$/, undefined],
    ['grpc', 'http', 'grpc', /by grpc: taken$/, undefined],
    ['grpc', 'http', '', /speaks no HTTP\/1\.1; is it a gRPC port/, /^write OTEL_EXPORTER_OTLP_PROTOCOL=grpc:/],
    ['http', 'http', 'grpc', /speaks no HTTP\/2/, /^write OTEL_EXPORTER_OTLP_PROTOCOL=http\/protobuf:/],
    ['http', 'https', '', /doesn't speak TLS/, /^write OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/127\.0\.0\.1:\d+$/],
    ['https', 'http', '', /./, /^write OTEL_EXPORTER_OTLP_ENDPOINT=https:\/\/127\.0\.0\.1:\d+, and .*_CERTIFICATE/],
    ['https', 'https', '', /certificate that isn't trusted/, /OTEL_EXPORTER_OTLP_CERTIFICATE/],
    [
      'grpcs',
      'http',
      'grpc',
      /with TLS/,
      /^write OTEL_EXPORTER_OTLP_ENDPOINT=https:\/\/127\.0\.0\.1:\d+, and .*_CERTIFICATE/,
    ],
    [
      'nobody',
      'http',
      '',
      /^traces, logs → http:.* refused the connection$/,
      /^start a collector there, .*: OTEL_TRACES_EXPORTER=none OTEL_LOGS_EXPORTER=none$/,
    ],
  ])('%s, asked by %s:// %s', async (place, scheme, protocol, text, cure) => {
    const findings = of(
      'collector',
      await doctor({
        OTEL_EXPORTER_OTLP_ENDPOINT: `${scheme}://127.0.0.1:${await places[place]()}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        ...(place !== 'nobody' && { OTEL_METRICS_EXPORTER: 'otlp' }),
      }),
    )
    expect(findings).toEqual([
      {
        check: 'collector',
        status: cure === undefined ? 'ok' : 'wrong',
        text: expect.stringMatching(text),
        ...(cure !== undefined && { cure: expect.stringMatching(cure) }),
      },
    ])
  })

  it('behind a wrong path', async () => {
    const port = await places.http()
    const findings = await doctor({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/api`,
      OTEL_LOGS_EXPORTER: 'none',
    })
    const [{ text, cure }] = of('collector', findings) as [Finding]
    expect(text).toMatch(/answered HTTP 404 .*; nothing takes this signal at \/api$/)
    expect(cure).toBe(
      `write OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${port} (without a path, or with the right one)`,
    )
  })

  it('that takes traces only', async () => {
    const port = await listening(
      createServer((request, response) => {
        response.statusCode = request.url === '/v1/traces' ? 200 : 404
        request.resume().on('end', () => response.end())
      }),
    )
    const findings = await doctor({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })
    expect(of('collector', findings).map(({ status, cure }) => [status, cure])).toEqual([
      ['ok', undefined],
      ['wrong', 'if it takes no logs (Jaeger takes traces only), write OTEL_LOGS_EXPORTER=none'],
    ])
  })
})

const off = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }

describe('the scrape port', () => {
  it('that is free', async () => {
    const port = await closedPort()
    expect(of('scrape port', await doctor({ ...off, OTEL_EXPORTER_PROMETHEUS_PORT: String(port) }))).toEqual([
      { check: 'scrape port', status: 'ok', text: `127.0.0.1:${port} is free for /metrics` },
    ])
  })

  it('that another program has', async () => {
    const port = await listening(createServer((_, response) => response.end('hello')))
    const [finding] = of('scrape port', await doctor({ ...off, OTEL_EXPORTER_PROMETHEUS_PORT: String(port) }))
    expect(finding).toMatchObject({
      status: 'wrong',
      cure: `end it, or write OTEL_EXPORTER_PROMETHEUS_PORT=${port + 1} (0: any free one)`,
    })
    if (process.platform === 'linux') expect(finding!.text).toContain(`is taken by pid ${process.pid}, `)
  })

  it('that a bot with orderscope serves', async () => {
    const port = await closedPort()
    const env = { ...off, OTEL_EXPORTER_PROMETHEUS_PORT: String(port) }
    let finding: Finding | undefined
    let pid: number | undefined
    await runProgram(['--import', registerUrl, '-e', 'setInterval(() => {}, 1000)'], {
      env,
      whileRunning: async (child, output) => {
        pid = child.pid
        await output.shows('/metrics', 'stderr')
        finding = of('scrape port', await doctor(env))[0]
        child.kill('SIGTERM')
      },
    })
    expect(finding).toMatchObject({ status: 'note', text: expect.stringContaining(`orderscope, pid ${pid};`) })
  })
})

it('tells every setting that is wrong', async () => {
  const findings = await doctor({ ...off, ORDERSCOPE_TREAD: 'off', OTEL_TRACES_SAMPLER: 'sometimes' })
  expect(of('settings', findings).map(({ status, text }) => [status, text])).toEqual([
    ['wrong', expect.stringMatching(/^OTEL_TRACES_SAMPLER is "sometimes"; it must be/)],
    ['wrong', 'ORDERSCOPE_TREAD is no setting of orderscope; did you mean ORDERSCOPE_THREAD?'],
  ])
})

describe('the clock', () => {
  async function venue(aheadMs: number): Promise<string> {
    const server = createServer((_, response) => {
      response.setHeader('Date', new Date(Date.now() + aheadMs).toUTCString())
      response.end()
    })
    return `http://127.0.0.1:${await listening(server)}`
  }

  it.each([
    [0, 'ok', 0],
    [3000, 'wrong', -3000],
    [-90_000, 'wrong', 90_000],
  ])('of a venue that is ahead by %i ms', async (aheadMs, status, expected) => {
    const [finding] = of('clock', await doctor(off, ['--clock', await venue(aheadMs)]))
    expect(finding!.status).toBe(status)
    const [, ms, direction, accuracy] = /is (\d+) ms (ahead of|behind) .*, ± (\d+) ms$/.exec(finding!.text)!
    const told = Number(ms) * (direction === 'behind' ? -1 : 1)
    expect(Math.abs(told - expected)).toBeLessThanOrEqual(Number(accuracy) + 1)
    expect(Number(accuracy)).toBeLessThan(500)
  })

  it('holds the true offset between its bounds, whatever the delays', () => {
    const sample = fc.record({ at: fc.integer({ min: 0, max: 3000 }), there: fc.nat(400), back: fc.nat(400) })
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 5000 }), fc.array(sample, { minLength: 1 }), (ahead, samples) => {
        const offset = clockOffset(
          samples.map(({ at, there, back }) => ({
            sentAt: 1e12 + at,
            receivedAt: 1e12 + at + there + back,
            date: Math.floor((1e12 + at + there - ahead) / 1000) * 1000,
          })),
        )!
        expect(offset.leastMs).toBeLessThanOrEqual(ahead)
        expect(offset.mostMs).toBeGreaterThanOrEqual(ahead)
      }),
    )
  })

  it('is not compared with nobody', async () => {
    const [finding] = of('clock', await doctor(off, ['--clock', `http://127.0.0.1:${await closedPort()}`]))
    expect(finding).toMatchObject({ status: 'note', text: expect.stringMatching(/^not compared: .*ECONNREFUSED/) })
  })
})

describe('permissions', () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'

  it.each([
    [[], ['wrong'], /no telemetry thread/],
    [['--allow-worker'], ['ok'], /allows what is needed/],
  ])('%j', async (more, statuses, text) => {
    const net = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []
    const findings = of('permissions', await doctor(off, [], [flag, '--allow-fs-read=*', ...net, ...more]))
    expect(findings.map(({ status }) => status)).toEqual(statuses)
    expect(findings[0]!.text).toMatch(text)
  })

  it('names each flag that is missing', () => {
    const cures = checkPermissions('/bot', { has: () => false }, true).map(({ cure }) => cure)
    expect(cures).toEqual([
      expect.stringContaining('--allow-worker'),
      expect.stringContaining('--allow-fs-read=/bot'),
      expect.stringContaining('--allow-net'),
    ])
  })
})

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

describe('packages', () => {
  const bot = (name: string, copies: Record<string, string>) => {
    for (const [path, version] of Object.entries(copies)) {
      const at = `${name}/node_modules/${path}`
      write(
        `${at}/package.json`,
        JSON.stringify({ name: path.replace(/^.*node_modules\//, ''), version, main: 'i.js' }),
      )
      write(`${at}/i.js`, '')
    }
    write(`${name}/package.json`, '{}')
    return checkPackages(join(folder, name))
  }

  it.each<[string, Record<string, string>, Finding['status'][], RegExp]>([
    ['one', { '@opentelemetry/core': '2.0.0' }, ['ok'], /in one version/],
    ['newer', { '@opentelemetry/api': '1.99.0' }, ['wrong'], /1\.99\.0 .* is lost/],
    ['older', { '@opentelemetry/api': '1.4.0' }, ['note'], /that works/],
    [
      'nested',
      { '@opentelemetry/core': '2.0.0', 'x/node_modules/@opentelemetry/core': '1.9.0' },
      ['note'],
      /^@opentelemetry\/core is installed in 2 versions: .*2\.0\.0 \(.*1\.9\.0 \(/,
    ],
    [
      'nested-api',
      { '@opentelemetry/api': '1.4.0', '@x/y/node_modules/@opentelemetry/api': '1.99.0' },
      ['note', 'wrong'],
      /1\.99\.0 is lost|that works/,
    ],
    [
      'pnpm',
      {
        '.pnpm/a@1/node_modules/@opentelemetry/core': '2.0.0',
        '.pnpm/b@1/node_modules/@opentelemetry/core': '1.9.0',
      },
      ['note'],
      /^@opentelemetry\/core is installed in 2 versions/,
    ],
  ])('%s', (name, copies, statuses, text) => {
    const findings = bot(name, copies)
    expect(findings.map(({ status }) => status)).toEqual(statuses)
    for (const finding of findings) expect(finding.text).toMatch(text)
  })
})

describe('the start of the bot', () => {
  it.each<[string, Record<string, string>, string, Finding['status'], RegExp]>([
    [
      'register first',
      { 'a.mjs': "import 'orderscope/register'\nimport ccxt from 'ccxt'\n" },
      '',
      'ok',
      /a\.mjs:1 .* before ccxt/,
    ],
    [
      'ccxt first',
      { 'a.mjs': "import { pro } from 'ccxt'\nimport 'orderscope/register'\n" },
      '',
      'wrong',
      /a\.mjs:1 loads ccxt before .*a\.mjs:2 starts/,
    ],
    [
      'ccxt first, on one line',
      { 'a.mjs': "import { pro } from 'ccxt'; import 'orderscope/register'\n" },
      '',
      'wrong',
      /a\.mjs:1 loads ccxt before/,
    ],
    [
      'started below static imports',
      { 'a.mjs': "import { startTelemetry } from 'orderscope'\nimport ccxt from 'ccxt'\nstartTelemetry()\n" },
      '',
      'wrong',
      /a\.mjs:2 loads ccxt before .*a\.mjs:3/,
    ],
    [
      'started in a module of its own',
      {
        'a.mjs': "import './telemetry.mjs'\nimport ccxt from 'ccxt'\n",
        'telemetry.mjs': "import { startTelemetry } from 'orderscope'\nstartTelemetry()\n",
      },
      '',
      'ok',
      /telemetry\.mjs:2/,
    ],
    [
      'ccxt in a module that is first',
      {
        'a.ts': "import { venue } from './venue.js'\nimport 'orderscope/register'\n",
        'venue.ts': "// ours\nimport ccxt, {\n  pro,\n} from 'ccxt'\nexport const venue = 1\n",
      },
      '',
      'wrong',
      /venue\.ts:2 loads ccxt before .*a\.ts:2/,
    ],
    [
      'a type alone loads nothing',
      { 'a.ts': "import type { Order } from 'ccxt'\nimport 'orderscope/register'\nimport ccxt from 'ccxt'\n" },
      '',
      'ok',
      /a\.ts:2/,
    ],
    [
      'what a comment says',
      { 'a.mjs': "// import 'ccxt'\n/* import 'ccxt' */\nimport 'orderscope/register'\nimport 'ccxt'\n" },
      '',
      'ok',
      /a\.mjs:3/,
    ],
    ['CommonJS', { 'a.cjs': "require('orderscope/register')\nconst ccxt = require('ccxt')\n" }, '', 'ok', /a\.cjs:1/],
    [
      'CommonJS, ccxt first',
      { 'a.cjs': "const ccxt = require('ccxt')\nrequire('orderscope').startTelemetry()\n" },
      '',
      'wrong',
      /a\.cjs:1 loads ccxt/,
    ],
    [
      'modules that import each other',
      { 'a.mjs': "import './b.mjs'\nimport 'orderscope/register'\n", 'b.mjs': "import './a.mjs'\nimport 'ccxt'\n" },
      '',
      'wrong',
      /b\.mjs:2/,
    ],
    ['no telemetry', { 'a.mjs': "import ccxt from 'ccxt'\n" }, '', 'note', /doesn't start telemetry by itself/],
    ['preloaded', { 'a.mjs': "import ccxt from 'ccxt'\n" }, '--import orderscope/register', 'ok', /NODE_OPTIONS/],
  ])('%s', (name, sources, options, status, text) => {
    const paths = Object.entries(sources).map(([file, source]) => write(`${name}/${file}`, source))
    const finding = checkEntry(paths[0]!, options)
    expect(finding).toMatchObject({ status, text: expect.stringMatching(text) })
    if (status !== 'ok') expect(finding.cure).toContain(`node --import orderscope/register ${paths[0]}`)
  })

  it('is looked at for a file that is named', async () => {
    const path = write('bot.mjs', "import ccxt from 'ccxt'\nimport 'orderscope/register'\n")
    expect(of('start of the bot', await doctor(off, [path]))).toMatchObject([{ status: 'wrong' }])
    expect(of('start of the bot', await doctor(off, [join(folder, 'no.mjs')]))).toMatchObject([
      { status: 'wrong', text: expect.stringMatching(/can't be read \(ENOENT\)/) },
    ])
  })
})

it('tells it a person, in lines', async () => {
  const { stdout, code } = await runProgram([cli, 'doctor'], {
    env: { ...off, ORDERSCOPE_TREAD: 'off', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^ok {5}versions {5}Node \d+/m)
  expect(stdout).toMatch(/^WRONG {2}settings {5}ORDERSCOPE_TREAD is no setting/m)
  expect(stdout).toMatch(/\n\n1 thing is wrong\.\n$/)
  expect(stdout).not.toContain('\u001b')
})

it('knows the field engines of package.json', () => {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } }
  expect(engines.node).toBe('^20.19 || >=22.12')
  const versions = ['18.20.0', '20.18.9', '20.19.0', '21.9.0', '22.11.0', '22.12.0', '23.0.0', '24.1.0']
  expect(versions.filter(isSupported)).toEqual(['20.19.0', '22.12.0', '23.0.0', '24.1.0'])
})
