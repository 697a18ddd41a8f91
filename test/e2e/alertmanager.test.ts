import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Alert, AlertmanagerServer, alertmanagerFiles } from './alertmanager-server.js'
import { amtool } from './stack-binary.js'

describe('amtool', () => {
  const { folder, config } = alertmanagerFiles()
  afterAll(() => rmSync(folder, { recursive: true }))

  test('takes the configuration and its templates', () => {
    expect(amtool('check-config', config)).toMatch(/1 templates\s+SUCCESS/)
  })

  test.each([
    ['title', '[FIRING 1] ExchangeDisconnected binance'],
    [
      'slack',
      '*a < b*\nc & d\nRunbook: docs/runbooks/ExchangeDisconnected.md\n*e* (over)\nf\nRunbook: docs/runbooks/X.md\n',
    ],
    ['telegram', '<b>a &lt; b</b>\nc &amp; d\nRunbook: docs/runbooks/ExchangeDisconnected.md'],
  ])('a message for %s is readable', (template, expected) => {
    const data = join(folder, 'data.json')
    writeFileSync(data, JSON.stringify(notification))
    const text = amtool(
      'template',
      'render',
      `--template.glob=${folder}/templates/*.tmpl`,
      `--template.text={{ template "orderscope.${template}" . }}`,
      `--template.data=${data}`,
    )
    expect(text).toContain(expected)
  })
})

describe('Alertmanager', () => {
  const binance = { job: 'bot', instance: 'a', trading_venue_name: 'binance' }
  const feed = { trading_market_data_channel: 'trades', trading_instrument_symbol: 'BTC/USDT' }

  test('what follows from something else is inhibited, and nothing beside it', async () => {
    const server = await AlertmanagerServer.start('http://127.0.0.1:9/')
    try {
      await server.post([
        alert('ExchangeDisconnected', binance),
        alert('FeedDead', { ...binance, ...feed }),
        alert('FeedStale', { ...binance, ...feed }),
        alert('FeedDead', { ...binance, ...feed, instance: 'b' }),
        alert('FeedStale', { ...binance, ...feed, trading_venue_name: 'kraken' }),
        alert('HighOrderLatency', { job: 'bot', trading_venue_name: 'binance' }),
        alert('UnknownOrders', { job: 'bot', trading_venue_name: 'binance' }),
        alert('ServiceDown', { job: 'bot', instance: 'c' }),
        alert('ServiceDown', { job: 'bot', instance: 'd' }),
        alert('TelemetryDropped', { job: 'bot', instance: 'c' }),
        alert('RateLimitExceeded', { job: 'bot', trading_venue_name: 'kraken', trading_venue_rate_limit_name: 'x' }),
        alert('RateLimitWarning', { job: 'bot', trading_venue_name: 'kraken', trading_venue_rate_limit_name: 'x' }),
        alert('RateLimitWarning', { job: 'bot', trading_venue_name: 'kraken', trading_venue_rate_limit_name: 'y' }),
      ])
      await expect
        .poll(
          async () =>
            (await server.inhibited())
              .map(each => each.labels)
              .map(told)
              .sort(),
          { timeout: 20_000 },
        )
        .toEqual([
          'FeedDead a binance',
          'FeedStale a binance',
          'HighOrderLatency binance',
          'RateLimitWarning kraken x',
          'TelemetryDropped c',
        ])
    } finally {
      await server.end()
    }
  })

  test('a critical alert is posted to the webhook within seconds, without any secret', async () => {
    const bodies: string[] = []
    const webhook = createServer(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString())
      response.end()
    }).listen(0, '127.0.0.1')
    await once(webhook, 'listening')
    const server = await AlertmanagerServer.start(`http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`)
    try {
      await server.post([
        alert('ExchangeDisconnected', binance),
        alert('ExchangeDisconnected', { ...binance, instance: 'b' }),
        alert('OrdersPending', { ...binance, trading_mode: 'paper' }),
      ])
      await expect.poll(() => bodies.length, { timeout: 20_000 }).toBeGreaterThan(0)
      const { status, receiver, alerts } = JSON.parse(bodies[0]!) as {
        status: string
        receiver: string
        alerts: Alert[]
      }
      expect({ status, receiver }).toEqual({ status: 'firing', receiver: 'local' })
      // both in one
      expect(alerts.map(({ labels }) => told(labels)).sort()).toEqual([
        'ExchangeDisconnected a binance',
        'ExchangeDisconnected b binance',
      ])
      expect(bodies).toHaveLength(1)
    } finally {
      await server.end()
      webhook.close()
    }
  })
})

function alert(name: string, labels: Readonly<Record<string, string>>): Alert {
  return { labels: { alertname: name, severity: 'critical', ...labels }, annotations: { summary: name } }
}

function told(labels: Readonly<Record<string, string>>): string {
  const { alertname, instance, trading_venue_name, trading_venue_rate_limit_name } = labels
  return [alertname, instance, trading_venue_name, trading_venue_rate_limit_name].filter(Boolean).join(' ')
}

const notification = {
  receiver: 'slack',
  status: 'firing',
  groupLabels: { alertname: 'ExchangeDisconnected', trading_venue_name: 'binance' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://localhost:9093',
  alerts: [
    {
      status: 'firing',
      labels: {},
      annotations: { summary: 'a < b', description: 'c & d', runbook_url: 'docs/runbooks/ExchangeDisconnected.md' },
    },
    {
      status: 'resolved',
      labels: {},
      annotations: { summary: 'e', description: 'f', runbook_url: 'docs/runbooks/X.md' },
    },
  ],
}
