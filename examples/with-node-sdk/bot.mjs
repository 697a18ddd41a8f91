import { trace } from '@opentelemetry/api'
import { createOrderTracker } from 'orderscope'

const orders = createOrderTracker({ venue: { name: 'kraken' } })

// a span of the bot's own, as before; the order below it is orderscope's
trace.getTracer('my-bot').startActiveSpan('signal', span => {
  const order = { clientId: 'n-1', symbol: 'BTC/USD', side: 'buy', quantity: '0.05' }
  orders.apply({ type: 'submit', ...order, orderType: 'limit', price: '60000' })
  orders.apply({ type: 'ack', clientId: 'n-1', orderId: 'K-1' })
  orders.apply({ type: 'trade', orderId: 'K-1', executionId: 'x-1', lastQuantity: '0.05', lastPrice: '60000' })
  span.end()
})
