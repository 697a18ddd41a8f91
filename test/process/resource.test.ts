import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, runProgram } from './run-program.js'

const detect = pathToFileURL(join(root, 'dist/internals.js')).href
const program = `import(${JSON.stringify(detect)}).then(({ detectResource }) =>
  console.log(JSON.stringify(detectResource(JSON.parse(process.env.SETTINGS)))))`

let directory: string
const at = (...parts: string[]) => join(directory, ...parts)

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'orderscope-resource-'))
  for (const folder of ['named/src', 'typed/src', 'bare', 'named/node_modules/tool/bin'])
    mkdirSync(at(folder), { recursive: true })
  writeFileSync(at('named/package.json'), JSON.stringify({ name: '@desk/bot', version: '1.4.2' }))
  writeFileSync(at('named/src/main.js'), program)
  // a package.json that only says which kind of modules there are
  writeFileSync(at('typed/src/package.json'), JSON.stringify({ type: 'commonjs' }))
  writeFileSync(at('typed/package.json'), '{ not json')
  writeFileSync(at('typed/src/index.js'), program)
  writeFileSync(at('bare/arbitrage.js'), program)
  writeFileSync(at('named/node_modules/tool/package.json'), JSON.stringify({ name: 'tool' }))
  writeFileSync(at('named/node_modules/tool/bin/run.js'), program)
  symlinkSync(at('named/node_modules/tool/bin/run.js'), at('named/tool'))
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function detected(args: string[], settings: object = {}): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await runProgram(args, {
    cwd: directory,
    env: { SETTINGS: JSON.stringify({ resourceAttributes: {}, ...settings }) },
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('the resource', () => {
  it.each<[string, () => string[], object, string]>([
    ['the name that was set', () => [at('named/src/main.js')], { serviceName: 'set' }, 'set'],
    ['package.json', () => [at('named/src/main.js')], {}, '@desk/bot'],
    [
      'the first telling folder above a src/index.js without package.json',
      () => [at('typed/src/index.js')],
      {},
      'typed',
    ],
    ['the script', () => [at('bare/arbitrage.js')], {}, 'arbitrage'],
    ['the script without its extension', () => ['bare/arbitrage'], {}, 'arbitrage'],
    ['the package that a link belongs to', () => [at('named/tool')], {}, 'tool'],
    ['nothing, for a text', () => ['-e', program], {}, 'unknown_service:node'],
    ['nothing, for a text with an argument', () => ['-e', program, 'word'], {}, 'unknown_service:node'],
  ])('service.name comes from %s', async (_, args, settings, name) => {
    expect((await detected(args(), settings))['service.name']).toBe(name)
  })

  it('says which process this is', async () => {
    const first = await detected([at('named/src/main.js')], {
      resourceAttributes: { 'deployment.environment.name': 'prod', 'service.name': 'shadowed', 'host.name': 'mine' },
    })
    const second = await detected([at('named/src/main.js')])
    expect(first).toMatchObject({
      'service.version': '1.4.2',
      'process.pid': expect.any(Number),
      'process.runtime.name': 'nodejs',
      'process.runtime.version': process.versions.node,
      'host.name': 'mine',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
      'telemetry.distro.name': 'orderscope',
      'telemetry.distro.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
      'deployment.environment.name': 'prod',
    })
    expect(second['host.name']).toBe(hostname())
    expect(first['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(second['service.instance.id']).not.toBe(first['service.instance.id'])
  })
})
