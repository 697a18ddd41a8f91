import { metrics as metricsApi } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterEach, describe, expect, it } from 'vitest'
import { createAccountRecorder } from '../../src/desk/account.js'
import { createMarketDataRecorder } from '../../src/desk/market-data.js'
import { createVenueApiRecorder } from '../../src/desk/venue-api.js'
import { createVenueStreamRecorder } from '../../src/desk/venue-streams.js'
import { createInMemoryTelemetry, type InMemoryTelemetry } from '../../src/testing/index.js'

const makers = [createAccountRecorder, createMarketDataRecorder, createVenueApiRecorder, createVenueStreamRecorder]
const venue = { name: 'kraken' }
const open: InMemoryTelemetry[] = []
afterEach(async () => {
  for (const telemetry of open.splice(0)) await telemetry.shutdown()
})

function start(global = false): InMemoryTelemetry {
  const telemetry = createInMemoryTelemetry({ global })
  open.push(telemetry)
  return telemetry
}

/** Values or counts by the values of the attributes, without the venue. */
async function read(telemetry: InMemoryTelemetry, name: string): Promise<Record<string, number>> {
  const points = (await telemetry.collectMetrics()).find(metric => metric.name === name)?.points ?? []
  return Object.fromEntries(
    points.map(({ attributes: { 'trading.venue.name': _, ...rest }, count, value }) => [
      Object.values(rest).map(String).sort().join(' '),
      Number(count ?? value),
    ]),
  )
}

describe.each(makers.map(make => [make.name, make] as const))('%s', (name, make) => {
  it.each<[unknown, RegExp]>([
    [undefined, /needs the venue's name; write/],
    [{}, /needs the venue's name; write/],
    [{ venue: { name: '' } }, /needs the venue's name; write/],
    [{ venue, mode: 'demo' }, /mode is "demo"; write live, paper, backtest/],
    [{ venue, exchange: 'x' }, /has no option "exchange"; there are venue, mode, meterProvider/],
  ])('refuses %j at once', (options, sentence) => {
    expect(() => make(options as never)).toThrow(sentence)
    expect(() => make(options as never)).toThrow(name)
  })
})

describe('whatever it is told', () => {
  const odd: unknown[] = [undefined, null, Number.NaN, -1, 'x'.repeat(10_000), {}, Symbol('x'), [], 10n, () => {}]

  it.each(odd.map(value => [typeof value, value] as const))('nothing is thrown: %s', async (_, value) => {
    const { meterProvider } = start()
    const any = value as never
    const api = createVenueApiRecorder({ venue, meterProvider })
    api.recordRequest(any, any, any)
    api.recordRetry(any)
    api.recordError(any, any)
    api.recordThrottle(any)
    api.recordRateLimit(any, any)
    api.recordRateLimit('weight_1m', { used: any, limit: any, operation: any, windowMs: any })
    api.recordBan(any)
    const streams = createVenueStreamRecorder({ venue, meterProvider })
    streams.recordDisconnect(any)
    streams.recordConnect(any)
    streams.recordConnectFailure(any)
    const marketData = createMarketDataRecorder({ venue, meterProvider })
    const feed = marketData.feed(any, any)
    feed.recordUpdate(any)
    feed.recordDuplicate()
    feed.recordEmpty()
    marketData.recordProcessing(any, any)
    const account = createAccountRecorder({ venue, meterProvider })
    account.recordBalance(any, any, any)
    account.recordBalance('USD', { free: any, used: any, total: any })
    account.recordPosition(any)
    account.recordPosition({ symbol: any, side: any, size: any })
    account.recordPositions(any)
    account.recordPositions([any])
  })

  it('labels stay names, words and lists', async () => {
    const telemetry = start()
    const { meterProvider } = telemetry
    const api = createVenueApiRecorder({ venue, meterProvider })
    for (const operation of ['fetchTicker', '/api/v3/order?id=7', 'GET https://x', 'x'.repeat(99), 'a b']) {
      api.recordRequest(operation, 0.1, operation === 'a b' ? 'text of an error' : undefined)
    }
    expect(await read(telemetry, 'trading.venue.request.duration')).toEqual({
      fetchTicker: 1,
      other: 3,
      'other other': 1,
    })
    const feed = createMarketDataRecorder({ venue, meterProvider }).feed('trades', 'B'.repeat(10_000))
    feed.recordUpdate()
    expect(await read(telemetry, 'trading.market_data.messages')).toEqual({ 'other trades update': 1 })
  })

  it('operations and feeds are bounded', async () => {
    const telemetry = start()
    const { meterProvider } = telemetry
    const api = createVenueApiRecorder({ venue, meterProvider })
    for (let i = 0; i < 1000; i++) api.recordRetry(`operation${i}`)
    const retries = await read(telemetry, 'trading.venue.request.retries')
    expect([Object.keys(retries).length, retries.other]).toEqual([501, 500])
    const marketData = createMarketDataRecorder({ venue, meterProvider })
    for (let i = 0; i < 5000; i++) marketData.feed('ticker', `S${i}`).recordUpdate()
    expect(Object.keys(await read(telemetry, 'trading.market_data.staleness')).length).toBeLessThanOrEqual(2001)
    const messages = Object.values(await read(telemetry, 'trading.market_data.messages'))
    expect(messages.reduce((sum, count) => sum + count)).toBe(5000)
  })
})

describe('recorders that are older than telemetry', () => {
  it('record from its start on, and tell what holds since before', async () => {
    const streams = createVenueStreamRecorder({ venue })
    const marketData = createMarketDataRecorder({ venue })
    const feed = marketData.feed('trades', 'BTC/USD')
    const account = createAccountRecorder({ venue })
    streams.recordConnect()
    feed.recordUpdate()
    account.recordBalance('USD', { total: 5 })
    const telemetry = start(true)
    streams.recordMessage()
    feed.recordUpdate()
    account.recordBalance('EUR', { total: 7 })
    expect(await read(telemetry, 'trading.stream.connections')).toEqual({ '': 1 })
    expect(await read(telemetry, 'trading.market_data.messages')).toEqual({ 'BTC/USD trades update': 1 })
    expect(await read(telemetry, 'trading.account.balance')).toEqual({ 'EUR spot total': 7, 'USD spot total': 5 })
    await telemetry.shutdown()
    const next = start(true)
    streams.recordClose()
    expect(await read(next, 'trading.stream.connections')).toEqual({ '': 0 })
    account.close()
  })
})

it("works on anyone else's meter provider", async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  const feed = createMarketDataRecorder({ venue, meterProvider }).feed('trades', 'BTC/USD')
  feed.recordUpdate(Date.now() - 20)
  createVenueApiRecorder({ venue, meterProvider }).recordRateLimit('weight_1m', { used: 30, limit: 60 })
  await reader.forceFlush()
  const found = new Map(
    exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) =>
          metrics.map(metric => [metric.descriptor.name, metric.dataPoints] as const),
        ),
      ),
  )
  expect(found.get('trading.market_data.messages')).toMatchObject([{ value: 1 }])
  expect(found.get('trading.market_data.staleness')).toHaveLength(1)
  expect(found.get('trading.venue.rate_limit.utilization')).toMatchObject([{ value: 0.5 }])
  await meterProvider.shutdown()
  metricsApi.disable()
})

describe('rate limits', () => {
  it('are free again when their time has passed', async () => {
    const telemetry = start()
    const api = createVenueApiRecorder({ venue, meterProvider: telemetry.meterProvider })
    api.recordRateLimit('orders_10s', { used: 9, limit: 10, windowMs: 30 })
    expect(await read(telemetry, 'trading.venue.rate_limit.utilization')).toEqual({ orders_10s: 0.9 })
    await new Promise(resolve => setTimeout(resolve, 40))
    expect(await read(telemetry, 'trading.venue.rate_limit.utilization')).toEqual({ orders_10s: 0 })
    expect(await read(telemetry, 'trading.venue.rate_limit.limit')).toEqual({ orders_10s: 10 })
  })
})

describe('accounts', () => {
  it('are added up; what is no longer held is 0; one that is closed leaves', async () => {
    const telemetry = start()
    const { meterProvider } = telemetry
    const [one, two] = [0, 1].map(() => createAccountRecorder({ venue, meterProvider }))
    one!.recordPositions([
      { symbol: 'BTC/USD', side: 'long', size: 2, notional: 100, unrealizedPnl: -5 },
      { symbol: 'ETH/USD', side: 'short', size: 1, notional: 10, unrealizedPnl: 1 },
    ])
    two!.recordPosition({ symbol: 'BTC/USD', side: 'long', size: 3 })
    two!.recordBalance('DUST', { free: 0, used: 0, total: 0 })
    expect(await read(telemetry, 'trading.position.size')).toEqual({ 'BTC/USD long': 5, 'ETH/USD short': 1 })
    expect(await read(telemetry, 'trading.account.balance')).toEqual({})
    one!.recordPositions([{ symbol: 'BTC/USD', side: 'long', size: 2, notional: 90, unrealizedPnl: -15 }])
    expect(await read(telemetry, 'trading.position.size')).toEqual({ 'BTC/USD long': 5, 'ETH/USD short': 0 })
    expect(await read(telemetry, 'trading.position.unrealized_pnl')).toEqual({
      'BTC/USD long': -15,
      'ETH/USD short': 0,
    })
    one!.close()
    expect(await read(telemetry, 'trading.position.size')).toEqual({ 'BTC/USD long': 3, 'ETH/USD short': 0 })
  })
})
