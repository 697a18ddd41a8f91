import { type JsonObject, listOf, textOf } from '../json-value.js'
import { isOpen, type Order } from '../order.js'
import { BybitError, refusalError } from './errors.js'
import type { Operation, Result, SignedContext } from './operations.js'
import { orderId, orderLinkId } from './order-json.js'
import { amountOf, instrumentOf, isSpot, orderReference, orderRequest, required } from './parameters.js'

/** All that an answer says: what becomes of the order is told on the stream, or to those who ask. */
function acknowledgement(order: Order): object {
  return { orderId: orderId(order), orderLinkId: orderLinkId(order) }
}

type Act = (context: SignedContext, parameters: JsonObject) => Promise<Order>

async function place({ exchange, account }: SignedContext, parameters: JsonObject): Promise<Order> {
  const outcome = await exchange.place(account, orderRequest(exchange, parameters))
  if (!outcome.ok) throw refusalError(outcome.reason)
  return outcome.order
}

async function amend({ exchange, account }: SignedContext, parameters: JsonObject): Promise<Order> {
  const instrument = instrumentOf(exchange, parameters)
  const amendment = { price: amountOf(parameters, 'price'), quantity: amountOf(parameters, 'qty') }
  const outcome = await exchange.amend(account, instrument, orderReference(parameters), amendment)
  if (!outcome.ok) throw refusalError(outcome.reason)
  return outcome.order
}

async function cancel({ exchange, account }: SignedContext, parameters: JsonObject): Promise<Order> {
  const outcome = await exchange.cancel(account, instrumentOf(exchange, parameters), orderReference(parameters))
  if (!outcome.ok) throw refusalError(outcome.reason)
  return outcome.order
}

function single(act: Act, newOrders: number): Operation {
  return {
    security: 'signed',
    orders: () => newOrders,
    async run(context) {
      const order = await act(context, context.parameters).finally(() => context.latency.pass('answer'))
      return { result: acknowledgement(order) }
    },
  }
}

const MOST_IN_BATCH = 10

/** Every order of a batch stands for itself; which of them failed is told beside the results. */
function batch(act: Act, isNew: boolean): Operation {
  return {
    security: 'signed',
    orders: parameters => (isNew ? listOf(parameters, 'request').length : 0),
    async run(context): Promise<Result> {
      const category = required(context.parameters, 'category')
      const requests = listOf(context.parameters, 'request').map(request => ({ ...request, category }))
      if (requests.length === 0 || requests.length > MOST_IN_BATCH) throw new BybitError(10001, 'Invalid batch size.')
      const outcomes = await Promise.all(
        requests.map(request =>
          act(context, request).then(
            order => ({ code: 0, msg: 'OK', told: acknowledgement(order) }),
            (error: unknown) => {
              if (!(error instanceof BybitError)) throw error
              return {
                code: error.code,
                msg: error.message,
                told: { orderId: '', orderLinkId: textOf(request, 'orderLinkId') ?? '' },
              }
            },
          ),
        ),
      )
      await context.latency.pass('answer')
      const list = outcomes.map(({ told }, index) => ({
        category,
        symbol: textOf(requests[index]!, 'symbol'),
        ...told,
      }))
      return { result: { list }, retExtInfo: { list: outcomes.map(({ code, msg }) => ({ code, msg })) } }
    },
  }
}

export const placeOrder = single(place, 1)
export const amendOrder = single(amend, 0)
export const cancelOrder = single(cancel, 0)
export const placeOrders = batch(place, true)
export const amendOrders = batch(amend, false)
export const cancelOrders = batch(cancel, false)

export const cancelAllOrders: Operation = {
  security: 'signed',
  async run({ exchange, account, parameters, latency }) {
    const spot = isSpot(parameters)
    const instrument = spot && textOf(parameters, 'symbol') ? instrumentOf(exchange, parameters) : undefined
    const open = exchange
      .orders(account)
      .filter(order => spot && isOpen(order) && (instrument === undefined || order.instrument === instrument))
    const outcomes = await Promise.all(open.map(order => exchange.cancel(account, order.instrument, { id: order.id })))
    await latency.pass('answer')
    const list = outcomes.flatMap(outcome => (outcome.ok ? [acknowledgement(outcome.order)] : []))
    return { result: { list, success: '1' } }
  },
}
