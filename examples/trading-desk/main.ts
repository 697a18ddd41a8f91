import { accessSync, constants, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { OtlpSink } from 'orderscope/testing'
import { type Desk, startDesk } from './desk.js'
import { latestOrder } from './latest-order.js'
import { readMetrics } from './read-metrics.js'
import { readTraces, startTraceSink } from './read-traces.js'
import { readVenue } from './read-venue.js'
import { collectorHeaders, isTelemetryDisabled, serviceEnvironment, unheededEndpoints } from './service-environment.js'
import type { Summary } from './summary.js'
import { renderWaterfall } from './waterfall.js'

/** What turns the services' orders into metrics and traces. */
const PRELOAD = 'orderscope/register'
const DEADLINE_MS = 55_000
const LIVE_SUMMARY_MS = 5000
/** Columns where there is no terminal to ask. */
const COLUMNS = 100

const USAGE = `npm run demo -- [--orders N] [--seed S] [--trades FILE] [--json FILE]
  --orders N     ends when N orders have reached the venue; without it the desk runs until Ctrl-C
  --seed S       a whole number; the same seed makes the same market and the same decisions (1)
  --trades FILE  prices of a recorded CSV (symbol, side, price, amount) in place of generated ones
  --json FILE    writes what venue, metrics and traces say of the run; needs --orders
  --preload M    the module that the services preload (${PRELOAD}); empty for none
  --lose-batch N loses the N-th batch of orders' spans: venue, metrics and traces then disagree`

interface Arguments {
  orders: number
  seed: number
  trades: string | undefined
  json: string | undefined
  preload: string
  loseBatch: number | undefined
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string' },
      seed: { type: 'string', default: '1' },
      trades: { type: 'string' },
      json: { type: 'string' },
      preload: { type: 'string', default: PRELOAD },
      'lose-batch': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    process.exit(0)
  }
  const whole = (name: 'orders' | 'seed' | 'lose-batch', least: number): number => {
    const text = values[name]!
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
    throw new Error(`--${name} is "${text}"; it must be a whole number from ${least} on, such as 200.`)
  }
  const orders = values.orders === undefined ? 0 : whole('orders', 1)
  if (values.json !== undefined && orders === 0)
    throw new Error('--json needs --orders: a run without end has no result.')
  const trades = values.trades === undefined ? undefined : resolve(values.trades)
  if (trades !== undefined && !isReadable(trades)) {
    throw new Error(`--trades is ${trades}, which can't be read; name a CSV file of recorded trades.`)
  }
  // not only when the run is over
  if (values.json !== undefined && !isWritable(resolve(values.json))) {
    throw new Error(`--json is ${values.json}, which can't be written; name a file in a folder that exists.`)
  }
  const loseBatch = values['lose-batch'] === undefined ? undefined : whole('lose-batch', 1)
  return { orders, seed: whole('seed', 0), trades, json: values.json, preload: values.preload, loseBatch }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function isWritable(file: string): boolean {
  try {
    accessSync(dirname(file), constants.W_OK)
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true
  } catch {
    return false
  }
}

function columns(): number {
  return process.stdout.columns || Number(process.env.COLUMNS) || COLUMNS
}

function show(name: string, { orders, executions, quantity }: Summary): void {
  const counts = Object.entries(orders).map(([status, count]) => `${count} ${status}`)
  const traded = Object.entries(quantity).map(([symbol, amount]) => `${amount} ${symbol}`)
  const lines = [name.padEnd(8)]
  for (const [index, word] of [...counts, `${executions} executions`, ...traded].entries()) {
    const longer = `${lines.at(-1)}${index === 0 ? ' ' : ' · '}${word}`
    if (longer.length <= columns()) lines[lines.length - 1] = longer
    else lines.push(`${''.padEnd(8)} ${word}`)
  }
  console.log(lines.join('\n'))
}

/** Says what is missing where telemetry ought to have told of the orders. */
function missingAccount({ spans }: OtlpSink, metricsUrl: string | undefined, metrics: Summary): string | undefined {
  if (metricsUrl === undefined) return 'execution serves no metrics, so there is nothing to compare the venue with.'
  if (Object.keys(metrics.orders).length === 0) return `${metricsUrl} tells of no order.`
  if (!spans.some(span => span.name === 'order')) return 'No span of an order has arrived.'
  return undefined
}

/** Runs the wanted orders, cancels what rests and puts the three accounts of the run side by side. */
async function runToEnd(desk: Desk, sink: OtlpSink, json: string | undefined, watched: boolean): Promise<void> {
  const deadline = setTimeout(() => {
    console.error(`The orders did not get done within ${DEADLINE_MS / 1000} s.`)
    process.exit(1)
  }, DEADLINE_MS)
  await Promise.race([desk.done, desk.failed])
  await desk.flatten()
  const venue = await readVenue(desk.venueUrl)
  const metrics = await readMetrics(desk.execution.metricsUrl)
  await desk.endServices()
  const traces = readTraces(sink)
  await desk.endVenue()
  clearTimeout(deadline)
  for (const [name, summary] of Object.entries({ venue, metrics, traces })) show(name, summary)
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ venue, metrics, traces }, null, 2)}\n`)
  const missing = watched ? missingAccount(sink, desk.execution.metricsUrl, metrics) : undefined
  if (missing !== undefined) throw new Error(missing)
}

/** Tells how it goes until Ctrl-C. */
async function runLive(desk: Desk, sink: OtlpSink): Promise<void> {
  for (const { name, metricsUrl } of desk.services) if (metricsUrl) console.log(`${name.padEnd(11)} ${metricsUrl}`)
  console.log('The venue drops connections and repeats messages on purpose now and then, as venues do.')
  console.log('Ctrl-C ends the desk.')
  const timer = setInterval(() => {
    readVenue(desk.venueUrl).then(
      books => show('venue', books),
      () => {},
    )
    const latest = latestOrder(sink.spans)
    if (latest) console.log(['', ...renderWaterfall(latest.spans, latest.traceId, columns()), ''].join('\n'))
  }, LIVE_SUMMARY_MS)
  const interrupted = new Promise<void>(ended => {
    process.once('SIGINT', ended)
    process.once('SIGTERM', ended)
  })
  await Promise.race([interrupted, desk.failed]).finally(() => clearInterval(timer))
  await desk.flatten()
  show('venue', await readVenue(desk.venueUrl))
}

async function main(): Promise<void> {
  const { orders, seed, trades, json, preload, loseBatch } = readArguments()
  const forwardTo = process.env.OTEL_EXPORTER_OTLP_ENDPOINT
  const sink = await startTraceSink({ forwardTo, forwardHeaders: collectorHeaders(process.env), loseBatch })
  for (const sentence of unheededEndpoints(process.env)) console.error(sentence)
  const environment = serviceEnvironment({ shell: process.env, finite: orders > 0, sinkUrl: sink.url })
  const desk = await startDesk({ orders, seed, trades, preload, environment })
  try {
    const watched = preload === PRELOAD && !isTelemetryDisabled(process.env)
    await (orders > 0 ? runToEnd(desk, sink, json, watched) : runLive(desk, sink))
  } finally {
    await desk.endServices()
    await desk.endVenue()
    await sink.close()
    if (sink.notForwarded > 0) {
      const all = sink.requests.length
      console.error(`${sink.notForwarded} of ${all} requests could not be forwarded to ${forwardTo}.`)
    }
  }
}

try {
  await main()
  process.exit(0)
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException
  console.error(message)
  if (code?.startsWith('ERR_PARSE_ARGS')) console.error(USAGE)
  process.exit(1)
}
