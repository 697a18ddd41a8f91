import { formatFixed } from '../decimal.js'
import type { Exchange } from '../exchange.js'
import type { Instrument } from '../instrument.js'
import { type JsonObject, textOf } from '../json-value.js'
import type { Order } from '../order.js'
import { invalidArgument, notFound } from './errors.js'
import { exchangeOrderId, isoTime, productOf, uuid } from './identifiers.js'
import type { Operation, SignedContext } from './operations.js'
import { fillJson, orderJson, statusOf } from './order-json.js'

function define(run: (context: SignedContext) => unknown): Operation {
  return { security: 'signed', run }
}

function value(amount: bigint, currency: string): object {
  return { value: formatFixed(amount), currency }
}

export const accounts = define(({ account }) => {
  const list = [...account.balances()].map(([currency, { free, locked }], index) => ({
    uuid: uuid('account', index),
    name: `${currency} Wallet`,
    currency,
    available_balance: value(free, currency),
    hold: value(locked, currency),
    default: true,
    active: true,
    created_at: isoTime(0),
    updated_at: isoTime(0),
    deleted_at: null,
    type: 'ACCOUNT_TYPE_CRYPTO',
    ready: true,
  }))
  return { accounts: list, has_next: false, cursor: '', size: list.length }
})

/** The older interface knows the whole, not what is held for orders. */
export const wallets = define(({ account }) => ({
  pagination: { ending_before: null, starting_after: null, limit: 250, order: 'desc', next_uri: null },
  data: [...account.balances()].map(([currency, { free, locked }], index) => ({
    id: uuid('account', index),
    name: `${currency} Wallet`,
    primary: false,
    type: 'wallet',
    currency: { code: currency, name: currency, type: 'crypto' },
    balance: { amount: formatFixed(free + locked), currency },
    resource: 'account',
  })),
}))

export const fees = define(() => ({
  total_volume: 0,
  total_fees: 0,
  fee_tier: { pricing_tier: 'Local', taker_fee_rate: '0.001', maker_fee_rate: '0.001' },
}))

function wantedInstrument(exchange: Exchange, parameters: JsonObject): Instrument | undefined {
  const id = textOf(parameters, 'product_id')
  if (id === undefined) return undefined
  const instrument = productOf(exchange, id)
  if (!instrument) throw invalidArgument('product_id is invalid')
  return instrument
}

function inTime(parameters: JsonObject, from: string, to: string, time: number): boolean {
  const at = (name: string, preset: number) => {
    const text = textOf(parameters, name)
    return text === undefined ? preset : Date.parse(text)
  }
  return time >= at(from, 0) && time <= at(to, Number.POSITIVE_INFINITY)
}

/** Newest first; the cursor is the id of the last one on the page before. */
function page<T>(items: readonly T[], id: (item: T) => number, parameters: JsonObject) {
  const cursor = Number(textOf(parameters, 'cursor') ?? Number.POSITIVE_INFINITY)
  const found = items.filter(item => id(item) < cursor).sort((a, b) => id(b) - id(a))
  const limit = Math.min(Math.max(Number(textOf(parameters, 'limit') ?? 100) || 100, 1), 1000)
  const list = found.slice(0, limit)
  const has_next = found.length > limit
  return { list, has_next, cursor: has_next ? String(id(list.at(-1)!)) : '' }
}

export const orders = define(({ exchange, account, parameters, query }) => {
  const instrument = wantedInstrument(exchange, parameters)
  const statuses = query.getAll('order_status')
  const isWanted = (order: Order) =>
    (instrument === undefined || order.instrument === instrument) &&
    (statuses.length === 0 || statuses.includes(statusOf(order))) &&
    inTime(parameters, 'start_date', 'end_date', order.createdAt)
  const { list, ...rest } = page(exchange.orders(account).filter(isWanted), order => order.id, parameters)
  return { orders: list.map(orderJson), sequence: '0', ...rest }
})

export const order = define(({ exchange, account, pathId }) => {
  const found = exchange.find(account, undefined, { id: exchangeOrderId(pathId) })
  if (!found) throw notFound('order with this orderID was not found')
  return { order: orderJson(found) }
})

export const fills = define(({ exchange, account, parameters, query }) => {
  const instrument = wantedInstrument(exchange, parameters)
  const orderIds = [...query.getAll('order_id'), ...query.getAll('order_ids')].map(exchangeOrderId)
  const found = exchange
    .orders(account)
    .filter(candidate => instrument === undefined || candidate.instrument === instrument)
    .filter(candidate => orderIds.length === 0 || orderIds.includes(candidate.id))
    .flatMap(candidate => candidate.executions)
    .filter(({ time }) => inTime(parameters, 'start_sequence_timestamp', 'end_sequence_timestamp', time))
  const { list, cursor } = page(found, execution => execution.id, parameters)
  return { fills: list.map(fillJson), cursor }
})
