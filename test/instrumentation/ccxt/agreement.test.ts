import { beforeAll, expect, it } from 'vitest'
import { DIALECT_NAMES } from '../../../examples/trading-desk/venue/dialects.js'
import { createRandom } from '../../../examples/trading-desk/venue/random.js'
import { type Decimal, parseDecimal, ZERO } from '../../../src/order/decimal.js'
import { createTracker } from '../../../src/order/tracker.js'
import type { Execution, Order, Transition } from '../../../src/order/transition.js'
import {
  type Client,
  follow,
  ignoreLostConnections,
  instrumentation,
  type Lab,
  sentences,
  startLab,
} from './ccxt-lab.js'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'] as const
type Streams = 'orders' | 'trades' | 'both' | 'none'

/** What the tracker makes of the events, in the form of the venue's books. */
function booksOf(transitions: readonly Transition[]): { orders: object; executions: number; quantity: object } {
  const followed = new Set(transitions.map(({ order }) => order).filter(order => order !== undefined))
  const orders: Record<string, number> = {}
  const executions = new Map<Execution, string>()
  for (const { order, effects } of transitions) {
    for (const effect of effects) {
      if (effect.kind === 'executed' || effect.kind === 'corrected') executions.set(effect.execution, order!.symbol)
      if (effect.kind === 'corrected') executions.delete(effect.previous)
      if (effect.kind === 'busted') executions.delete(effect.execution)
    }
  }
  let count = 0
  const quantity: Record<string, Decimal> = {}
  for (const order of followed) {
    count += order.executionCount
    const total = parseDecimal(order.cumulativeQuantity)!
    if (!total.isZero) quantity[order.symbol] = (quantity[order.symbol] ?? ZERO).add(total)
    // nobody at the venue saw them: turned away at the door, or lost on the way
    if (order.orderId === undefined && !reachedBooks(order, transitions)) continue
    orders[order.status] = (orders[order.status] ?? 0) + 1
  }
  return {
    orders,
    executions: count,
    quantity: Object.fromEntries(Object.entries(quantity).map(([symbol, total]) => [symbol, total.toString()])),
  }
}

function reachedBooks(order: Order, transitions: readonly Transition[]): boolean {
  return transitions.some(
    ({ order: its, event }) => its === order && event.type === 'reject' && event.reason !== 'rate_limited',
  )
}

async function trade(lab: Lab, client: Client, seed: number, count: number): Promise<void> {
  const random = createRandom(seed, 'desk')
  const underWay: Promise<unknown>[] = []
  const resting: { id: string; symbol: string }[] = []
  const quietly = (promise: Promise<unknown>) => underWay.push(promise.catch(() => {}))
  for (let n = 0; n < count; n++) {
    const symbol = random.chance(0.7) ? SYMBOLS[0] : SYMBOLS[1]
    const side = random.chance(0.5) ? 'buy' : 'sell'
    const price = symbol === 'BTC/USDT' ? 60_000 : 3000
    const near = price * (1 + (random.next() - 0.5) * 0.002)
    const amount = (symbol === 'BTC/USDT' ? 0.01 : 0.2) * (0.5 + random.next())
    const named = client.id === 'coinbase' ? 'client_order_id' : 'clientOrderId'
    const params = random.chance(0.5) ? { [named]: `own-${seed}-${n}` } : {}
    const what = random.next()
    if (what < 0.55) {
      quietly(
        client.createOrder(symbol, 'limit', side, amount, near, params).then(order => {
          // an acknowledgement alone tells no status
          if (order.status === 'open' || order.status === undefined) resting.push({ id: order.id!, symbol })
        }),
      )
    } else if (what < 0.65) {
      // Coinbase sells by amount, and buys for what it may cost
      const by = client.id === 'coinbase' ? 'sell' : side
      quietly(client.createOrder(symbol, 'market', by, amount, undefined, params))
    } else if (what < 0.7 && client.has.createOrderWs) {
      // sockets are cut here: where ccxt makes no client id, nothing would tell whose order it was
      const sure = client.id === 'bybit' ? { [named]: `own-${seed}-${n}` } : params
      quietly(client.createOrderWs(symbol, 'limit', side, amount, near, sure))
    } else if (what < 0.75) quietly(client.createOrder(symbol, 'limit', side, 1e6, near, params))
    else if (resting.length > 0) {
      const [{ id, symbol: its }] = resting.splice(Math.floor(random.next() * resting.length), 1) as [
        { id: string; symbol: string },
      ]
      const itsPrice = its === 'BTC/USDT' ? 60_000 : 3000
      if (what < 0.85) quietly(client.cancelOrder(id, its))
      else if (what < 0.97) {
        quietly(
          client.editOrder(id, its, 'limit', side, its === 'BTC/USDT' ? 0.01 : 0.2, itsPrice, {}).then(order => {
            if (order.status === 'open') resting.push({ id: order.id!, symbol: its })
          }),
        )
      } else if (client.id !== 'coinbase') quietly(client.cancelAllOrders(its))
    }
    if (random.chance(0.3)) await client.sleep(1 + random.next() * 5)
    if (random.chance(0.02)) lab.venue.dropSockets('user')
  }
  await Promise.all(underWay)
}

/** Cancels what rests, then asks for what neither answer nor stream has told. */
async function settle(client: Client): Promise<void> {
  for (const symbol of SYMBOLS) {
    if (client.id === 'coinbase') {
      const open = await client.fetchOpenOrders(symbol)
      await Promise.all(open.map(({ id }) => client.cancelOrder(id!, symbol).catch(() => {})))
    } else await client.cancelAllOrders(symbol).catch(() => {})
  }
  for (const symbol of SYMBOLS) {
    if (client.id === 'bybit') {
      const pages = { paginate: true, paginationCalls: 20 }
      await client.fetchMyTrades(symbol, undefined, 100, pages)
      await client.fetchCanceledAndClosedOrders(symbol, undefined, 50, pages)
    } else {
      await client.fetchMyTrades(symbol, undefined, 1000)
      await client.fetchOrders(symbol, undefined, 1000)
    }
  }
}

beforeAll(() => ignoreLostConnections())

it.each(
  DIALECT_NAMES.flatMap(dialect =>
    (['orders', 'trades', 'both', 'none'] as const satisfies Streams[])
      // Coinbase has no stream of executions
      .filter(streams => dialect !== 'coinbase' || streams === 'orders' || streams === 'none')
      .flatMap(streams => [1, 2, 3].map(seed => ({ dialect, streams, seed }))),
  ),
)('agrees with the books of $dialect: streams $streams, seed $seed', async ({ dialect, streams, seed }) => {
  const tracker = createTracker({ venue: dialect })
  const transitions: Transition[] = []
  const lab = await startLab(
    {
      dialect,
      seed,
      stepMs: 2,
      limits: { weight: { limit: 1e6, intervalMs: 1000 }, orders: { limit: 1e6, intervalMs: 1000 } },
      duplicates: 0.2,
      latencies: { match: { min: 0, max: 4 }, cancel: { min: 0, max: 6 }, answer: { min: 0, max: 8 } },
    },
    () => ({ apply: event => void transitions.push(tracker.apply(event)) }),
  )
  try {
    const client = await lab.client()
    if (streams === 'orders' || streams === 'both') follow(client, () => client.watchOrders())
    if (streams === 'trades' || streams === 'both') follow(client, () => client.watchMyTrades())
    await trade(lab, client, seed, 120)
    await settle(client)
    await client.sleep(30)
    instrumentation.flush()

    const { orders, ...rest } = lab.venue.books()
    // an order and those that replaced it are one
    const { replaced: _replaced, ...own } = orders
    expect(booksOf(transitions)).toEqual({ orders: own, ...rest })
    expect(rest.executions).toBeGreaterThan(20)
    expect(sentences).toEqual([])
    const foreign = transitions.filter(({ order }) => order !== undefined && order.origin !== 'own')
    expect(foreign.map(({ event }) => event)).toEqual([])
    // nothing but what really happened: told before the ack, or after the end since a socket was cut or nobody listened
    const anomalies = new Set(transitions.flatMap(transition => transition.anomalies.map(({ kind }) => kind)))
    const happens = ['fill_before_ack', 'implied_ack', 'late_ack', 'late_fill', 'overfill']
    // Coinbase numbers and dates no update of an order: an answer that comes after a later update contradicts it
    if (dialect === 'coinbase') happens.push('status_mismatch')
    for (const kind of anomalies) expect(happens).toContain(kind)
  } finally {
    await lab.close()
  }
})
