import { checkFilters, type Refusal } from '../order-checks.js'
import { failureOf, invalidArgument } from './errors.js'
import { exchangeOrderId, productId, uuid } from './identifiers.js'
import type { Operation } from './operations.js'
import { amountOf, orderRequest, required } from './order-configuration.js'

/** Checked and thrown away. */
export const previewOrder: Operation = {
  security: 'signed',
  run({ exchange, parameters }) {
    const request = orderRequest(exchange, parameters, undefined)
    const reason = checkFilters(request, exchange.lastPrice(request.instrument))
    return { errs: reason ? [failureOf(reason).preview] : [], warning: [], preview_id: uuid('order', 0) }
  },
}

/** Whatever becomes of it, the answer's HTTP status is 200, and says no more of the order than its ids. */
export const placeOrder: Operation = {
  security: 'signed',
  newOrders: 1,
  async run({ exchange, account, parameters, latency }) {
    const client_order_id = required(parameters, 'client_order_id')
    const request = orderRequest(exchange, parameters, client_order_id)
    const order_configuration = parameters.order_configuration
    // An id that was used before makes no second order: the first one is the answer.
    const known = exchange.find(account, undefined, { clientId: client_order_id })
    const outcome = known ? { ok: true as const, order: known } : await exchange.place(account, request)
    await latency.pass('answer')
    if (!outcome.ok) {
      const { error, message, preview } = failureOf(outcome.reason)
      return {
        success: false,
        failure_reason: 'UNKNOWN_FAILURE_REASON',
        order_id: '',
        error_response: {
          error,
          message,
          error_details: '',
          preview_failure_reason: preview,
          new_order_failure_reason: 'UNKNOWN_FAILURE_REASON',
        },
        order_configuration,
      }
    }
    const { order } = outcome
    const order_id = uuid('order', order.id)
    const side = order.side.toUpperCase()
    return {
      success: true,
      failure_reason: 'UNKNOWN_FAILURE_REASON',
      order_id,
      success_response: { order_id, product_id: productId(order.instrument), side, client_order_id },
      order_configuration,
    }
  },
}

/** Every order of the list stands for itself. */
export const cancelOrders: Operation = {
  security: 'signed',
  async run({ exchange, account, parameters, latency }) {
    const ids = parameters.order_ids
    if (!Array.isArray(ids) || ids.length === 0 || ids.length > 100) throw invalidArgument('order_ids is invalid')
    const results = await Promise.all(
      ids.map(async id => {
        const order_id = String(id)
        const outcome = await exchange.cancel(account, undefined, { id: exchangeOrderId(order_id) })
        const failure_reason = outcome.ok ? 'UNKNOWN_CANCEL_FAILURE_REASON' : 'UNKNOWN_CANCEL_ORDER'
        return { success: outcome.ok, failure_reason, order_id }
      }),
    )
    await latency.pass('answer')
    return { results }
  },
}

function editAnswer(reason?: Refusal): object {
  if (reason === undefined) return { success: true, errors: [] }
  const { error, preview } = failureOf(reason)
  return { success: false, errors: [{ edit_failure_reason: error, preview_failure_reason: preview }] }
}

/** The order keeps its ids; the answer doesn't name them. */
export const editOrder: Operation = {
  security: 'signed',
  async run({ exchange, account, parameters, latency }) {
    const reference = { id: exchangeOrderId(required(parameters, 'order_id')) }
    const amendment = { price: amountOf(parameters, 'price'), quantity: amountOf(parameters, 'size') }
    const order = exchange.find(account, undefined, reference)
    const isEditable = order?.type !== 'market' && order?.timeInForce === 'gtc'
    const outcome = isEditable ? await exchange.amend(account, undefined, reference, amendment) : undefined
    await latency.pass('answer')
    return editAnswer(outcome?.ok ? undefined : (outcome?.reason ?? 'unknown_order'))
  },
}

export const previewEdit: Operation = {
  security: 'signed',
  run({ exchange, account, parameters }) {
    const order = exchange.find(account, undefined, { id: exchangeOrderId(required(parameters, 'order_id')) })
    return editAnswer(order ? undefined : 'unknown_order')
  },
}
