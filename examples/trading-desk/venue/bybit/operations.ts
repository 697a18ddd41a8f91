import type { Account } from '../account.js'
import type { Exchange } from '../exchange.js'
import type { JsonObject } from '../json-value.js'
import type { LatencyModel } from '../latency.js'

export interface OperationContext {
  readonly exchange: Exchange
  readonly latency: LatencyModel
  /** Of a query string or a JSON body. */
  readonly parameters: JsonObject
}

export type SignedContext = OperationContext & { readonly account: Account }

/** What becomes `result` and `retExtInfo` of an answer. */
export interface Result {
  readonly result: object
  readonly retExtInfo?: object
}

/** What a client can ask for, by REST or by the trade socket. Throws `BybitError` to refuse. */
export type Operation =
  | { readonly security: 'public'; run(context: OperationContext): Result | Promise<Result> }
  | {
      readonly security: 'signed'
      /** How many new orders it counts for. */
      orders?(parameters: JsonObject): number
      run(context: SignedContext): Result | Promise<Result>
    }
