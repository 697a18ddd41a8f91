import type { Account } from '../account.js'
import type { Exchange } from '../exchange.js'
import type { LatencyModel } from '../latency.js'
import type { VenueLimits } from '../rate-limits.js'
import type { Parameters } from './parameters.js'

export interface OperationContext {
  readonly exchange: Exchange
  readonly latency: LatencyModel
  readonly limits: VenueLimits
  readonly parameters: Parameters
}

/** What a client can ask for, whether by REST or by the WebSocket API. Throws `BinanceError` to refuse. */
export interface PublicOperation {
  readonly security: 'public'
  readonly weight: number
  run(context: OperationContext): unknown
}

export interface SignedOperation {
  readonly security: 'signed'
  readonly weight: number
  /** How many new orders it counts for. */
  readonly orders?: number
  run(context: OperationContext & { readonly account: Account }): unknown
}

export type Operation = PublicOperation | SignedOperation
