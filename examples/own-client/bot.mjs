import { once } from 'node:events'
import { context } from '@opentelemetry/api'
import { createOrderTracker } from 'orderscope'
import WebSocket from 'ws'
import { startVenue } from '../local-venue/start.mjs'

const venue = await startVenue()
const orders = createOrderTracker({ venue: { name: 'local' } })
let done = 0

const socket = new WebSocket(venue.streamUrl)
socket.on('message', data => {
  const { id, orderId, quantity, price } = JSON.parse(data)
  orders.apply({ type: 'trade', orderId, executionId: id, lastQuantity: quantity, lastPrice: price, source: 'stream' })
  if (orders.activeCount === 0 && done === 2) end()
})
await once(socket, 'open')

async function send(order) {
  const { clientId } = orders.apply({ type: 'submit', ...order }).order
  // the request is part of the stage `submit`: its span lies below
  const response = await context.with(orders.contextOf(clientId, 'submit'), () =>
    fetch(`${venue.url}/orders`, { method: 'POST', body: JSON.stringify(order) }),
  )
  const answer = await response.json()
  if (response.ok) orders.apply({ type: 'ack', clientId, orderId: answer.orderId })
  else orders.apply({ type: 'reject', clientId, reason: 'invalid_quantity', text: answer.error })
  done++
}

await send({ clientId: 'o-1', symbol: 'BTC/USD', side: 'buy', orderType: 'limit', quantity: '0', price: '60000' })
await send({ clientId: 'o-2', symbol: 'BTC/USD', side: 'buy', orderType: 'limit', quantity: '0.5', price: '60000' })

function end() {
  socket.close()
  venue.stop()
}
