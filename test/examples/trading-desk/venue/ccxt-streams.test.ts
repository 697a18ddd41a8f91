import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Venue } from '../../../../examples/trading-desk/venue/venue.js'
import { type Client, collect, startClient, startVenue } from './ccxt-client.js'

let venue: Venue
let client: Client
const symbol = 'BTC/USDT'

beforeEach(async () => {
  ;({ venue } = await startVenue())
  venue.participate(symbol, 'sell', 'rest', '60010', '0.02')
  venue.participate(symbol, 'sell', 'rest', '60020', '0.03')
  venue.participate(symbol, 'buy', 'rest', '59990', '0.5')
  client = await startClient(venue)
})

afterEach(async () => {
  await client.close()
  await venue.close()
})

/** The user data stream tells what happens after its subscription: wait until it stands. */
async function subscribed(): Promise<void> {
  await client.authenticate()
}

test('tells an order from new to filled, and every execution', async () => {
  await subscribed()
  const orders = collect(() => client.watchOrders(symbol))
  const trades = collect(() => client.watchMyTrades(symbol))
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.06, 60020, { clientOrderId: 'desk-1' })
  expect(order).toMatchObject({ status: 'open', filled: 0.05 })
  venue.participate(symbol, 'sell', 'take', '60020', '0.01')
  const states = await orders.until(items => items.at(-1)?.status === 'closed')
  expect(states.every(({ id, clientOrderId }) => id === order.id && clientOrderId === 'desk-1')).toBe(true)
  const executions = await trades.until(items => items.length === 3)
  expect(executions.map(({ price, amount, takerOrMaker }) => [price, amount, takerOrMaker])).toEqual([
    [60010, 0.02, 'taker'],
    [60020, 0.03, 'taker'],
    [60020, 0.01, 'maker'],
  ])
  expect(new Set(executions.map(({ id }) => id)).size).toBe(3)
  expect(venue.books()).toEqual({ orders: { filled: 1 }, executions: 3, quantity: { [symbol]: '0.06' } })
})

test('tells a cancel under the client id of the order', async () => {
  await subscribed()
  const orders = collect(() => client.watchOrders(symbol))
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59000, { clientOrderId: 'desk-1' })
  await client.cancelOrder(order.id!, symbol)
  const states = await orders.until(items => items.at(-1)?.status === 'canceled')
  expect(states.at(-1)).toMatchObject({ id: order.id, clientOrderId: 'desk-1', info: { x: 'CANCELED', C: 'desk-1' } })
})

test('tells an edit as the cancel of one order and the birth of another', async () => {
  await subscribed()
  const orders = collect(() => client.watchOrders(symbol))
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59000)
  const edited = await client.editOrder(order.id!, symbol, 'limit', 'buy', 0.01, 59001)
  const states = await orders.until(items => items.some(({ id }) => id === edited.id))
  expect(states.find(({ id, status }) => id === order.id && status === 'canceled')).toBeDefined()
  expect(states.at(-1)).toMatchObject({ id: edited.id, status: 'open', price: 59001 })
})

test('tells a fill before the answer to the order arrives', async () => {
  venue.change({ latencies: { answer: { min: 50, max: 50 } } })
  await subscribed()
  const trades = collect(() => client.watchMyTrades(symbol))
  let answered = false
  const placed = client.createOrder(symbol, 'limit', 'buy', 0.01, 60010).then(order => {
    answered = true
    return order
  })
  const [execution] = await trades.until(items => items.length > 0)
  expect(answered).toBe(false)
  expect(execution!.order).toBe((await placed).id)
})

test('between its acceptance and the book an order waits', async () => {
  venue.change({ latencies: { match: { min: 40, max: 40 } } })
  await subscribed()
  const orders = collect(() => client.watchOrders(symbol))
  const placed = client.createOrder(symbol, 'limit', 'buy', 0.01, 60010)
  await orders.until(items => items.length > 0)
  expect(venue.books()).toMatchObject({ orders: { open: 1 }, executions: 0 })
  expect((await placed).status).toBe('closed')
})

test('a dropped connection ends one watch; the next connects anew, what was missed is asked for', async () => {
  await subscribed()
  const orders = collect(() => client.watchOrders(symbol))
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.02, 60000)
  await orders.until(items => items.length === 1)
  expect(venue.dropSockets('user')).toBe(1)
  venue.participate(symbol, 'sell', 'take', '60000', '0.01')
  while (orders.errors.length === 0) await client.sleep(5)
  expect(orders.errors).toEqual(['NetworkError'])
  // The next watch has subscribed anew; requests on a socket are answered in turn.
  await client.fetchOpenOrdersWs(symbol)
  venue.participate(symbol, 'sell', 'take', '60000', '0.01')
  const states = await orders.until(items => items.at(-1)?.status === 'closed')
  expect(states.map(({ filled }) => filled)).toEqual([0, 0.02])
  expect(await client.fetchMyTrades(symbol)).toMatchObject([{ amount: 0.01 }, { amount: 0.01 }])
  expect(order.id).toBe(states[0]!.id)
})

test('may tell a report twice', async () => {
  venue.change({ duplicates: 1 })
  const reports: string[] = []
  const handle = client.handleMessage
  client.handleMessage = (socket: Parameters<typeof handle>[0], message: { event?: { e: string; t: number } }) => {
    if (message.event?.e === 'executionReport' && message.event.t !== -1) reports.push(JSON.stringify(message.event))
    handle.call(client, socket, message)
  }
  await subscribed()
  await client.createOrder(symbol, 'limit', 'buy', 0.02, 60010)
  while (reports.length < 2) await client.sleep(5)
  expect(reports[1]).toBe(reports[0])
  expect(venue.books().executions).toBe(1)
})

test('tells balances', async () => {
  await subscribed()
  const watched = client.watchBalance()
  await client.createOrder(symbol, 'limit', 'buy', 0.01, 59000)
  const balance = (await watched) as unknown as Record<string, { used: number }>
  expect(balance.USDT!.used).toBe(590)
})

test('tells trades, best prices and tickers of the market', async () => {
  const trades = collect(() => client.watchTrades(symbol))
  const quotes = client.watchBidsAsks([symbol])
  const ticker = client.watchTicker(symbol)
  const flow = setInterval(() => {
    venue.participate(symbol, 'sell', 'take', '59990', '0.001')
  }, 5)
  const [trade] = await trades.until(items => items.length > 0)
  expect(trade).toMatchObject({ symbol, side: 'sell', price: 59990, amount: 0.001 })
  expect((await quotes)[symbol]).toMatchObject({ bid: 59990, ask: 60010, askVolume: 0.02 })
  expect(await ticker).toMatchObject({ symbol, last: 59990 })
  clearInterval(flow)
})

test('keeps an order book in step', async () => {
  let book = await client.watchOrderBook(symbol)
  expect(book.asks[0]).toEqual([60010, 0.02])
  venue.participate(symbol, 'buy', 'take', '60010', '0.02')
  while (book.asks[0]?.[0] !== 60020) book = await client.watchOrderBook(symbol)
  expect(book.bids[0]).toEqual([59990, 0.5])
})

test('places, edits, asks for and cancels orders over the socket', async () => {
  const order = await client.createOrderWs(symbol, 'limit', 'buy', 0.01, 59000)
  expect(order).toMatchObject({ status: 'open' })
  expect(await client.fetchOrderWs(order.id!, symbol)).toMatchObject({ id: order.id })
  const edited = await client.editOrderWs(order.id!, symbol, 'limit', 'buy', 0.01, 59001)
  expect(await client.fetchOpenOrdersWs(symbol)).toMatchObject([{ id: edited.id }])
  expect(await client.cancelOrderWs(edited.id!, symbol)).toMatchObject({ status: 'canceled' })
  await expect(client.cancelOrderWs(edited.id!, symbol)).rejects.toThrow('Unknown order sent.')
  await expect(client.createOrderWs(symbol, 'limit', 'buy', 500, 59000)).rejects.toThrow('insufficient balance')
  expect(venue.books().orders).toEqual({ canceled: 1, replaced: 1, rejected: 1 })
})
