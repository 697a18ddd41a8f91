import { binance } from './binance/dialect.js'
import { bybit } from './bybit/dialect.js'
import { coinbase } from './coinbase/dialect.js'
import type { DialectDefinition } from './dialect.js'

/** By the name of the ccxt class that speaks it. */
export const DIALECTS = { binance, bybit, coinbase } as const satisfies Record<string, DialectDefinition>

export type DialectName = keyof typeof DIALECTS

export const DIALECT_NAMES = Object.keys(DIALECTS) as readonly DialectName[]

export function isDialectName(name: string): name is DialectName {
  return name in DIALECTS
}
