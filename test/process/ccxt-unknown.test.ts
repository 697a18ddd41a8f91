import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runProgram } from './run-program.js'
import { registerUrl } from './with-sink.js'

let directory: string
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A bot with a ccxt that was never released. */
function project(files: Readonly<Record<string, string>>): void {
  directory = mkdtempSync(join(tmpdir(), 'orderscope-unknown-ccxt-'))
  for (const [name, text] of Object.entries({ 'package.json': '{ "name": "bot" }', ...files })) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
}

const env = {
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
}
const run = (bot: string) =>
  runProgram(['--import', registerUrl, join(directory, bot)], {
    cwd: directory,
    env,
    whileRunning: async (child, output) => {
      await Promise.all([output.shows('telemetry thread up', 'stderr'), output.shows('bot has')])
      child.kill('SIGTERM')
    },
  })

const order =
  "new ccxt.binance().createOrder('BTC/USDT', 'limit', 'buy', 1, 1).then(({ id }) => console.log('bot has', id))"
const stays = 'setTimeout(() => {}, 15_000)'

describe('a ccxt of another shape lets the bot go on, and its start says that no orders are seen', () => {
  it('without the files that are patched', async () => {
    project({
      'node_modules/ccxt/package.json': '{ "name": "ccxt", "version": "5.0.0", "main": "lib.cjs" }',
      'node_modules/ccxt/lib.cjs': "exports.binance = class { async createOrder() { return { id: '1' } } }",
      'bot.cjs': `const ccxt = require('ccxt')\n${order}\n${stays}`,
    })
    const { stdout, stderr } = await run('bot.cjs')
    expect(stdout).toBe('bot has 1\n')
    expect(stderr).toContain("ccxt 5.0.0 isn't known: its orders are not seen")
  })

  it('for ES modules only, with another base class', async () => {
    project({
      'node_modules/ccxt/package.json':
        '{ "name": "ccxt", "version": "6.0.0", "type": "module", "exports": { ".": { "import": "./js/ccxt.js" } } }',
      'node_modules/ccxt/js/src/base/Exchange.js':
        "export default class { async createOrder() { return { id: '2' } } }",
      'node_modules/ccxt/js/ccxt.js':
        "import Exchange from './src/base/Exchange.js'\nexport default { binance: Exchange }",
      'bot.mjs': `import ccxt from 'ccxt'\n${order}\n${stays}`,
    })
    const { stdout, stderr } = await run('bot.mjs')
    expect(stdout).toBe('bot has 2\n')
    expect(stderr).toContain("this version of ccxt isn't known to orderscope; its orders are not seen")
    expect(stderr).not.toContain('orders followed')
  })
})
