import type { WebSocket } from 'ws'
import type { Exchange, ExchangeEvent } from '../exchange.js'
import { parseObject, textOf } from '../json-value.js'
import { createRandom, type Random } from '../random.js'
import { sendJson, Topics } from '../topics.js'
import { walletJson } from './account-operations.js'
import { socketKey } from './gateway.js'
import { executionJson, orderJson } from './order-json.js'

const TOPICS: readonly string[] = ['order', 'order.spot', 'execution', 'execution.spot', 'wallet']

/** What concerns one account, by topic: orders and executions each have their own, and come in no certain order. */
export class PrivateStream {
  readonly #exchange: Exchange
  /** By key and topic. */
  readonly #topics = new Topics()
  readonly #random: Random
  /** How likely a report is told twice, from 0 to 1. */
  duplicates = 0
  #lastMessage = 0

  constructor(exchange: Exchange, seed: number) {
    this.#exchange = exchange
    this.#random = createRandom(seed, 'duplicates')
    exchange.listen(event => this.#tell(event))
  }

  accept(socket: WebSocket): void {
    let key: string | undefined
    socket.on('message', data => {
      const message = parseObject(String(data)) ?? {}
      const op = textOf(message, 'op') ?? ''
      const req_id = textOf(message, 'req_id')
      const answer = (success: boolean, ret_msg = '') =>
        sendJson(socket, { success, ret_msg, op, req_id, conn_id: 'private', ...(success ? {} : { request: { op } }) })
      const topics = Array.isArray(message.args) ? message.args.map(String) : []
      switch (op) {
        case 'ping':
          return sendJson(socket, { req_id, op: 'pong', args: [String(Date.now())], conn_id: 'private' })
        case 'auth':
          key = socketKey(message.args)
          if (key !== undefined) this.#exchange.account(key)
          return answer(key !== undefined, key === undefined ? 'Invalid apiKey.' : '')
        case 'subscribe':
        case 'unsubscribe': {
          if (key === undefined) return answer(false, 'Request not authorized.')
          const unknown = topics.find(topic => !TOPICS.includes(topic))
          if (unknown !== undefined) return answer(false, `error:handler not found,topic:${unknown}`)
          const own = this.#topics.of(socket)
          for (const topic of topics) {
            if (op === 'subscribe') own.add(`${key} ${topic}`)
            else own.delete(`${key} ${topic}`)
          }
          return answer(true)
        }
        default:
          return answer(false, 'error:invalid op')
      }
    })
  }

  #tell(event: ExchangeEvent): void {
    if (event.type === 'balances') this.#send(event.account.key, 'wallet', walletJson(event.account))
    const order = event.type === 'order' ? event.order : event.type === 'execution' ? event.execution.order : undefined
    if (!order?.account) return
    const { key } = order.account
    const reports: [topic: string, data: object][] = [['order', orderJson(order)]]
    if (event.type === 'execution') reports.push(['execution', executionJson(event.execution)])
    // They come from two systems of the venue.
    if (this.#random.chance(0.5)) reports.reverse()
    for (const [topic, data] of reports) this.#send(key, topic, data)
  }

  #send(key: string, topic: string, data: object): void {
    const message = { id: `${++this.#lastMessage}`, topic, creationTime: Date.now(), data: [data] }
    for (const name of [topic, `${topic}.spot`]) {
      this.#topics.send(`${key} ${name}`, () => message)
      if (this.#random.chance(this.duplicates)) this.#topics.send(`${key} ${name}`, () => message)
    }
  }
}
