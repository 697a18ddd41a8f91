/*
 * Runs the same bots on the ccxt versions of the last two years, against the local venue, with and without orderscope:
 * what the bot prints must be the same, and venue, metrics and traces must agree.
 *
 *   npm run soak -- ccxt                         every version of the table
 *   npm run soak -- ccxt --only 4.4.24,4.5.84    these
 *   npm run soak -- ccxt --short                 the oldest, one of the middle and the newest
 *
 * The versions are installed into $XDG_CACHE_HOME/orderscope-ci, once.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createOtlpSink } from '../dist/testing/index.js'
import { createVenue } from '../examples/trading-desk/dist/venue/venue.js'
import { offerListenKeys } from './listen-keys.mjs'
import { readOptions } from './options.mjs'

/** About one of every quarter, from late 2024 on. */
const VERSIONS = ['4.4.24', '4.4.40', '4.4.65', '4.4.90', '4.5.8', '4.5.29', '4.5.42', '4.5.56', '4.5.70', '4.5.84']
const SHORT = [VERSIONS[0], '4.5.8', VERSIONS.at(-1)]
const FORMS = {
  'CommonJS, REST': ['rest.cjs', "const ccxt = require('ccxt')", 'binance'],
  'CommonJS, pro': ['pro.cjs', "const ccxt = require('ccxt')", 'pro.binance'],
  'ES module, REST': ['rest.mjs', "import ccxt from 'ccxt'", 'binance'],
  'ES module, pro': ['pro.mjs', "import ccxt from 'ccxt'", 'pro.binance'],
}
const INSTALL_LIMIT_MS = 180_000
const RUN_LIMIT_MS = 90_000
const WHOLE_LIMIT_MS = 20 * 60_000

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'orderscope-ci')
const register = join(root, 'dist/register.js')
const deadline = Date.now() + WHOLE_LIMIT_MS

const values = readOptions(
  { only: { type: 'string' }, short: { type: 'boolean' } },
  'npm run soak -- ccxt [--short] [--only VERSION,VERSION]',
)
const versions = values.only?.split(',') ?? (values.short ? SHORT : VERSIONS)

/** The folder of bots that import this version. */
function install(version) {
  const home = join(cache, `ccxt-${version}`)
  if (!existsSync(join(home, 'node_modules/ccxt/package.json'))) {
    mkdirSync(home, { recursive: true })
    const how = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    execFileSync('npm', ['install', '--prefix', home, ...how, `ccxt@${version}`], {
      stdio: 'inherit',
      timeout: INSTALL_LIMIT_MS,
    })
  }
  const found = JSON.parse(readFileSync(join(home, 'node_modules/ccxt/package.json'), 'utf8')).version
  if (found !== version) throw new Error(`${home} holds ccxt ${found}`)
  const run = join(root, 'scripts/soak-bot.cjs')
  for (const [file, load, name] of Object.values(FORMS)) {
    const [loadRun, loadHttp] = file.endsWith('.cjs')
      ? [`const { run } = require(${JSON.stringify(run)})`, "const { Agent } = require('node:http')"]
      : [`import { run } from ${JSON.stringify(pathToFileURL(run).href)}`, "import { Agent } from 'node:http'"]
    // older versions take an agent for TLS, whatever the address says
    const agent = 'agent: new Agent({ keepAlive: true })'
    const bot = `new ccxt.${name}({ apiKey: 'soak-key', secret: 'soak-secret', enableRateLimit: false, ${agent} })`
    writeFileSync(join(home, file), `${load}\n${loadRun}\n${loadHttp}\nrun(${bot})\n`)
  }
  return home
}

function runProgram(args, cwd, env) {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, args, { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', text => {
      output[stream] += text
    })
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_LIMIT_MS)
  return new Promise(resolve =>
    child.once('close', code => {
      clearTimeout(timer)
      resolve({ code, ...output })
    }),
  )
}

/** A bot on a venue of its own; what it printed and what the venue's books say. */
async function trade(home, file, flags, env) {
  const venue = await createVenue({ stepMs: 0, seed: 1 })
  venue.participate('BTC/USDT', 'sell', 'rest', '60000', '1')
  const front = await offerListenKeys(venue.url)
  try {
    const result = await runProgram([...flags, file], home, { VENUE_URL: front.url, ...env })
    return { ...result, books: venue.books() }
  } finally {
    front.close()
    await venue.close()
  }
}

/** What is wrong, in words; nothing where all agree. */
function differences(bare, followed, sink) {
  const wrong = []
  const same = (what, left, right) => {
    const [one, other] = [JSON.stringify(left), JSON.stringify(right)]
    if (one !== other) wrong.push(`${what}: ${one} instead of ${other}`)
  }
  const late = [bare.code === null && 'without', followed.code === null && 'with'].filter(Boolean)
  if (late.length > 0) return [`no end within ${RUN_LIMIT_MS / 1000} s, ${late.join(' and ')} orderscope`]
  same('exit code', [bare.code, followed.code], [0, 0])
  same('printed', followed.stdout, bare.stdout)
  same('books', followed.books, bare.books)
  // the ids of the orders are the bot's own, so that traces can be told apart
  const orders = sink.spans.filter(({ name }) => name === 'order')
  const byId = Object.fromEntries(
    orders.map(({ attributes }) => [attributes['trading.order.client_id'], attributes['trading.order.status']]),
  )
  same(
    'traces',
    ['bot-filled', 'bot-canceled', 'bot-second', 'bot-refused'].map(id => byId[id]),
    ['filled', 'canceled', 'filled', 'rejected'],
  )
  same('orders traced', orders.length, 4)
  same(
    'executions traced',
    sink.spans.filter(({ name }) => name === 'order.fill').map(span => span.attributes['trading.execution.quantity']),
    ['0.01', '0.03'],
  )
  const latest = name => sink.metrics.findLast(metric => metric.name === name)?.points ?? []
  same(
    'orders counted',
    Object.fromEntries(
      latest('trading.orders')
        .map(({ attributes, value }) => [attributes['trading.order.status'], value])
        .sort(),
    ),
    { canceled: 1, filled: 2, rejected: 1 },
  )
  same(
    'anomalies',
    latest('trading.order.anomalies').map(({ attributes }) => attributes),
    [],
  )
  return wrong
}

async function check(home, [file]) {
  const bare = await trade(home, file, [], {})
  const sink = await createOtlpSink()
  try {
    const flag = file.endsWith('.cjs') ? ['--require', register] : ['--import', pathToFileURL(register).href]
    const followed = await trade(home, file, flag, {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_METRICS_EXPORTER: 'otlp',
      // on a machine that is busy: what was recorded must have arrived
      ORDERSCOPE_EXIT_TIMEOUT_MS: '30000',
    })
    const wrong = differences(bare, followed, sink)
    if (wrong.length > 0) wrong.push(`stderr: ${followed.stderr.trim().split('\n').slice(0, 3).join(' | ')}`)
    return wrong
  } finally {
    await sink.close()
  }
}

let failed = 0
let checked = 0
console.log(['ccxt'.padEnd(8), ...Object.keys(FORMS).map(form => form.padEnd(16))].join(' '))
for (const version of versions) {
  if (Date.now() > deadline) {
    console.log(`${version.padEnd(8)} not run: the whole takes no longer than ${WHOLE_LIMIT_MS / 60_000} minutes`)
    failed++
    continue
  }
  const cells = []
  const details = []
  try {
    const home = install(version)
    for (const [form, bot] of Object.entries(FORMS)) {
      const wrong = await check(home, bot)
      checked++
      if (wrong.length > 0) failed++
      cells.push((wrong.length === 0 ? 'agrees' : 'DIFFERS').padEnd(16))
      details.push(...wrong.map(what => `  ${form}: ${what}`))
    }
  } catch (error) {
    failed++
    cells.push('FAILED')
    details.push(`  ${error.message}`)
  }
  console.log([version.padEnd(8), ...cells].join(' '))
  for (const detail of details) console.log(detail)
}
console.log(
  failed === 0
    ? `${checked} runs on ${versions.length} versions of ccxt: venue, metrics and traces agree`
    : `${failed} failed`,
)
process.exitCode = failed === 0 ? 0 : 1
