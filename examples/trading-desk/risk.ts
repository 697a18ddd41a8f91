import { measureRiskCheck } from 'orderscope'
import { type JsonAnswer, listenJson } from './json-server.js'
import { readOptions } from './options.js'
import type { OrderAnswer, OrderIntent } from './order-intent.js'
import { brokenLimit } from './risk-limits.js'
import { onEnd, tellListening } from './service.js'

/** Lets through to execution what keeps within the desk's limits. */
const values = readOptions('DESK', { host: '127.0.0.1', port: '0', execution: undefined })

function check(intent: OrderIntent): string | undefined {
  const { clientId, symbol } = intent
  return measureRiskCheck({ clientId, symbol, venue: 'binance' }, stage => {
    const rule = brokenLimit(intent)
    if (rule) stage.refuse('risk_limit', rule)
    return rule
  })
}

async function handle(body: unknown): Promise<JsonAnswer> {
  const intent = body as OrderIntent
  const reason = check(intent)
  if (reason) return { status: 403, body: { result: 'refused', reason } satisfies OrderAnswer }
  const response = await fetch(`${values.execution}/orders`, { method: 'POST', body: JSON.stringify(intent) })
  return { status: response.status, body: (await response.json()) as OrderAnswer }
}

const server = await listenJson({ 'POST /orders': handle }, values)
tellListening(server.url)
onEnd(() => server.close())
