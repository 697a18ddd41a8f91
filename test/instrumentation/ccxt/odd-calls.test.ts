import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OrderEvent } from '../../../src/order/event.js'
import { type CannedVenue, type Exchange, exchangeAt, follow, market, startCannedVenue } from './canned-venue.js'
import { instrumentation, type Lab, sentences, startLab } from './ccxt-lab.js'

let lab: Lab
let server: CannedVenue
beforeEach(async () => {
  lab = await startLab()
  server = await startCannedVenue()
})
afterEach(async () => {
  await lab.close()
  await server.close()
  expect(sentences).toEqual([])
})

const SYMBOL = 'BTC/USDT:USDT'
const bybit = () => {
  const client = exchangeAt('bybit', server.url, lab.apiKey, [
    market('BTCUSDT', SYMBOL),
    market('ETHUSDT', 'ETH/USDT:USDT'),
  ])
  // what it would ask for first
  Object.assign(client.options, { enableUnifiedMargin: false, enableUnifiedAccount: true, unifiedMarginStatus: 6 })
  return client
}
const binance = () =>
  exchangeAt('binance', server.url, lab.apiKey, [market('BTCUSDT', SYMBOL), market('BTCUSDT', 'BTC/USDT')])

const ok = (result: object, more: object = {}) => ({
  retCode: 0,
  retMsg: 'OK',
  result,
  retExtInfo: {},
  time: Date.now(),
  ...more,
})
const told = () => lab.events.map(({ type, clientId, orderId }) => [type, clientId ?? orderId].join(' '))
const only = <Type extends OrderEvent['type']>(type: Type) =>
  lab.events.filter((event): event is Extract<OrderEvent, { type: Type }> => event.type === type)
const statuses = () => {
  instrumentation.flush()
  return Object.fromEntries(follow(lab.events).orders.map(order => [order.rootId, order.status]))
}

const order = (id: string, clientId: string, more: object = {}) => ({
  orderId: id,
  orderLinkId: clientId,
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  price: '50000',
  qty: '0.1',
  timeInForce: 'GTC',
  orderStatus: 'New',
  cumExecQty: '0',
  leavesQty: '0.1',
  cumExecValue: '0',
  avgPrice: '',
  createdTime: String(Date.now()),
  updatedTime: String(Date.now()),
  ...more,
})

/** Two living orders, `a` and `b`. */
async function two(client: Exchange): Promise<void> {
  for (const [index, clientOrderId] of ['a', 'b'].entries()) {
    server.answer(/POST .*order\/create$/, ok({ orderId: `o-${index + 1}`, orderLinkId: clientOrderId }))
    await client.createOrder(SYMBOL, 'limit', 'buy', 0.1, 50_000, { clientOrderId })
  }
  ;(lab.events as OrderEvent[]).length = 0
}

describe('batches', () => {
  it('createOrders: one goes, one is refused', async () => {
    server.answer(
      /create-batch/,
      ok(
        {
          list: [
            { category: 'linear', symbol: 'BTCUSDT', orderId: 'o-1', orderLinkId: 'a', createAt: '1' },
            { category: 'linear', symbol: 'BTCUSDT', orderId: '', orderLinkId: 'b', createAt: '' },
          ],
        },
        {
          retExtInfo: {
            list: [
              { code: 0, msg: 'OK' },
              { code: 110007, msg: 'ab not enough for new order' },
            ],
          },
        },
      ),
    )
    await bybit().createOrders([
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.1, price: 50_000, params: { clientOrderId: 'a' } },
      { symbol: SYMBOL, type: 'limit', side: 'buy', amount: 9, price: 50_000, params: { clientOrderId: 'b' } },
    ])
    expect(told()).toEqual(['submit a', 'submit b', 'ack a', 'sent a', 'reject b'])
    expect(statuses()).toEqual({ a: 'new', b: 'rejected' })
  })

  it.each([
    [
      'named as failed: refused',
      { failureList: [{ orderId: '', clientOid: 'b', errorMsg: 'Insufficient balance' }] },
      'reject b',
    ],
    ['nowhere: unknown', { failureList: [] }, 'submit_failed b'],
  ])('createOrders: one is left out of the answer by ccxt, %s', async (_, failures, last) => {
    const successList = [{ orderId: 'o-1', clientOid: 'a' }]
    server.answer(/batch-orders/, { code: '00000', msg: 'success', data: { successList, ...failures } })
    const bitget = exchangeAt('bitget', server.url, lab.apiKey, [market('BTCUSDT', 'BTC/USDT')])
    bitget.options.uta = false
    const orders = ['a', 'b'].map(clientOrderId => {
      return {
        symbol: 'BTC/USDT',
        type: 'limit',
        side: 'buy',
        amount: 0.1,
        price: 50_000,
        params: { clientOrderId },
      } as const
    })
    expect(await bitget.createOrders([...orders])).toHaveLength(1)
    expect(told()).toEqual(['submit a', 'submit b', 'ack a', 'sent a', last])
  })

  it('orders that Kraken groups by one userref are orders of their own', async () => {
    let number = 0
    server.answer(/AddOrder/, () => ({ error: [], result: { descr: {}, txid: [`T-${++number}`] } }))
    const kraken = exchangeAt('kraken', server.url, lab.apiKey, [market('XXBTZUSD', 'BTC/USD', { altname: 'XBTUSD' })])
    kraken.secret = btoa('secret')
    for (const amount of [1, 2]) await kraken.createOrder('BTC/USD', 'limit', 'buy', amount, 50_000, { userref: 42 })
    const submits = lab.events.filter(({ type }) => type === 'submit')
    expect(submits.map(({ orderId, quantity }) => [orderId, quantity])).toEqual([
      ['T-1', '1'],
      ['T-2', '2'],
    ])
  })

  it('editOrders amends each; the one refused stays as it was', async () => {
    const client = bybit()
    await two(client)
    server.answer(
      /amend-batch/,
      ok(
        {
          list: [
            { category: 'linear', symbol: 'BTCUSDT', orderId: 'o-1', orderLinkId: 'a' },
            { category: 'linear', symbol: 'BTCUSDT', orderId: 'o-2', orderLinkId: 'b' },
          ],
        },
        {
          retExtInfo: {
            list: [
              { code: 0, msg: 'OK' },
              { code: 110001, msg: 'order not exists or too late to replace' },
            ],
          },
        },
      ),
    )
    const edits = [
      { id: 'o-1', symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.2, price: 51_000 },
      { id: 'o-2', symbol: SYMBOL, type: 'limit', side: 'buy', amount: 0.3, price: 52_000 },
    ]
    await client.editOrders(edits)
    expect(told()).toEqual(['replace_request a', 'replace_request b', 'replaced a', 'cancel_reject b'])
    expect(only('replaced')).toMatchObject([{ quantity: '0.2', price: '51000' }])
    expect(only('cancel_reject')).toMatchObject([{ request: 'replace' }])
  })

  it('editOrders that fails as a whole fails for each', async () => {
    const client = bybit()
    await two(client)
    server.answer(/amend-batch/, { retCode: 10001, retMsg: 'params error', result: {}, retExtInfo: {}, time: 1 })
    const edits = ['o-1', 'o-2'].map(id => ({
      id,
      symbol: SYMBOL,
      type: 'limit' as const,
      side: 'buy' as const,
      amount: 0.2,
      price: 51_000,
    }))
    await expect(client.editOrders(edits)).rejects.toThrow(/params error/)
    expect(told()).toEqual(['replace_request a', 'replace_request b', 'cancel_reject a', 'cancel_reject b'])
  })

  it('cancelOrdersForSymbols: by venue id and by client id', async () => {
    const client = bybit()
    await two(client)
    server.answer(
      /cancel-batch/,
      ok(
        {
          list: [
            { category: 'linear', symbol: 'BTCUSDT', orderId: 'o-1', orderLinkId: 'a' },
            { category: 'linear', symbol: 'BTCUSDT', orderId: 'o-2', orderLinkId: 'b' },
          ],
        },
        {
          retExtInfo: {
            list: [
              { code: 0, msg: 'OK' },
              { code: 0, msg: 'OK' },
            ],
          },
        },
      ),
    )
    await client.cancelOrdersForSymbols([
      { id: 'o-1', symbol: SYMBOL },
      { clientOrderId: 'b', symbol: SYMBOL } as never,
    ])
    expect(told().slice(0, 2)).toEqual(['cancel_request a', 'cancel_request b'])
    expect(statuses()).toEqual({ a: 'pending_cancel', b: 'pending_cancel' })
  })

  it('cancelOrders by a list of client ids', async () => {
    const client = bybit()
    await two(client)
    server.answer(
      /cancel-batch/,
      ok({
        list: [
          { orderId: 'o-1', orderLinkId: 'a', symbol: 'BTCUSDT' },
          { orderId: 'o-2', orderLinkId: 'b', symbol: 'BTCUSDT' },
        ],
      }),
    )
    await client.cancelOrders([], SYMBOL, { clientOrderIds: ['a', 'b'] })
    expect(told().slice(0, 2)).toEqual(['cancel_request a', 'cancel_request b'])
  })

  it('cancelAllOrders of a venue that names what it canceled', async () => {
    const client = bybit()
    await two(client)
    server.answer(
      /order\/cancel-all/,
      ok({
        list: [
          { orderId: 'o-1', orderLinkId: 'a' },
          { orderId: 'o-2', orderLinkId: 'b' },
        ],
        success: '1',
      }),
    )
    await client.cancelAllOrders(SYMBOL)
    expect(told().slice(0, 2)).toEqual(['cancel_request a', 'cancel_request b'])
    server.answer(
      /order\/realtime/,
      ok({ list: [order('o-1', 'a', { orderStatus: 'Cancelled' }), order('o-2', 'b', { orderStatus: 'Cancelled' })] }),
    )
    await client.fetchOpenOrders(SYMBOL)
    expect(statuses()).toEqual({ a: 'canceled', b: 'canceled' })
  })
})

describe('edits of venues that amend', () => {
  it.each([
    ['by the id of the venue', (e: Exchange) => e.editOrder('o-1', SYMBOL, 'limit', 'buy', 0.2, 51_000)],
    [
      "by the client's",
      (e: Exchange) => e.editOrder('', SYMBOL, 'limit', 'buy', 0.2, 51_000, { clientOrderId: 'a', orderLinkId: 'a' }),
    ],
  ])('%s: the order stays what it is', async (_name, edit) => {
    const client = bybit()
    await two(client)
    server.answer(/order\/amend$/, ok({ orderId: 'o-1', orderLinkId: 'a' }))
    await edit(client)
    expect(told()).toEqual(['replace_request a', 'replaced a'])
    expect(only('replaced')).toMatchObject([{ orderId: 'o-1', quantity: '0.2', price: '51000' }])
  })

  it('cancel and create, as ccxt does it where a venue knows no edit: what they are', async () => {
    const client = exchangeAt('mexc', server.url, lab.apiKey, [market('BTCUSDT', 'BTC/USDT')])
    const answer = (orderId: string) => ({
      symbol: 'BTCUSDT',
      orderId,
      price: '50000',
      origQty: '0.1',
      type: 'LIMIT',
      side: 'BUY',
    })
    server.answer(/POST .*order$/, answer('m-1'))
    await client.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 50_000, { clientOrderId: 'a' })
    server.answer(/DELETE .*order$/, { ...answer('m-1'), status: 'CANCELED', executedQty: '0' })
    server.answer(/POST .*order$/, answer('m-2'))
    await client.editOrder('m-1', 'BTC/USDT', 'limit', 'buy', 0.2, 51_000, { clientOrderId: 'b' })
    expect(lab.events.slice(3).map(({ type, orderId }) => `${type} ${orderId}`)).toEqual([
      'cancel_request m-1',
      'canceled m-1',
      'submit undefined',
      'ack m-2',
      'sent m-2',
    ])
  })
})

describe('orders that a request has the venue make', () => {
  const coinbase = () => exchangeAt('coinbase', server.url, lab.apiKey, [market('BTC-PERP', 'BTC/USDC:USDC')])

  it('closePosition: the answer is the order, made here', async () => {
    const success_response = { order_id: 'c-1', product_id: 'BTC-PERP', side: 'SELL', client_order_id: 'close-1' }
    server.answer(/close_position/, { success: true, success_response, order_configuration: {} })
    await coinbase().closePosition('BTC/USDC:USDC', undefined, { clientOrderId: 'close-1' })
    expect(lab.events.map(({ type }) => type)).toEqual(['submit', 'ack', 'sent'])
    expect(follow(lab.events).orders).toMatchObject([
      { orderId: 'c-1', clientId: 'close-1', origin: 'own', symbol: 'BTC/USDC:USDC', side: 'sell', submitted: true },
    ])
  })

  it('closePosition that is refused makes none', async () => {
    server.answer(/close_position/, { status: 400, body: { error: 'INVALID_ARGUMENT', message: 'no position' } })
    await expect(coinbase().closePosition('BTC/USDC:USDC', undefined, { clientOrderId: 'close-1' })).rejects.toThrow()
    expect(lab.events).toEqual([])
  })
})

describe('conditional orders', () => {
  it('of Binance futures: an algo order of its own id, with its trigger', async () => {
    server.answer(/POST .*algoOrder/, {
      algoId: 700,
      clientAlgoId: 'stop-1',
      algoType: 'CONDITIONAL',
      orderType: 'STOP_MARKET',
      symbol: 'BTCUSDT',
      side: 'SELL',
      positionSide: 'BOTH',
      timeInForce: 'GTC',
      quantity: '0.100',
      algoStatus: 'NEW',
      triggerPrice: '40000',
      price: '0',
      createTime: Date.now(),
      updateTime: Date.now(),
    })
    const client = binance()
    await client.createOrder(SYMBOL, 'market', 'sell', 0.1, undefined, {
      stopLossPrice: 40_000,
      reduceOnly: true,
      clientOrderId: 'stop-1',
    })
    expect(told()).toEqual(['submit stop-1', 'ack stop-1', 'sent stop-1'])
    expect(only('submit')).toMatchObject([{ orderType: 'stop', quantity: '0.1' }])
    // asked later: it was triggered, and became order 99
    const triggered = {
      algoId: 700,
      clientAlgoId: 'stop-1',
      algoType: 'CONDITIONAL',
      orderType: 'STOP_MARKET',
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: '0.100',
      algoStatus: 'FINISHED',
      actualOrderId: '99',
      actualPrice: '40000',
      triggerPrice: '40000',
      price: '0',
      createTime: Date.now(),
      updateTime: Date.now(),
    }
    server.answer(/GET .*algoOrder/, triggered)
    await client.fetchOrder('700', SYMBOL, { trigger: true })
    server.answer(/userTrades/, [
      {
        symbol: 'BTCUSDT',
        id: 5,
        orderId: 99,
        side: 'SELL',
        price: '39990',
        qty: '0.100',
        realizedPnl: '0',
        commission: '0',
        commissionAsset: 'USDT',
        time: Date.now(),
        positionSide: 'BOTH',
        maker: false,
        buyer: false,
      },
    ])
    await client.fetchMyTrades(SYMBOL)
    expect(told().slice(3)).toEqual(['triggered stop-1', 'trade stop-1'])
    expect(follow(lab.events).orders).toMatchObject([
      { rootId: 'stop-1', status: 'filled', cumulativeQuantity: '0.1', executionCount: 1 },
    ])
  })

  it.each([
    ['a stop', 'market', { stopLossPrice: 40_000 }, 'stop'],
    ['a stop limit', 'limit', { stopLossPrice: 40_000 }, 'stop_limit'],
    ['a take-profit', 'market', { takeProfitPrice: 70_000 }, 'market_if_touched'],
    ['a take-profit limit', 'limit', { takeProfitPrice: 70_000 }, 'limit_if_touched'],
    ['a trailing stop', 'market', { trailingAmount: 500 }, 'trailing_stop'],
  ] as const)('%s is told as such', async (_name, type, params, orderType) => {
    server.answer(/POST/, ok({ orderId: 'o-1', orderLinkId: '' }))
    await bybit().createOrder(SYMBOL, type, 'sell', 0.1, 50_000, { ...params, clientOrderId: 'x' })
    expect(only('submit')).toMatchObject([{ orderType }])
  })

  it.each(['IOC', 'FOK', 'PO'])('time in force %s', async timeInForce => {
    server.answer(/POST/, ok({ orderId: 'o-1', orderLinkId: '' }))
    await bybit().createOrder(SYMBOL, 'limit', 'sell', 0.1, 50_000, { timeInForce })
    expect(only('submit')).toMatchObject([{ timeInForce: timeInForce === 'PO' ? 'gtx' : timeInForce.toLowerCase() }])
  })
})

describe('requests about orders that nobody knows here', () => {
  const gone = {
    retCode: 110001,
    retMsg: 'order not exists or too late to cancel',
    result: {},
    retExtInfo: {},
    time: 1,
  }

  it('a cancel that is refused: told, counted, and nothing stays open', async () => {
    server.answer(/order\/cancel$/, gone)
    await expect(bybit().cancelOrder('before-1', SYMBOL)).rejects.toThrow(/not exists/)
    expect(told()).toEqual(['cancel_request before-1', 'cancel_reject before-1'])
    expect(only('cancel_reject')).toMatchObject([
      { reason: 'unknown_order', errorType: 'OrderNotFound', origin: 'external' },
    ])
    const { orders, anomalies } = follow(lab.events)
    expect(orders).toMatchObject([{ orderId: 'before-1', status: 'rejected', done: true, origin: 'external' }])
    expect(anomalies).toEqual(['unknown_order: cancel_request of order before-1, which was not submitted here'])
  })

  it('each of several, by whichever id it is named', async () => {
    server.answer(/cancel-batch/, gone)
    const client = bybit()
    await two(client)
    const orders = [
      { id: 'o-1', symbol: SYMBOL },
      { id: 'x-1', symbol: SYMBOL },
      { clientOrderId: 'x-2', symbol: SYMBOL },
    ]
    await expect(client.cancelOrdersForSymbols(orders as never)).rejects.toThrow()
    expect(told()).toEqual([
      'cancel_request a',
      'cancel_reject a',
      'cancel_request x-1',
      'cancel_reject x-1',
      'cancel_request x-2',
      'cancel_reject x-2',
    ])
  })

  it('an edit that is refused', async () => {
    server.answer(/order\/amend$/, { ...gone, retMsg: 'order not exists or too late to replace' })
    await expect(bybit().editOrder('before-1', SYMBOL, 'limit', 'buy', 0.1, 50_000)).rejects.toThrow(/not exists/)
    expect(told()).toEqual(['replace_request before-1', 'cancel_reject before-1'])
    expect(follow(lab.events).orders).toMatchObject([{ orderId: 'before-1', status: 'rejected', done: true }])
  })

  it('a cancel that was turned away before the venue looked says nothing of an order', async () => {
    server.answer(/order\/cancel$/, { retCode: 10006, retMsg: 'Too many visits', result: {}, retExtInfo: {}, time: 1 })
    await expect(bybit().cancelOrder('before-1', SYMBOL)).rejects.toThrow()
    expect(lab.events).toEqual([])
  })

  it('what it had executed is told later: counted once', async () => {
    server.answer(/order\/cancel$/, gone)
    const client = bybit()
    await expect(client.cancelOrder('o-9', SYMBOL)).rejects.toThrow()
    const list = [
      {
        symbol: 'BTCUSDT',
        orderId: 'o-9',
        orderLinkId: 'z',
        side: 'Buy',
        orderPrice: '50000',
        orderQty: '0.1',
        leavesQty: '0',
        execId: 'e-1',
        execPrice: '50000',
        execQty: '0.1',
        execType: 'Trade',
        execTime: String(Date.now() + 1000),
        isMaker: true,
      },
    ]
    server.answer(/execution\/list/, ok({ list, category: 'linear' }))
    await client.fetchMyTrades(SYMBOL)
    await client.fetchMyTrades(SYMBOL)
    expect(told()).toEqual(['cancel_request o-9', 'cancel_reject o-9', 'trade z'])
    expect(follow(lab.events).orders).toMatchObject([{ orderId: 'o-9', cumulativeQuantity: '0.1', executionCount: 1 }])
  })
})

describe('a request whose answer is lost, for an order without a client id', () => {
  const lost = async (client: Exchange, amount = 0.1) => {
    server.answer(/POST .*order\/create$/, { status: 502, body: '<html>Bad Gateway</html>' })
    await client.createOrder(SYMBOL, 'limit', 'buy', amount, 50_000).catch(() => {})
  }
  const asked = async (client: Exchange, ...orders: object[]) => {
    server.answer(/GET .*order\/realtime/, ok({ list: orders, nextPageCursor: '' }))
    await client.fetchOpenOrders(SYMBOL)
  }

  it('a query shows what it came to: the same order', async () => {
    const client = bybit()
    await lost(client)
    await asked(client, order('o-1', ''))
    await asked(client, order('o-1', '', { orderStatus: 'PartiallyFilled', cumExecQty: '0.04', avgPrice: '50000' }))
    instrumentation.flush()
    const { orders } = follow(lab.events)
    expect(orders).toMatchObject([
      { orderId: 'o-1', origin: 'own', status: 'partially_filled', cumulativeQuantity: '0.04' },
    ])
  })

  it.each([
    ['another quantity', [{ qty: '0.2' }]],
    ['another price', [{ price: '50001' }]],
    ['from before', [{ createdTime: String(Date.now() - 60_000) }]],
  ])('%s is another order', async (_, facts) => {
    const client = bybit()
    await lost(client)
    await asked(client, ...facts.map((fact, index) => order(`o-${index}`, '', fact)))
    instrumentation.flush()
    expect(follow(lab.events).orders.map(({ origin }) => origin)).toEqual(['own', 'external'])
  })

  it('two alike are told apart by nobody', async () => {
    const client = bybit()
    await lost(client)
    await lost(client)
    await asked(client, order('o-1', ''))
    instrumentation.flush()
    expect(follow(lab.events).orders.map(({ origin }) => origin)).toEqual(['own', 'own', 'external'])
  })
})
