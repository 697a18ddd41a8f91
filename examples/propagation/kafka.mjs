// The same over a topic. A broker knows bytes only: what was sent as text comes back as Buffers.
import { context, trace } from '@opentelemetry/api'
import { createOrderTracker, extract, inject } from 'orderscope'

const orders = createOrderTracker({ venue: { name: 'kraken' } })

/** Stands for producer, broker and consumer, with headers in the form of one client or another. */
const forms = {
  // kafkajs: an object
  'k-1': [{}, headers => mapValues(headers, Buffer.from)],
  // node-rdkafka and Confluent's: a list of objects
  'k-2': [[], headers => headers.map(header => mapValues(header, Buffer.from))],
  // a header that came several times
  'k-3': [{}, headers => mapValues(headers, value => [Buffer.from(value)])],
  // @platformatic/kafka: a Map, its keys bytes as well
  'k-4': [new Map(), headers => new Map([...headers].map(([key, value]) => [Buffer.from(key), Buffer.from(value)]))],
}

for (const [clientId, [headers, asConsumed]] of Object.entries(forms)) {
  const order = { clientId, symbol: 'BTC/USD', side: 'buy', orderType: 'market', quantity: '1' }
  const message = trace.getTracer('signals').startActiveSpan(`signal ${clientId}`, span => {
    inject(headers)
    span.end()
    return { headers: asConsumed(headers), value: Buffer.from(JSON.stringify(order)) }
  })
  context.with(extract(message.headers), () => orders.apply({ ...JSON.parse(message.value), type: 'submit' }))
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}
