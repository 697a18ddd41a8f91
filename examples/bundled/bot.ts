import { createOrderTracker, type OrderEvent } from 'orderscope'

const orders = createOrderTracker({ venue: { name: 'kraken' } })

const told: OrderEvent[] = [
  {
    type: 'submit',
    clientId: 'b-1',
    symbol: 'BTC/USD',
    side: 'sell',
    orderType: 'limit',
    quantity: '2',
    price: '60000',
  },
  { type: 'ack', clientId: 'b-1', orderId: 'K-1' },
  { type: 'trade', orderId: 'K-1', executionId: 'x-1', lastQuantity: '0.5', lastPrice: '60000' },
  { type: 'trade', orderId: 'K-1', executionId: 'x-2', lastQuantity: '1.5', lastPrice: '60001' },
]
for (const event of told) orders.apply(event)

console.log(`${orders.get('b-1')?.status}`)
