import { formatPlain } from './venue/decimal.js'

/** The orders of a run as one of three sees them: the venue's books, the scraped metrics, the exported spans. */
export interface Summary {
  /** How many orders ended how: `{ filled: 120, canceled: 61, rejected: 7 }`. */
  readonly orders: Readonly<Record<string, number>>
  readonly executions: number
  /** Executed in all, per symbol, in decimals: `{ "BTC/USDT": "1.234" }`. */
  readonly quantity: Readonly<Record<string, string>>
}

/** Instruments have lots of 0.00001 and larger; sums of metrics are doubles, so they are rounded to a lot first. */
const LOTS_PER_UNIT = 100_000
const UNITS_OF_A_LOT = 1000n

/** Adds counts up by status and quantities by symbol; what comes to nothing isn't listed. */
export function sumByKey(
  orders: readonly (readonly [string, number])[],
  executions: readonly number[],
  quantities: readonly (readonly [string, number])[],
): Summary {
  const statuses: Record<string, number> = {}
  for (const [status, count] of orders) if (count !== 0) statuses[status] = (statuses[status] ?? 0) + count
  const sums: Record<string, number> = {}
  for (const [symbol, quantity] of quantities) sums[symbol] = (sums[symbol] ?? 0) + quantity
  const quantity = Object.entries(sums)
    .map(([symbol, sum]) => [symbol, BigInt(Math.round(sum * LOTS_PER_UNIT)) * UNITS_OF_A_LOT] as const)
    .filter(([, sum]) => sum !== 0n)
    .map(([symbol, sum]) => [symbol, formatPlain(sum)] as const)
  return {
    orders: sorted(statuses),
    executions: executions.reduce((sum, count) => sum + count, 0),
    quantity: sorted(Object.fromEntries(quantity)),
  }
}

/** By name, so that two summaries that agree look alike. */
export function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
