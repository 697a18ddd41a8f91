import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Venue } from '../../../../examples/trading-desk/venue/venue.js'
import { startVenue } from './ccxt-client.js'

/** What ccxt doesn't call, other clients of Binance do. */
let venue: Venue
const sockets: WebSocket[] = []

beforeEach(async () => {
  ;({ venue } = await startVenue())
  venue.participate('BTC/USDT', 'sell', 'rest', '60010', '0.02')
  venue.participate('BTC/USDT', 'buy', 'rest', '59990', '0.02')
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await venue.close()
})

type Message = Record<string, unknown>

async function open(path: string): Promise<{ send: (text: string) => void; next: () => Promise<Message> }> {
  const socket = new WebSocket(venue.url.replace('http', 'ws') + path)
  sockets.push(socket)
  const messages: Message[] = []
  socket.on('message', data => messages.push(JSON.parse(String(data))))
  await once(socket, 'open')
  return {
    send: text => socket.send(text),
    next: async () => {
      if (messages.length === 0) await once(socket, 'message')
      return messages.shift()!
    },
  }
}

const signed = () => ({ timestamp: Date.now(), signature: 'any' })

describe('the WebSocket API', () => {
  test('a session that has logged on needs neither key nor signature', async () => {
    const { send, next } = await open('/ws-api/v3')
    send(JSON.stringify({ id: 1, method: 'userDataStream.subscribe' }))
    expect(await next()).toMatchObject({ id: 1, status: 401, error: { code: -2015 } })
    send(JSON.stringify({ id: 2, method: 'session.logon', params: { apiKey: 'key', ...signed() } }))
    expect(await next()).toMatchObject({ id: 2, status: 200, result: { apiKey: 'key' } })
    send(JSON.stringify({ id: 3, method: 'userDataStream.subscribe' }))
    expect(await next()).toMatchObject({ id: 3, status: 200, result: { subscriptionId: 0 } })
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' }
    send(JSON.stringify({ id: 4, method: 'order.place', params: order }))
    const told = [await next(), await next(), await next(), await next(), await next()]
    const events = told.slice(0, 4).map(message => (message as { event: Message }).event)
    expect(events.map(({ e, x }) => x ?? e)).toEqual([
      'NEW',
      'outboundAccountPosition',
      'TRADE',
      'outboundAccountPosition',
    ])
    expect(told[4]).toMatchObject({ id: 4, status: 200, result: { status: 'FILLED', executedQty: '0.01000000' } })
    send(JSON.stringify({ id: 5, method: 'userDataStream.unsubscribe' }))
    await next()
    send(JSON.stringify({ id: 6, method: 'order.place', params: order }))
    expect(await next()).toMatchObject({ id: 6 })
  })

  test.each([
    ['no JSON', '{', { id: null, status: 400, error: { code: -1135 } }],
    ['no object', '7', { id: null, status: 400, error: { code: -1135 } }],
    ['an unknown method', '{"id":"a","method":"order.magic"}', { id: 'a', status: 404 }],
    ['no key', '{"id":"a","method":"account.status"}', { id: 'a', status: 401, error: { code: -2014 } }],
  ])('answers %s', async (_, text, answer) => {
    const { send, next } = await open('/ws-api/v3')
    send(text)
    expect(await next()).toMatchObject(answer)
  })
})

describe('market streams', () => {
  const take = () => venue.participate('BTC/USDT', 'buy', 'take', '60010', '0.001')

  test('by address, plain and combined', async () => {
    const plain = await open('/ws/btcusdt@trade')
    const combined = await open('/stream?streams=btcusdt@aggTrade/ethusdt@trade')
    take()
    expect(await plain.next()).toMatchObject({
      e: 'trade',
      s: 'BTCUSDT',
      p: '60010.00000000',
      q: '0.00100000',
      m: false,
    })
    expect(await combined.next()).toMatchObject({ stream: 'btcusdt@aggTrade', data: { e: 'aggTrade' } })
  })

  test('by request, until unsubscribed', async () => {
    const { send, next } = await open('/ws')
    const request = (id: number, method: string, ...params: string[]) => send(JSON.stringify({ id, method, params }))
    request(1, 'SUBSCRIBE', 'btcusdt@trade', 'btcusdt@bookTicker')
    expect(await next()).toEqual({ result: null, id: 1 })
    request(2, 'LIST_SUBSCRIPTIONS')
    expect(await next()).toEqual({ result: ['btcusdt@trade', 'btcusdt@bookTicker'], id: 2 })
    take()
    expect(await next()).toMatchObject({ e: 'trade' })
    expect(await next()).toMatchObject({ s: 'BTCUSDT', a: '60010.00000000', A: '0.01900000' })
    request(3, 'UNSUBSCRIBE', 'btcusdt@trade', 'btcusdt@bookTicker')
    expect(await next()).toEqual({ result: null, id: 3 })
    take()
    request(4, 'LIST_SUBSCRIPTIONS')
    expect(await next()).toEqual({ result: [], id: 4 })
  })

  test.each([
    ['no JSON', '{', { error: { code: 3 } }],
    ['null', 'null', { error: { code: 2 }, id: null }],
    ['an unknown stream', '{"id":1,"method":"SUBSCRIBE","params":["btcusdt@magic"]}', { error: { code: 2 }, id: 1 }],
    ['an unknown method', '{"id":1,"method":"SHOUT"}', { error: { code: 2 }, id: 1 }],
  ])('answer %s', async (_, text, answer) => {
    const { send, next } = await open('/ws')
    send(text)
    expect(await next()).toMatchObject(answer)
  })

  test('are nowhere else', async () => {
    const socket = new WebSocket(`${venue.url.replace('http', 'ws')}/other`)
    const [error] = await once(socket, 'error')
    expect(error.message).toContain('404')
  })
})
