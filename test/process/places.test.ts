import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture, root } from './run-program.js'
import { registerUrl, runWithSink, total } from './with-sink.js'

const program = `
import { metrics, trace } from '@opentelemetry/api'
import { createOrderTracker, startTelemetry } from 'orderscope'
import { createServer, get } from 'node:http'
startTelemetry({ serviceName: 'bundled' })
trace.getTracer('bot').startSpan('tick').end()
metrics.getMeter('bot').createCounter('bot.ticks').add(3)
console.log(typeof createOrderTracker)
setTimeout(() => {}, 300)
`

let directory: string
/** A bundle that was copied to a machine without node_modules. */
let alone: string
const at = (...parts: string[]) => join(directory, ...parts)

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'orderscope-places-'))
  alone = mkdtempSync(join(tmpdir(), 'orderscope-alone-'))
  writeFileSync(at('bot.mjs'), program)
  for (const format of ['cjs', 'esm'] as const) {
    await build({
      entryPoints: [at('bot.mjs')],
      outfile: join(alone, `bot.${format === 'cjs' ? 'cjs' : 'mjs'}`),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format,
      logLevel: 'error',
      alias: { orderscope: join(root, 'dist/index.js') },
      nodePaths: [join(root, 'node_modules')],
      // what upstream's documentation of esbuild says for CommonJS packages inside an ES module
      ...(format === 'esm' && {
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
      }),
      logOverride: { 'empty-import-meta': 'silent' },
    })
  }
  symlinkSync(join(root, 'node_modules'), at('node_modules'))
  symlinkSync(root, at('linked'))
  writeFileSync(at('plain.mjs'), plain)
})

afterAll(() => {
  for (const each of [directory, alone]) rmSync(each, { recursive: true, force: true })
})

const plain = `import { metrics, trace } from '@opentelemetry/api'
trace.getTracer('bot').startSpan('tick').end()
metrics.getMeter('bot').createCounter('bot.ticks').add(3)
setTimeout(() => {}, 300)`

const permission = process.version.startsWith('v20.') ? '--experimental-permission' : '--permission'

describe('where there can be no telemetry thread the work is done in the loop, said once', () => {
  it.each<[string, () => string[]]>([
    [
      'workers are forbidden',
      () => [
        permission,
        '--allow-fs-read=*',
        '--allow-fs-write=*',
        '--no-warnings',
        '--import',
        registerUrl,
        at('plain.mjs'),
      ],
    ],
    ['a CommonJS bundle', () => [join(alone, 'bot.cjs')]],
    ['an ES module bundle', () => [join(alone, 'bot.mjs')]],
  ])('%s', async (_, args) => {
    let text = ''
    const result = await runWithSink(args(), {
      whileRunning: async (_child, output) => {
        const [, url] = await output.shows(/metrics (http:\/\/127\.0\.0\.1:\d+\/metrics)/, 'stderr')
        text = await (await fetch(url!)).text()
      },
    })
    expect(result.code).toBe(0)
    expect(result.spans).toEqual(['tick'])
    expect(total(result.sink, 'bot.ticks')).toBe(3)
    expect(text).toMatch(/^bot_ticks_total(\{.*\})? 3/m)
    expect(result.stderr.match(/runs in the application's loop instead/g)).toHaveLength(1)
    expect(result.stderr).toContain("in the application's loop")
    expect(result.stderr).not.toContain('ended with')
  })
})

it('where import hooks are forbidden, what is required is instrumented all the same', async () => {
  const forbidden = [permission, '--allow-fs-read=*', '--allow-fs-write=*', '--no-warnings']
  const result = await runWithSink([...forbidden, '--import', registerUrl, fixture('requests.cjs')])
  expect(result.stdout).toBe('done\n')
  expect(result.spans).toEqual(['GET', 'GET', 'tick'])
  expect(result.stderr).not.toContain('nothing is instrumented')
  // later ones hook imports without a thread
  if (process.version.startsWith('v20.'))
    expect(
      result.stderr.match(/imported as ES modules aren't instrumented \(.*\); those that are required are/g),
    ).toHaveLength(1)
})

it('where the working directory is gone, the program runs and what it records arrives', async () => {
  writeFileSync(
    at('gone.cjs'),
    `const fs = require('node:fs')
     const gone = fs.mkdtempSync(require('node:os').tmpdir() + '/orderscope-gone-')
     process.chdir(gone)
     fs.rmdirSync(gone)`,
  )
  const result = await runWithSink(['--require', at('gone.cjs'), '--import', registerUrl, at('plain.mjs')])
  expect([result.code, result.spans, total(result.sink, 'bot.ticks')]).toEqual([0, ['tick'], 3])
})
