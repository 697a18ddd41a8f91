import { parseArgs } from 'node:util'
import { DIALECT_NAMES, isDialectName } from './dialects.js'
import { createVenue } from './venue.js'

const { values } = parseArgs({
  options: {
    dialect: { type: 'string', default: 'binance' },
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    trades: { type: 'string' },
    'step-ms': { type: 'string', default: '20' },
    'latency-ms': { type: 'string', default: '0' },
    'orders-per-second': { type: 'string', default: '10' },
    duplicates: { type: 'string', default: '0' },
    'lost-answers': { type: 'string', default: '0' },
    'drop-sockets-every-ms': { type: 'string', default: '0' },
  },
})

function numberOf(name: Exclude<keyof typeof values, 'trades' | 'dialect'>): number {
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
  port: numberOf('port'),
  seed: numberOf('seed'),
  ...(values.trades === undefined ? {} : { trades: values.trades }),
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
