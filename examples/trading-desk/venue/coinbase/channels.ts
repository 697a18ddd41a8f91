import type { WebSocket } from 'ws'
import { DepthRecorder } from '../depth-changes.js'
import type { SocketKind } from '../dialect.js'
import type { Exchange } from '../exchange.js'
import { type JsonObject, parseObject, textOf } from '../json-value.js'
import { keyOfSubscription } from './authentication.js'
import { Connection } from './connection.js'
import { isoTime, productId, productOf } from './identifiers.js'
import { levelJson, tickerJson, tradeJson, wholeBookJson } from './market-json.js'
import { UserChannel } from './user-channel.js'

const DEPTH_INTERVAL_MS = 50
const TICKER_INTERVAL_MS = 1000
const CHANNELS = ['heartbeats', 'ticker', 'ticker_batch', 'level2', 'market_trades', 'user']

/** Market data and orders over one socket: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels */
export class Channels {
  readonly #exchange: Exchange
  readonly #connections = new Set<Connection>()
  readonly #depth = new DepthRecorder()
  readonly #timers: NodeJS.Timeout[]
  readonly user: UserChannel
  #heartbeats = 0

  constructor(exchange: Exchange, seed: number) {
    this.#exchange = exchange
    this.user = new UserChannel(exchange, this.#connections, seed)
    exchange.listen(this.#depth.record)
    exchange.listen(event => {
      if (event.type !== 'trade') return
      const { instrument } = event.trade
      const product = productId(instrument)
      this.#send('market_trades', product, () => ({ type: 'update', trades: [tradeJson(event.trade)] }))
      this.#send('ticker', product, () => ({ type: 'update', tickers: [tickerJson(exchange, instrument)] }))
    })
    this.#timers = [
      setInterval(() => this.#tellDepth(), DEPTH_INTERVAL_MS),
      setInterval(() => this.#tellTickers(), TICKER_INTERVAL_MS),
    ]
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  accept(socket: WebSocket): () => SocketKind {
    const connection = new Connection(socket)
    this.#connections.add(connection)
    socket.on('close', () => this.#connections.delete(connection))
    socket.on('message', data => this.#request(connection, parseObject(String(data)) ?? {}))
    return () => (connection.key === undefined ? 'market' : 'user')
  }

  #request(connection: Connection, message: JsonObject): void {
    const type = textOf(message, 'type')
    const channel = textOf(message, 'channel') ?? ''
    if (type !== 'subscribe' && type !== 'unsubscribe') return connection.fail('type is required')
    if (!CHANNELS.includes(channel)) return connection.fail(`channel ${channel} is not supported`)
    const ids = Array.isArray(message.product_ids) ? message.product_ids.map(String) : []
    const unknown = ids.find(id => !productOf(this.#exchange, id))
    if (unknown !== undefined) return connection.fail(`${unknown} is not a valid product`)
    const key = channel === 'user' ? keyOfSubscription(message) : undefined
    if (channel === 'user' && key === undefined) return connection.fail('authentication failure')
    const products = connection.products.get(channel) ?? new Set()
    connection.products.set(channel, products)
    for (const id of ids) {
      if (type === 'subscribe') products.add(id)
      else products.delete(id)
    }
    if (key !== undefined) {
      if (ids.length === 0) connection.allProducts = type === 'subscribe'
      connection.key = products.size > 0 || connection.allProducts ? key : undefined
    }
    if (products.size === 0) connection.products.delete(channel)
    const subscriptions = Object.fromEntries([...connection.products].map(([name, own]) => [name, [...own]]))
    connection.send('subscriptions', [
      { subscriptions: key === undefined ? subscriptions : { ...subscriptions, user: [key] } },
    ])
    if (type !== 'subscribe') return
    if (key !== undefined) this.user.begin(connection, key)
    for (const id of ids) this.#begin(connection, channel, id)
  }

  /** What changes is told against a first snapshot. */
  #begin(connection: Connection, channel: string, id: string): void {
    const instrument = productOf(this.#exchange, id)!
    const book = this.#exchange.book(instrument.id)!
    const snapshot = { type: 'snapshot' as const }
    if (channel === 'level2')
      connection.send('l2_data', [{ ...snapshot, product_id: id, updates: wholeBookJson(book) }])
    if (channel === 'market_trades') {
      const trades = this.#exchange.trades(instrument).slice(-100).map(tradeJson).reverse()
      connection.send(channel, [{ ...snapshot, trades }])
    }
    if (channel === 'ticker' || channel === 'ticker_batch') {
      connection.send(channel, [{ ...snapshot, tickers: [tickerJson(this.#exchange, instrument)] }])
    }
  }

  #tellDepth(): void {
    for (const [instrument, { bids, asks }] of this.#depth.take()) {
      const product_id = productId(instrument)
      this.#send('level2', product_id, () => ({
        type: 'update',
        product_id,
        updates: [
          ...[...bids].map(([price, quantity]) => levelJson('buy', price, quantity)),
          ...[...asks].map(([price, quantity]) => levelJson('sell', price, quantity)),
        ],
      }))
    }
  }

  #tellTickers(): void {
    this.#heartbeats++
    for (const instrument of this.#exchange.instruments()) {
      const product = productId(instrument)
      this.#send('ticker_batch', product, () => ({ type: 'update', tickers: [tickerJson(this.#exchange, instrument)] }))
    }
    for (const connection of this.#connections) {
      if (!connection.products.has('heartbeats')) continue
      const event = { current_time: isoTime(Date.now()), heartbeat_counter: String(this.#heartbeats) }
      connection.send('heartbeats', [event])
    }
  }

  #send(channel: string, product: string, event: () => object): void {
    for (const connection of this.#connections) {
      if (connection.has(channel, product)) connection.send(channel === 'level2' ? 'l2_data' : channel, [event()])
    }
  }
}
