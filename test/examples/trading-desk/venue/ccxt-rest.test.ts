import ccxt from 'ccxt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect } from '../../../../examples/trading-desk/venue/connect.js'
import type { Venue } from '../../../../examples/trading-desk/venue/venue.js'
import { type Client, startClient, startVenue } from './ccxt-client.js'

let venue: Venue
let client: Client
const symbol = 'BTC/USDT'

beforeEach(async () => {
  ;({ venue } = await startVenue())
  venue.participate(symbol, 'sell', 'rest', '60010', '0.02')
  venue.participate(symbol, 'sell', 'rest', '60020', '0.03')
  venue.participate(symbol, 'sell', 'rest', '60030', '1')
  venue.participate(symbol, 'buy', 'rest', '59990', '0.5')
  client = await startClient(venue)
})

afterEach(async () => {
  await client.close()
  await venue.close()
})

test('loads its markets with the precision and limits of the venue', async () => {
  const markets = await client.loadMarkets()
  expect(Object.keys(markets)).toEqual([symbol, 'ETH/USDT'])
  const market = client.market(symbol)
  expect(market).toMatchObject({ id: 'BTCUSDT', spot: true, active: true, precision: { amount: 0.00001, price: 0.01 } })
  expect(market.limits.cost?.min).toBe(5)
})

test('serves the REST class that has no streams', async () => {
  const rest = await connect(new ccxt.binance({ apiKey: 'key', secret: 'secret' }), venue.url)
  const order = await rest.createOrder(symbol, 'market', 'buy', 0.01)
  expect(order).toMatchObject({ status: 'closed', filled: 0.01, average: 60010 })
})

test('gives market data', async () => {
  const book = await client.fetchOrderBook(symbol)
  expect(book.bids).toEqual([[59990, 0.5]])
  expect(book.asks).toEqual([
    [60010, 0.02],
    [60020, 0.03],
    [60030, 1],
  ])
  expect(await client.fetchTicker(symbol)).toMatchObject({ bid: 59990, ask: 60010, last: 60000 })
  await client.createOrder(symbol, 'market', 'sell', 0.01)
  expect(await client.fetchTrades(symbol)).toMatchObject([{ price: 59990, amount: 0.01, side: 'sell' }])
  expect(Math.abs(Date.now() - ((await client.fetchTime()) ?? 0))).toBeLessThan(60_000)
})

test('fills a market order across levels, several executions, exact sums', async () => {
  const order = await client.createOrder(symbol, 'market', 'buy', 0.06)
  expect(order).toMatchObject({ status: 'closed', filled: 0.06, remaining: 0 })
  expect(order.trades.map(trade => [trade.price, trade.amount])).toEqual([
    [60010, 0.02],
    [60020, 0.03],
    [60030, 0.01],
  ])
  expect(order.info.cummulativeQuoteQty).toBe('3601.10000000')
  const trades = await client.fetchMyTrades(symbol)
  expect(trades.map(trade => trade.takerOrMaker)).toEqual(['taker', 'taker', 'taker'])
  expect(venue.books()).toEqual({ orders: { filled: 1 }, executions: 3, quantity: { [symbol]: '0.06' } })
  const balance = await client.fetchBalance()
  expect(balance.info.balances).toContainEqual({ asset: 'BTC', free: '200.05994000', locked: '0.00000000' })
  expect(balance.info.balances).toContainEqual({ asset: 'USDT', free: '9996398.90000000', locked: '0.00000000' })
})

test('spends an amount of the quote currency', async () => {
  const order = await client.createOrder(symbol, 'market', 'buy', 0, undefined, { cost: 1500 })
  expect(order.filled).toBe(0.02499)
})

test('rests, fills in parts and is canceled', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.1, 59995)
  expect(order).toMatchObject({ status: 'open', filled: 0, trades: [] })
  venue.participate(symbol, 'sell', 'take', '59995', '0.03')
  venue.participate(symbol, 'sell', 'take', '59995', '0.02')
  expect(await client.fetchOrder(order.id!, symbol)).toMatchObject({ status: 'open', filled: 0.05, remaining: 0.05 })
  expect(await client.fetchOpenOrders(symbol)).toMatchObject([{ id: order.id }])
  const balance = await client.fetchBalance()
  expect(balance.info.balances).toContainEqual({ asset: 'USDT', free: '9994000.50000000', locked: '2999.75000000' })
  expect(await client.cancelOrder(order.id!, symbol)).toMatchObject({ status: 'canceled', filled: 0.05 })
  expect(await client.fetchOpenOrders(symbol)).toEqual([])
  expect(venue.books()).toEqual({ orders: { canceled: 1 }, executions: 2, quantity: { [symbol]: '0.05' } })
  await expect(client.cancelOrder(order.id!, symbol)).rejects.toThrow(ccxt.OrderNotFound)
  await expect(client.fetchOrder('987654', symbol)).rejects.toThrow(ccxt.OrderNotFound)
})

test('respects price, then time', async () => {
  const first = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59995)
  const second = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59995)
  const better = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59996)
  venue.participate(symbol, 'sell', 'take', '59990', '0.025')
  const filled = await Promise.all([first, second, better].map(({ id }) => client.fetchOrder(id!, symbol)))
  expect(filled.map(order => order.filled)).toEqual([0.01, 0.005, 0.01])
})

test.each([
  ['an IOC order keeps what it got', 'IOC', 60010, 'expired', 0.02],
  ['a FOK order gets all or nothing', 'FOK', 60010, 'expired', 0],
  ['a FOK order that can be filled', 'FOK', 60020, 'closed', 0.04],
])('%s', async (_, timeInForce, price, status, filled) => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.04, price, { timeInForce })
  expect(order).toMatchObject({ status, filled })
})

test('what a market order finds nobody for expires', async () => {
  expect(await client.createOrder(symbol, 'market', 'sell', 0.7)).toMatchObject({ status: 'expired', filled: 0.5 })
  expect(venue.books().orders).toEqual({ expired: 1 })
})

test('takes its own resting order off the book rather than trade with it', async () => {
  const resting = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59995)
  const order = await client.createOrder(symbol, 'limit', 'sell', 0.01, 59990)
  expect(order).toMatchObject({ status: 'closed', average: 59990 })
  expect(await client.fetchOrder(resting.id!, symbol)).toMatchObject({ status: 'expired', filled: 0 })
})

test('keeps client ids and refuses one whose order still lives', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59000, { clientOrderId: 'desk-1' })
  expect(order.clientOrderId).toBe('desk-1')
  const again = client.createOrder(symbol, 'limit', 'buy', 0.01, 59000, { clientOrderId: 'desk-1' })
  await expect(again).rejects.toThrow('Duplicate order sent.')
  expect(venue.books().orders).toEqual({ open: 1 })
  const found = await client.fetchOrder('', symbol, { clientOrderId: 'desk-1' })
  expect(found.id).toBe(order.id)
  expect(await client.cancelOrder('', symbol, { clientOrderId: 'desk-1' })).toMatchObject({ status: 'canceled' })
  await client.createOrder(symbol, 'limit', 'buy', 0.01, 59000, { clientOrderId: 'desk-1' })
  expect(venue.books().orders).toEqual({ canceled: 1, open: 1 })
})

test.each([
  ['too small a value', [symbol, 'limit', 'buy', 0.00002, 59000], 'NOTIONAL', ccxt.BadRequest],
  ['too far a price', [symbol, 'limit', 'buy', 0.01, 1000], 'PERCENT_PRICE_BY_SIDE', ccxt.InvalidOrder],
  ['too little money', [symbol, 'limit', 'buy', 500, 59000], 'insufficient balance', ccxt.InsufficientFunds],
  ['too few coins', [symbol, 'market', 'sell', 201], 'insufficient balance', ccxt.InsufficientFunds],
] as const)('refuses %s', async (_, [market, type, side, amount, price], message, kind) => {
  const order = client.createOrder(market, type, side, amount, price)
  await expect(order).rejects.toThrow(message)
  await expect(order).rejects.toThrow(kind)
  expect(venue.books()).toEqual({ orders: { rejected: 1 }, executions: 0, quantity: {} })
})

test('refuses a maker order that would take', async () => {
  const order = client.createOrder(symbol, 'limit', 'buy', 0.01, 60020, { postOnly: true })
  await expect(order).rejects.toThrow(ccxt.OrderImmediatelyFillable)
  expect(venue.books().orders).toEqual({ rejected: 1 })
})

test.each([
  ['off the tick', { quantity: '0.01', price: '59000.001' }, -1013],
  ['off the lot', { quantity: '0.010000001', price: '59000' }, -1111],
  ['between two lots', { quantity: '0.01000001', price: '59000' }, -1013],
  ['no number', { quantity: '0,01', price: '59000' }, -1100],
  ['without quantity', { price: '59000' }, -1102],
  ['of an unknown side', { quantity: '0.01', price: '59000', side: 'SHORT' }, -1117],
  ['of an unknown symbol', { quantity: '0.01', price: '59000', symbol: 'XRPUSDT' }, -1121],
  ['of another time', { quantity: '0.01', price: '59000', timestamp: '1' }, -1021],
])('answers a request %s as Binance does', async (_, parameters, code) => {
  const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', signature: 'any' }
  const body = new URLSearchParams({ ...order, timestamp: String(Date.now()), ...parameters })
  const headers = { 'X-MBX-APIKEY': 'key' }
  const response = await fetch(`${venue.url}/api/v3/order`, { method: 'POST', headers, body })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code })
})

test.each([
  ['a key', {}, 'signature=any', 401, -2014],
  ['a signature', { 'X-MBX-APIKEY': 'key' }, '', 400, -1102],
])('asks for %s', async (_, headers, query, status, code) => {
  const response = await fetch(`${venue.url}/api/v3/account?timestamp=${Date.now()}&${query}`, { headers })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ code })
})

test('edits an order: the old one makes way for a new one', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.05, 59995)
  venue.participate(symbol, 'sell', 'take', '59995', '0.02')
  const params = { clientOrderId: 'desk-2' }
  const edited = await client.editOrder(order.id!, symbol, 'limit', 'buy', 0.03, 59996, params)
  expect(edited).toMatchObject({ status: 'open', amount: 0.03, price: 59996, clientOrderId: 'desk-2' })
  expect(edited.id).not.toBe(order.id)
  expect(await client.fetchOrder(order.id!, symbol)).toMatchObject({ status: 'canceled', filled: 0.02 })
  expect(venue.books()).toMatchObject({ orders: { open: 1, replaced: 1 }, executions: 1 })
  await client.cancelAllOrders(symbol)
  await expect(client.editOrder(edited.id!, symbol, 'limit', 'buy', 0.03, 59997)).rejects.toThrow('-2022')
  expect(venue.books().orders).toEqual({ canceled: 1, replaced: 1 })
})

test('an edit whose new order is refused leaves the old one canceled', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.05, 59995)
  await expect(client.editOrder(order.id!, symbol, 'limit', 'buy', 500, 59995)).rejects.toThrow('-2021')
  expect(venue.books().orders).toEqual({ canceled: 1, rejected: 1 })
})

test('limits orders and says when to come again', async () => {
  venue.change({ limits: { orders: { limit: 2, intervalMs: 3_600_000 } } })
  const place = () => client.createOrder(symbol, 'limit', 'buy', 0.01, 59000)
  await place()
  await place()
  expect(client.last_response_headers).toMatchObject({ 'X-Mbx-Order-Count-1h': '2' })
  await expect(place()).rejects.toThrow(ccxt.DDoSProtection)
  expect(Number(client.last_response_headers?.['Retry-After'])).toBeGreaterThan(0)
  expect(venue.books().orders).toEqual({ open: 2 })
})

test('counts request weight and refuses what is too much', async () => {
  await client.loadMarkets()
  await client.fetchOrderBook(symbol)
  expect(Number(client.last_response_headers?.['X-Mbx-Used-Weight'])).toBeGreaterThan(5)
  venue.change({ limits: { weight: { limit: 1, intervalMs: 3_600_000 } } })
  await expect(client.fetchOrderBook(symbol)).rejects.toThrow('-1003')
})

test('a cancel that comes too late is refused, and the fill stands', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59995)
  venue.change({ latencies: { cancel: { min: 30, max: 30 } } })
  const canceled = client.cancelOrder(order.id!, symbol)
  setTimeout(() => venue.participate(symbol, 'sell', 'take', '59995', '0.01'), 5)
  await expect(canceled).rejects.toThrow(ccxt.OrderNotFound)
  expect(venue.books()).toMatchObject({ orders: { filled: 1 }, executions: 1 })
})

test('an answer that gets lost leaves an order whose fate must be asked for', async () => {
  venue.change({ lostAnswers: 1 })
  const order = client.createOrder(symbol, 'limit', 'buy', 0.01, 60010, { clientOrderId: 'desk-1' })
  await expect(order).rejects.toThrow(ccxt.NetworkError)
  expect(await client.fetchOrder('', symbol, { clientOrderId: 'desk-1' })).toMatchObject({ status: 'closed' })
  const refused = client.createOrder(symbol, 'limit', 'buy', 500, 60010)
  await expect(refused).rejects.toThrow(ccxt.InsufficientFunds)
  expect(venue.books().orders).toEqual({ filled: 1, rejected: 1 })
})

test('keeps the headers that it was sent', async () => {
  await client.fetchBalance()
  const request = venue.requests().find(({ path }) => path === '/api/v3/account')
  expect(request?.headers).toMatchObject({ 'x-mbx-apikey': 'key' })
})

test('keeps accounts apart', async () => {
  await client.createOrder(symbol, 'limit', 'buy', 0.01, 59000)
  const other = await startClient(venue, 'other')
  expect(await other.fetchOpenOrders(symbol)).toEqual([])
  await other.close()
})
