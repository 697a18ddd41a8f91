/*
 * node desk.mjs: a desk that places ORDERS_PER_SECOND orders a second until it is told to stop, with telemetry by the
 * environment. Tells its parent once a second how it fares: what an event costs the loop, how late the loop turns,
 * how much memory there is.
 */
import { createHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { createOrderTracker, startTelemetry } from '../../dist/index.js'

const PER_SECOND = Number(process.env.ORDERS_PER_SECOND)
/** Of an order: `order`, `order.submit`, `order.ack` and two `order.fill`. */
const SPANS = 5

const telemetry = startTelemetry({ instrumentations: false })
// few enough that what it remembers of finished orders is there before the fire
const orders = createOrderTracker({ venue: { name: 'binance' }, lateFillGraceMs: 100, maximumOrders: 2000 })
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
let costs = createHistogram()
let told = 0
let events = 0

function apply(event) {
  const started = performance.now()
  orders.apply(event)
  costs.record(Math.max(1, Math.round((performance.now() - started) * 1e6)))
  events++
}

function trade(clientId) {
  const [quantity, price] = ['0.5', '60000.1']
  apply({ type: 'submit', clientId, symbol: 'BTC/USDT', side: 'buy', orderType: 'limit', quantity, price })
  apply({ type: 'sent', clientId })
  apply({ type: 'ack', clientId, orderId: `venue-${clientId}` })
  const fill = { type: 'trade', clientId, lastPrice: price, liquidity: 'maker' }
  apply({ ...fill, executionId: `${clientId}-1`, lastQuantity: '0.2' })
  apply({ ...fill, executionId: `${clientId}-2`, lastQuantity: '0.3' })
}

const started = performance.now()
const pace = setInterval(() => {
  const due = Math.floor(((performance.now() - started) / 1000) * PER_SECOND)
  // a desk that was held for long doesn't make up for it at once
  for (let group = 0; told < due && group < PER_SECOND / 10; group++) trade(`fire-${process.pid}-${told++}`)
}, 2)

const microseconds = (histogram, percentile) => Math.round(histogram.percentile(percentile)) / 1000
const seconds = setInterval(() => {
  process.send({
    kind: 'second',
    told,
    event: [50, 99, 99.9, 99.99].map(percentile => microseconds(costs, percentile)),
    loop: [50, 99, 99.9].map(percentile => microseconds(delay, percentile)),
    rss: process.memoryUsage().rss,
  })
}, 1000)

process.on('message', async message => {
  if (message === 'phase') {
    costs = createHistogram()
    delay.reset()
    return
  }
  if (message === 'stop') {
    clearInterval(pace)
    clearInterval(seconds)
    orders.close()
    await telemetry.flush().catch(error => console.error(error.message))
    process.send({ kind: 'stopped', orders: told, events, spans: told * SPANS })
    return
  }
  await telemetry.shutdown()
  process.disconnect()
})
process.on('disconnect', () => process.exit())
