import { afterEach, describe, expect, it } from 'vitest'
import { connect } from '../../../examples/trading-desk/venue/connect.js'
import type { OrderEvent } from '../../../src/order/event.js'
import { ccxt, commonJsCcxt, follow, instrumentation, type Lab, placeElsewhere, startLab } from './ccxt-lab.js'

const SYMBOL = 'BTC/USDT'
let lab: Lab
afterEach(() => lab.close())

const only = <Type extends OrderEvent['type']>(type: Type) =>
  lab.events.filter((event): event is Extract<OrderEvent, { type: Type }> => event.type === type)
const has = (type: OrderEvent['type']) => lab.until(events => events.some(event => event.type === type))
const ids = () => new Set(lab.events.map(({ clientId }) => clientId))

/** Whoever watches is subscribed. */
async function watching(client: Awaited<ReturnType<Lab['client']>>, what: 'orders' | 'trades'): Promise<void> {
  await client.authenticate()
  follow(client, () => (what === 'orders' ? client.watchOrders() : client.watchMyTrades()))
}

describe('a new order', () => {
  it('is submitted, sent and acknowledged, with what went over the wire', async () => {
    lab = await startLab()
    const client = await lab.client()
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', 0.0123456, 50_000.123)
    expect(lab.types()).toEqual(['submit', 'ack', 'sent'])
    expect(lab.events[0]).toMatchObject({
      clientId: order.clientOrderId,
      symbol: SYMBOL,
      side: 'buy',
      orderType: 'limit',
      timeInForce: 'gtc',
      quantity: '0.01234',
      price: '50000.12',
    })
    expect(lab.events[1]).toMatchObject({
      clientId: order.clientOrderId,
      orderId: order.id,
      reported: { status: 'new', quantity: '0.01234' },
    })
    const [submit, sent] = lab.events as [OrderEvent, OrderEvent]
    expect(sent.time! - submit.time!).toBeGreaterThan(0)
  })

  it('keeps the client id that the application gives', async () => {
    lab = await startLab()
    const client = await lab.client()
    const params = Object.freeze({ clientOrderId: 'mine-1', postOnly: true })
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, params)
    expect(lab.events[0]).toMatchObject({ type: 'submit', clientId: 'mine-1', timeInForce: 'gtx' })
    expect(ids()).toEqual(new Set(['mine-1']))
  })

  it.each([
    'createOrder',
    'create_order',
    'createLimitOrder',
    'createLimitBuyOrder',
    'createOrderWs',
    'createMarketBuyOrder',
  ])('%s is one order', async method => {
    lab = await startLab()
    lab.venue.participate(SYMBOL, 'sell', 'rest', '60000', '5')
    const client = await lab.client()
    const args =
      method === 'createLimitOrder'
        ? [SYMBOL, 'buy', 0.01, 50_000]
        : method === 'createLimitBuyOrder'
          ? [SYMBOL, 0.01, 50_000]
          : method === 'createMarketBuyOrder'
            ? [SYMBOL, 0.01]
            : [SYMBOL, 'limit', 'buy', 0.01, 50_000]
    await (client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[method]!(...args)
    expect(only('submit')).toHaveLength(1)
    expect(only('submit')[0]).toMatchObject({ quantity: '0.01', side: 'buy' })
    expect(ids().size).toBe(1)
  })

  it('leaves the quantity of an order by cost to the venue', async () => {
    lab = await startLab()
    lab.venue.participate(SYMBOL, 'sell', 'rest', '60000', '5')
    const client = await lab.client()
    await client.createMarketOrderWithCost(SYMBOL, 'buy', 600)
    expect(only('submit')[0]!.quantity).toBeUndefined()
    expect(only('ack')[0]).toMatchObject({ quantity: '0.01' })
    expect(only('trade')).toHaveLength(1)
  })

  it("doesn't count orders that are only tested", async () => {
    lab = await startLab()
    const client = await lab.client()
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { test: true })
    expect(lab.events).toEqual([])
  })

  it('tells orders that are made at the same time apart', async () => {
    lab = await startLab({ latencies: { answer: { min: 0, max: 10 }, match: { min: 0, max: 10 } } })
    const client = await lab.client()
    await watching(client, 'orders')
    const amounts = Array.from({ length: 12 }, (_, n) => 0.01 + n / 1000)
    const orders = await Promise.all(amounts.map(amount => client.createOrder(SYMBOL, 'limit', 'buy', amount, 50_000)))
    for (const order of orders) {
      const own = lab.events.filter(({ clientId }) => clientId === order.clientOrderId)
      expect(own.filter(({ type }) => type === 'submit')).toMatchObject([{ quantity: String(order.amount) }])
      expect(new Set(own.map(({ orderId }) => orderId))).toEqual(new Set([undefined, order.id]))
    }
    expect(ids().size).toBe(12)
  })

  it("counts what a user's class makes of one call", async () => {
    lab = await startLab()
    class Slicing extends ccxt.pro.binance {
      override async createOrder(
        ...[symbol, type, side, amount, price]: Parameters<InstanceType<typeof ccxt.pro.binance>['createOrder']>
      ) {
        await super.createOrder(symbol, type, side, amount! / 2, price)
        return super.createOrder(symbol, type, side, amount! / 2, price)
      }
    }
    const client = await connect(new Slicing({ apiKey: lab.apiKey, secret: 's' }), lab.venue.url)
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.02, 50_000)
    expect(only('submit').map(({ quantity }) => quantity)).toEqual(['0.01', '0.01'])
    expect(lab.types()).toEqual(['submit', 'ack', 'sent', 'submit', 'ack', 'sent'])
  })

  it('is seen in the CommonJS copy, REST class', async () => {
    lab = await startLab()
    const client = await connect(new commonJsCcxt.binance({ apiKey: lab.apiKey, secret: 's' }), lab.venue.url)
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    await expect(client.createOrder(SYMBOL, 'limit', 'buy', 5000, 50_000)).rejects.toThrow()
    expect(lab.types()).toEqual(['submit', 'ack', 'sent', 'submit', 'reject'])
    expect(only('reject')[0]).toMatchObject({ reason: 'insufficient_funds', errorType: 'InsufficientFunds' })
  })
})

describe('streams', () => {
  it.each(['orders', 'trades'] as const)('a fill that %s tell before the answer belongs to the order', async what => {
    lab = await startLab({ latencies: { answer: { min: 30, max: 30 } }, duplicates: 1 })
    lab.venue.participate(SYMBOL, 'sell', 'rest', '60000', '0.4')
    lab.venue.participate(SYMBOL, 'sell', 'rest', '60001', '0.6')
    const client = await lab.client()
    await watching(client, what)
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', 1, 60_001)
    expect(lab.types()).toEqual(['submit', 'ack (stream)', 'trade (stream)', 'trade (stream)', 'sent'])
    expect(ids()).toEqual(new Set([order.clientOrderId]))
    expect(only('trade')).toMatchObject([
      { lastQuantity: '0.4', lastPrice: '60000', liquidity: 'taker' },
      { lastQuantity: '0.6', lastPrice: '60001', liquidity: 'taker' },
    ])
    await client.fetchMyTrades(SYMBOL)
    await client.fetchOrder(order.id!, SYMBOL)
    expect(only('trade')).toHaveLength(2)
  })

  it('one object orders, another of the same account listens', async () => {
    lab = await startLab({ latencies: { answer: { min: 20, max: 20 } } })
    lab.venue.participate(SYMBOL, 'sell', 'rest', '60000', '1')
    const listener = await lab.client()
    await watching(listener, 'trades')
    const rest = await connect(new ccxt.binance({ apiKey: lab.apiKey, secret: 's' }), lab.venue.url)
    const order = await rest.createOrder(SYMBOL, 'limit', 'buy', 0.5, 60_000)
    await has('trade')
    expect(ids()).toEqual(new Set([order.clientOrderId]))
    expect(only('trade')).toHaveLength(1)
  })

  it('accounts are told apart', async () => {
    lab = await startLab()
    const [first, second] = [await lab.client(), await lab.client(`${lab.apiKey}-other`)]
    await first.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    await second.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    const accounts = new Set(lab.events.map(({ account }) => account))
    expect(accounts.size).toBe(2)
    for (const account of accounts) expect(account).toMatch(/^[0-9a-f]{16}$/)
  })

  it('orders of another client of the account are external', async () => {
    lab = await startLab()
    const client = await lab.client()
    await watching(client, 'orders')
    await placeElsewhere(lab.venue, lab.apiKey, { quantity: '0.5', price: '50000', newClientOrderId: 'theirs' })
    await has('ack')
    lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '0.5')
    await has('trade')
    expect(only('submit')).toEqual([])
    expect(lab.events).toMatchObject([
      { type: 'ack', clientId: 'theirs', origin: 'external', quantity: '0.5', price: '50000', orderType: 'limit' },
      { type: 'trade', clientId: 'theirs', origin: 'external', lastQuantity: '0.5', liquidity: 'maker' },
    ])
  })
})

describe('failures', () => {
  it('a time-out leaves the order unknown; a query resolves it', async () => {
    lab = await startLab({ latencies: { answer: { min: 250, max: 250 } } })
    const client = await lab.client()
    client.timeout = 60
    await expect(client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'late-1' })).rejects.toThrow(
      ccxt.RequestTimeout,
    )
    expect(lab.events.at(-1)).toMatchObject({ type: 'submit_failed', outcome: 'unknown', errorType: 'RequestTimeout' })
    client.timeout = 5000
    await client.fetchOrder('', SYMBOL, { clientOrderId: 'late-1' })
    expect(lab.types()).toEqual(['submit', 'submit_failed', 'status (reconciliation)'])
    expect(lab.events.at(-1)).toMatchObject({ clientId: 'late-1', orderId: '1', reported: { status: 'new' } })
  })

  it('sent again after a time-out it is one order, refused as its own duplicate or not', async () => {
    lab = await startLab({ latencies: { answer: { min: 250, max: 250 } } })
    const client = await lab.client()
    client.timeout = 60
    const order = () => client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'twice' })
    await expect(order()).rejects.toThrow(ccxt.RequestTimeout)
    client.timeout = 5000
    await expect(order()).rejects.toThrow(/Duplicate/)
    expect(lab.types()).toEqual(['submit', 'submit_failed', 'submit_failed'])
    await client.fetchOpenOrders(SYMBOL)
    expect(lab.events.at(-1)).toMatchObject({ type: 'status', clientId: 'twice', reported: { status: 'new' } })
  })

  it('turned away by the rate limit and sent again it is one order', async () => {
    lab = await startLab({ limits: { orders: { limit: 1, intervalMs: 60_000 } } })
    const client = await lab.client()
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'first' })
    const again = () => client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'again' })
    await expect(again()).rejects.toThrow(ccxt.NetworkError)
    await expect(again()).rejects.toThrow(ccxt.NetworkError)
    lab.venue.change({ limits: { orders: { limit: 100, intervalMs: 60_000 } } })
    await again()
    expect(lab.events.filter(({ clientId }) => clientId === 'again').map(({ type }) => type)).toEqual([
      'submit',
      'ack',
      'sent',
    ])
  })

  it.each([
    ['under a generated client id', {}, []],
    ['and given up', { clientOrderId: 'given-up' }, ['flush']],
  ])('turned away %s it is rejected', async (_name, params, then) => {
    lab = await startLab({ limits: { orders: { limit: 0, intervalMs: 60_000 } } })
    const client = await lab.client()
    await expect(client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, params)).rejects.toThrow(ccxt.NetworkError)
    if (then.length > 0) {
      expect(lab.types()).toEqual(['submit'])
      instrumentation.flush()
    }
    expect(lab.types()).toEqual(['submit', 'reject'])
    expect(lab.events[1]).toMatchObject({ reason: 'rate_limited' })
  })

  it.each([
    ['the symbol', ['NO/SUCH', 'limit', 'buy', 0.01, 50_000], 'BadSymbol'],
    ['a price', [SYMBOL, 'limit', 'buy', 0.01], 'InvalidOrder'],
    ['an amount', [SYMBOL, 'limit', 'buy', 1e-9, 50_000], 'InvalidOrder'],
  ] as const)('refused by ccxt itself for %s it was never sent', async (_name, args, errorType) => {
    lab = await startLab()
    const client = await lab.client()
    await expect(client.createOrder(...(args as unknown as [string, 'limit', 'buy', number]))).rejects.toThrow()
    expect(lab.events).toMatchObject([{ type: 'submit' }, { type: 'submit_failed', outcome: 'not_sent', errorType }])
    expect(lab.events[0]!.clientId).toMatch(/^unsent-/)
  })

  it('without a connection it was never sent', async () => {
    lab = await startLab()
    const client = await lab.client()
    await connect(client, 'http://127.0.0.1:1')
    await expect(client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)).rejects.toThrow(ccxt.NetworkError)
    expect(lab.events.at(-1)).toMatchObject({ type: 'submit_failed', outcome: 'not_sent', errorType: 'NetworkError' })
  })

  it('the client id of a living order, used again, does that order no harm', async () => {
    lab = await startLab()
    const client = await lab.client()
    const order = () => client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'same' })
    await order()
    await expect(order()).rejects.toThrow(/Duplicate/)
    expect(lab.types()).toEqual(['submit', 'ack', 'sent'])
  })

  it('carries no secret and no query string in its text', async () => {
    lab = await startLab({ latencies: { answer: { min: 250, max: 250 } } })
    const client = await lab.client()
    client.timeout = 40
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000).catch(() => {})
    const [failed] = only('submit_failed')
    expect(failed!.text).toMatch(/POST .*\/order/)
    expect(JSON.stringify(lab.events)).not.toMatch(/signature|timestamp=|"secret"/)
    expect(JSON.stringify(lab.events)).not.toContain(lab.apiKey)
  })
})

describe('cancels', () => {
  it('a cancel is asked for and done', async () => {
    lab = await startLab()
    const client = await lab.client()
    const { id } = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'a' })
    await client.cancelOrder(id!, SYMBOL)
    await client.fetchOrder(id!, SYMBOL)
    expect(lab.types().slice(3)).toEqual(['cancel_request', 'canceled'])
    expect(lab.events[3]).toMatchObject({ clientId: 'a', originalClientId: 'a', orderId: id })
    expect(lab.events[4]).toMatchObject({ clientId: 'a', reported: { status: 'canceled', leavesQuantity: '0' } })
  })

  it('a cancel that comes too late is refused as such', async () => {
    lab = await startLab()
    const client = await lab.client()
    const { id } = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '0.01')
    await expect(client.cancelOrder(id!, SYMBOL)).rejects.toThrow(ccxt.OrderNotFound)
    expect(lab.events.at(-1)).toMatchObject({ type: 'cancel_reject', reason: 'too_late', errorType: 'OrderNotFound' })
    await client.fetchOrder(id!, SYMBOL)
    expect(only('trade')).toMatchObject([{ lastQuantity: '0.01', lastPrice: '50000', source: 'inferred' }])
  })

  it('cancelAllOrders is a cancel of each', async () => {
    lab = await startLab()
    const client = await lab.client()
    for (const clientOrderId of ['a', 'b']) {
      await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId })
    }
    await client.createOrder('ETH/USDT', 'limit', 'buy', 0.1, 2500, { clientOrderId: 'other' })
    await client.cancelAllOrders(SYMBOL)
    const told = lab.events.slice(9).map(({ type, clientId }) => `${type} ${clientId}`)
    expect(told).toEqual(['cancel_request a', 'cancel_request b', 'canceled a', 'canceled b'])
  })

  it('a lost cancel stays unknown', async () => {
    lab = await startLab()
    const client = await lab.client()
    const { id } = await client.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50_000)
    lab.venue.change({ latencies: { answer: { min: 250, max: 250 } } })
    client.timeout = 40
    await expect(client.cancelOrder(id!, SYMBOL)).rejects.toThrow(ccxt.RequestTimeout)
    expect(lab.events.at(-1)).toMatchObject({ type: 'request_failed', request: 'cancel', outcome: 'unknown' })
  })
})

describe('over the WebSocket', () => {
  it('orders, cancels and questions are the same', async () => {
    lab = await startLab()
    const client = await lab.client()
    const { id } = await client.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'a' })
    await client.fetchOrderWs(id!, SYMBOL)
    await client.fetchOpenOrdersWs(SYMBOL)
    await client.cancelOrderWs(id!, SYMBOL)
    await client.createOrderWs(SYMBOL, 'limit', 'buy', 0.01, 50_000, { clientOrderId: 'b' })
    await client.cancelAllOrdersWs(SYMBOL)
    await expect(client.cancelOrderWs('77', SYMBOL)).rejects.toThrow()
    await client.fetchMyTradesWs(SYMBOL)
    expect(lab.events.map(({ type, clientId, orderId }) => `${type} ${clientId ?? orderId}`)).toEqual([
      'submit a',
      'ack a',
      'sent a',
      // asked for the first time
      'status a',
      'cancel_request a',
      'canceled a',
      'submit b',
      'ack b',
      'sent b',
      'cancel_request b',
      'canceled b',
      'cancel_request 77',
      'cancel_reject 77',
    ])
  })
})

describe('edits', () => {
  it.each(['none', 'orders'] as const)(
    'a cancel-replace is one replace, fills on both sides (streams: %s)',
    async streams => {
      lab = await startLab({ latencies: { answer: { min: 5, max: 5 } } })
      const client = await lab.client()
      if (streams === 'orders') await watching(client, 'orders')
      const first = await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000, { clientOrderId: 'a' })
      lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '0.25')
      await client.fetchMyTrades(SYMBOL)
      const second = await client.editOrder(first.id!, SYMBOL, 'limit', 'buy', 0.75, 51_000, { clientOrderId: 'b' })
      lab.venue.participate(SYMBOL, 'sell', 'take', '51000', '0.75')
      await client.fetchMyTrades(SYMBOL)
      expect(second.id).not.toBe(first.id)
      expect(only('replace_request')).toMatchObject([
        { clientId: 'b', originalClientId: 'a', orderId: first.id, price: '51000' },
      ])
      expect(only('replaced')).toMatchObject([
        { clientId: 'b', originalClientId: 'a', orderId: second.id, quantity: '1', price: '51000' },
      ])
      expect(only('canceled')).toEqual([])
      expect(only('submit')).toHaveLength(1)
      expect(only('trade').map(({ clientId, lastQuantity }) => `${clientId} ${lastQuantity}`)).toEqual([
        'a 0.25',
        'b 0.75',
      ])
    },
  )

  it('what the replaced order had executed is read from the answer, and counted once', async () => {
    lab = await startLab()
    const client = await lab.client()
    const first = await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000, { clientOrderId: 'a' })
    lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '0.25')
    await client.editOrder(first.id!, SYMBOL, 'limit', 'buy', 0.75, 51_000, { clientOrderId: 'b' })
    expect(only('trade')).toMatchObject([
      { clientId: 'a', source: 'inferred', lastQuantity: '0.25', lastPrice: '50000' },
    ])
    expect(only('replaced')).toMatchObject([{ clientId: 'b', quantity: '1' }])
    await client.fetchMyTrades(SYMBOL)
    expect(only('trade')).toHaveLength(1)
    expect(only('trade_correct')).toMatchObject([{ clientId: 'a', executionId: '1', liquidity: 'maker' }])
  })

  it('an edit that comes too late', async () => {
    lab = await startLab()
    const client = await lab.client()
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000)
    lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '1')
    await expect(client.editOrder(order.id!, SYMBOL, 'limit', 'buy', 1, 51_000)).rejects.toThrow()
    expect(lab.events.at(-1)).toMatchObject({ type: 'cancel_reject', request: 'replace', reason: 'too_late' })
  })

  it.each(['none', 'orders'] as const)('canceled, but the new order refused (streams: %s)', async streams => {
    lab = await startLab({ latencies: { answer: { min: 5, max: 5 } } })
    const client = await lab.client()
    if (streams === 'orders') await watching(client, 'orders')
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000, { clientOrderId: 'a' })
    const edit = client.editOrder(order.id!, SYMBOL, 'limit', 'buy', 5000, 50_000, { clientOrderId: 'b' })
    await expect(edit).rejects.toThrow()
    await lab.until(events => events.some(({ type, clientId }) => type === 'reject' && clientId === 'b'))
    const told = lab.events.map(({ type, clientId }) => `${type} ${clientId}`)
    expect(told.filter(what => !/sent|ack/.test(what))).toEqual([
      'submit a',
      'replace_request b',
      'cancel_reject a',
      'canceled a',
      'submit b',
      'reject b',
    ])
    expect(lab.venue.books().orders).toEqual({ canceled: 1, rejected: 1 })
  })
})

describe('queries', () => {
  it('an inferred execution gives way to the real ones', async () => {
    lab = await startLab()
    const client = await lab.client()
    const { id } = await client.createOrder(SYMBOL, 'limit', 'buy', 1, 50_000)
    lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '0.25')
    lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '0.5')
    await client.fetchOrder(id!, SYMBOL)
    expect(only('trade')).toMatchObject([{ source: 'inferred', lastQuantity: '0.75', lastPrice: '50000' }])
    await client.fetchMyTrades(SYMBOL)
    await client.fetchMyTrades(SYMBOL)
    await client.fetchOpenOrders(SYMBOL)
    expect(only('trade').map(({ lastQuantity }) => lastQuantity)).toEqual(['0.75', '0.5'])
    expect(only('trade_correct')).toMatchObject([
      { executionId: '1', executionRefId: only('trade')[0]!.executionId, lastQuantity: '0.25', liquidity: 'maker' },
      { executionId: '2', executionRefId: only('trade')[1]!.executionId, lastQuantity: '0.5' },
    ])
  })

  it('what had ended before is no news; what is open is followed', async () => {
    lab = await startLab()
    lab.venue.participate(SYMBOL, 'sell', 'rest', '60000', '1')
    await placeElsewhere(lab.venue, lab.apiKey, { quantity: '0.5', price: '60000' })
    await placeElsewhere(lab.venue, lab.apiKey, { quantity: '1', price: '50000', newClientOrderId: 'before' })
    lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '0.25')
    await new Promise(resolve => setTimeout(resolve, 5))
    const client = await lab.client()
    await client.fetchMyTrades(SYMBOL)
    await client.fetchOrders(SYMBOL)
    await client.fetchOpenOrders(SYMBOL)
    expect(lab.events).toMatchObject([
      {
        type: 'status',
        clientId: 'before',
        origin: 'external',
        reported: { status: 'partially_filled', cumulativeQuantity: '0.25', leavesQuantity: '0.75' },
      },
    ])
    lab.venue.participate(SYMBOL, 'sell', 'take', '50000', '0.75')
    await client.fetchMyTrades(SYMBOL)
    await client.fetchOrder('3', SYMBOL).catch(() => {})
    expect(only('trade')).toMatchObject([{ lastQuantity: '0.75', clientId: 'before' }])
  })
})
