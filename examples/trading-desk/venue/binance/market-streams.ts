import type { WebSocket } from 'ws'
import { BestPrices } from '../best-prices.js'
import { formatFixed } from '../decimal.js'
import { DepthRecorder } from '../depth-changes.js'
import type { Exchange } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import type { Trade } from '../order.js'
import type { OrderBook } from '../order-book.js'
import { bestPricesJson, depthJson, type LevelJson, tickerJson } from './market-json.js'

const DEPTH_INTERVAL_MS = 100
const TICKER_INTERVAL_MS = 1000
const STREAM = /^([a-z0-9]+)@(trade|aggTrade|bookTicker|ticker|miniTicker|depth(5|10|20)?)(@100ms|@1000ms)?$/

interface Subscriber {
  readonly socket: WebSocket
  /** A combined stream wraps every message with its stream's name. */
  readonly combined: boolean
  readonly streams: Set<string>
}

/** Public market data: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams */
export class MarketStreams {
  readonly #exchange: Exchange
  readonly #subscribers = new Map<WebSocket, Subscriber>()
  readonly #depth = new DepthRecorder()
  readonly #timers: NodeJS.Timeout[]

  constructor(exchange: Exchange) {
    this.#exchange = exchange
    exchange.listen(this.#depth.record)
    exchange.listen(event => {
      if (event.type === 'trade') this.#tellTrade(event.trade)
    })
    new BestPrices(exchange, book => this.#tellBest(book))
    this.#timers = [
      setInterval(() => this.#tellDepth(), DEPTH_INTERVAL_MS),
      setInterval(() => this.#tellTickers(), TICKER_INTERVAL_MS),
    ]
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** `/ws/<stream>` and `/stream?streams=a/b` subscribe by their address, `/ws` and what is below it by messages. */
  accept(socket: WebSocket, url: URL): void {
    const combined = url.pathname === '/stream'
    const named = combined ? (url.searchParams.get('streams') ?? '').split('/') : url.pathname.split('/')
    const streams = new Set(named.filter(name => STREAM.test(name)))
    const subscriber: Subscriber = { socket, combined, streams }
    this.#subscribers.set(socket, subscriber)
    socket.on('close', () => this.#subscribers.delete(socket))
    socket.on('message', data => this.#request(subscriber, String(data)))
  }

  #request({ socket, streams }: Subscriber, text: string): void {
    const answer = (message: object) => socket.send(JSON.stringify(message))
    let request: { id?: unknown; method?: unknown; params?: unknown }
    try {
      request = Object(JSON.parse(text))
    } catch {
      return answer({ error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } })
    }
    const { id = null, method } = request
    const names = Array.isArray(request.params) ? request.params.map(String) : []
    const unknown = names.find(name => !STREAM.test(name))
    if (unknown !== undefined)
      return answer({ error: { code: 2, msg: `Invalid request: invalid stream ${unknown}` }, id })
    if (method === 'LIST_SUBSCRIPTIONS') return answer({ result: [...streams], id })
    if (method === 'SUBSCRIBE') for (const name of names) streams.add(name)
    else if (method === 'UNSUBSCRIBE') for (const name of names) streams.delete(name)
    else return answer({ error: { code: 2, msg: `Invalid request: unknown variant \`${String(method)}\`` }, id })
    answer({ result: null, id })
  }

  #tellTrade(trade: Trade): void {
    const id = trade.instrument.id.toLowerCase()
    const common = {
      E: Date.now(),
      s: trade.instrument.id,
      p: formatFixed(trade.price),
      q: formatFixed(trade.quantity),
      T: trade.time,
      m: trade.takerSide === 'sell',
      M: true,
    }
    this.#send(`${id}@trade`, { e: 'trade', t: trade.id, b: trade.buyOrderId, a: trade.sellOrderId, ...common })
    this.#send(`${id}@aggTrade`, { e: 'aggTrade', a: trade.id, f: trade.id, l: trade.id, ...common })
  }

  #tellBest(book: OrderBook): void {
    const { bid, ask } = bestPricesJson(book)
    const { id } = book.instrument
    const message = { u: book.updateId, s: id, b: bid[0], B: bid[1], a: ask[0], A: ask[1] }
    this.#send(`${id.toLowerCase()}@bookTicker`, message)
  }

  #tellDepth(): void {
    for (const [instrument, changes] of this.#depth.take()) {
      const book = this.#exchange.book(instrument.id)!
      const side = (levels: Map<bigint, bigint>): LevelJson[] =>
        [...levels].map(([price, quantity]) => [formatFixed(price), formatFixed(quantity)])
      const [b, a] = [side(changes.bids), side(changes.asks)]
      const message = { e: 'depthUpdate', E: Date.now(), s: instrument.id, U: changes.first, u: book.updateId, b, a }
      const id = instrument.id.toLowerCase()
      for (const suffix of ['', '@100ms', '@1000ms']) {
        this.#send(`${id}@depth${suffix}`, message)
        for (const limit of [5, 10, 20]) this.#send(`${id}@depth${limit}${suffix}`, () => depthJson(book, limit))
      }
    }
  }

  #tellTickers(): void {
    for (const instrument of this.#exchange.instruments()) {
      const id = instrument.id.toLowerCase()
      this.#send(`${id}@ticker`, () => this.#ticker(instrument, '24hrTicker'))
      this.#send(`${id}@miniTicker`, () => this.#ticker(instrument, '24hrMiniTicker'))
    }
  }

  #ticker(instrument: Instrument, e: string): object {
    const t = tickerJson(this.#exchange, instrument) as Record<string, unknown>
    const mini = { e, E: Date.now(), s: t.symbol, c: t.lastPrice, o: t.openPrice, h: t.highPrice, l: t.lowPrice }
    const volumes = { v: t.volume, q: t.quoteVolume }
    if (e === '24hrMiniTicker') return { ...mini, ...volumes }
    const changes = {
      p: t.priceChange,
      P: t.priceChangePercent,
      w: t.weightedAvgPrice,
      x: t.prevClosePrice,
      Q: t.lastQty,
    }
    const best = { b: t.bidPrice, B: t.bidQty, a: t.askPrice, A: t.askQty }
    const span = { O: t.openTime, C: t.closeTime, F: t.firstId, L: t.lastId, n: t.count }
    return { ...mini, ...volumes, ...changes, ...best, ...span }
  }

  #send(stream: string, message: object | (() => object)): void {
    const subscribers = [...this.#subscribers.values()].filter(({ streams }) => streams.has(stream))
    if (subscribers.length === 0) return
    const data = typeof message === 'function' ? message() : message
    for (const { socket, combined } of subscribers) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(combined ? { stream, data } : data))
    }
  }
}
