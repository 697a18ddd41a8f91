/*
 * A desk places 1,000 orders a second while the collector of its telemetry is down, slow, half-open or answers
 * garbage, by HTTP and by gRPC: its memory stays bounded, its loop is not held, what is lost is counted exactly, and
 * service resumes by itself.
 *
 *   npm run soak -- fire                     ten minutes each
 *   npm run soak -- fire --short             one minute each
 *   npm run soak -- fire --seconds 20 --only garbage
 *
 * One protocol after the other, the fires of each at the same time.
 */
import { fork } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startBadCollector, wrongAnswers } from './fire/bad-collector.mjs'
import { readOptions } from './options.mjs'

const ORDERS_PER_SECOND = 1000
const LOGS_OF_ORDER = 5
const WARM_SECONDS = 8
/** A request that isn't answered is given up after that. */
const REQUEST_TIMEOUT_MS = 5000
/** The longest pause between attempts, an attempt, and a machine that is busy. */
const RESUME_SECONDS = 20
const MIB = 2 ** 20
/** Four rings of 8 MiB, requests under way, garbage of some seconds. */
const GROWTH_LIMIT = 160 * MIB
/** It has to end somewhere: so much more in the last third than in what was before. Short fires are over too soon. */
const LATE_GROWTH_LIMIT = 32 * MIB

const values = readOptions(
  { only: { type: 'string' }, short: { type: 'boolean' }, seconds: { type: 'string' } },
  'npm run soak -- fire [--short] [--seconds NUMBER] [--only NAME]',
)
const fireSeconds = Number(values.seconds ?? (values.short ? 60 : 600))
if (!(fireSeconds >= 1)) {
  console.error(`--seconds is "${values.seconds}"; write how long each collector misbehaves, such as 60`)
  process.exit(1)
}

const fires = ['http', 'grpc'].flatMap(protocol => [
  { protocol, name: 'down', ways: ['down'] },
  { protocol, name: 'slow', ways: ['takes 1.5 s', 'answers a byte a second'] },
  { protocol, name: 'half-open', ways: ['half-open', 'never answers'] },
  { protocol, name: 'garbage', ways: wrongAnswers[protocol] },
])

const sleep = (seconds, options) => wait(seconds * 1000, undefined, options)

function startDesk(protocol, url) {
  const { PATH, HOME } = process.env
  const desk = fork(fileURLToPath(new URL('fire/desk.mjs', import.meta.url)), {
    env: {
      PATH,
      HOME,
      ORDERS_PER_SECOND: String(ORDERS_PER_SECOND),
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol === 'grpc' ? 'grpc' : 'http/protobuf',
      OTEL_EXPORTER_OTLP_TIMEOUT: String(REQUEST_TIMEOUT_MS),
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_METRICS_EXPORTER: 'prometheus,otlp',
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      ORDERSCOPE_EXIT_TIMEOUT_MS: '60000',
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const state = { last: undefined, rss: [], stderr: '', ended: false }
  desk.stderr.setEncoding('utf8').on('data', text => {
    state.stderr += text
  })
  desk.on('message', message => {
    if (message.kind !== 'second') return
    state.last = message
    state.rss.push(message.rss)
  })
  desk.on('exit', () => {
    state.ended = true
  })
  return { desk, state }
}

/** Sum of the samples of a metric by what `key` makes of their labels. */
function sums(text, metric, key) {
  const found = {}
  for (const [, name, labels, value] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    if (name !== metric) continue
    const of = key(Object.fromEntries([...(labels ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v])))
    if (of !== undefined) found[of] = (found[of] ?? 0) + Number(value)
  }
  return found
}

const total = counts => Object.values(counts).reduce((sum, count) => sum + count, 0)

async function burn({ protocol, name, ways }) {
  const collector = await startBadCollector(protocol)
  const { desk, state } = startDesk(protocol, collector.url)
  const wrong = []
  const check = (ok, what) => {
    if (!ok) wrong.push(what)
  }
  try {
    const patience = Date.now() + 60_000
    while ((collector.accepted.traces === 0 || state.last === undefined) && !state.ended && Date.now() < patience) {
      await sleep(0.1)
    }
    if (collector.accepted.traces === 0) throw new Error(`nothing arrived before the fire: ${state.stderr}`)
    // what code costs before it is compiled belongs to no comparison
    await sleep(WARM_SECONDS / 2)
    desk.send('phase')
    await sleep(WARM_SECONDS / 2)
    const calm = state.last
    const beginning = state.rss.length
    desk.send('phase')
    const until = Date.now() + fireSeconds * 1000
    const stepMs = Math.min(10_000, Math.max(2000, (fireSeconds * 1000) / ways.length))
    for (let step = 0; Date.now() < until && !state.ended; step++) {
      await collector.behave(ways[step % ways.length])
      await sleep(Math.max(0, Math.min(stepMs, until - Date.now())) / 1000)
    }
    const fire = state.last
    const memory = state.rss.slice(beginning)

    const arrived = collector.accepted.traces
    await collector.behave('works')
    const works = Date.now()
    while (collector.accepted.traces === arrived && Date.now() - works < RESUME_SECONDS * 1000 && !state.ended) {
      await sleep(0.05)
    }
    const resumed = (Date.now() - works) / 1000
    check(resumed < RESUME_SECONDS, `no span arrived within ${RESUME_SECONDS} s`)
    await sleep(3)

    const stopped = new Promise(resolve =>
      desk.on('message', message => {
        if (message.kind === 'stopped') resolve(message)
      }),
    )
    desk.send('stop')
    const told = await Promise.race([stopped, sleep(70, { ref: false })])
    if (told === undefined || state.ended) throw new Error(`the desk ended or didn't stop: ${state.stderr}`)
    const url = /http:\/\/\S+\/metrics/.exec(state.stderr)?.[0]
    const text = await (await fetch(url)).text()
    desk.send('end')
    const deadline = Date.now() + 70_000
    while (!state.ended && Date.now() < deadline) await sleep(0.05)
    check(state.ended, "the desk didn't end")

    const dropped = sums(text, 'orderscope_dropped_total', labels =>
      labels.orderscope_lane === undefined ? undefined : `${labels.orderscope_lane}: ${labels.orderscope_drop_reason}`,
    )
    let lost = 0
    for (const [signal, record, emitted] of [
      ['traces', 'span', told.spans],
      ['logs', 'log', told.orders * LOGS_OF_ORDER],
    ]) {
      const full = sums(text, `otel_sdk_processor_${record}_processed_total`, labels => labels.error_type)
      const failed = sums(text, `otel_sdk_exporter_${record}_exported_total`, labels => labels.error_type)
      const taken = collector.accepted[signal]
      lost += total(full) + total(failed)
      check(
        taken + total(full) + total(failed) === emitted,
        `${record}s: ${taken} taken + ${total(full)} found no room + ${total(failed)} refused is not ${emitted}`,
      )
    }
    check(total(dropped) === lost, `by lane and reason ${total(dropped)} are lost, by signal ${lost}`)

    const most = Math.max(...memory)
    const early = Math.max(...memory.slice(0, Math.ceil((memory.length * 2) / 3)))
    check(most - calm.rss < GROWTH_LIMIT, `memory grew by ${Math.round((most - calm.rss) / MIB)} MiB`)
    const isLong = fireSeconds >= 300
    check(
      !isLong || most - early < LATE_GROWTH_LIMIT,
      `memory grew on: ${Math.round((most - early) / MIB)} MiB at the end`,
    )
    // how late the loop turns is the bench's affair, on a machine that does nothing else
    const [before50, fire50] = [calm.event[0], fire.event[0]]
    check(fire50 < before50 * 3 + 50, `an event took ${fire50} µs of the loop in the fire, ${before50} before it`)
    const placed = fire.told - calm.told
    check(placed > (ORDERS_PER_SECOND * fireSeconds) / 4, `the desk placed ${placed} orders only`)
    return { protocol, name, wrong, told, calm, fire, resumed, dropped, most, requests: collector.requests }
  } catch (error) {
    return { protocol, name, wrong: [...wrong, error.message] }
  } finally {
    desk.kill('SIGKILL')
    await collector.close()
  }
}

function report({ protocol, name, wrong, told, calm, fire, resumed, dropped, most, requests }) {
  console.log(`${wrong.length === 0 ? 'held  ' : 'FAILED'} ${name}, ${protocol}`)
  if (told !== undefined) {
    const mib = bytes => `${Math.round(bytes / MIB)} MiB`
    console.log(
      `  ${told.orders} orders, ${told.spans} spans, ${requests} requests; resumed after ${resumed.toFixed(1)} s`,
    )
    console.log(
      `  an event costs the loop, µs at p50 p99 p99.9 p99.99: ${calm.event.join(' ')} before, ${fire.event.join(' ')} in the fire`,
    )
    console.log(
      `  the loop turns late by, µs at p50 p99 p99.9: ${calm.loop.join(' ')} before, ${fire.loop.join(' ')} in the fire`,
    )
    console.log(`  memory ${mib(calm.rss)} before, ${mib(most)} at most`)
    const lost = Object.entries(dropped).filter(([, count]) => count > 0)
    console.log(`  lost ${lost.map(([what, count]) => `${count} (${what})`).join(', ') || 'nothing'}, the rest arrived`)
  }
  for (const what of wrong) console.log(`  ${what}`)
}

const chosen = fires.filter(({ protocol, name }) => `${name}, ${protocol}`.includes(values.only ?? ''))
let failed = chosen.length === 0 ? 1 : 0
if (failed > 0)
  console.log(
    `no fire is called ${values.only}; there are ${fires.map(fire => `${fire.name}, ${fire.protocol}`).join('; ')}`,
  )
for (const protocol of ['http', 'grpc']) {
  for (const result of await Promise.all(chosen.filter(fire => fire.protocol === protocol).map(burn))) {
    report(result)
    if (result.wrong.length > 0) failed++
  }
}
console.log(failed === 0 ? `${chosen.length} fires of ${fireSeconds} s: held` : `${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
