// A signal service tells an execution service what to buy, over a WebSocket. Both are here; each could be a process.
import { once } from 'node:events'
import { context, trace } from '@opentelemetry/api'
import { createOrderTracker, extract, inject } from 'orderscope'
import { WebSocket, WebSocketServer } from 'ws'

const orders = createOrderTracker({ venue: { name: 'kraken' } })
const execution = new WebSocketServer({ port: 0, host: '127.0.0.1' })
execution.on('connection', socket => {
  socket.on('message', data => {
    const { headers, order } = JSON.parse(data)
    // a handler runs in whatever context opened the socket; the message knows better
    context.with(extract(headers), () => orders.apply({ ...order, type: 'submit' }))
    execution.close()
  })
})
await once(execution, 'listening')

const socket = new WebSocket(`ws://127.0.0.1:${execution.address().port}`)
await once(socket, 'open')
trace.getTracer('signals').startActiveSpan('signal', span => {
  const order = { clientId: 'w-1', symbol: 'BTC/USD', side: 'buy', orderType: 'market', quantity: '1' }
  socket.send(JSON.stringify({ headers: inject(), order }))
  span.end()
})
socket.close()
