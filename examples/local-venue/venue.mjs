// A venue for the examples: POST /orders takes an order, and the WebSocket tells its executions, in two halves.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const FILL_DELAY_MS = 150
let lastId = 0

const server = createServer(async (request, response) => {
  const order = JSON.parse(Buffer.concat(await request.toArray()).toString())
  const valid = Number(order.quantity) > 0
  const orderId = `V-${++lastId}`
  response.writeHead(valid ? 201 : 400, { 'content-type': 'application/json' })
  response.end(JSON.stringify(valid ? { orderId } : { error: 'quantity must be above 0' }))
  if (!valid) return
  const quantity = String(Number(order.quantity) / 2)
  for (const half of [1, 2]) {
    const execution = { id: `${orderId}-${half}`, orderId, quantity, price: order.price }
    setTimeout(() => broadcast(execution), FILL_DELAY_MS * half)
  }
})
const sockets = new WebSocketServer({ server })

function broadcast(message) {
  for (const socket of sockets.clients) socket.send(JSON.stringify(message))
}

server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
// whoever started it is gone
process.on('disconnect', () => process.exit())
