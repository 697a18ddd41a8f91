import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VERSION } from '../../src/version.js'
import { InstalledPackage } from './installed-package.js'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
  devDependencies: Record<string, string>
}
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
/** No collector and no fixed port: what runs here must not meet what runs beside it. */
const apart = { OTEL_EXPORTER_PROMETHEUS_PORT: '0', OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }

let installed: InstalledPackage

beforeAll(async () => {
  installed = await InstalledPackage.create([`@types/node@${manifest.devDependencies['@types/node']}`])
}, 120_000)

afterAll(() => installed?.remove())

describe('the tarball', () => {
  it('holds what is needed and nothing else', () => {
    const outside = installed.files.filter(path => !path.startsWith('dist/') && !path.startsWith('docs/'))
    expect(outside.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'])
    // the pages that the README leads to
    expect(installed.files.filter(path => path.startsWith('docs/')).every(path => path.endsWith('.md'))).toBe(true)
    expect(installed.files).toEqual(expect.arrayContaining(['docs/settings.md', 'docs/reference/metrics.md']))
    expect(installed.files.filter(path => !/\.(js|d\.ts)$/.test(path) && path.startsWith('dist/'))).toEqual([])
  })

  it('says its version in one voice', () => {
    expect(VERSION).toBe(manifest.version)
  })

  it('brings each package of OpenTelemetry once', () => {
    const copies = copiesOf('@opentelemetry', join(installed.folder, 'node_modules'))
    expect([...copies].filter(([, paths]) => paths.length > 1)).toEqual([])
    expect(copies.size).toBeGreaterThan(10)
  })
})

/** Every subpath with a name that it must have. */
const subpaths = [
  { subpath: 'orderscope', name: 'startTelemetry' },
  { subpath: 'orderscope/fix', name: 'createFixConverter' },
  { subpath: 'orderscope/testing', name: 'expectOrderTrace' },
]

describe.each(subpaths)('$subpath', ({ subpath, name }) => {
  it('is had by CommonJS and by ES modules, and is one module', async () => {
    await installed.write(
      'both.cjs',
      `const required = require('${subpath}')
       import('${subpath}').then(imported => {
         console.log(typeof required.${name}, required.${name} === imported.${name})
       })`,
    )
    const { code, stdout } = await installed.node(['both.cjs'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'function true\n' })
  })

  it('is had by a static import', async () => {
    await installed.write('static.mjs', `import { ${name} } from '${subpath}'\nconsole.log(typeof ${name})`)
    const { code, stdout } = await installed.node(['static.mjs'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'function\n' })
  })
})

describe('orderscope/register', () => {
  const application = `createOrderTracker({ venue: { name: 'local' } }).apply({
    type: 'submit', clientId: 'd-1', symbol: 'BTC/USDT', side: 'buy', orderType: 'limit', quantity: '1', price: '2',
  })
  console.log('ran')
  // until the test has seen the start-up line
  process.stdin.resume()`
  const applications = [
    { file: 'app.cjs', text: `const { createOrderTracker } = require('orderscope')\n${application}` },
    { file: 'app.mjs', text: `import { createOrderTracker } from 'orderscope'\n${application}` },
  ]
  const rows = ['--require', '--import'].flatMap(flag => applications.map(app => ({ flag, ...app })))

  it.each(rows)('node $flag orderscope/register $file', async ({ flag, file, text }) => {
    await installed.write(file, text)
    const { code, stdout, stderr } = await installed.node(
      [flag, 'orderscope/register', file],
      apart,
      /^orderscope .*\n/m,
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ran\n' })
    expect(stderr).toContain(`orderscope ${VERSION}`)
    expect(stderr).toMatch(/metrics http:\/\/127\.0\.0\.1:\d+\/metrics/)
  })
})

describe('orderscope on the command line', () => {
  it('is installed and prints its version', async () => {
    const { code, stdout } = await installed.node([join('node_modules', '.bin', 'orderscope'), 'version'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${VERSION}\n` })
  })

  it('prints the catalog', async () => {
    const { code, stdout } = await installed.node([join('node_modules', '.bin', 'orderscope'), 'catalog', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toHaveProperty('metrics')
  })
})

describe('TypeScript', () => {
  const right = `
    import { createOrderTracker, startTelemetry, VERSION, type OrderEvent } from 'orderscope'
    import { createFixConverter } from 'orderscope/fix'
    import { expectOrderTrace } from 'orderscope/testing'
    import 'orderscope/register'
    const telemetry = startTelemetry({ serviceName: 'my-bot' })
    const orders = createOrderTracker({ venue: { name: 'kraken' } })
    const event: OrderEvent = {
      type: 'submit', clientId: 'd-1', symbol: 'BTC/USD', side: 'buy', orderType: 'limit', quantity: '0.05', price: '60000',
    }
    orders.apply(event)
    const version: string = VERSION
    const stopped: Promise<unknown> = telemetry.shutdown()
    export { createFixConverter, expectOrderTrace, stopped, version }
  `
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const readmeExample = /```ts\n(.*?)```/s.exec(readme)![1]!
  const wrong = `
    import { createOrderTracker } from 'orderscope'
    createOrderTracker({ venue: { name: 'kraken' } }).apply({ type: 'submitted' })
  `

  it.each([
    { moduleResolution: 'node16', module: 'node16' },
    { moduleResolution: 'bundler', module: 'esnext' },
  ])('$moduleResolution: right code compiles, wrong code does not', async ({ moduleResolution, module }) => {
    // without skipLibCheck: our declarations and those that they lead to are checked as well
    const compilerOptions = { moduleResolution, module, target: 'es2023', strict: true, noEmit: true, types: ['node'] }
    await installed.write('right.mts', right)
    await installed.write('readme.mts', readmeExample)
    await installed.write('wrong.mts', wrong)
    const files = ['right.mts', 'readme.mts', 'wrong.mts']
    await installed.write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
    const { stdout } = await installed.node([tsc, '-p', 'tsconfig.json', '--pretty', 'false'])
    const errors = stdout.split('\n').filter(line => /error TS/.test(line))
    expect(errors).toEqual([expect.stringMatching(/^wrong\.mts\(.*"submitted"/)])
  })
})

function copiesOf(scope: string, folder: string, found = new Map<string, string[]>()): Map<string, string[]> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const path = join(folder, entry.name)
    if (entry.name === scope) {
      for (const name of readdirSync(path)) found.set(name, [...(found.get(name) ?? []), join(path, name)])
    }
    // packages: node_modules/NAME, node_modules/@SCOPE/NAME, and what is nested in them
    if (entry.name.startsWith('@')) copiesOf(scope, path, found)
    else {
      const nested = readdirSync(path, { withFileTypes: true }).find(({ name }) => name === 'node_modules')
      if (nested?.isDirectory()) copiesOf(scope, join(path, 'node_modules'), found)
    }
  }
  return found
}
