import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createVenue, type Venue } from '../../examples/trading-desk/venue/venue.js'
import { closedPort } from './closed-port.js'
import { fixture } from './run-program.js'
import { register, registerUrl, runWithSink, type SinkResult } from './with-sink.js'

let venue: Venue
beforeEach(async () => {
  venue = await createVenue({ stepMs: 20, seed: 1 })
})
afterEach(() => venue.close())

/** Runs until the program says `ready`; with what the endpoint told then. */
async function runAndScrape(
  flags: readonly string[],
  program: string,
  env: Record<string, string> = {},
): Promise<SinkResult & { scrape: string }> {
  let scrape = ''
  const result = await runWithSink([...flags, fixture(program)], {
    env: { VENUE_URL: venue.url, ...env },
    timeoutMs: 60_000,
    whileRunning: async (child, output) => {
      const [, url] = await output.shows(/metrics (http:\/\/127\.0\.0\.1:\d+\/metrics)/, 'stderr')
      await output.shows('ready')
      scrape = await (await fetch(url!)).text()
      child.kill('SIGTERM')
    },
  })
  return { ...result, scrape }
}

/** A venue that says back what it was told, and takes no WebSocket. */
async function startEcho(): Promise<{ url: string; close(): void }> {
  const echo = createServer(async (request, response) => {
    const body = await text(request)
    response.statusCode = 400
    response.end(JSON.stringify({ code: -1, msg: `${request.url} ${JSON.stringify(request.headers)} ${body}` }))
  })
  echo.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 planted-status-16\r\n\r\n'))
  await once(echo.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(echo.address() as AddressInfo).port}`,
    close: () => {
      echo.closeAllConnections()
      echo.close()
    },
  }
}

test('no secret of an exchange object leaves by any exit', async () => {
  const echo = await startEcho()
  const { sink, scrape, stderr, stdout, code } = await runAndScrape(['--import', registerUrl], 'ccxt-secrets-bot.mjs', {
    ECHO_URL: echo.url,
    CLOSED_URL: `http://127.0.0.1:${await closedPort()}`,
  }).finally(() => echo.close())
  expect([stdout, code], stderr).toEqual(['ready\n', 0])
  const exits = {
    spans: JSON.stringify(sink.spans, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    logs: JSON.stringify(sink.logs, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    metrics: JSON.stringify(sink.metrics, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    scrape,
    stderr,
  }
  for (const [exit, said] of Object.entries(exits)) {
    const found = [...said.matchAll(/.{0,200}planted.{0,60}/g)].map(([context]) => context)
    expect(found, exit).toEqual([])
  }
  // they were all on their way: orders that were refused, never answered, never sent; requests and sockets
  expect(new Set(sink.spans.map(span => span.attributes['trading.order.client_id']))).toEqual(
    new Set([undefined, 'bot-1', 'bot-2', 'bot-3', 'bot-4', 'bot-5']),
  )
  expect(exits.spans).toContain('?REDACTED')
  expect(exits.spans).toContain('/ws/REDACTED')
  const echoed = sink.spans.find(
    span => span.name === 'order' && span.attributes['trading.order.client_id'] === 'bot-3',
  )
  expect(echoed?.attributes['trading.order.text']).toContain('…')
  expect(scrape).toMatch(/trading_stream_connect_failures_total\{[^}]*error_type="NetworkError"[^}]*\} 2/)
})

describe('what is told of a venue is the same on every way', () => {
  test.each([
    ['--import', ['--import', registerUrl]],
    ['--require', ['--require', register]],
  ])('%s', async (_, flags) => {
    const { sink, scrape, stderr } = await runAndScrape(flags, 'ccxt-venue-bot.mjs')
    const scraped = (name: string, ...labels: string[]) => {
      const line = scrape
        .split('\n')
        .find(line => line.startsWith(`${name}{`) && labels.every(label => line.includes(`"${label}"`)))
      return Number(line?.split(' ').at(-1))
    }
    const sent = (name: string, ...values: string[]) => {
      const points = sink.metrics.findLast(metric => metric.name === name)?.points ?? []
      const found = points.find(({ attributes }) => values.every(value => Object.values(attributes).includes(value)))
      return Number(found?.count ?? found?.value)
    }
    expect(scraped('trading_venue_request_duration_seconds_count', 'binance', 'fetchTicker'), stderr).toBe(3)
    expect(sent('trading.venue.request.duration', 'fetchTicker')).toBe(3)
    expect(scraped('trading_venue_errors_total', 'cancelOrder', 'OrderNotFound')).toBe(1)
    expect(sent('trading.venue.errors', 'cancelOrder', 'OrderNotFound')).toBe(1)
    expect(scraped('trading_stream_connects_total', 'binance')).toBe(1)
    expect(scraped('trading_stream_reconnects_total', 'binance')).toBe(0)
    expect(scraped('trading_stream_disconnects_total', 'binance')).toBeNaN()
    expect(scraped('trading_stream_connections', 'binance')).toBe(1)
    expect(scraped('trading_stream_staleness_seconds', 'binance')).toBeLessThan(5)
    expect(scraped('trading_venue_rate_limit_utilization_ratio', 'weight_1m')).toBeGreaterThan(0)
    expect(scraped('trading_venue_rate_limit_utilization_ratio', 'client_1m')).toBeGreaterThan(0)
    expect(scraped('trading_venue_throttle_duration_seconds_count', 'binance')).toBeGreaterThan(3)
    expect(scraped('trading_market_data_messages_total', 'ticker', 'BTC/USDT', 'update')).toBeGreaterThan(0)
    expect(scraped('trading_market_data_staleness_seconds', 'ticker', 'BTC/USDT')).toBeLessThan(5)
    expect(scraped('trading_market_data_lag_seconds_count', 'ticker')).toBeGreaterThan(0)
    expect(scraped('trading_market_data_processing_duration_seconds_count', 'ticker')).toBeGreaterThan(0)
    expect(scraped('trading_account_balance', 'USDT', 'total')).toBe(10_000_000)
    expect(sent('trading.account.balance', 'USDT', 'total')).toBe(10_000_000)
    // closed in the end, by the application
    expect(sent('trading.stream.connections', 'binance')).toBe(0)
    expect(sent('trading.stream.disconnects', 'binance')).toBeNaN()
  })
})
