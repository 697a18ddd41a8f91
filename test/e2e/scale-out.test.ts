import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createOtlpSink, type OtlpSink } from '../../src/testing/otlp-sink.js'
import { JaegerStandIn } from './jaeger-stand-in.js'
import { logs, newSpanId, newTraceId, traces } from './otlp-json.js'
import { PrometheusProgram } from './prometheus-program.js'
import { stackBinary } from './stack-binary.js'
import { TierProgram } from './tier-program.js'

const root = join(import.meta.dirname, '../..')
const file = (name: string) => join(root, 'deploy/scale-out', name)
const ORDERS = 200

test.each([['deploy/jaeger/config.yaml'], ['deploy/scale-out/jaeger.yaml']])('Jaeger takes %s', path => {
  const { status, stderr } = spawnSync(stackBinary('jaeger'), ['validate', `--config=${join(root, path)}`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, JAEGER_UI: join(root, 'deploy/jaeger/ui.json') },
  })
  expect(stderr).not.toMatch(/error/i)
  expect(status).toBe(0)
})

describe('two of each tier', () => {
  // addresses of the loopback that nobody else has
  const net = `127.${randomInt(2, 250)}.${randomInt(1, 250)}`
  const addresses = {
    agent: [`${net}.11`, `${net}.12`],
    router: [`${net}.21`, `${net}.22`],
    sampler: [`${net}.31`, `${net}.32`],
  }
  const jaegers: JaegerStandIn[] = []
  const agents: TierProgram[] = []
  const routers: TierProgram[] = []
  const samplers: TierProgram[] = []
  let folder: string
  let prometheus: PrometheusProgram
  let logStore: OtlpSink

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orderscope-hosts-'))
    const hosts = join(folder, 'hosts')
    const lines = Object.entries(addresses).flatMap(([name, all]) => all.map(address => `${address} ${name}`))
    await writeFile(hosts, `127.0.0.1 localhost\n${lines.join('\n')}\n`)
    prometheus = await PrometheusProgram.start({})
    logStore = await createOtlpSink()
    const store = { REMOTE_WRITE_URL: `${prometheus.url}/api/v1/write` }
    for (const [index, address] of addresses.sampler.entries()) {
      const jaeger = await JaegerStandIn.start()
      jaegers.push(jaeger)
      samplers.push(
        await TierProgram.start([file('sampler.yaml')], address, hosts, {
          ...store,
          SAMPLER_NAME: `sampler-${index}`,
          JAEGER_OTLP_ENDPOINT: `127.0.0.1:${jaeger.port}`,
          DECISION_WAIT: '3s',
          TRACE_SHARE_PERCENT: '100',
        }),
      )
    }
    for (const address of addresses.router) {
      routers.push(await TierProgram.start([file('router.yaml')], address, hosts, {}))
    }
    for (const address of addresses.agent) {
      agents.push(
        await TierProgram.start([file('agent.yaml')], address, hosts, {
          ...store,
          ROUTER: 'dns:///router:4317',
          LOGS_OTLP_ENDPOINT: logStore.url,
        }),
      )
    }
  }, 120_000)

  afterAll(async () => {
    for (const tier of [...agents, ...routers, ...samplers]) await tier.remove()
    await Promise.all(jaegers.map(jaeger => jaeger.close()))
    await prometheus?.remove()
    await logStore?.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }, 60_000)

  test('every trace comes to one sampler, whole, whichever agent and router its spans went by', async () => {
    const ids = Array.from({ length: ORDERS }, newTraceId)
    // each span of a trace in a request of its own, by another agent
    for (const [index, name] of ['order', 'order.submit', 'order.ack', 'order.fill'].entries()) {
      for (let from = 0; from < ids.length; from += 20) {
        const spans = ids.slice(from, from + 20).map(traceId => ({
          traceId,
          name,
          ...(name === 'order' ? {} : { parentSpanId: newSpanId() }),
        }))
        expect(await agents[(index + from / 20) % 2]!.send('traces', traces(spans, `bot-${index}`))).toBe(200)
      }
    }
    await vi.waitFor(
      () => expect(jaegers.map(({ sink }) => sink.spans.length).reduce((sum, each) => sum + each, 0)).toBe(4 * ORDERS),
      { timeout: 40_000, interval: 200 },
    )
    for (const id of ids) {
      const counts = jaegers.map(({ sink }) => sink.spans.filter(({ traceId }) => traceId === id).length)
      expect(counts.toSorted()).toEqual([0, 4])
    }
    // both take part
    for (const jaeger of jaegers) expect(jaeger.traceIds.size).toBeGreaterThan(ORDERS / 5)
    // and both routers: an agent whose connection to one of them came up late began with the other
    await vi.waitFor(
      async () => {
        for (const agent of agents) {
          expect(await agent.send('traces', traces([{ traceId: newTraceId(), name: 'later' }], 'bot'))).toBe(200)
        }
        for (const router of routers) {
          const took = /^otelcol_receiver_accepted_spans(?:_total)?\{[^}]*\} (\d+)/m.exec(await router.metrics())?.[1]
          expect(Number(took)).toBeGreaterThan(0)
        }
      },
      { timeout: 30_000, interval: 200 },
    )
  })

  test("the samplers' counts, added, are those of all spans", async () => {
    await vi.waitFor(
      async () => {
        const calls = await prometheus.api.value('sum(traces_span_metrics_calls_total{span_name="order.ack"})')
        expect(calls).toBe(ORDERS)
        const apart = await prometheus.api.query('count by (sampler) (traces_span_metrics_calls_total)')
        expect(apart.map(({ metric }) => metric.sampler).sort()).toEqual(['sampler-0', 'sampler-1'])
      },
      { timeout: 40_000, interval: 500 },
    )
  })

  test('credentials are masked by the agent, also in logs, which go to the store', async () => {
    const traceId = newTraceId()
    await agents[0]!.send(
      'traces',
      traces([{ traceId, name: 'order', error: 'GET /order?signature=0123abcd refused' }]),
    )
    await agents[1]!.send('logs', logs([{ eventName: 'trading.order.created', body: 'secret=hunter2', traceId }]))
    await vi.waitFor(
      () => {
        const span = jaegers.flatMap(({ sink }) => sink.spans).find(each => each.traceId === traceId)
        expect(span?.status.message).toBe('GET /order?**** refused')
        expect(logStore.logs.find(each => each.traceId === traceId)?.body).toBe('****')
      },
      { timeout: 20_000, interval: 200 },
    )
  })
})
