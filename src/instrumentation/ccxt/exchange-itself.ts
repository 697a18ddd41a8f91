import { types } from 'node:util'
import { type CcxtExchange, isObject } from './unified.js'

/** What every exchange object has for itself alone, and shows through a Proxy around it. */
const OWN = ['options', 'urls', 'has'] as const

const byPart = new WeakMap<object, CcxtExchange>()
const byOther = new WeakMap<object, CcxtExchange>()

/** Objects whose constructors have begun. */
const made: CcxtExchange[] = []

/** An exchange object is being made: it will be known behind a Proxy too. */
export function rememberExchange(exchange: CcxtExchange): void {
  made.push(exchange)
  // when the constructors are through
  queueMicrotask(learn)
}

function learn(): void {
  for (const exchange of made.splice(0)) {
    for (const name of OWN) {
      const part = Object.getOwnPropertyDescriptor(exchange, name)?.value as unknown
      if (isObject(part)) byPart.set(part, exchange)
    }
  }
}

/**
 * The exchange object behind a Proxy of the application's, or behind an object that inherits from it. ccxt's requests
 * are bound to the object itself, whatever the application calls: both have to be known as one.
 */
export function exchangeItself(exchange: CcxtExchange): CcxtExchange {
  if (!types.isProxy(exchange) && Object.hasOwn(exchange, 'options')) return exchange
  const known = byOther.get(exchange)
  if (known !== undefined) return known
  learn()
  try {
    for (const name of OWN) {
      const part = (exchange as Record<string, unknown>)[name]
      const found = isObject(part) ? byPart.get(part) : undefined
      if (found === undefined) continue
      byOther.set(exchange, found)
      return found
    }
  } catch {
    // a trap of the application's own
  }
  return exchange
}
