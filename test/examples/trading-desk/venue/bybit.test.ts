import ccxt from 'ccxt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect } from '../../../../examples/trading-desk/venue/connect.js'
import type { Venue } from '../../../../examples/trading-desk/venue/venue.js'
import { collect, startBybit, startVenue } from './ccxt-client.js'

let venue: Venue
let client: Awaited<ReturnType<typeof startBybit>>
const symbol = 'BTC/USDT'

beforeEach(async () => {
  ;({ venue } = await startVenue({ dialect: 'bybit' }))
  venue.participate(symbol, 'sell', 'rest', '60010', '0.02')
  venue.participate(symbol, 'sell', 'rest', '60020', '0.03')
  venue.participate(symbol, 'sell', 'rest', '60030', '1')
  venue.participate(symbol, 'buy', 'rest', '59990', '0.5')
  client = await startBybit(venue)
})

afterEach(async () => {
  await client.close()
  await venue.close()
})

const known = { acknowledged: true }

test('loads its markets, and gives market data', async () => {
  const markets = await client.loadMarkets()
  expect(Object.keys(markets)).toEqual([symbol, 'ETH/USDT'])
  expect(client.market(symbol)).toMatchObject({
    id: 'BTCUSDT',
    spot: true,
    precision: { amount: 0.00001, price: 0.01 },
  })
  const book = await client.fetchOrderBook(symbol)
  expect([book.bids, book.asks[0]]).toEqual([[[59990, 0.5]], [60010, 0.02]])
  expect(await client.fetchTicker(symbol)).toMatchObject({ bid: 59990, ask: 60010, last: 60000 })
  await client.createOrder(symbol, 'market', 'sell', 0.01)
  expect(await client.fetchTrades(symbol)).toMatchObject([{ price: 59990, amount: 0.01, side: 'sell' }])
  expect(Math.abs(Date.now() - ((await client.fetchTime()) ?? 0))).toBeLessThan(60_000)
})

test('acknowledges an order with its ids alone; what became of it is to be asked for', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.06, 60030, { clientOrderId: 'desk-1' })
  expect(order.info).toEqual({ orderId: expect.stringMatching(/^\d{19}$/), orderLinkId: 'desk-1' })
  expect([order.clientOrderId, order.status, order.filled]).toEqual(['desk-1', undefined, undefined])
  expect(await client.fetchOrder(order.id!, symbol, known)).toMatchObject({ status: 'closed', filled: 0.06 })
  const trades = await client.fetchMyTrades(symbol)
  expect(trades.map(trade => [trade.price, trade.amount, trade.order, trade.takerOrMaker])).toEqual(
    [
      [60010, 0.02],
      [60020, 0.03],
      [60030, 0.01],
    ].map(([price, amount]) => [price, amount, order.id, 'taker']),
  )
  expect(venue.books()).toEqual({ orders: { filled: 1 }, executions: 3, quantity: { [symbol]: '0.06' } })
  expect(await client.fetchBalance()).toMatchObject({ BTC: { total: 200.05994 }, USDT: { free: 9996398.9, used: 0 } })
})

test('serves the REST class, and market orders by what they cost', async () => {
  const rest = await connect(new ccxt.bybit({ apiKey: 'key', secret: 'secret', enableRateLimit: false }), venue.url)
  await rest.createOrder(symbol, 'market', 'buy', 0, undefined, { cost: 1500 })
  expect(await rest.fetchMyTrades(symbol)).toMatchObject([
    { price: 60010, amount: 0.02 },
    { price: 60020, amount: 0.00499 },
  ])
})

test('a canceled order that has traded in part is "PartiallyFilledCanceled"', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.1, 59995)
  venue.participate(symbol, 'sell', 'take', '59995', '0.03')
  expect(await client.fetchOpenOrders(symbol)).toMatchObject([{ id: order.id, filled: 0.03, remaining: 0.07 }])
  expect(await client.fetchBalance()).toMatchObject({ USDT: { used: 4199.65 } })
  await client.cancelOrder(order.id!, symbol)
  const [ended] = await client.fetchCanceledAndClosedOrders(symbol)
  expect(ended).toMatchObject({ status: 'closed', filled: 0.03, info: { orderStatus: 'PartiallyFilledCanceled' } })
  expect(venue.books().orders).toEqual({ canceled: 1 })
})

test.each([
  ['an IOC order keeps what it got', { timeInForce: 'IOC' }, 60010, 'PartiallyFilledCanceled', 'canceled'],
  ['a FOK order gets all or nothing', { timeInForce: 'FOK' }, 60010, 'Cancelled', 'canceled'],
  ['a FOK order that can be filled', { timeInForce: 'FOK' }, 60020, 'Filled', 'filled'],
  ['a maker order that would take is taken back', { postOnly: true }, 60020, 'Rejected', 'rejected'],
])('%s', async (_, params, price, orderStatus, inBooks) => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.04, price, params)
  expect(await client.fetchOrder(order.id!, symbol, known)).toMatchObject({ info: { orderStatus } })
  expect(venue.books().orders).toEqual({ [inBooks]: 1 })
})

test('amends an order, which keeps its id', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.05, 59995)
  venue.participate(symbol, 'sell', 'take', '59995', '0.02')
  const edited = await client.editOrder(order.id!, symbol, 'limit', 'buy', 0.07, 59996)
  expect(edited.id).toBe(order.id)
  expect(await client.fetchOrder(order.id!, symbol, known)).toMatchObject({ amount: 0.07, filled: 0.02, price: 59996 })
  expect(await client.fetchBalance()).toMatchObject({ USDT: { used: 2999.8 } })
  await client.editOrder(order.id!, symbol, 'limit', 'buy', 0.07, 60020)
  expect(await client.fetchOrder(order.id!, symbol, known)).toMatchObject({ status: 'closed', filled: 0.07 })
  expect(venue.books()).toMatchObject({ orders: { filled: 1 }, executions: 3 })
  await expect(client.editOrder(order.id!, symbol, 'limit', 'buy', 0.08)).rejects.toThrow(ccxt.OrderNotFound)
})

test.each([
  ['too small a value', [symbol, 'limit', 'buy', 0.00002, 59000], ccxt.InvalidOrder],
  ['too far a price', [symbol, 'limit', 'buy', 0.01, 1000], ccxt.InvalidOrder],
  ['too little money', [symbol, 'limit', 'buy', 500, 59000], ccxt.InsufficientFunds],
  ['too few coins', [symbol, 'market', 'sell', 201], ccxt.InsufficientFunds],
] as const)('refuses %s', async (_, [market, type, side, amount, price], kind) => {
  await expect(client.createOrder(market, type, side, amount, price)).rejects.toThrow(kind)
  await expect(client.createOrderWs(market, type, side, amount, price)).rejects.toThrow(kind)
  expect(venue.books()).toEqual({ orders: { rejected: 2 }, executions: 0, quantity: {} })
})

test('a batch tells of every order by itself', async () => {
  const orders = await client.createOrders([
    { symbol, type: 'limit', side: 'buy', amount: 0.01, price: 59000, params: { clientOrderId: 'a' } },
    { symbol, type: 'limit', side: 'buy', amount: 500, price: 59000, params: { clientOrderId: 'b' } },
    { symbol, type: 'limit', side: 'buy', amount: 0.01, price: 59001 },
  ])
  expect(orders.map(order => [order.clientOrderId, order.status])).toEqual([
    ['a', undefined],
    ['b', 'rejected'],
    [undefined, undefined],
  ])
  expect(venue.books().orders).toEqual({ open: 2, rejected: 1 })
  expect(await client.cancelAllOrders(symbol)).toHaveLength(2)
  await expect(client.cancelOrder(orders[0]!.id!, symbol)).rejects.toThrow(ccxt.OrderNotFound)
  expect(venue.books().orders).toEqual({ canceled: 2, rejected: 1 })
})

test('limits orders and says when to come again', async () => {
  venue.change({ limits: { orders: { limit: 2, intervalMs: 3_600_000 } } })
  const place = () => client.createOrder(symbol, 'limit', 'buy', 0.01, 59000)
  await place()
  await place()
  expect(client.last_response_headers).toMatchObject({ 'X-Bapi-Limit': '2', 'X-Bapi-Limit-Status': '0' })
  await expect(place()).rejects.toThrow(ccxt.RateLimitExceeded)
  expect(venue.books().orders).toEqual({ open: 2 })
  venue.change({ limits: { weight: { limit: 0, intervalMs: 3_600_000 } } })
  await expect(client.fetchOrderBook(symbol)).rejects.toThrow(ccxt.RateLimitExceeded)
})

test('an answer that gets lost leaves an order whose fate must be asked for; a refusal has none', async () => {
  venue.change({ lostAnswers: 1 })
  const order = client.createOrder(symbol, 'limit', 'buy', 0.01, 60010, { clientOrderId: 'desk-1' })
  await expect(order).rejects.toThrow(ccxt.NetworkError)
  const params = { ...known, orderLinkId: 'desk-1' }
  expect(await client.fetchOrder('', symbol, params)).toMatchObject({ status: 'closed' })
  await expect(client.createOrder(symbol, 'limit', 'buy', 500, 60010)).rejects.toThrow(ccxt.InsufficientFunds)
  expect(venue.books().orders).toEqual({ filled: 1, rejected: 1 })
})

test('asks for a key and the right time', async () => {
  const ask = async (headers: Record<string, string>) => {
    const response = await fetch(`${venue.url}/v5/account/info`, { headers })
    return [response.status, ((await response.json()) as { retCode: number }).retCode]
  }
  expect(await ask({})).toEqual([200, 10003])
  expect(await ask({ 'X-BAPI-API-KEY': 'key' })).toEqual([200, 10004])
  expect(await ask({ 'X-BAPI-API-KEY': 'key', 'X-BAPI-SIGN': 's', 'X-BAPI-TIMESTAMP': '1' })).toEqual([200, 10002])
})

test('tells orders and executions on topics of their own', async () => {
  await client.loadMarkets()
  const orders = collect(() => client.watchOrders(symbol))
  const trades = collect(() => client.watchMyTrades())
  await subscribed()
  const order = await client.createOrderWs(symbol, 'limit', 'buy', 0.06, 60020, { clientOrderId: 'desk-1' })
  venue.participate(symbol, 'sell', 'take', '60020', '0.01')
  const states = await orders.until(items => items.at(-1)?.status === 'closed')
  expect(states.every(({ id, clientOrderId }) => id === order.id && clientOrderId === 'desk-1')).toBe(true)
  const executions = await trades.until(items => items.length === 3)
  expect(executions.map(({ price, amount, takerOrMaker }) => [price, amount, takerOrMaker])).toEqual([
    [60010, 0.02, 'taker'],
    [60020, 0.03, 'taker'],
    [60020, 0.01, 'maker'],
  ])
  expect(venue.books()).toMatchObject({ orders: { filled: 1 }, executions: 3, quantity: { [symbol]: '0.06' } })
})

test('places, amends and cancels over the trade socket', async () => {
  const order = await client.createOrderWs(symbol, 'limit', 'buy', 0.01, 59000)
  expect(await client.editOrderWs(order.id!, symbol, 'limit', 'buy', 0.02, 59001)).toMatchObject({ id: order.id })
  expect(await client.fetchOpenOrders(symbol)).toMatchObject([{ amount: 0.02, price: 59001 }])
  await client.cancelOrderWs(order.id!, symbol)
  await expect(client.cancelOrderWs(order.id!, symbol)).rejects.toThrow(ccxt.OrderNotFound)
  expect(venue.books().orders).toEqual({ canceled: 1 })
})

test('after a dropped connection the next watch connects anew', async () => {
  await client.loadMarkets()
  const orders = collect(() => client.watchOrders(symbol))
  await subscribed()
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.02, 60000)
  await orders.until(items => items.length > 0)
  expect(venue.dropSockets('user')).toBe(1)
  while (orders.errors.length === 0) await client.sleep(5)
  expect(orders.errors).toEqual(['NetworkError'])
  await subscribed()
  await client.cancelOrder(order.id!, symbol)
  await orders.until(items => items.at(-1)?.status === 'canceled')
})

/** Requests on a socket are answered in turn: what was subscribed before stands when the wallet has been told. */
async function subscribed(): Promise<void> {
  const watched = client.watchBalance()
  const nudge = setInterval(() => void client.createOrder('ETH/USDT', 'limit', 'buy', 0.01, 2000), 20)
  await watched
  clearInterval(nudge)
}

test('keeps the market in step', async () => {
  const trades = collect(() => client.watchTrades(symbol))
  const quotes = client.watchBidsAsks([symbol])
  const ticker = client.watchTicker(symbol)
  const flow = setInterval(() => venue.participate(symbol, 'sell', 'take', '59990', '0.001'), 5)
  const [trade] = await trades.until(items => items.length > 0)
  expect(trade).toMatchObject({ symbol, side: 'sell', price: 59990, amount: 0.001 })
  expect((await quotes)[symbol]).toMatchObject({ bid: 59990, ask: 60010, askVolume: 0.02 })
  expect(await ticker).toMatchObject({ symbol })
  clearInterval(flow)
  let book = await client.watchOrderBook(symbol)
  expect(book.asks[0]).toEqual([60010, 0.02])
  venue.participate(symbol, 'buy', 'take', '60010', '0.02')
  while (book.asks[0]?.[0] !== 60020) book = await client.watchOrderBook(symbol)
  expect(book.bids[0]![0]).toBe(59990)
})

test('keeps accounts apart', async () => {
  await client.createOrder(symbol, 'limit', 'buy', 0.01, 59000)
  const other = await startBybit(venue, 'other')
  expect(await other.fetchOpenOrders(symbol)).toEqual([])
  await other.close()
})
