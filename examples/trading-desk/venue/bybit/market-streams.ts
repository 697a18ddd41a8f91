import type { WebSocket } from 'ws'
import { BestPrices } from '../best-prices.js'
import { DepthRecorder } from '../depth-changes.js'
import type { Exchange } from '../exchange.js'
import { parseObject, textOf } from '../json-value.js'
import { sendJson, Topics } from '../topics.js'
import { bookJson, changesJson, streamTradeJson, tickerJson } from './market-json.js'

/** The real venue's pace for 50 levels is 20 ms. */
const DEPTH_INTERVAL_MS = 20
const TICKER_INTERVAL_MS = 50
const DEPTHS = [50, 200, 1000]
const TOPIC = /^(?:orderbook\.(1|50|200|1000)|publicTrade|tickers)\.([A-Z0-9]+)$/

/** Public market data of the spot market: https://bybit-exchange.github.io/docs/v5/websocket/public/trade */
export class MarketStreams {
  readonly #exchange: Exchange
  readonly #topics = new Topics()
  readonly #depth = new DepthRecorder()
  readonly #timers: NodeJS.Timeout[]

  constructor(exchange: Exchange) {
    this.#exchange = exchange
    exchange.listen(this.#depth.record)
    exchange.listen(event => {
      if (event.type !== 'trade') return
      const topic = `publicTrade.${event.trade.instrument.id}`
      this.#send(topic, 'snapshot', () => [streamTradeJson(event.trade)])
    })
    new BestPrices(exchange, book => {
      this.#send(`orderbook.1.${book.instrument.id}`, 'snapshot', () => bookJson(book, 1))
    })
    this.#timers = [
      setInterval(() => this.#tellDepth(), DEPTH_INTERVAL_MS),
      setInterval(() => this.#tellTickers(), TICKER_INTERVAL_MS),
    ]
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  accept(socket: WebSocket): void {
    socket.on('message', data => {
      const message = parseObject(String(data)) ?? {}
      const op = textOf(message, 'op') ?? ''
      const req_id = textOf(message, 'req_id')
      const topics = Array.isArray(message.args) ? message.args.map(String) : []
      const own = this.#topics.of(socket)
      if (op === 'ping') return sendJson(socket, { success: true, ret_msg: 'pong', op, req_id, conn_id: 'public' })
      const unknown = topics.find(topic => !this.#exchange.book(TOPIC.exec(topic)?.[2] ?? ''))
      const isKnown = op === 'subscribe' || op === 'unsubscribe'
      if (!isKnown || unknown !== undefined) {
        const ret_msg = isKnown ? `error:handler not found,topic:${unknown}` : 'error:invalid op'
        return sendJson(socket, { success: false, ret_msg, op, req_id, conn_id: 'public', request: { op } })
      }
      sendJson(socket, { success: true, ret_msg: op, op, req_id, conn_id: 'public' })
      for (const topic of topics) {
        if (op === 'unsubscribe') own.delete(topic)
        else this.#begin(socket, own, topic)
      }
    })
  }

  /** What changes is told against a first snapshot. */
  #begin(socket: WebSocket, topics: Set<string>, topic: string): void {
    topics.add(topic)
    const [, depth, id] = TOPIC.exec(topic)!
    const book = this.#exchange.book(id!)!
    const snapshot = (data: object) => sendJson(socket, { topic, ts: Date.now(), type: 'snapshot', data })
    if (depth !== undefined) snapshot(bookJson(book, Number(depth)))
    if (topic.startsWith('tickers')) snapshot(tickerJson(this.#exchange, book.instrument))
  }

  #tellDepth(): void {
    for (const [instrument, { bids, asks }] of this.#depth.take()) {
      const book = this.#exchange.book(instrument.id)!
      for (const depth of DEPTHS) {
        this.#send(`orderbook.${depth}.${instrument.id}`, 'delta', () => changesJson(book, bids, asks))
      }
    }
  }

  #tellTickers(): void {
    for (const instrument of this.#exchange.instruments()) {
      this.#send(`tickers.${instrument.id}`, 'snapshot', () => tickerJson(this.#exchange, instrument))
    }
  }

  #send(topic: string, type: 'snapshot' | 'delta', data: () => object): void {
    this.#topics.send(topic, () => ({ topic, ts: Date.now(), type, data: data() }))
  }
}
