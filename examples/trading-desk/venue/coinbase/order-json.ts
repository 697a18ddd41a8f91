import { type Decimal, formatPlain, multiply, ONE } from '../decimal.js'
import { type Execution, isOpen, leaves, type Order, type OrderStatus } from '../order.js'
import { isoTime, productId, uuid } from './identifiers.js'
import { configurationJson } from './order-configuration.js'

const STATUSES: Record<OrderStatus, string> = {
  new: 'OPEN',
  partially_filled: 'OPEN',
  filled: 'FILLED',
  canceled: 'CANCELLED',
  replaced: 'CANCELLED',
  expired: 'CANCELLED',
  expired_in_match: 'CANCELLED',
  rejected: 'FAILED',
}

export function statusOf(order: Order): string {
  return STATUSES[order.status]
}

const TIMES = { gtc: 'GOOD_UNTIL_CANCELLED', ioc: 'IMMEDIATE_OR_CANCEL', fok: 'FILL_OR_KILL' } as const

/** Always in the quote currency. */
function commissionOf({ commission, commissionAsset, order, price }: Execution): Decimal {
  return commissionAsset === order.instrument.quote ? commission : multiply(commission, price)
}

/** What stays the same on the channel and by REST. */
function common(order: Order) {
  return {
    order_id: uuid('order', order.id),
    client_order_id: order.clientId,
    product_id: productId(order.instrument),
    product_type: 'SPOT',
    status: statusOf(order),
    time_in_force: TIMES[order.timeInForce],
    number_of_fills: String(order.executions.length),
    filled_value: formatPlain(order.executedQuote),
    completion_percentage:
      order.quantity === 0n ? '0' : ((Number(order.executed) / Number(order.quantity)) * 100).toFixed(2),
    total_fees: formatPlain(order.executions.reduce((sum, execution) => sum + commissionOf(execution), 0n)),
    reject_reason: 'REJECT_REASON_UNSPECIFIED',
  }
}

function averageOf({ executed, executedQuote }: Order): string {
  return executed === 0n ? '0' : formatPlain((executedQuote * ONE) / executed)
}

/** By REST: https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/orders/get-order */
export function orderJson(order: Order): object {
  return {
    ...common(order),
    user_id: order.account?.key,
    order_configuration: configurationJson(order),
    side: order.side.toUpperCase(),
    created_time: isoTime(order.createdAt),
    last_fill_time: order.executions.length > 0 ? isoTime(order.executions.at(-1)!.time) : null,
    filled_size: formatPlain(order.executed),
    average_filled_price: averageOf(order),
    fee: '',
    pending_cancel: false,
    size_in_quote: order.quoteQuantity > 0n,
    size_inclusive_of_fees: false,
    total_value_after_fees: formatPlain(order.executedQuote),
    trigger_status: 'INVALID_ORDER_TYPE',
    order_type: order.type === 'market' ? 'MARKET' : 'LIMIT',
    settled: !isOpen(order),
    reject_message: '',
    cancel_message: order.status === 'canceled' ? 'User requested cancel' : '',
  }
}

/** On the user channel: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels#user-channel */
export function channelOrderJson(order: Order, status = statusOf(order)): object {
  return {
    ...common(order),
    status,
    order_side: order.side.toUpperCase(),
    order_type: order.type === 'market' ? 'Market' : 'Limit',
    creation_time: isoTime(order.createdAt),
    end_time: '0001-01-01T00:00:00Z',
    limit_price: formatPlain(order.price),
    stop_price: '',
    cumulative_quantity: formatPlain(order.executed),
    leaves_quantity: formatPlain(isOpen(order) ? leaves(order) : 0n),
    avg_price: averageOf(order),
    outstanding_hold_amount: formatPlain(order.reserved),
    post_only: String(order.type === 'limit_maker'),
    cancel_reason: order.status === 'canceled' ? 'User requested cancel' : '',
    trigger_status: 'INVALID_ORDER_TYPE',
    risk_managed_by: 'UNKNOWN_RISK_MANAGEMENT_TYPE',
    contract_expiry_type: 'UNKNOWN_CONTRACT_EXPIRY_TYPE',
  }
}

/** Executions are told to those who ask, and nowhere else. */
export function fillJson(execution: Execution): object {
  const { order, price, quantity } = execution
  return {
    entry_id: uuid('entry', execution.id * 2 + (order.side === 'buy' ? 0 : 1)),
    trade_id: uuid('execution', execution.id),
    order_id: uuid('order', order.id),
    trade_time: isoTime(execution.time),
    trade_type: 'FILL',
    price: formatPlain(price),
    size: formatPlain(quantity),
    commission: formatPlain(commissionOf(execution)),
    product_id: productId(order.instrument),
    sequence_timestamp: isoTime(execution.time),
    liquidity_indicator: execution.liquidity.toUpperCase(),
    size_in_quote: false,
    user_id: order.account?.key,
    side: order.side.toUpperCase(),
  }
}
