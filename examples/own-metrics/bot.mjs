import { context, trace } from '@opentelemetry/api'
import { createOrderTracker } from 'orderscope'
import { metrics, spans } from './definitions.mjs'

const symbol = 'BTC/USD'
const orders = createOrderTracker({ venue: { name: 'kraken' } })
const momentum = metrics.bind('acme.signals', { 'acme.signal.kind': 'momentum', 'trading.instrument.symbol': symbol })
const modelDuration = metrics.bind('acme.model.duration', {})

const prices = [60_000, 60_010, 59_990, 60_040]
for (const [i, price] of prices.entries()) {
  const span = spans.start('acme.signal', { 'trading.instrument.symbol': symbol })
  const began = performance.now()
  const rise = price - (prices[i - 1] ?? price)
  modelDuration.record((performance.now() - began) / 1000)
  if (rise > 0) {
    momentum.add(1)
    span.setAttributes({ 'acme.signal.kind': 'momentum', 'acme.signal.score': Math.min(1, rise / 100) })
    context.with(trace.setSpan(context.active(), span), () => buy(`m-${i}`, String(price)))
  }
  span.end()
}

// what is ordered inside the span belongs to its trace
function buy(clientId, price) {
  orders.apply({ type: 'submit', clientId, symbol, side: 'buy', orderType: 'limit', quantity: '0.01', price })
  orders.apply({ type: 'ack', clientId, orderId: `K-${clientId}` })
  orders.apply({ type: 'trade', clientId, executionId: `x-${clientId}`, lastQuantity: '0.01', lastPrice: price })
}
