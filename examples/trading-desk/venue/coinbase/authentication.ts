import type { IncomingHttpHeaders } from 'node:http'
import { type JsonObject, parseObject, textOf } from '../json-value.js'

const CLOCK_TOLERANCE_S = 30

function isNow(seconds: number): boolean {
  return Math.abs(Date.now() / 1000 - seconds) <= CLOCK_TOLERANCE_S
}

/** Any signature will do, but it must be there, and the token must be of these minutes. */
function keyOfToken(token: string): string | undefined {
  const [, payload = '', signature] = token.split('.')
  const claims = parseObject(Buffer.from(payload, 'base64url').toString())
  const seconds = Date.now() / 1000
  if (!claims || !signature || !(Number(claims.nbf) <= seconds + CLOCK_TOLERANCE_S && Number(claims.exp) >= seconds)) {
    return undefined
  }
  return textOf(claims, 'sub')
}

/** The key of a REST request: a signed token, or a legacy key with its headers. */
export function keyOfRequest(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return keyOfToken(bearer)
  const key = headers['cb-access-key']?.toString()
  const isComplete = headers['cb-access-sign'] && isNow(Number(headers['cb-access-timestamp']))
  return key && isComplete ? key : undefined
}

/** The key of a subscription, whose message carries what a request has in its headers. */
export function keyOfSubscription(message: JsonObject): string | undefined {
  const token = textOf(message, 'jwt')
  if (token !== undefined) return keyOfToken(token)
  const isComplete = textOf(message, 'signature') !== undefined && isNow(Number(message.timestamp))
  return isComplete ? textOf(message, 'api_key') : undefined
}
