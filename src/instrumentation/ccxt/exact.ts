import { type Decimal, parseDecimal } from '../../order/decimal.js'
import { isObject } from './unified.js'

const MAXIMUM_DEPTH = 3
/** Fields looked at: a report has 20 to 60. */
const MAXIMUM_FIELDS = 300

/**
 * The venue's own decimal for a unified value. ccxt turns what the venue wrote into a JavaScript number, which
 * holds 15 digits; the string stands in `info` still. Any string there that means the same number will do, the
 * longest one where several do: `98765432109876543.21` and `98765432109876540` are the same double.
 */
export function exactDecimal(value: unknown, info: unknown): Decimal | undefined {
  if (typeof value !== 'number') return parseDecimal(value)
  if (!Number.isFinite(value)) return undefined
  return parseDecimal(findString(value, info) ?? value)
}

/** Whether the venue itself wrote the value: ccxt computes some, and rounds them as numbers are rounded. */
export function isVenuesOwn(value: unknown, info: unknown): boolean {
  return typeof value === 'number' && findString(value, info) !== undefined
}

/** The same, as a decimal string without trailing zeros. */
export function exact(value: unknown, info: unknown): string | undefined {
  const decimal = exactDecimal(value, info)
  return decimal === undefined ? undefined : decimal.toString()
}

const DECIMAL = /^[+-]?\d*\.?\d+$/

/** Most texts of a report are names and words: they needn't be looked through. */
function beginsAsNumber(text: string): boolean {
  const code = text.charCodeAt(0)
  // + - . and the digits lie side by side, with a comma and a slash between
  return code >= 0x2b && code <= 0x39
}

function findString(value: number, info: unknown): string | undefined {
  let found: string | undefined
  let left = MAXIMUM_FIELDS
  const visit = (node: unknown, depth: number): void => {
    if (typeof node === 'string') {
      if (node.length > (found?.length ?? 0) && beginsAsNumber(node) && DECIMAL.test(node) && Number(node) === value) {
        found = node
      }
    } else if (isObject(node) && depth < MAXIMUM_DEPTH) {
      for (const child of Object.values(node)) {
        if (left-- <= 0) return
        visit(child, depth + 1)
      }
    }
  }
  visit(info, 0)
  return found
}
