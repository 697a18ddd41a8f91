import { trace } from '@opentelemetry/api'
import { createOrderTracker } from 'orderscope'
import { startVenue } from '../local-venue/start.mjs'

const venue = await startVenue()
const orders = createOrderTracker({ venue: { name: 'local' } })

// a span of the bot's own, as before; the order below it is orderscope's
await trace.getTracer('my-bot').startActiveSpan('signal', async span => {
  const order = {
    clientId: 'n-1',
    symbol: 'BTC/USD',
    side: 'buy',
    orderType: 'limit',
    quantity: '0.05',
    price: '60000',
  }
  orders.apply({ type: 'submit', ...order })
  const response = await fetch(`${venue.url}/orders`, { method: 'POST', body: JSON.stringify(order) })
  const { orderId } = await response.json()
  orders.apply({ type: 'ack', clientId: 'n-1', orderId })
  orders.apply({ type: 'trade', orderId, executionId: 'x-1', lastQuantity: '0.05', lastPrice: '60000' })
  span.end()
})
venue.stop()
