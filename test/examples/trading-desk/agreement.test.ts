import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Summary } from '../../../examples/trading-desk/summary.js'
import { createOtlpSink } from '../../../src/testing/index.js'

const main = join(import.meta.dirname, '../../../examples/trading-desk/dist/main.js')
const market = join(import.meta.dirname, '../../../../shared/data/market/trades.csv')
const NOTHING: Summary = { orders: {}, executions: 0, quantity: {} }

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'trading-desk-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the demo to its end, as a user would, with telemetry. */
async function demo(
  args: string[],
  env: Record<string, string> = {},
): Promise<Record<'venue' | 'metrics' | 'traces', Summary>> {
  const json = join(folder, `${Math.random()}.json`)
  const child = spawn(process.execPath, [main, ...args, '--json', json], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', data => (output += data))
  child.stderr.on('data', data => (output += data))
  const [code] = await once(child, 'exit')
  expect(code, output).toBe(0)
  return JSON.parse(readFileSync(json, 'utf8'))
}

const total = ({ orders }: Summary) => Object.values(orders).reduce((sum, count) => sum + count, 0)

test.each([11, 12, 13])('venue, scraped metrics and exported spans agree exactly, seed %i', async seed => {
  const { venue, metrics, traces } = await demo(['--orders', '80', '--seed', String(seed)])
  expect(total(venue)).toBe(80)
  expect(venue.executions).toBeGreaterThan(20)
  expect(metrics).toEqual(venue)
  expect(traces).toEqual(venue)
})

test.skipIf(!hasMarketData())('they agree on recorded prices too', async () => {
  const { venue, metrics, traces } = await demo(['--orders', '60', '--trades', market])
  expect(total(venue)).toBe(60)
  expect(Object.keys(venue.quantity)).toEqual(['BTC/USDT'])
  expect(metrics).toEqual(venue)
  expect(traces).toEqual(venue)
})

describe('they are independent of each other', () => {
  test('with one batch of spans lost on its way they disagree', async () => {
    const { venue, metrics, traces } = await demo(['--orders', '80', '--seed', '14', '--lose-batch', '2'])
    expect(metrics).toEqual(venue)
    expect(traces).not.toEqual(venue)
  })

  test('with the SDK disabled metrics and traces are empty, and the desk trades on', async () => {
    const { venue, metrics, traces } = await demo(['--orders', '30', '--seed', '15'], { OTEL_SDK_DISABLED: 'true' })
    expect(total(venue)).toBe(30)
    expect(metrics).toEqual(NOTHING)
    expect(traces).toEqual(NOTHING)
  })
})

test('a collector that the environment names gets the same spans, one trace from tick to fill', async () => {
  const collector = await createOtlpSink()
  try {
    const { traces } = await demo(['--orders', '30', '--seed', '16'], { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
    expect(collector.spans.filter(span => span.name === 'order').length).toBe(total(traces))
    const fill = collector.spans.find(span => span.name === 'order.fill')!
    const trace = collector.spans.filter(span => span.traceId === fill.traceId)
    const services = (name: string) =>
      trace.filter(span => span.name === name).map(span => span.resource['service.name'])
    expect([services('tick')[0], services('signal')[0], services('order.risk_check')[0], services('order')[0]]).toEqual(
      ['market-data', 'signals', 'risk', 'execution'],
    )
    const parents = new Map(trace.map(span => [span.spanId, span]))
    const above: string[] = []
    for (let span = parents.get(fill.parentSpanId); span !== undefined; span = parents.get(span.parentSpanId))
      above.push(span.name)
    expect(above).toContain('order')
    expect(above).toContain('signal')
    expect(above.at(-1)).toBe('tick')
  } finally {
    await collector.close()
  }
})

function hasMarketData(): boolean {
  try {
    return readFileSync(market).length > 0
  } catch {
    return false
  }
}
