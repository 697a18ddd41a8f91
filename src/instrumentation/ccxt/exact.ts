import { type Decimal, parseDecimal } from '../../order/decimal.js'
import { isObject } from './unified.js'

const MAXIMUM_DEPTH = 3
/** Fields looked at: a report has 20 to 60. */
const MAXIMUM_FIELDS = 300

/**
 * The decimals that a venue's answer is written with. ccxt turns what the venue wrote into a JavaScript number, which
 * holds 15 digits; the string stands in `info` still. Any string there that means the same number will do, the
 * longest one where several do: `98765432109876543.21` and `98765432109876540` are the same double.
 */
export class WrittenDecimals {
  readonly #texts: string[] = []
  readonly #values: number[] = []
  #left = MAXIMUM_FIELDS

  constructor(info: unknown) {
    this.#collect(info, 0)
  }

  /** The venue's own decimal for a unified value. */
  exact(value: unknown): Decimal | undefined {
    if (typeof value !== 'number') return parseDecimal(value)
    if (!Number.isFinite(value)) return undefined
    return parseDecimal(this.#find(value) ?? value)
  }

  /** Whether the venue itself wrote the value: ccxt computes some, and rounds them as numbers are rounded. */
  has(value: unknown): boolean {
    return typeof value === 'number' && this.#find(value) !== undefined
  }

  #find(value: number): string | undefined {
    let found: string | undefined
    for (let index = 0; index < this.#values.length; index++) {
      if (this.#values[index] !== value) continue
      const text = this.#texts[index]!
      if (text.length > (found?.length ?? 0) && DECIMAL.test(text)) found = text
    }
    return found
  }

  #collect(node: unknown, depth: number): void {
    if (typeof node === 'string') {
      if (!beginsAsNumber(node)) return
      this.#texts.push(node)
      this.#values.push(Number(node))
    } else if (isObject(node) && depth < MAXIMUM_DEPTH) {
      for (const child of Object.values(node)) {
        if (this.#left-- <= 0) return
        this.#collect(child, depth + 1)
      }
    }
  }
}

const DECIMAL = /^[+-]?\d*\.?\d+$/

/** Most texts of a report are names and words: they needn't be looked through. */
function beginsAsNumber(text: string): boolean {
  const code = text.charCodeAt(0)
  // + - . and the digits lie side by side, with a comma and a slash between
  return code >= 0x2b && code <= 0x39
}
