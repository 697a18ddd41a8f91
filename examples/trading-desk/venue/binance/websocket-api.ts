import type { WebSocket } from 'ws'
import { formatFixed } from '../decimal.js'
import type { ExchangeEvent } from '../exchange.js'
import { createRandom, type Random } from '../random.js'
import { BinanceError } from './errors.js'
import type { Gateway } from './gateway.js'
import { executionReport } from './order-json.js'
import type { Parameters } from './parameters.js'
import { WS_METHODS } from './routes.js'

interface Session {
  readonly socket: WebSocket
  readonly address: string
  /** Of `session.logon`: later requests on this socket need no key of their own. */
  loggedOn: string | undefined
  /** The key whose user data the socket is told, by subscription. */
  readonly subscriptions: Map<number, string>
}

/** Requests and answers over one socket, and the user data stream that is subscribed to there. */
export class WebSocketApi {
  readonly #gateway: Gateway
  readonly #sessions = new Map<WebSocket, Session>()
  readonly #random: Random
  /** How likely a report is told twice, from 0 to 1. */
  duplicates = 0
  #lastSubscription = -1

  constructor(gateway: Gateway, seed: number) {
    this.#gateway = gateway
    this.#random = createRandom(seed, 'duplicates')
    gateway.exchange.listen(event => this.#tell(event))
  }

  accept(socket: WebSocket, address: string): void {
    const session: Session = { socket, address, loggedOn: undefined, subscriptions: new Map() }
    this.#sessions.set(socket, session)
    socket.on('close', () => this.#sessions.delete(socket))
    socket.on('message', data => void this.#request(session, String(data)))
  }

  async #request(session: Session, text: string): Promise<void> {
    let id: unknown = null
    const answer = async () => {
      const message = parseRequest(text)
      id = message.id
      const apiKey = message.parameters.get('apiKey') ?? session.loggedOn
      const own = this.#sessionMethod(session, message.method, message.parameters, apiKey)
      if (own) return { status: 200, result: own }
      const operation = WS_METHODS.get(message.method)
      const signed = session.loggedOn ? withSignature(message.parameters) : message.parameters
      const { status, body } = await this.#gateway.handle(operation, signed, apiKey, session.address)
      return status === 200 ? { status, result: body } : { status, error: body }
    }
    const result = await answer().catch((error: unknown) => {
      if (error instanceof BinanceError) return { status: error.httpStatus, error }
      console.error(error)
      return {
        status: 500,
        error: new BinanceError(-1000, 'An unknown error occurred while processing the request.', 500),
      }
    })
    send(session.socket, { id, ...result, rateLimits: [] })
  }

  #sessionMethod(
    session: Session,
    method: string,
    parameters: Parameters,
    apiKey: string | undefined,
  ): object | undefined {
    switch (method) {
      case 'session.logon':
        session.loggedOn = this.#gateway.authenticate(parameters, apiKey)
        return {
          apiKey: session.loggedOn,
          authorizedSince: Date.now(),
          connectedSince: Date.now(),
          serverTime: Date.now(),
        }
      case 'session.logout':
        session.loggedOn = undefined
        return { apiKey: null, serverTime: Date.now() }
      case 'userDataStream.subscribe': {
        if (!session.loggedOn) throw new BinanceError(-2015, 'Session is not authenticated.', 401)
        return this.#subscribe(session, session.loggedOn)
      }
      case 'userDataStream.subscribe.signature':
        return this.#subscribe(session, this.#gateway.authenticate(parameters, apiKey))
      case 'userDataStream.unsubscribe': {
        const subscription = parameters.get('subscriptionId')
        if (subscription === undefined) session.subscriptions.clear()
        else session.subscriptions.delete(Number(subscription))
        return {}
      }
      default:
        return undefined
    }
  }

  #subscribe(session: Session, key: string): { subscriptionId: number } {
    const subscriptionId = ++this.#lastSubscription
    this.#gateway.exchange.account(key)
    session.subscriptions.set(subscriptionId, key)
    return { subscriptionId }
  }

  #tell(event: ExchangeEvent): void {
    if (event.type === 'order' && event.order.account) {
      this.#send(event.order.account.key, executionReport(event.order, undefined, event.requestId))
    } else if (event.type === 'execution') {
      const { order } = event.execution
      if (order.account) this.#send(order.account.key, executionReport(order, event.execution))
    } else if (event.type === 'balances') {
      const balances = event.account.balances()
      const entries = event.assets.map(asset => {
        const balance = balances.get(asset)
        return { a: asset, f: formatFixed(balance?.free ?? 0n), l: formatFixed(balance?.locked ?? 0n) }
      })
      const now = Date.now()
      this.#send(event.account.key, { e: 'outboundAccountPosition', E: now, u: now, B: entries })
    }
  }

  #send(key: string, event: object): void {
    for (const { socket, subscriptions } of this.#sessions.values()) {
      for (const [subscriptionId, subscriber] of subscriptions) {
        if (subscriber !== key) continue
        send(socket, { subscriptionId, event })
        if (this.#random.chance(this.duplicates)) send(socket, { subscriptionId, event })
      }
    }
  }
}

function send(socket: WebSocket, message: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}

/** A logged-on session needs neither signature nor key; what else is checked stays. */
function withSignature(parameters: Parameters): Parameters {
  return new Map([['timestamp', String(Date.now())], ['signature', 'session'], ...parameters])
}

function parseRequest(text: string): { id: unknown; method: string; parameters: Parameters } {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    throw new BinanceError(-1135, 'Invalid JSON Request')
  }
  if (typeof message !== 'object' || message === null) throw new BinanceError(-1135, 'Invalid JSON Request')
  const { id = null, method, params } = message as Record<string, unknown>
  const entries = typeof params === 'object' && params !== null ? Object.entries(params) : []
  const parameters = new Map(entries.filter(([, value]) => value != null).map(([name, value]) => [name, String(value)]))
  return { id, method: String(method), parameters }
}
