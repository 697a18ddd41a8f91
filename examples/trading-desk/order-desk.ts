import ccxt, { type Order } from 'ccxt'
import type { Exchange } from './exchange.js'
import type { OrderIntent } from './order-intent.js'

const MAX_ATTEMPTS = 30

/**
 * Places the order once, whatever it takes: told to wait, it waits and sends it again under the same client id; left
 * without an answer, it asks the venue first whether the order is there.
 *
 * @throws what ccxt throws when the venue rejects the order, or a `NetworkError` when its fate stays unknown
 */
export async function place(exchange: Exchange, intent: OrderIntent): Promise<Order> {
  const { clientId, symbol, type, side, quantity, price, timeInForce, postOnly } = intent
  const params = { clientOrderId: clientId, ...(timeInForce && { timeInForce }), ...(postOnly && { postOnly }) }
  for (let attempt = 1; ; attempt++) {
    try {
      return await exchange.createOrder(symbol, type, side, quantity, price, params)
    } catch (error) {
      if (!(error instanceof ccxt.NetworkError) || attempt === MAX_ATTEMPTS) throw error
      const limited = error instanceof ccxt.DDoSProtection
      const known = limited ? undefined : await find(exchange, symbol, clientId)
      if (known) return known
      await exchange.sleep(limited ? retryAfterMs(exchange) : 50)
    }
  }
}

/** Whether the venue knows the order; `undefined` too where it can't be asked now. */
export async function find(exchange: Exchange, symbol: string, clientId: string): Promise<Order | undefined> {
  try {
    return await exchange.fetchOrder('', symbol, { clientOrderId: clientId })
  } catch (error) {
    if (error instanceof ccxt.OrderNotFound || error instanceof ccxt.NetworkError) return undefined
    throw error
  }
}

function retryAfterMs(exchange: Exchange): number {
  const headers = exchange.last_response_headers as Record<string, string> | undefined
  return (Number(headers?.['Retry-After']) || 1) * 1000
}
