import type { Account } from '../account.js'
import type { Exchange } from '../exchange.js'
import type { JsonObject } from '../json-value.js'
import type { LatencyModel } from '../latency.js'

export interface OperationContext {
  readonly exchange: Exchange
  readonly latency: LatencyModel
  /** Of the query string or the JSON body. */
  readonly parameters: JsonObject
  /** As often as they are given in the query string: `product_ids=a&product_ids=b`. */
  readonly query: URLSearchParams
  /** What the path names: `…/historical/{id}`. */
  readonly pathId: string
}

export type SignedContext = OperationContext & { readonly account: Account }

/** What a client can ask for. Throws `CoinbaseError` to refuse. */
export type Operation =
  | { readonly security: 'public'; run(context: OperationContext): unknown }
  | { readonly security: 'signed'; readonly newOrders?: number; run(context: SignedContext): unknown }
