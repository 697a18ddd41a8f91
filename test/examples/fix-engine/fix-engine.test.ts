import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { expectOrderTrace } from '../../../src/testing/index.js'
import { cleanEnvironment, root } from '../../process/run-program.js'
import { registerUrl, runWithSink } from '../../process/with-sink.js'

const example = join(root, 'examples/fix-engine')

/** A port that nobody has; FIX engines take no port 0. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}

it('the order of a bot with a FIX engine, over a real session, is a trace and metrics', async () => {
  const env = { FIX_PORT: await freePort() }
  const venue = spawn(process.execPath, [join(example, 'venue.mjs')], { env: cleanEnvironment(env), stdio: 'ignore' })
  try {
    const bot = ['--import', registerUrl, join(example, 'bot.mjs')]
    const { code, stderr, sink } = await runWithSink(bot, { env, timeoutMs: 50_000 })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/lost|Error/) })

    expectOrderTrace(sink, { clientId: 'f-1' }).toBeDone('filled').toBeOneTrace().toHaveNoAnomalies()
    const spans = sink.spans.filter(span => span.attributes['trading.order.root_id'] === 'f-1')
    expect(spans.map(({ name }) => name).sort()).toEqual([
      'order',
      'order.ack',
      'order.fill',
      'order.fill',
      'order.submit',
    ])
    expect(spans.find(({ name }) => name === 'order')!.attributes).toMatchObject({
      'trading.order.id': 'v-1',
      'trading.order.cumulative_quantity': '100',
      'trading.order.average_price': '10.4',
      'trading.instrument.symbol': 'ACME',
    })
    const sum = (name: string) =>
      sink.metrics.findLast(metric => metric.name === name)!.points.map(point => point.value ?? point.count)
    expect({ orders: sum('trading.orders'), executions: sum('trading.executions') }).toEqual({
      orders: [1],
      executions: [2],
    })
  } finally {
    const ended = once(venue, 'close')
    venue.kill('SIGKILL')
    await ended
  }
}, 60_000)
