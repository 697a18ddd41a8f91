import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OrderEvent } from '../../../src/order/event.js'
import { createTracker } from '../../../src/order/tracker.js'
import type { Order, Transition } from '../../../src/order/transition.js'
import { ccxt } from './ccxt-lab.js'

export type Exchange = InstanceType<typeof ccxt.pro.binance>

/** What a request is answered with: JSON, or a text as it is. */
export type Answer = object | string | { readonly status: number; readonly body: object | string }

export interface CannedVenue {
  readonly url: string
  /** Method, path and query of what came in, without what differs from run to run. */
  readonly requests: string[]
  /** From now on requests whose path matches are answered so; the last rule that matches counts. */
  answer(path: RegExp, answer: Answer | ((body: string) => Answer)): void
  close(): Promise<void>
}

/** An HTTP server that says what it is told to, for any venue's REST interface. */
export async function startCannedVenue(): Promise<CannedVenue> {
  const rules: { path: RegExp; answer: Answer | ((body: string) => Answer) }[] = []
  const requests: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      const path = request.url!.split('?')[0]!
      requests.push(`${request.method} ${path}`)
      const rule = rules.findLast(one => one.path.test(`${request.method} ${path}`))
      const answer = typeof rule?.answer === 'function' ? rule.answer(body || request.url!) : (rule?.answer ?? {})
      const whole = typeof answer === 'object' && 'status' in answer && 'body' in answer ? answer : undefined
      const content = whole === undefined ? answer : whole.body
      response.writeHead(Number(whole?.status ?? 200), {
        'content-type': typeof content === 'string' ? 'text/html' : 'application/json',
      })
      response.end(typeof content === 'string' ? content : JSON.stringify(content))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (path, answer) => void rules.push({ path, answer }),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Markets of ccxt as far as orders need them. */
export function market(id: string, symbol: string, more: object = {}): object {
  const [base, rest] = symbol.split('/') as [string, string]
  const [quote, settle] = rest.split(':') as [string, string | undefined]
  const isSwap = settle !== undefined
  return {
    id,
    symbol,
    base,
    quote,
    settle,
    baseId: base,
    quoteId: quote,
    settleId: settle,
    type: isSwap ? 'swap' : 'spot',
    spot: !isSwap,
    swap: isSwap,
    future: false,
    option: false,
    margin: false,
    contract: isSwap,
    linear: isSwap ? settle === quote : undefined,
    inverse: isSwap ? settle !== quote : undefined,
    contractSize: isSwap ? 1 : undefined,
    active: true,
    precision: { amount: 1e-8, price: 0.01 },
    limits: { amount: {}, price: {}, cost: {} },
    // of Binance, whose createOrder looks them up
    info: { orderTypes: ['LIMIT', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'STOP_MARKET', 'STOP'] },
    ...more,
  }
}

/** An exchange object of any venue whose requests go to the canned one. */
export function exchangeAt(
  venue: string,
  url: string,
  apiKey: string,
  markets: readonly object[],
  Class = (ccxt.pro as unknown as Record<string, new (config: object) => Exchange>)[venue]!,
): Exchange {
  const exchange = new Class({
    apiKey,
    secret: 'secret-of-the-account',
    password: 'p',
    uid: 'u',
    walletAddress: `0x${'1'.repeat(40)}`,
    privateKey: `0x${'2'.repeat(64)}`,
    enableRateLimit: false,
  })
  exchange.setMarkets(markets as never)
  const here = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(/^https:\/\/[^/]+/, url)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, here(each)]))
  }
  const urls = exchange.urls as { api: unknown }
  if (url !== '') urls.api = here(urls.api)
  return exchange
}

/** Gives a message to ccxt as its socket would. */
export function receive(exchange: Exchange, message: unknown, url = 'wss://venue.invalid/v5/private'): void {
  exchange.handleMessage(exchange.client(url) as never, structuredClone(message) as never)
}

/** What the tracker makes of events. */
export function follow(events: readonly OrderEvent[]): { orders: Order[]; anomalies: string[]; told: string[] } {
  const tracker = createTracker({ venue: 'venue' })
  const transitions: Transition[] = events.map(event => tracker.apply(event))
  const orders = new Set(transitions.map(({ order }) => order).filter(order => order !== undefined))
  return {
    orders: [...orders],
    anomalies: transitions.flatMap(({ anomalies }) => anomalies.map(({ kind, message }) => `${kind}: ${message}`)),
    told: events.map(describeEvent),
  }
}

export function describeEvent(event: OrderEvent): string {
  if (!('lastQuantity' in event)) return event.type
  return `${event.type} ${event.executionId} ${event.lastQuantity}@${event.lastPrice}`
}
