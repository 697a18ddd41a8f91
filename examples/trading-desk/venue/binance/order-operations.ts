import type { Account } from '../account.js'
import { isOpen } from '../order.js'
import { BinanceError, refusalError } from './errors.js'
import type { OperationContext, SignedOperation } from './operations.js'
import { canceledOrderJson, newOrderJson } from './order-json.js'
import { instrumentOf, orderReference, orderRequest } from './parameters.js'

type Context = OperationContext & { readonly account: Account }

let lastRequest = 0
/** The id of a cancel, where the client gives none. */
function requestIdOf({ parameters }: Context, name: string): string {
  return parameters.get(name) || `cancel-${++lastRequest}`
}

function responseTypeOf({ parameters }: Context): string {
  const preset = parameters.get('type') === 'LIMIT_MAKER' ? 'ACK' : 'FULL'
  return parameters.get('newOrderRespType') || preset
}

/** Checked and thrown away. */
export const testOrder: SignedOperation = {
  security: 'signed',
  weight: 1,
  run({ exchange, parameters }) {
    orderRequest(exchange, parameters)
    return {}
  },
}

export const placeOrder: SignedOperation = {
  security: 'signed',
  weight: 1,
  orders: 1,
  async run(context) {
    const { exchange, parameters, account, latency } = context
    const outcome = await exchange.place(account, orderRequest(exchange, parameters))
    await latency.pass('answer')
    if (!outcome.ok) throw refusalError(outcome.reason)
    return newOrderJson(outcome.order, responseTypeOf(context))
  },
}

export const cancelOrder: SignedOperation = {
  security: 'signed',
  weight: 1,
  async run(context) {
    const { exchange, parameters, account, latency } = context
    const instrument = instrumentOf(exchange, parameters)
    const reference = orderReference(parameters, 'orderId', 'origClientOrderId')
    const requestId = requestIdOf(context, 'newClientOrderId')
    const outcome = await exchange.cancel(account, instrument, reference, requestId)
    await latency.pass('answer')
    if (!outcome.ok) throw refusalError(outcome.reason)
    return canceledOrderJson(outcome.order, requestId)
  },
}

export const cancelOpenOrders: SignedOperation = {
  security: 'signed',
  weight: 1,
  async run(context) {
    const { exchange, parameters, account, latency } = context
    const instrument = instrumentOf(exchange, parameters)
    const open = exchange.orders(account).filter(order => order.instrument === instrument && isOpen(order))
    if (open.length === 0) throw refusalError('unknown_order')
    const requestId = requestIdOf(context, 'newClientOrderId')
    const outcomes = await Promise.all(
      open.map(order => exchange.cancel(account, instrument, { id: order.id }, requestId)),
    )
    await latency.pass('answer')
    return outcomes.flatMap(outcome => (outcome.ok ? [canceledOrderJson(outcome.order, requestId)] : []))
  },
}

/** Cancels one order, then places another with an id of its own; what a refusal leaves behind depends on the mode. */
export const cancelReplace: SignedOperation = {
  security: 'signed',
  weight: 1,
  orders: 1,
  async run(context) {
    const { exchange, parameters, account, latency } = context
    const request = orderRequest(exchange, parameters)
    const reference = orderReference(parameters, 'cancelOrderId', 'cancelOrigClientOrderId')
    const mode = parameters.get('cancelReplaceMode')
    if (mode !== 'STOP_ON_FAILURE' && mode !== 'ALLOW_FAILURE') {
      throw new BinanceError(
        -1102,
        "Mandatory parameter 'cancelReplaceMode' was not sent, was empty/null, or malformed.",
      )
    }
    const requestId = requestIdOf(context, 'cancelNewClientOrderId')
    const canceled = await exchange.cancel(account, request.instrument, reference, requestId, 'replaced')
    const cancelResult = canceled.ok ? 'SUCCESS' : 'FAILURE'
    const cancelResponse = canceled.ok ? canceledOrderJson(canceled.order, requestId) : refusalError(canceled.reason)
    if (!canceled.ok && mode === 'STOP_ON_FAILURE') {
      await latency.pass('answer')
      throw new BinanceError(-2022, 'Order cancel-replace failed.', 400, {
        cancelResult,
        newOrderResult: 'NOT_ATTEMPTED',
        cancelResponse,
        newOrderResponse: null,
      })
    }
    const placed = await exchange.place(account, request)
    // Nothing has taken its place: it was canceled, no more.
    if (!placed.ok && canceled.ok) canceled.order.status = 'canceled'
    await latency.pass('answer')
    const newOrderResult = placed.ok ? 'SUCCESS' : 'FAILURE'
    const newOrderResponse = placed.ok
      ? newOrderJson(placed.order, responseTypeOf(context))
      : refusalError(placed.reason)
    const data = { cancelResult, newOrderResult, cancelResponse, newOrderResponse }
    if (canceled.ok && placed.ok) return data
    if (!canceled.ok && !placed.ok) throw new BinanceError(-2022, 'Order cancel-replace failed.', 400, data)
    throw new BinanceError(-2021, 'Order cancel-replace partially failed.', 409, data)
  },
}
