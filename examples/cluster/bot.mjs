// A bot for each symbol, each a process of a cluster, with telemetry of its own.
import cluster from 'node:cluster'
import { createOrderTracker } from 'orderscope'

const symbols = ['BTC/USD', 'ETH/USD', 'SOL/USD']

if (cluster.isPrimary) {
  for (const symbol of symbols) cluster.fork({ SYMBOL: symbol, OTEL_RESOURCE_ATTRIBUTES: `bot.symbol=${symbol}` })
  process.once('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
  })
} else {
  const symbol = process.env.SYMBOL
  const orders = createOrderTracker({ venue: { name: 'kraken' } })
  const clientId = `${cluster.worker.id}-1`
  orders.apply({ type: 'submit', clientId, symbol, side: 'buy', orderType: 'limit', quantity: '1', price: '100' })
  orders.apply({ type: 'ack', clientId, orderId: `K-${clientId}` })
  orders.apply({ type: 'trade', clientId, executionId: `x-${clientId}`, lastQuantity: '1', lastPrice: '100' })
  console.log(`${symbol} traded by ${process.pid}`)
  process.once('SIGTERM', () => process.exit(0))
}
