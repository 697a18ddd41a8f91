// The same over FIX, from one of the desk's own systems to another: the trace travels in user-defined tags.
import { context, trace } from '@opentelemetry/api'
import { createOrderTracker, extract, inject } from 'orderscope'
import { fixCarrier, parseFixMessage, toOrderEvents } from 'orderscope/fix'

const orders = createOrderTracker({ venue: { name: 'desk' } })

// the side that sends
const text = trace.getTracer('signals').startActiveSpan('signal', span => {
  const order = { 35: 'D', 11: 'x-1', 55: 'BTC/USD', 54: '1', 40: '2', 44: '60000', 38: '1' }
  inject(fixCarrier(order)) // adds 5001=traceparent
  span.end()
  return encode(order)
})
console.log(text.replaceAll('\x01', '|'))

// the side that receives
const { fields } = parseFixMessage(text)
context.with(extract(fixCarrier(fields)), () => {
  for (const event of toOrderEvents(fields)) orders.apply(event)
})

/** What a FIX engine does. */
function encode(message) {
  const { 35: type, ...rest } = message
  const body = [['35', type], ...Object.entries(rest)].map(([tag, value]) => `${tag}=${value}\x01`).join('')
  const head = `8=FIX.4.4\x019=${body.length}\x01${body}`
  const sum = [...Buffer.from(head)].reduce((total, byte) => (total + byte) % 256, 0)
  return `${head}10=${String(sum).padStart(3, '0')}\x01`
}
