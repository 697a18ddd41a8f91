import { afterEach, describe, expect, it } from 'vitest'
import { type Connected, connect, createWriter } from './export-host.js'
import { parseExposition, type Sample } from './prometheus/exposition-parser.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(...parameters: Parameters<typeof connect>): Promise<Connected> {
  const connected = await connect(...parameters)
  ends.push(() => connected.end())
  return connected
}

async function scrape({ url }: Connected): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/metrics`)
  expect(response.status).toBe(200)
  return parseExposition(await response.text(), 'text').samples
}

const values = (samples: readonly Sample[], name: string) =>
  samples.filter(sample => sample.name === name).map(sample => sample.value)

const failures = (samples: readonly Sample[]) =>
  Object.fromEntries(
    samples
      .filter(({ name }) => name === 'orderscope_observation_failures_total')
      .map(({ labels, value }) => [`${labels.orderscope_instrument_name} ${labels.error_type}`, Number(value)]),
  )

describe.each(['loop', 'thread'] as const)('in the %s', place => {
  it('a callback that throws, one that never answers and one that takes a second: the rest is fresh, they are named', async () => {
    const connected = await start(place, { observeTimeoutMs: 2000 })
    const meter = connected.provider.getMeter('bot')
    let tick = 0
    meter.createObservableGauge('fresh').addCallback(result => result.observe(++tick))
    meter.createObservableGauge('broken').addCallback(() => {
      throw new Error('no')
    })
    let isStuck = false
    meter.createObservableGauge('stuck').addCallback(async result => {
      result.observe(7)
      if (isStuck) await new Promise(() => {})
    })
    let answer = () => {}
    let isSlow = false
    let calls = 0
    meter.createObservableGauge('slow').addCallback(async result => {
      calls++
      if (isSlow) await new Promise<void>(resolve => (answer = resolve))
      result.observe(calls)
    })
    const batched = meter.createObservableGauge('batched')
    meter.addBatchObservableCallback(result => result.observe(batched, 5), [batched])

    const before = await scrape(connected)
    expect(['fresh', 'stuck', 'slow', 'batched'].map(name => values(before, name))).toEqual([
      ['1'],
      ['7'],
      ['1'],
      ['5'],
    ])
    expect(failures(before)).toEqual({ 'broken exception': 1 })

    isStuck = true
    isSlow = true
    const during = [await scrape(connected), await scrape(connected), await scrape(connected)]
    for (const [index, samples] of during.entries()) {
      expect(values(samples, 'fresh')).toEqual([String(index + 2)])
      // what they told last
      expect(values(samples, 'stuck')).toEqual(['7'])
      expect(values(samples, 'slow')).toEqual(['1'])
      expect(values(samples, 'batched')).toEqual(['5'])
      expect(values(samples, 'broken')).toEqual([])
    }
    const age = (samples: readonly Sample[]) => Number(values(samples, 'orderscope_observation_age_seconds')[0])
    expect(age(during[2]!)).toBeGreaterThan(age(during[0]!))
    expect(failures(during[2]!)).toEqual({ 'broken exception': 4, 'stuck timeout': 3, 'slow timeout': 3 })
    // the slow one is never called while it is at work, and shown when it has answered
    expect(calls).toBe(2)
    answer()
    await expect.poll(async () => values(await scrape(connected), 'slow')).toEqual(['2'])
  }, 30_000)

  it('one that holds the loop is named', async () => {
    const connected = await start(place)
    connected.provider
      .getMeter('bot')
      .createObservableGauge('busy')
      .addCallback(result => {
        const until = performance.now() + 150
        while (performance.now() < until);
        result.observe(1)
      })
    await scrape(connected)
    const samples = await scrape(connected)
    expect(values(samples, 'busy')).toEqual(['1'])
    expect(failures(samples)['busy slow']).toBeGreaterThanOrEqual(1)
  })

  it('an instrument with 100,000 sets of attributes keeps its bound and is named; the others are whole', async () => {
    const connected = await start(place, {}, createWriter(1 << 16, { seriesLimit: 2000 }))
    const meter = connected.provider.getMeter('somebody-elses-library', '3.1.0')
    const requests = meter.createCounter('library.requests')
    const sizes = meter.createHistogram('library.sizes')
    const orders = connected.provider.getMeter('orderscope').createCounter('trading.orders')
    for (let i = 0; i < 100_000; i++) {
      requests.add(1, { 'request.id': `r-${i}` })
      if (i % 10 === 0) sizes.record(i, { 'request.id': `r-${i}` })
      if (i % 100 === 0) orders.add(1, { side: i % 200 === 0 ? 'buy' : 'sell' })
    }
    const samples = await scrape(connected)
    expect(values(samples, 'trading_orders_total')).toEqual(['500', '500'])
    const counted = samples.filter(({ name }) => name === 'library_requests_total')
    expect(counted).toHaveLength(2000)
    expect(counted.reduce((sum, { value }) => sum + Number(value), 0)).toBe(100_000)
    expect(counted.find(({ labels }) => labels.otel_metric_overflow === 'true')?.value).toBe('98001')
    expect(
      samples
        .filter(({ name }) => name === 'orderscope_instrument_series')
        .map(({ labels, value }) => [labels.orderscope_instrument_name, value]),
    ).toEqual([
      ['library.requests', '2000'],
      ['library.sizes', '2000'],
    ])
    const dropped = samples.find(({ labels }) => labels.orderscope_drop_reason === 'series_overflow')
    expect(dropped?.value).toBe(String(98_001 + 8001))
  }, 60_000)
})
