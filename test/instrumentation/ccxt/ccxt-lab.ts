import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { connect } from '../../../examples/trading-desk/venue/connect.js'
import { createVenue, type Venue, type VenueOptions } from '../../../examples/trading-desk/venue/venue.js'
import { ccxtBaseModules, createCcxtInstrumentation, findCcxtBase } from '../../../src/instrumentation/ccxt/index.js'
import type { OrderSink } from '../../../src/instrumentation/ccxt/order-sink.js'
import type { OrderEvent } from '../../../src/order/event.js'

const require = createRequire(import.meta.url)

/** What the sinks of this file's instrumentation have received since the last `startLab`. */
let received: OrderEvent[] = []
let createSink: () => OrderSink = () => ({ apply: event => void received.push(event) })
export const sentences: string[] = []

export const instrumentation = createCcxtInstrumentation({
  createSink: () => createSink(),
  say: sentence => sentences.push(sentence),
})

// the ES-module copy as the preload does it on Node without synchronous hooks, the CommonJS copy by the require hook
const { Hook } = require('require-in-the-middle') as {
  Hook: new (names: string[], options: object, onRequire: (exports: unknown, name: string) => unknown) => unknown
}
new Hook([ccxtBaseModules.packageName], { internals: ccxtBaseModules.internals }, (exports, name) => {
  if (ccxtBaseModules.namePattern.test(name)) instrumentation.patch(exports)
  return exports
})
instrumentation.patch(require(findCcxtBase(dirname(new URL(import.meta.url).pathname))!))

export const { default: ccxt } = await import('ccxt')
export const commonJsCcxt = require('ccxt') as typeof ccxt

export type Client = InstanceType<typeof ccxt.pro.binance>

let accounts = 0

export interface Lab {
  readonly venue: Venue
  readonly events: readonly OrderEvent[]
  readonly apiKey: string
  client(apiKey?: string): Promise<Client>
  /** Names of what happened, with what tells them apart. */
  types(): string[]
  /** Until `test` holds of what was received. */
  until(test: (events: readonly OrderEvent[]) => boolean): Promise<void>
  close(): Promise<void>
}

/** A venue of its own and an account that no test has used. */
export async function startLab(options: VenueOptions = {}, sink?: () => OrderSink): Promise<Lab> {
  const venue = await createVenue({ stepMs: 0, ...options })
  const events: OrderEvent[] = []
  received = events
  createSink = sink ?? (() => ({ apply: event => void received.push(event) }))
  const apiKey = `key-${++accounts}`
  const clients: Client[] = []
  return {
    venue,
    events,
    apiKey,
    client: async (key = apiKey) => {
      // the unified methods are the same
      const Class = ccxt.pro[options.dialect ?? 'binance'] as typeof ccxt.pro.binance
      const client = new Class({ apiKey: key, secret: 'secret', enableRateLimit: false })
      clients.push(client)
      await connect(client, venue.url)
      await client.loadMarkets()
      return client
    },
    types: () => events.map(describeEvent),
    until: async test => {
      while (!test(events)) await new Promise(resolve => setTimeout(resolve, 2))
    },
    close: async () => {
      for (const client of clients) await client.close()
      await venue.close()
    },
  }
}

function describeEvent(event: OrderEvent): string {
  return event.source === 'request' || event.source === undefined ? event.type : `${event.type} (${event.source})`
}

/** Calls a `watch…` method again and again, as bots do, until the exchange is closed. */
export function follow(client: Client, watch: () => Promise<unknown>): void {
  const loop = async () => {
    for (;;) {
      try {
        await watch()
      } catch (error) {
        if (error instanceof ccxt.ExchangeClosedByUser) return
        await client.sleep(5)
      }
    }
  }
  void loop()
}

/**
 * ccxt leaves rejections of its own unhandled when a socket is cut while it writes, with or without instrumentation;
 * the runner would count them as failures of the test. Others still reach it.
 */
export function ignoreLostConnections(): void {
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (reason, promise) => {
    if (reason instanceof ccxt.NetworkError || reason instanceof ccxt.ExchangeClosedByUser) return
    for (const listener of listeners) listener(reason, promise)
  })
}

/** An order that the application makes behind ccxt's back, as another client of the account would. */
export async function placeElsewhere(
  venue: Venue,
  apiKey: string,
  order: Record<string, string>,
): Promise<{ orderId: number; clientOrderId: string }> {
  const query = new URLSearchParams({
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    timestamp: String(Date.now()),
    signature: 'any',
    ...order,
  })
  const response = await fetch(`${venue.url}/api/v3/order?${query}`, {
    method: 'POST',
    headers: { 'X-MBX-APIKEY': apiKey },
  })
  const body = (await response.json()) as { orderId: number; clientOrderId: string }
  if (!response.ok) throw new Error(JSON.stringify(body))
  return body
}
