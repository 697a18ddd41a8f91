import ccxt from 'ccxt'
import { createExchange } from './exchange.js'
import { type JsonAnswer, listenJson } from './json-server.js'
import { readOptions } from './options.js'
import { place } from './order-desk.js'
import type { OrderAnswer, OrderIntent } from './order-intent.js'
import { onEnd, tellListening } from './service.js'
import { createRandom } from './venue/random.js'
import { WorkingOrders } from './working-orders.js'

/** Trades what risk lets through, and looks after it until it is done. */
const values = readOptions('DESK', {
  host: '127.0.0.1',
  port: '0',
  venue: undefined,
  seed: '1',
  /** About how long an order may rest before it is moved or canceled. */
  'rest-ms': '2000',
})

const exchange = await createExchange(values.venue, { apiKey: 'desk', secret: 'desk' })
const working = new WorkingOrders(exchange, createRandom(Number(values.seed), 'execution'), Number(values['rest-ms']))
const lastTradeIds = new Map<string, number>()

/** Orders on their way to the venue. */
const placing = new Set<Promise<unknown>>()
let isFlattening = false

async function handleOrder(body: unknown): Promise<JsonAnswer> {
  if (isFlattening) {
    return { status: 503, body: { result: 'refused', reason: 'the desk is closing' } satisfies OrderAnswer }
  }
  const placed = place(exchange, body as OrderIntent)
  placing.add(placed)
  try {
    working.add(await placed)
    return { status: 201, body: { result: 'accepted' } satisfies OrderAnswer }
  } catch (error) {
    const result = error instanceof ccxt.NetworkError ? 'unknown' : 'rejected'
    const reason = (error as Error).message
    return { status: result === 'unknown' ? 504 : 422, body: { result, reason } satisfies OrderAnswer }
  } finally {
    placing.delete(placed)
  }
}

/** Cancels what rests and answers when the venue has nothing left of this desk's. */
async function handleFlatten(): Promise<JsonAnswer> {
  isFlattening = true
  await Promise.allSettled(placing)
  await working.stop()
  for (const symbol of exchange.symbols) {
    while ((await patiently(() => exchange.fetchOpenOrders(symbol))).length > 0) {
      await patiently(() => exchange.cancelAllOrders(symbol)).catch(ignoreOrderNotFound)
    }
  }
  await patiently(catchUp)
  return { status: 200, body: { working: working.ids().length } }
}

/** A venue that can't be reached now may be in a moment. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof ccxt.NetworkError) || attempt === 20) throw error
      await exchange.sleep(250)
    }
  }
}

function ignoreOrderNotFound(error: unknown): void {
  // Between the question and the cancel the last one has gone by itself.
  if (!(error instanceof ccxt.OrderNotFound)) throw error
}

/** Asks for what no stream has told: while the connection was down, the venue went on trading. */
async function catchUp(): Promise<void> {
  for (const symbol of exchange.symbols) {
    for (let full = true; full; ) {
      const fromId = (lastTradeIds.get(symbol) ?? 0) + 1
      const trades = await exchange.fetchMyTrades(symbol, undefined, 1000, { fromId })
      const last = trades.at(-1)
      if (last) lastTradeIds.set(symbol, Number(last.id))
      full = trades.length === 1000
    }
  }
  for (const { id, symbol } of working.ids()) working.update(await exchange.fetchOrder(id, symbol))
}

let reconnecting: Promise<void> | undefined
/** One for all streams of a lost connection: first subscribed again, then asked, so that nothing falls between. */
function reconnect(): Promise<void> {
  reconnecting ??= patiently(() => exchange.authenticate())
    .then(() => patiently(catchUp))
    .catch(error => console.error(`${String(error)}`))
    .finally(() => {
      reconnecting = undefined
    })
  return reconnecting
}

/** Calls `watch` again and again, until the exchange is closed. */
async function follow<T>(name: string, watch: () => Promise<T[]>, take: (item: T) => void): Promise<void> {
  for (;;) {
    try {
      for (const item of await watch()) take(item)
    } catch (error) {
      if (error instanceof ccxt.ExchangeClosedByUser) return
      console.error(`${name}: ${(error as Error).message}; watching again`)
      await reconnect()
    }
  }
}

await patiently(() => exchange.loadMarkets())
await patiently(() => exchange.authenticate())
void follow(
  'orders',
  () => exchange.watchOrders(),
  order => working.update(order),
)
void follow(
  'trades',
  () => exchange.watchMyTrades(),
  () => {},
)

const server = await listenJson({ 'POST /orders': handleOrder, 'POST /flatten': handleFlatten }, values)
tellListening(server.url)

onEnd(async () => {
  server.close()
  await working.stop()
  await exchange.close()
})
