import { readOptions } from '../options.js'
import { DIALECT_NAMES, isDialectName } from './dialects.js'
import { createVenue } from './venue.js'

const values = readOptions('VENUE', {
  dialect: 'binance',
  host: '127.0.0.1',
  port: '0',
  seed: '1',
  /** A CSV of recorded trades; empty for generated prices. */
  trades: '',
  'step-ms': '20',
  'latency-ms': '0',
  'orders-per-second': '10',
  duplicates: '0',
  'lost-answers': '0',
  'drop-sockets-every-ms': '0',
})

function numberOf(name: Exclude<keyof typeof values, 'trades' | 'dialect' | 'host'>): number {
  const value = Number(values[name])
  if (Number.isFinite(value) && value >= 0) return value
  console.error(`venue: --${name} is "${values[name]}"; it must be a number that is not negative, such as 10.`)
  process.exit(1)
}

const { dialect } = values
if (!isDialectName(dialect)) {
  console.error(`venue: --dialect is "${dialect}"; it must be one of ${DIALECT_NAMES.join(', ')}.`)
  process.exit(1)
}
const latency = numberOf('latency-ms')
const range = { min: latency / 2, max: latency * 2 }
const venue = await createVenue({
  dialect,
  host: values.host,
  port: numberOf('port'),
  seed: numberOf('seed'),
  ...(values.trades === '' ? {} : { trades: values.trades }),
  stepMs: numberOf('step-ms'),
  latencies: { match: range, cancel: range, answer: range },
  limits: { orders: { limit: numberOf('orders-per-second'), intervalMs: 1000 } },
  duplicates: numberOf('duplicates'),
  lostAnswers: numberOf('lost-answers'),
  dropSocketsEveryMs: numberOf('drop-sockets-every-ms'),
}).catch((error: Error) => {
  console.error(`venue: ${error.message}`)
  process.exit(1)
})

// Read by whoever started this process; a person is told by the same line.
console.log(`venue listening on ${venue.url}`)
process.send?.({ listening: venue.url })

const end = () => void venue.close().then(() => process.exit(0))
process.once('SIGINT', end)
process.once('SIGTERM', end)
// The one who started it is gone.
process.once('disconnect', end)
