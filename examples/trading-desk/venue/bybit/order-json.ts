import { type Decimal, formatPlain, multiply, ONE } from '../decimal.js'
import { type Execution, isOpen, leaves, type Order } from '../order.js'

/** Order ids of the real venue are longer than a JavaScript number is exact. */
const FIRST_ID = 1_900_000_000_000_000_000n
const FIRST_EXECUTION = 2_100_000_000_000_000_000n

export function orderId(order: Order): string {
  return String(FIRST_ID + BigInt(order.id))
}

/** Empty where the client gave none. */
export function orderLinkId({ clientId, namedByClient }: Order): string {
  return namedByClient ? clientId : ''
}

/** -1, which is nobody's, for what is no id. */
export function exchangeOrderId(text: string): number {
  return /^\d{19}$/.test(text) ? Number(BigInt(text) - FIRST_ID) : -1
}

/** https://bybit-exchange.github.io/docs/v5/enum#orderstatus */
function statusOf({ status, executed }: Order): string {
  switch (status) {
    case 'new':
      return 'New'
    case 'partially_filled':
      return 'PartiallyFilled'
    case 'filled':
      return 'Filled'
    case 'rejected':
      return 'Rejected'
    default:
      return executed > 0n ? 'PartiallyFilledCanceled' : 'Cancelled'
  }
}

/** Why it ended: https://bybit-exchange.github.io/docs/v5/enum#canceltype, #rejectreason */
function ending({ status }: Order): { cancelType: string; rejectReason: string } {
  switch (status) {
    case 'canceled':
    case 'replaced':
      return { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' }
    case 'expired':
      return { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' }
    case 'expired_in_match':
      return { cancelType: 'CancelBySmp', rejectReason: 'EC_SelfMatch' }
    case 'rejected':
      return { cancelType: 'UNKNOWN', rejectReason: 'EC_PostOnlyWillTakeLiquidity' }
    default:
      return { cancelType: 'UNKNOWN', rejectReason: 'EC_NoError' }
  }
}

function timeInForceOf({ type, timeInForce }: Order): string {
  return type === 'limit_maker' ? 'PostOnly' : timeInForce.toUpperCase()
}

const sideOf = ({ side }: Order) => (side === 'buy' ? 'Buy' : 'Sell')
const typeOf = ({ type }: Order) => (type === 'market' ? 'Market' : 'Limit')

function commissions({ executions }: Order): Record<string, string> {
  const sums = new Map<string, Decimal>()
  for (const { commission, commissionAsset } of executions) {
    sums.set(commissionAsset, (sums.get(commissionAsset) ?? 0n) + commission)
  }
  return Object.fromEntries([...sums].map(([asset, sum]) => [asset, formatPlain(sum)]))
}

/** The same by REST and on the private stream. */
export function orderJson(order: Order): object {
  const open = isOpen(order)
  const rest = open ? leaves(order) : 0n
  const inQuote = order.quoteQuantity > 0n
  return {
    category: 'spot',
    symbol: order.instrument.id,
    orderId: orderId(order),
    orderLinkId: orderLinkId(order),
    blockTradeId: '',
    side: sideOf(order),
    positionIdx: 0,
    orderStatus: statusOf(order),
    ...ending(order),
    createType: 'CreateByUser',
    timeInForce: timeInForceOf(order),
    isLeverage: '0',
    orderType: typeOf(order),
    marketUnit: order.type === 'market' ? (inQuote ? 'quoteCoin' : 'baseCoin') : '',
    price: formatPlain(order.price),
    qty: formatPlain(inQuote ? order.quoteQuantity : order.quantity),
    avgPrice: order.executed > 0n ? formatPlain((order.executedQuote * ONE) / order.executed) : '',
    leavesQty: formatPlain(rest),
    leavesValue: formatPlain(multiply(rest, order.price)),
    cumExecQty: formatPlain(order.executed),
    cumExecValue: formatPlain(order.executedQuote),
    cumFeeDetail: commissions(order),
    stopOrderType: '',
    triggerPrice: '0',
    takeProfit: '0',
    stopLoss: '0',
    triggerDirection: 0,
    reduceOnly: false,
    closeOnTrigger: false,
    smpType: 'None',
    createdTime: String(order.createdAt),
    updatedTime: String(order.updatedAt),
  }
}

/** The same by REST and on the private stream. */
export function executionJson(execution: Execution): object {
  const { order, price, quantity } = execution
  return {
    category: 'spot',
    symbol: order.instrument.id,
    orderId: orderId(order),
    orderLinkId: orderLinkId(order),
    side: sideOf(order),
    orderPrice: formatPlain(order.price),
    orderQty: formatPlain(order.quantity),
    orderType: typeOf(order),
    stopOrderType: '',
    createType: 'CreateByUser',
    execId: String(FIRST_EXECUTION + BigInt(execution.id)),
    execPrice: formatPlain(price),
    execQty: formatPlain(quantity),
    execType: 'Trade',
    execValue: formatPlain(multiply(price, quantity)),
    execFee: formatPlain(execution.commission),
    feeCurrency: execution.commissionAsset,
    feeRate: '0.001',
    leavesQty: formatPlain(isOpen(order) ? leaves(order) : 0n),
    isMaker: execution.liquidity === 'maker',
    isLeverage: '0',
    blockTradeId: '',
    execTime: String(execution.time),
    seq: execution.id,
  }
}
