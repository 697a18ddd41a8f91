/**
 * Prices, quantities and amounts are integers of 10⁻⁸, the finest step of any asset here,
 * so that sums are exact: `0.1 + 0.2` is `0.3`.
 */
export type Decimal = bigint

const DIGITS = 8
export const ONE: Decimal = 100_000_000n

/** `undefined` for what isn't a plain decimal number or has more than eight decimals. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(text)
  if (!match) return undefined
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > DIGITS) return undefined
  const units = BigInt(match[2]!) * ONE + BigInt(fraction.padEnd(DIGITS, '0'))
  return match[1] ? -units : units
}

/** For literals in the code: throws where `parseDecimal` gives `undefined`. */
export function decimal(text: string): Decimal {
  const value = parseDecimal(text)
  if (value === undefined) throw new Error(`"${text}" is not a decimal number with at most ${DIGITS} decimals`)
  return value
}

/** Always eight decimals, as Binance writes them: `0.00100000`. */
export function formatFixed(value: Decimal): string {
  const sign = value < 0n ? '-' : ''
  const digits = (value < 0n ? -value : value).toString().padStart(DIGITS + 1, '0')
  return `${sign}${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`
}

/** Without trailing zeros and without exponent: `0.001`. */
export function formatPlain(value: Decimal): string {
  return formatFixed(value).replace(/\.?0+$/, '')
}

/** Price times quantity, rounded down to 10⁻⁸; exact as long as tick × lot is not finer than that. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return (a * b) / ONE
}

export function floorTo(value: Decimal, step: Decimal): Decimal {
  return value - (value % step)
}

/** `Math.min` knows no bigint. */
export function smallest(first: Decimal, ...others: Decimal[]): Decimal {
  let found = first
  for (const value of others) if (value < found) found = value
  return found
}

export function largest(first: Decimal, ...others: Decimal[]): Decimal {
  return -smallest(-first, ...others.map(value => -value))
}
