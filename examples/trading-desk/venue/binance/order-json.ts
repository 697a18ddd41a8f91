import { formatFixed, multiply } from '../decimal.js'
import { type Execution, isOpen, type Order, type OrderStatus } from '../order.js'

const STATUSES: Record<OrderStatus, string> = {
  new: 'NEW',
  partially_filled: 'PARTIALLY_FILLED',
  filled: 'FILLED',
  canceled: 'CANCELED',
  replaced: 'CANCELED',
  expired: 'EXPIRED',
  expired_in_match: 'EXPIRED_IN_MATCH',
  rejected: 'REJECTED',
}

function common(order: Order) {
  return {
    symbol: order.instrument.id,
    orderId: order.id,
    orderListId: -1,
    clientOrderId: order.clientId,
    price: formatFixed(order.price),
    origQty: formatFixed(order.quantity),
    executedQty: formatFixed(order.executed),
    origQuoteOrderQty: formatFixed(order.quoteQuantity),
    cummulativeQuoteQty: formatFixed(order.executedQuote),
    status: STATUSES[order.status],
    timeInForce: order.timeInForce.toUpperCase(),
    type: order.type.toUpperCase(),
    side: order.side.toUpperCase(),
    selfTradePreventionMode: 'EXPIRE_MAKER',
  }
}

/** The answer to a query. */
export function orderJson(order: Order): object {
  return {
    ...common(order),
    stopPrice: '0.00000000',
    icebergQty: '0.00000000',
    time: order.createdAt,
    updateTime: order.updatedAt,
    isWorking: true,
    workingTime: order.createdAt,
  }
}

/** The answer to a new order; `responseType` is ACK, RESULT or FULL. */
export function newOrderJson(order: Order, responseType: string): object {
  const { symbol, orderId, orderListId, clientOrderId } = common(order)
  if (responseType === 'ACK') return { symbol, orderId, orderListId, clientOrderId, transactTime: order.createdAt }
  const result = { ...common(order), transactTime: order.updatedAt, workingTime: order.createdAt }
  if (responseType === 'RESULT') return result
  return {
    ...result,
    fills: order.executions.map(execution => ({
      price: formatFixed(execution.price),
      qty: formatFixed(execution.quantity),
      commission: formatFixed(execution.commission),
      commissionAsset: execution.commissionAsset,
      tradeId: execution.id,
    })),
  }
}

/** The answer to a cancel: the client's id moves aside for the id of the cancel request. */
export function canceledOrderJson(order: Order, requestId: string): object {
  return {
    ...common(order),
    origClientOrderId: order.clientId,
    clientOrderId: requestId,
    transactTime: order.updatedAt,
  }
}

export function myTradeJson(execution: Execution): object {
  const { order } = execution
  return {
    symbol: order.instrument.id,
    id: execution.id,
    orderId: order.id,
    orderListId: -1,
    price: formatFixed(execution.price),
    qty: formatFixed(execution.quantity),
    quoteQty: formatFixed(multiply(execution.price, execution.quantity)),
    commission: formatFixed(execution.commission),
    commissionAsset: execution.commissionAsset,
    time: execution.time,
    isBuyer: order.side === 'buy',
    isMaker: execution.liquidity === 'maker',
    isBestMatch: true,
  }
}

const CHANGES: Record<OrderStatus, string> = {
  new: 'NEW',
  partially_filled: 'TRADE',
  filled: 'TRADE',
  canceled: 'CANCELED',
  replaced: 'CANCELED',
  expired: 'EXPIRED',
  expired_in_match: 'TRADE_PREVENTION',
  rejected: 'REJECTED',
}

/**
 * The user data stream's report of one change.
 * @param requestId of the cancel that caused it: then `c` is the cancel's id and `C` the order's own
 */
export function executionReport(order: Order, execution?: Execution, requestId?: string): object {
  return {
    e: 'executionReport',
    E: Date.now(),
    s: order.instrument.id,
    c: requestId ?? order.clientId,
    S: order.side.toUpperCase(),
    o: order.type.toUpperCase(),
    f: order.timeInForce.toUpperCase(),
    q: formatFixed(order.quantity),
    p: formatFixed(order.price),
    P: '0.00000000',
    F: '0.00000000',
    g: -1,
    C: requestId === undefined ? '' : order.clientId,
    x: CHANGES[order.status],
    X: STATUSES[order.status],
    r: 'NONE',
    i: order.id,
    l: formatFixed(execution?.quantity ?? 0n),
    z: formatFixed(order.executed),
    L: formatFixed(execution?.price ?? 0n),
    n: execution ? formatFixed(execution.commission) : '0',
    N: execution?.commissionAsset ?? null,
    T: order.updatedAt,
    t: execution?.id ?? -1,
    I: order.id * 2,
    w: isOpen(order),
    m: execution?.liquidity === 'maker',
    M: false,
    O: order.createdAt,
    Z: formatFixed(order.executedQuote),
    Y: formatFixed(execution ? multiply(execution.price, execution.quantity) : 0n),
    Q: formatFixed(order.quoteQuantity),
    W: order.createdAt,
    V: 'EXPIRE_MAKER',
  }
}
