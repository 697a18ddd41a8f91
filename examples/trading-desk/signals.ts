import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { context, trace } from '@opentelemetry/api'
import { extract } from 'orderscope'
import { WebSocketServer } from 'ws'
import { readOptions } from './options.js'
import type { OrderAnswer, OrderIntent } from './order-intent.js'
import { onEnd, tellDone, tellListening } from './service.js'
import { createStrategy } from './strategy.js'
import type { Tick } from './tick.js'

/** Turns ticks into orders and asks risk for them. */
const values = readOptions('DESK', {
  host: '127.0.0.1',
  port: '0',
  risk: undefined,
  seed: '1',
  /** How many orders are to reach the venue; 0 is no end. */
  orders: '0',
  /** How many orders there are for a tick, from 0 to 1. */
  chance: '1',
})
const MAX_IN_FLIGHT = 8
const target = Number(values.orders) || Number.POSITIVE_INFINITY
const strategy = createStrategy(Number(values.seed), Number(values.chance))
const tracer = trace.getTracer('desk')
let inFlight = 0
let reached = 0

function consider(tick: Tick): void {
  if (inFlight >= MAX_IN_FLIGHT || reached + inFlight >= target) return
  const intent = strategy.decide(tick)
  if (intent) void send(intent)
}

async function send(intent: OrderIntent): Promise<void> {
  inFlight++
  await tracer.startActiveSpan('signal', async span => {
    span.setAttributes({ 'trading.order.client_id': intent.clientId, 'trading.instrument.symbol': intent.symbol })
    try {
      const response = await fetch(`${values.risk}/orders`, { method: 'POST', body: JSON.stringify(intent) })
      const { result } = (await response.json()) as OrderAnswer
      if (result === 'accepted' || result === 'rejected') reached++
    } catch (error) {
      console.error(`${intent.clientId}: ${String(error)}`)
    } finally {
      span.end()
    }
  })
  inFlight--
  if (reached >= target && inFlight === 0) tellDone()
}

const server = new WebSocketServer({ host: values.host, port: Number(values.port) })
server.on('connection', socket => {
  socket.on('message', data => {
    const tick = JSON.parse(String(data)) as Tick
    // out of the message: what is decided here belongs to the trace of the tick
    context.with(extract(tick.trace), () => consider(tick))
  })
})
await once(server, 'listening')
tellListening(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)

onEnd(() => {
  for (const socket of server.clients) socket.terminate()
  server.close()
})
