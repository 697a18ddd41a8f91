// An order service: POST /orders places one. The order belongs to the trace of the request that wanted it.
import { context } from '@opentelemetry/api'
import fastify from 'fastify'
import { createOrderTracker } from 'orderscope'
import WebSocket from 'ws'
import { startVenue } from '../local-venue/start.mjs'

const venue = await startVenue()
const orders = createOrderTracker({ venue: { name: 'local' } })
const app = fastify()

app.post('/orders', async (request, reply) => {
  const order = request.body
  orders.apply({ ...order, type: 'submit' })
  const response = await context.with(orders.contextOf(order.clientId, 'submit'), () =>
    fetch(`${venue.url}/orders`, { method: 'POST', body: JSON.stringify(order) }),
  )
  const { orderId, error } = await response.json()
  if (response.ok) orders.apply({ type: 'ack', clientId: order.clientId, orderId })
  else orders.apply({ type: 'reject', clientId: order.clientId, reason: 'invalid_order', text: error })
  return reply.code(response.status).send({ orderId, error })
})
app.get('/orders/:id', async (request, reply) => {
  const { status, cumulativeQuantity } = orders.get(request.params.id) ?? {}
  return reply.code(status ? 200 : 404).send({ status, cumulativeQuantity })
})

const socket = new WebSocket(venue.streamUrl).on('message', data => {
  const { id, orderId, quantity, price } = JSON.parse(data)
  orders.apply({ type: 'trade', orderId, executionId: id, lastQuantity: quantity, lastPrice: price, source: 'stream' })
})

console.log(await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }))
process.once('SIGTERM', async () => {
  await app.close()
  socket.close()
  venue.stop()
})
