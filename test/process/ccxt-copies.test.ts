import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { closedPort } from './closed-port.js'
import { root } from './run-program.js'
import { registerUrl, runWithSink } from './with-sink.js'

let directory: string
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function write(name: string, text: string): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true })
  writeFileSync(join(directory, name), text)
}

function copyCcxt(to: string): void {
  const from = realpathSync(join(root, 'node_modules/ccxt'))
  const target = join(directory, to)
  mkdirSync(target, { recursive: true })
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    const link = join(directory, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    try {
      symlinkSync(realpathSync(join(root, 'node_modules', name)), link)
    } catch {
      // the first copy has made it
    }
  }
  mkdirSync(join(target, 'js/src'), { recursive: true })
  for (const part of [
    'package.json',
    'js/src/base',
    'js/src/static_dependencies',
    'js/src/abstract',
    'js/src/binance.js',
  ]) {
    spawnSync('cp', ['-R', join(from, part), join(target, dirname(part))])
  }
}

const nested = 'node_modules/strategy/node_modules/ccxt'

test.each<[string, string, string]>([
  ['npm', nested, 'node_modules/.package-lock.json'],
  ['pnpm', 'node_modules/.pnpm/ccxt@4.0.0/node_modules/ccxt', 'node_modules/.pnpm/lock.yaml'],
])('a ccxt of a dependency beside that of the bot is followed too, installed by %s', async (_, copy, lock) => {
  directory = mkdtempSync(join(tmpdir(), 'orderscope-two-ccxt-'))
  copyCcxt('node_modules/ccxt')
  copyCcxt(copy)
  write(lock, `{ "packages": {\n  "node_modules/ccxt": {},\n  "${nested}": {}\n} }`)
  write('package.json', '{ "name": "bot" }')
  write(
    'bot.mjs',
    `import first from './node_modules/ccxt/js/src/binance.js'
import second from './${copy}/js/src/binance.js'
for (const [name, Binance] of Object.entries({ first, second })) {
  const exchange = new Binance({ apiKey: name, secret: 's', enableRateLimit: false })
  const limits = { amount: {}, price: {}, cost: {} }
  exchange.setMarkets([{ id: 'BTCUSDT', symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', type: 'spot', spot: true, limits,
    precision: { amount: 1e-8, price: 0.01 }, info: { orderTypes: ['LIMIT'] } }])
  exchange.urls.api.private = 'http://127.0.0.1:${await closedPort()}'
  await exchange.createOrder('BTC/USDT', 'limit', 'buy', 1, 100, { clientOrderId: name }).catch(error => console.log(error.name))
}`,
  )
  const { sink, stdout, stderr } = await runWithSink(['--import', registerUrl, join(directory, 'bot.mjs')], {
    cwd: directory,
    timeoutMs: 60_000,
  })
  expect(stdout, stderr).toBe('NetworkError\nNetworkError\n')
  const orders = sink.spans.filter(({ name }) => name === 'order')
  expect(orders.map(({ attributes }) => attributes['trading.order.client_id']).sort()).toEqual(['first', 'second'])
})
