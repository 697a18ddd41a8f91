import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import type { Exchange, ExchangeRules } from './exchange.js'
import type { LatencyModel } from './latency.js'
import type { LostAnswers } from './lost-answers.js'
import type { VenueLimits } from './rate-limits.js'

/** `market` sockets carry what everybody may know, `user` sockets what concerns one account. */
export type SocketKind = 'market' | 'user'

export interface DialectContext {
  readonly exchange: Exchange
  readonly latency: LatencyModel
  readonly lostAnswers: LostAnswers
  readonly seed: number
}

/** Serves one connection; says what kind of socket it is by now. */
export type AcceptSocket = (socket: WebSocket, address: string) => () => SocketKind

/** The exchange as one real venue would speak of it. */
export interface Dialect {
  limits: VenueLimits
  /** How likely a report on the private stream is told twice, from 0 to 1. */
  duplicates: number
  handleRest(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** `undefined` where no WebSocket is served. */
  socketAt(url: URL): AcceptSocket | undefined
  close(): void
}

export interface DialectDefinition {
  readonly rules: ExchangeRules
  /** Whether an order that ends by its own terms is called expired; else the venue calls it canceled. */
  readonly expires: boolean
  create(context: DialectContext): Dialect
}
