import { redactAddresses } from '../auto/redact-address.js'
import { type CcxtExchange, isObject } from './unified.js'

/** Properties of an exchange object that are secret: ccxt's credentials, and what it earns with them. */
const CREDENTIALS = [
  'apiKey',
  'secret',
  'uid',
  'accountId',
  'login',
  'password',
  'twofa',
  'privateKey',
  'walletAddress',
  'token',
  'accessToken',
  'refreshToken',
  'requestToken',
] as const

/** Options that hold what a venue gave for a session (`options.listenKey`, `options.spot.listenKey`). */
const SECRET_NAME = /key|token|secret|password|passphrase|cookie|authorization/i
/** `apiKey=…`, `"signature":"…"`, `Authorization: Bearer …`, as venues echo them. */
const NAMED_VALUE =
  /((?:api[-_]?key|secret|signature|passphrase|password|token|listen[-_]?key|cookie|authorization)["']?\s*[:=]\s*["']?(?:bearer |basic )?)[^"'\s,;&}]+/gi
/** Shorter ones are in too many words. */
const MINIMUM_LENGTH = 4
const MAXIMUM_TEXT = 10_000

/** A text of a venue or of ccxt without secrets: those of the exchange object, and what looks like one. */
export function redactSecrets(text: string, exchange: CcxtExchange): string {
  let clean = text.slice(0, MAXIMUM_TEXT)
  for (const secret of secretsOf(exchange)) {
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      if (clean.includes(form)) clean = clean.replaceAll(form, '…')
    }
  }
  return redactAddresses(clean).replace(NAMED_VALUE, '$1…')
}

/** The longest first: one may be part of another. */
function secretsOf(exchange: CcxtExchange): string[] {
  const found = new Set<string>()
  const add = (value: unknown) => {
    if (typeof value === 'string' && value.length >= MINIMUM_LENGTH) found.add(value)
  }
  const { headers, options, ...own } = {
    headers: read(exchange, 'headers'),
    options: read(exchange, 'options'),
    ...Object.fromEntries(CREDENTIALS.map(name => [name, read(exchange, name)])),
  }
  for (const value of Object.values(own)) add(value)
  for (const value of isObject(headers) ? Object.values(headers) : []) {
    add(value)
    // `Bearer …`
    if (typeof value === 'string') add(value.split(' ')[1])
  }
  if (isObject(options)) {
    for (const [name, value] of Object.entries(options)) {
      if (SECRET_NAME.test(name)) add(value)
      if (!isObject(value)) continue
      for (const [inner, innerValue] of Object.entries(value)) if (SECRET_NAME.test(inner)) add(innerValue)
    }
  }
  return [...found].sort((a, b) => b.length - a.length)
}

/** A getter of the application's own may throw. */
function read(exchange: CcxtExchange, name: string): unknown {
  try {
    return (exchange as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}
