import { expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { runExample } from '../run-example.js'

const symbols = ['BTC/USD', 'ETH/USD', 'SOL/USD']

it('a cluster: each process has an endpoint and an instance of its own, and nothing is told twice', async () => {
  const scrapes: string[] = []
  const { code, stderr, sink } = await runExample('cluster/bot.mjs', {
    whileRunning: async (child, output) => {
      for (const symbol of symbols) await output.shows(`${symbol} traded`)
      // its own and one of each worker
      await output.shows(/(^orderscope 0.*\n(.*\n)*?){4}/m, 'stderr')
      const endpoints = [...output.stderr.matchAll(/metrics (http:\S+)/g)].map(([, url]) => url!)
      expect(new Set(endpoints).size).toBe(4)
      for (const url of endpoints) scrapes.push(await (await fetch(url)).text())
      child.kill('SIGTERM')
    },
  })
  expect(code, stderr).toBe(0)

  const traded = scrapes.flatMap(text => [...text.matchAll(/^trading_orders_total\{.*symbol="(.*?)".*\} (\d+)$/gm)])
  expect(traded.map(([, symbol, value]) => `${symbol} ${value}`).sort()).toEqual(symbols.map(symbol => `${symbol} 1`))

  const instances = new Map<string, unknown>()
  for (const { name, resource, points } of sink.metrics) {
    if (name !== 'trading.orders') continue
    expect(points).toMatchObject([{ value: 1 }])
    expect(resource['bot.symbol']).toBe(points[0]!.attributes['trading.instrument.symbol'])
    instances.set(String(resource['service.instance.id']), resource['bot.symbol'])
  }
  expect([...instances.values()].sort()).toEqual(symbols)
  for (const clientId of ['1-1', '2-1', '3-1'])
    expectOrderTrace(sink, { clientId }).toHaveStages('submit', 'ack', 'fill').toBeDone('filled').toHaveNoAnomalies()
})
