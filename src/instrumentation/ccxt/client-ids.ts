import { isObject, text } from './unified.js'

/** What venues and ccxt call the client's order id, in lower case without separators. */
const NAMES: ReadonlySet<string> = new Set([
  'clientorderid',
  'newclientorderid',
  'clordid',
  'newclordid',
  'clientoid',
  'newclientoid',
  'orderlinkid',
  'cliordid',
  'clordlinkid',
  'cloid',
  'externaloid',
  'customid',
  'clientid',
  'clientalgoid',
  'clientalgoorderid',
  'algoclordid',
  'algoclientorderid',
  'newclientstrategyid',
  'orderclientid',
  'cid',
])
/** The id of another order: the one to cancel, or the id of the cancel itself. */
const OTHER = /^(orig|cancel)/i
const MAXIMUM_DEPTH = 4
const MAXIMUM_FOUND = 100

/**
 * The client order ids in a request, in its order: one for a single order, one for each of a batch. Of several names
 * in one object the one that begins with "new" is the order's own.
 *
 * @param except values that are no order ids though they stand under such a name: `client_id` is a login elsewhere
 */
export function clientIdsIn(request: unknown, except: readonly unknown[]): string[] {
  const found: string[] = []
  const visit = (node: unknown, depth: number): void => {
    if (depth > MAXIMUM_DEPTH || found.length >= MAXIMUM_FOUND) return
    if (typeof node === 'string' && /^[[{]/.test(node)) {
      const parsed = parseJson(node)
      if (parsed !== undefined) visit(parsed, depth + 1)
      return
    }
    if (!isObject(node)) return
    const own = ownClientId(node, except)
    if (own !== undefined) {
      found.push(own)
      return
    }
    for (const child of Object.values(node)) visit(child, depth + 1)
  }
  visit(request, 0)
  return found
}

/** The client order id that a user gives in the `params` of a call. */
export function clientIdOf(params: unknown): string | undefined {
  return isObject(params) ? (ownClientId(params, []) ?? text(params.label)) : undefined
}

/** The client ids of orders that a cancel names in its `params`: one, or a list. */
export function clientIdsOf(params: unknown): string[] {
  if (!isObject(params)) return []
  for (const [name, value] of Object.entries(params)) {
    if (!Array.isArray(value) || !NAMES.has(key(name).replace(/s$/, ''))) continue
    return value.map(text).filter(id => id !== undefined)
  }
  const single = text(params.origClientOrderId) ?? clientIdOf(params)
  return single === undefined ? [] : [single]
}

/** Field names seen, and whether they name a client order id. */
const seen = new Map<string, boolean>()
const MAXIMUM_SEEN = 1024

function isClientId(name: string): boolean {
  let is = seen.get(name)
  if (is === undefined) {
    is = !OTHER.test(name) && NAMES.has(key(name))
    if (seen.size < MAXIMUM_SEEN) seen.set(name, is)
  }
  return is
}

function key(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '')
}

function ownClientId(node: Record<string, unknown>, except: readonly unknown[]): string | undefined {
  let found: string | undefined
  for (const [name, value] of Object.entries(node)) {
    const id = text(value)
    if (id === undefined || (!isClientId(name) && !isGateText(name, id)) || except.includes(value)) continue
    if (found === undefined || /^new/i.test(name)) found = id
  }
  return found
}

/** https://www.gate.com/docs/developers/apiv4/#create-an-order : user-defined ids begin with `t-`. */
function isGateText(name: string, value: string): boolean {
  return name === 'text' && value.startsWith('t-')
}

function parseJson(json: string): unknown {
  if (json.length > 100_000) return undefined
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
