import { generateKeyPairSync } from 'node:crypto'
import ccxt from 'ccxt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect } from '../../../../examples/trading-desk/venue/connect.js'
import type { Venue } from '../../../../examples/trading-desk/venue/venue.js'
import { collect, startCoinbase, startVenue } from './ccxt-client.js'

let venue: Venue
let client: Awaited<ReturnType<typeof startCoinbase>>
const symbol = 'BTC/USDT'

beforeEach(async () => {
  ;({ venue } = await startVenue({ dialect: 'coinbase' }))
  venue.participate(symbol, 'sell', 'rest', '60010', '0.02')
  venue.participate(symbol, 'sell', 'rest', '60020', '0.03')
  venue.participate(symbol, 'sell', 'rest', '60030', '1')
  venue.participate(symbol, 'buy', 'rest', '59990', '0.5')
  client = await startCoinbase(venue)
})

afterEach(async () => {
  await client.close()
  await venue.close()
})

test('loads its markets, and gives market data', async () => {
  const markets = await client.loadMarkets()
  expect(Object.keys(markets)).toEqual([symbol, 'ETH/USDT'])
  expect(client.market(symbol)).toMatchObject({
    id: 'BTC-USDT',
    spot: true,
    precision: { amount: 0.00001, price: 0.01 },
  })
  const book = await client.fetchOrderBook(symbol)
  expect([book.bids, book.asks[0]]).toEqual([[[59990, 0.5]], [60010, 0.02]])
  await client.createOrder(symbol, 'market', 'sell', 0.01)
  expect(await client.fetchTicker(symbol)).toMatchObject({ bid: 59990, ask: 60010, last: 59990 })
  expect(await client.fetchBidsAsks([symbol])).toMatchObject({ [symbol]: { bidVolume: 0.49, ask: 60010 } })
  expect(await client.fetchTrades(symbol)).toMatchObject([{ price: 59990, amount: 0.01, side: 'sell' }])
  expect(Math.abs(Date.now() - ((await client.fetchTime()) ?? 0))).toBeLessThan(60_000)
})

test('answers an order with its ids alone, and tells its fills to those who ask', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.06, 60030, { client_order_id: 'desk-1' })
  expect([order.clientOrderId, order.status, order.filled]).toEqual(['desk-1', undefined, undefined])
  expect(order.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(await client.fetchOrder(order.id!, symbol)).toMatchObject({
    status: 'closed',
    filled: 0.06,
    info: { filled_value: '3601.1', number_of_fills: '3', created_time: expect.stringMatching(/^\d.+T.+\d{6}Z$/) },
  })
  const trades = await client.fetchMyTrades(symbol)
  expect(trades.map(trade => [trade.price, trade.amount, trade.order, trade.takerOrMaker])).toEqual(
    [
      [60010, 0.02],
      [60020, 0.03],
      [60030, 0.01],
    ].map(([price, amount]) => [price, amount, order.id, 'taker']),
  )
  expect(venue.books()).toEqual({ orders: { filled: 1 }, executions: 3, quantity: { [symbol]: '0.06' } })
  expect(await client.fetchBalance({ v3: true })).toMatchObject({
    BTC: { total: 200.05994 },
    USDT: { free: 9996398.9 },
  })
  expect(await client.fetchBalance()).toMatchObject({ BTC: { total: 200.05994 } })
})

test('serves the REST class, keys of the cloud with their tokens, and market orders by what they cost', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const secret = privateKey.export({ type: 'sec1', format: 'pem' }).toString()
  const credentials = { apiKey: 'organizations/a/apiKeys/b', secret, enableRateLimit: false }
  const rest = await connect(new ccxt.coinbase(credentials), venue.url)
  await rest.createOrder(symbol, 'market', 'buy', 0, undefined, { cost: 1500 })
  expect(await rest.fetchMyTrades(symbol)).toMatchObject([
    { price: 60010, amount: 0.02 },
    { price: 60020, amount: 0.00499 },
  ])
  expect(await client.fetchMyTrades(symbol)).toEqual([])
})

test('rests, fills in parts and is canceled; a second cancel fails', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.1, 59995)
  venue.participate(symbol, 'sell', 'take', '59995', '0.03')
  expect(await client.fetchOpenOrders(symbol)).toMatchObject([{ id: order.id, filled: 0.03, remaining: 0.07 }])
  expect(await client.fetchBalance({ v3: true })).toMatchObject({ USDT: { used: 4199.65 } })
  expect(await client.cancelOrder(order.id!, symbol)).toMatchObject({ id: order.id })
  expect(await client.fetchCanceledOrders(symbol)).toMatchObject([{ status: 'canceled', filled: 0.03 }])
  await expect(client.cancelOrder(order.id!, symbol)).rejects.toThrow(ccxt.BadRequest)
  await expect(client.fetchOrder('no-such-order', symbol)).rejects.toThrow('order with this orderID was not found')
  expect(venue.books().orders).toEqual({ canceled: 1 })
})

test.each([
  ['an IOC order keeps what it got', 'IOC', 60010, 'CANCELLED', '0.02'],
  ['a FOK order gets all or nothing', 'FOK', 60010, 'CANCELLED', '0'],
  ['a FOK order that can be filled', 'FOK', 60020, 'FILLED', '0.04'],
])('%s', async (_, timeInForce, price, status, filled_size) => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.04, price, { timeInForce })
  expect(await client.fetchOrder(order.id!, symbol)).toMatchObject({ info: { status, filled_size } })
})

test('edits an order, which keeps its id; an edit that fails is no error', async () => {
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.05, 59995)
  venue.participate(symbol, 'sell', 'take', '59995', '0.02')
  expect(await client.editOrder(order.id!, symbol, 'limit', 'buy', 0.07, 59996)).toMatchObject({
    info: { success: true },
  })
  expect(await client.fetchOrder(order.id!, symbol)).toMatchObject({ amount: 0.07, filled: 0.02, price: 59996 })
  expect(await client.editOrder(order.id!, symbol, 'limit', 'buy', 0.01, 59996)).toMatchObject({
    info: { success: false, errors: [{ edit_failure_reason: 'CANNOT_EDIT_TO_BELOW_FILLED_SIZE' }] },
  })
  await client.editOrder(order.id!, symbol, 'limit', 'buy', 0.07, 60020)
  expect(venue.books()).toMatchObject({ orders: { filled: 1 }, executions: 3 })
})

test.each([
  ['too small a value', [symbol, 'limit', 'buy', 0.00002, 59000], ccxt.ExchangeError],
  ['too far a price', [symbol, 'limit', 'buy', 0.01, 1000], ccxt.ExchangeError],
  ['too little money', [symbol, 'limit', 'buy', 500, 59000], ccxt.InsufficientFunds],
  ['too few coins', [symbol, 'market', 'sell', 201], ccxt.InsufficientFunds],
  ['a maker order that would take', [symbol, 'limit', 'buy', 0.01, 60020, { postOnly: true }], ccxt.ExchangeError],
] as const)('refuses %s, with 200', async (_, [market, type, side, amount, price, params], kind) => {
  await expect(client.createOrder(market, type, side, amount, price, params)).rejects.toThrow(kind)
  expect(JSON.parse(client.last_http_response!)).toMatchObject({ success: false, failure_reason: expect.any(String) })
  expect(venue.books()).toEqual({ orders: { rejected: 1 }, executions: 0, quantity: {} })
})

test('an id that was used before makes no second order', async () => {
  const place = () => client.createOrder(symbol, 'limit', 'buy', 0.01, 59000, { client_order_id: 'desk-1' })
  const order = await place()
  expect((await place()).id).toBe(order.id)
  expect(venue.books().orders).toEqual({ open: 1 })
})

test('an answer that gets lost is had by sending the order again; a refusal is not lost', async () => {
  await client.loadMarkets()
  const place = () => client.createOrder(symbol, 'limit', 'buy', 0.01, 59000, { client_order_id: 'desk-1' })
  venue.change({ lostAnswers: 1 })
  await expect(place()).rejects.toThrow(ccxt.NetworkError)
  await expect(client.createOrder(symbol, 'limit', 'buy', 500, 59000)).rejects.toThrow(ccxt.InsufficientFunds)
  venue.change({ lostAnswers: 0 })
  expect(await client.fetchOpenOrders(symbol)).toMatchObject([{ id: (await place()).id }])
  expect(venue.books().orders).toEqual({ open: 1, rejected: 1 })
})

test('asks for a client id', async () => {
  const headers = { 'CB-ACCESS-KEY': 'key', 'CB-ACCESS-SIGN': 's', 'CB-ACCESS-TIMESTAMP': `${Date.now() / 1000}` }
  const order = {
    product_id: 'BTC-USDT',
    side: 'BUY',
    order_configuration: { market_market_ioc: { quote_size: '10' } },
  }
  const post = { method: 'POST', headers, body: JSON.stringify(order) }
  const response = await fetch(`${venue.url}/api/v3/brokerage/orders`, post)
  expect([response.status, await response.json()]).toMatchObject([400, { error: 'INVALID_ARGUMENT' }])
  const stranger = await fetch(`${venue.url}/api/v3/brokerage/accounts`)
  expect([stranger.status, await stranger.text()]).toEqual([401, 'Unauthorized\n'])
})

test('limits requests and says when to come again', async () => {
  await client.loadMarkets()
  venue.change({ limits: { weight: { limit: 1, intervalMs: 3_600_000 } } })
  await client.fetchMyTrades(symbol)
  expect(client.last_response_headers).toMatchObject({ 'X-Ratelimit-Remaining': '0' })
  await expect(client.createOrder(symbol, 'limit', 'buy', 0.01, 59000)).rejects.toThrow(ccxt.RateLimitExceeded)
  expect(venue.books().orders).toEqual({})
})

test('tells the state of orders with what has been executed so far', async () => {
  await client.loadMarkets()
  const resting = await client.createOrder(symbol, 'limit', 'buy', 0.01, 59000)
  const messages = rawOrders()
  const orders = collect(() => client.watchOrders())
  while (messages.length === 0) await client.sleep(5)
  expect(messages).toEqual([['snapshot', 'OPEN', '0', '0.01']])
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.06, 60020)
  venue.participate(symbol, 'sell', 'take', '60020', '0.01')
  await orders.until(items => items.some(({ id, status }) => id === order.id && status === 'closed'))
  // Two executions at once are one update, the third is another.
  expect(messages.slice(1)).toEqual([
    ['update', 'PENDING', '0', '0.06'],
    ['update', 'OPEN', '0.05', '0.01'],
    ['update', 'FILLED', '0.06', '0'],
  ])
  await client.cancelOrder(resting.id!, symbol)
  await orders.until(items => items.some(({ id, status }) => id === resting.id && status === 'canceled'))
  expect(venue.dropSockets('user')).toBe(1)
  while (orders.errors.length === 0) await client.sleep(5)
  expect(orders.errors).toEqual(['NetworkError'])
})

/** What the user channel says before ccxt makes something else of it. */
function rawOrders(): string[][] {
  const seen: string[][] = []
  const handle = client.handleOrder
  client.handleOrder = (
    socket: Parameters<typeof handle>[0],
    message: { events: { type: string; orders: Record<string, string>[] }[] },
  ) => {
    for (const { type, orders } of message.events) {
      for (const order of orders) {
        seen.push([type, order.status!, order.cumulative_quantity!, order.leaves_quantity!])
      }
    }
    handle.call(client, socket, message)
  }
  return seen
}

test('keeps the market in step', async () => {
  const trades = collect(() => client.watchTrades(symbol))
  const ticker = collect(async () => [await client.watchTicker(symbol)])
  await ticker.until(items => items.length > 0)
  const flow = setInterval(() => venue.participate(symbol, 'sell', 'take', '59990', '0.001'), 5)
  const [trade] = await trades.until(items => items.length > 0)
  expect(trade).toMatchObject({ symbol, side: 'sell', price: 59990, amount: 0.001 })
  await ticker.until(items => items.some(({ last, bid, ask }) => last === 59990 && bid === 59990 && ask === 60010))
  clearInterval(flow)
  let book = await client.watchOrderBook(symbol)
  expect(book.asks[0]).toEqual([60010, 0.02])
  venue.participate(symbol, 'buy', 'take', '60010', '0.02')
  while (book.asks[0]?.[0] !== 60020) book = await client.watchOrderBook(symbol)
  expect(book.bids[0]![0]).toBe(59990)
})
