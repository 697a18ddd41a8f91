import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { type Exchange, exchangeAt, market } from './canned-venue.js'
import { ignoreLostConnections, type Lab, sentences, startLab } from './ccxt-lab.js'

ignoreLostConnections()

/** What venues are sent, as far as it is answered here. */
interface Message {
  readonly id?: unknown
  readonly op?: string
  readonly args: readonly { readonly clOrdId?: string }[]
  readonly reqId?: unknown
  readonly method?: string
  readonly req_id?: unknown
  readonly action?: string
  readonly requestId?: unknown
  readonly amount?: unknown
  readonly price?: unknown
  readonly request: { readonly payload: { readonly action: { readonly type: string } } }
}
/** What a venue answers to one message. */
type Reply = (message: Message, isRefusing: boolean) => readonly object[]

interface Dialect {
  readonly venue: string
  readonly market: object
  readonly symbol: string
  readonly reply: Reply
  /** Of the order in its answers. */
  readonly id: string
  readonly editedId?: string
  /** What a REST request that goes before is answered with. */
  readonly rest?: object
  readonly secret?: string
  readonly options?: object
  readonly clientId: string
  readonly canceled: string
}

const BTC = 'BTC/USDT'
const PERP = 'BTC/USDC:USDC'
const time = '2026-01-01T00:00:00Z'

const dialects: readonly Dialect[] = [
  {
    venue: 'okx',
    market: market('BTC-USDT', BTC),
    symbol: BTC,
    id: '312269865356374016',
    clientId: 'c1',
    canceled: 'pending_cancel',
    reply: ({ id, op, args }, isRefusing) =>
      op === 'login'
        ? [{ event: 'login', code: '0', msg: '', connId: 'x' }]
        : [
            {
              id,
              op,
              code: isRefusing ? '1' : '0',
              msg: '',
              data: [
                {
                  ...{ clOrdId: args[0]?.clOrdId ?? '', ordId: '312269865356374016', tag: '' },
                  ...{ sCode: isRefusing ? '51008' : '0', sMsg: isRefusing ? 'insufficient' : '' },
                },
              ],
            },
          ],
  },
  {
    venue: 'bybit',
    market: market('BTCUSDT', BTC),
    symbol: BTC,
    id: 'by-1',
    clientId: 'c1',
    canceled: 'pending_cancel',
    reply: ({ reqId, op }, isRefusing) =>
      op === 'auth'
        ? [{ success: true, retCode: 0, retMsg: 'OK', op: 'auth', conn_id: 'x' }]
        : [
            {
              ...{ reqId, op, header: {}, connId: 'x', data: { orderId: 'by-1', orderLinkId: '' } },
              ...{ retCode: isRefusing ? 170131 : 0, retMsg: isRefusing ? 'Insufficient balance.' : 'OK' },
            },
          ],
  },
  {
    venue: 'kraken',
    market: market('XBTUSDT', BTC, { wsId: BTC, altname: 'XBTUSDT' }),
    symbol: BTC,
    id: 'OK-1',
    editedId: 'OK-2',
    rest: { error: [], result: { token: 'tok', expires: 900 } },
    secret: Buffer.from('secret-of-kraken').toString('base64'),
    clientId: 'c1',
    canceled: '',
    reply: ({ method, req_id }, isRefusing) => {
      const common = { method, req_id, time_in: time, time_out: time }
      if (isRefusing) return [{ ...common, error: 'EOrder:Insufficient funds', success: false }]
      const result = method === 'add_order' ? { order_id: 'OK-1' } : { order_id: 'OK-2', original_order_id: 'OK-1' }
      return req_id === undefined ? [] : [{ ...common, result, success: true }]
    },
  },
  {
    venue: 'bitvavo',
    market: market('BTC-EUR', BTC),
    symbol: BTC,
    id: 'bv-1',
    options: { operatorId: 1 },
    clientId: 'c1',
    canceled: 'pending_cancel',
    reply: ({ action, requestId, amount, price }, isRefusing) => {
      if (action === 'authenticate') return [{ event: 'authenticate', authenticated: true }]
      if (isRefusing) return [{ action, requestId, errorCode: 216, error: 'You do not have sufficient balance.' }]
      const order = { orderId: 'bv-1', market: 'BTC-EUR', side: 'buy', orderType: 'limit', amount, price }
      return [{ action, requestId, response: action === 'privateCancelOrder' ? { orderId: 'bv-1' } : order }]
    },
  },
  {
    venue: 'hyperliquid',
    market: market('0', PERP, { baseId: 0, base: 'BTC', info: { szDecimals: 5, name: 'BTC' } }),
    symbol: PERP,
    id: '777',
    rest: { status: 'ok', response: { type: 'default' } },
    clientId: `0x${'a'.repeat(32)}`,
    canceled: 'canceled',
    reply: ({ id, request }, isRefusing) => {
      const { type } = request.payload.action
      const placed = isRefusing ? { error: 'Insufficient margin to place order. asset=0' } : { resting: { oid: 777 } }
      const statuses = [type === 'cancel' ? 'success' : placed]
      const payload = { status: 'ok', response: { type, data: { statuses } } }
      return [{ channel: 'post', data: { id, response: { type: 'action', payload } } }]
    },
  },
]

let lab: Lab | undefined
const ends: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  await lab?.close()
  sentences.length = 0
})

/** A venue that is answered for by `reply`, over WebSocket; `undefined` says nothing. */
async function open(dialect: Dialect, reply: (message: Message) => readonly object[] = dialect.reply as never) {
  lab = await startLab()
  const server = createServer((_, response) => response.end(JSON.stringify(dialect.rest ?? {})))
  const sockets = new WebSocketServer({ server })
  const received: Message[] = []
  sockets.on('connection', socket =>
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as Message
      received.push(message)
      for (const answer of reply(message)) socket.send(JSON.stringify(answer))
    }),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const exchange = exchangeAt(dialect.venue, `http://127.0.0.1:${port}`, `ws-${port}`, [dialect.market])
  const urls = exchange.urls as unknown as { api: unknown }
  urls.api = JSON.parse(JSON.stringify(urls.api).replaceAll(/wss:\/\/[^/"]+/g, `ws://127.0.0.1:${port}`))
  if (dialect.secret !== undefined) exchange.secret = dialect.secret
  Object.assign(exchange.options as object, dialect.options)
  await exchange.loadHttpProxyAgent()
  ends.push(
    () => exchange.close(),
    () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  )
  return { exchange, received, events: lab.events, types: () => lab!.types() }
}

it.each(dialects)('$venue: an order made, changed and canceled over a WebSocket, and one refused', async dialect => {
  const { symbol, clientId, id } = dialect
  let isRefusing = false
  const { exchange, events, types } = await open(dialect, message => dialect.reply(message, isRefusing))
  const order = await exchange.createOrderWs(symbol, 'limit', 'buy', 1, 100, { clientOrderId: clientId })
  expect(order.id).toBe(id)
  expect(types()).toEqual(['submit', 'ack', 'sent'])
  expect(events[1]).toMatchObject({ clientId, orderId: id })
  const edited = await exchange.editOrderWs(id, symbol, 'limit', 'buy', 1, 200, { clientOrderId: clientId })
  expect(types().slice(3)).toEqual(['replace_request', 'replaced'])
  expect(events[4]).toMatchObject({ clientId, orderId: dialect.editedId ?? id, price: '200' })
  if (dialect.canceled !== '') {
    await exchange.cancelOrderWs(edited.id as string, symbol)
    expect(types().slice(5)).toEqual(['cancel_request', dialect.canceled])
  }
  const before = events.length
  isRefusing = true
  await expect(exchange.createOrderWs(symbol, 'limit', 'buy', 1, 100)).rejects.toThrow()
  expect(events.slice(before)).toMatchObject([{ type: 'submit' }, { type: 'reject', reason: 'insufficient_funds' }])
  expect(sentences).toEqual([])
})

it.each(dialects.slice(0, 2))(
  '$venue: closed while the answer is awaited, nobody knows what became of it',
  async dialect => {
    const reply: Reply = (message, isRefusing) =>
      message.op === 'login' || message.op === 'auth' ? dialect.reply(message, isRefusing) : []
    const { exchange, events, received } = await open(dialect, message => reply(message, false))
    const order = exchange.createOrderWs(dialect.symbol, 'limit', 'buy', 1, 100, { clientOrderId: 'open' })
    const ended = expect(order).rejects.toThrow()
    while (received.length < 2) await exchange.sleep(5)
    await exchange.close()
    await ended
    expect(events).toMatchObject([{ type: 'submit' }, { type: 'submit_failed', outcome: 'unknown' }])
  },
)

it('an order that fails before it is sent, though the session had begun, was not sent', async () => {
  const bitvavo = dialects.find(({ venue }) => venue === 'bitvavo')!
  const { exchange, events, received } = await open({ ...bitvavo, options: {} }, message =>
    bitvavo.reply(message, false),
  )
  const params = { clientOrderId: 'argument' }
  await expect(exchange.createOrderWs(BTC, 'limit', 'buy', 1, 100, params)).rejects.toThrow(/operatorId/)
  expect(received).toMatchObject([{ action: 'authenticate' }])
  expect(events).toMatchObject([{ type: 'submit' }, { type: 'submit_failed', outcome: 'not_sent' }])
})

it('a login that is refused: no order has been sent', async () => {
  const okx = dialects[0]!
  const { exchange, events } = await open(okx, () => [
    { event: 'error', code: '60009', msg: 'Login failed.', connId: 'x' },
  ])
  const placed: Promise<unknown> = (exchange as Exchange).createOrderWs(BTC, 'limit', 'buy', 1, 100)
  await expect(placed).rejects.toThrow()
  expect(events).toMatchObject([{ type: 'submit' }, { type: 'submit_failed', outcome: 'not_sent' }])
})
