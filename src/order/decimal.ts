/** Significant digits kept: twice what any venue sends, and a bound on what a hostile input can cost. */
const MAXIMUM_DIGITS = 64
/** Digits after the point that are taken; token quantities go to 18, prices of small coins to about 24. */
const MAXIMUM_SCALE = 64
const MAXIMUM_LENGTH = 160
/** Fifteen digits are always a safe integer. */
const SAFE_DIGITS = 15

const POWERS: readonly number[] = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)

/**
 * An exact decimal: `units × 10^-scale`. Small ones keep their units as a safe integer, so the trading loop does
 * no bigint arithmetic for them; `big` takes over where they don't fit.
 */
export class Decimal {
  /** Units, when `big` is undefined. */
  readonly small: number
  readonly big: bigint | undefined
  readonly scale: number
  #text: string | undefined

  /** `text`: how {@link toString} writes it, where that is known already. */
  constructor(small: number, big: bigint | undefined, scale: number, text?: string) {
    this.small = small
    this.big = big
    this.scale = scale
    this.#text = text
  }

  get isZero(): boolean {
    return this.big === undefined ? this.small === 0 : this.big === 0n
  }

  get isNegative(): boolean {
    return this.big === undefined ? this.small < 0 : this.big < 0n
  }

  add(other: Decimal): Decimal {
    return sum(this, other, 1)
  }

  subtract(other: Decimal): Decimal {
    return sum(this, other, -1)
  }

  multiply(other: Decimal): Decimal {
    const scale = this.scale + other.scale
    if (this.big === undefined && other.big === undefined) {
      const product = this.small * other.small
      if (Number.isSafeInteger(product)) return new Decimal(product, undefined, scale)
    }
    return fromUnits(unitsOf(this) * unitsOf(other), scale)
  }

  /** Negative, zero or positive, as `this` is smaller than, equal to or greater than `other`. */
  compare(other: Decimal): number {
    if (this.scale === other.scale && this.big === undefined && other.big === undefined) return this.small - other.small
    const difference = sum(this, other, -1)
    return difference.isZero ? 0 : difference.isNegative ? -1 : 1
  }

  equals(other: Decimal): boolean {
    return this.compare(other) === 0
  }

  /** Equal, and told with as many places. */
  isSame(other: Decimal): boolean {
    return this.small === other.small && this.scale === other.scale && this.big === other.big
  }

  /** `this / divisor` with at most `scale` digits after the point, half to even; the divisor must not be zero. */
  divide(divisor: Decimal, scale: number): Decimal {
    const shift = scale + divisor.scale - this.scale
    let numerator = unitsOf(this)
    let denominator = unitsOf(divisor)
    if (shift >= 0) numerator *= 10n ** BigInt(shift)
    else denominator *= 10n ** BigInt(-shift)
    if (denominator < 0n) {
      numerator = -numerator
      denominator = -denominator
    }
    const negative = numerator < 0n
    if (negative) numerator = -numerator
    let quotient = numerator / denominator
    const twice = (numerator % denominator) * 2n
    if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) quotient += 1n
    return fromUnits(negative ? -quotient : quotient, scale)
  }

  /** Without exponent or trailing zeros (`"0.05"`). */
  toString(): string {
    this.#text ??= format(this)
    return this.#text
  }
}

export const ZERO = new Decimal(0, undefined, 0)

/**
 * The decimal that a string, number or bigint writes; `undefined` for anything else: NaN, Infinity, hexadecimal,
 * a comma, blanks, nothing, more than 64 digits. Exponents are taken (`1e-7`).
 */
export function parseDecimal(value: unknown): Decimal | undefined {
  if (typeof value === 'string') return parseText(value)
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value === 0 ? ZERO : new Decimal(value, undefined, 0)
    return Number.isFinite(value) ? parseText(String(value)) : undefined
  }
  if (typeof value === 'bigint') {
    // writing a huge bigint in decimal costs quadratic time: look at its size first
    if (value > HUGE || value < -HUGE) return undefined
    return fromUnits(value, 0)
  }
  return undefined
}

const HUGE = 10n ** BigInt(MAXIMUM_DIGITS)

function parseText(text: string): Decimal | undefined {
  const length = text.length
  if (length === 0 || length > MAXIMUM_LENGTH) return undefined
  let index = 0
  let negative = false
  const first = text.charCodeAt(0)
  if (first === 0x2d || first === 0x2b) {
    negative = first === 0x2d
    index = 1
  }
  let units = 0
  /** Digits without leading zeros. */
  let digits = 0
  let seen = false
  let scale = -1
  for (; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0x30 && code <= 0x39) {
      seen = true
      if (digits > 0 || code !== 0x30) {
        digits++
        if (digits <= SAFE_DIGITS) units = units * 10 + (code - 0x30)
      }
      if (scale >= 0) scale++
    } else if (code === 0x2e && scale < 0) {
      scale = 0
    } else {
      break
    }
  }
  if (!seen) return undefined
  let places = scale < 0 ? 0 : scale
  if (index === length && digits <= SAFE_DIGITS && places <= MAXIMUM_SCALE) {
    const written = isCanonical(text, units, negative, places) ? text : undefined
    return new Decimal(negative && units !== 0 ? -units : units, undefined, places, written)
  }
  const mantissaEnd = index
  if (index < length) {
    const exponent = parseExponent(text, index)
    if (exponent === undefined) return undefined
    places -= exponent
  }
  if (digits === 0) return ZERO
  const mantissa = text.slice(0, mantissaEnd).replace('.', '').replace(/^\+/, '')
  let big = BigInt(mantissa)
  if (places < 0) {
    if (digits - places > MAXIMUM_DIGITS) return undefined
    big *= 10n ** BigInt(-places)
    places = 0
  }
  if (places > MAXIMUM_SCALE || digits > MAXIMUM_DIGITS) {
    // 0.1000…0 with more zeros than anybody needs is still 0.1
    while (places > 0 && big % 10n === 0n) {
      big /= 10n
      places--
    }
    if (places > MAXIMUM_SCALE || big > HUGE || big < -HUGE) return undefined
  }
  return fromUnits(big, places)
}

/** Written as `toString` would: most of what venues send, so that most decimals never need to be written. */
function isCanonical(text: string, units: number, negative: boolean, places: number): boolean {
  if (units === 0) return text === '0'
  const start = negative ? 1 : 0
  const first = text.charCodeAt(start)
  // a plus, a leading point, a leading zero before another digit
  if (first < 0x30 || (first === 0x30 && text.charCodeAt(start + 1) !== 0x2e)) return false
  const last = text.charCodeAt(text.length - 1)
  return places === 0 ? last !== 0x2e : last !== 0x30
}

/** The value of `e-7` at the end of `text`; `undefined` when it isn't one or is out of all bounds. */
function parseExponent(text: string, start: number): number | undefined {
  const mark = text.charCodeAt(start)
  if (mark !== 0x65 && mark !== 0x45) return undefined
  let index = start + 1
  let negative = false
  const sign = text.charCodeAt(index)
  if (sign === 0x2d || sign === 0x2b) {
    negative = sign === 0x2d
    index++
  }
  if (index >= text.length) return undefined
  let exponent = 0
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x30 || code > 0x39) return undefined
    exponent = exponent * 10 + (code - 0x30)
    if (exponent > 1000) return undefined
  }
  return negative ? -exponent : exponent
}

function unitsOf(value: Decimal): bigint {
  return value.big ?? BigInt(value.small)
}

function fromUnits(units: bigint, scale: number): Decimal {
  const small = Number(units)
  return Number.isSafeInteger(small) ? new Decimal(small, undefined, scale) : new Decimal(0, units, scale)
}

function sum(left: Decimal, right: Decimal, sign: 1 | -1): Decimal {
  const scale = left.scale > right.scale ? left.scale : right.scale
  const leftShift = scale - left.scale
  const rightShift = scale - right.scale
  if (left.big === undefined && right.big === undefined && leftShift < 16 && rightShift < 16) {
    const a = left.small * POWERS[leftShift]!
    const b = right.small * POWERS[rightShift]!
    const total = sign === 1 ? a + b : a - b
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(total)) {
      return new Decimal(total, undefined, scale)
    }
  }
  const a = unitsOf(left) * 10n ** BigInt(leftShift)
  const b = unitsOf(right) * 10n ** BigInt(rightShift)
  return fromUnits(sign === 1 ? a + b : a - b, scale)
}

function format(value: Decimal): string {
  if (value.isZero) return '0'
  const signed = value.big === undefined ? String(value.small) : value.big.toString()
  if (value.scale === 0) return signed
  const negative = signed.charCodeAt(0) === 0x2d
  const digits = (negative ? signed.slice(1) : signed).padStart(value.scale + 1, '0')
  const point = digits.length - value.scale
  let end = digits.length
  while (end > point && digits.charCodeAt(end - 1) === 0x30) end--
  const whole = digits.slice(0, point)
  const text = end === point ? whole : `${whole}.${digits.slice(point, end)}`
  return negative ? `-${text}` : text
}
