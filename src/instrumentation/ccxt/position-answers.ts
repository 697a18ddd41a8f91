import type { AccountRecorder } from '../../desk/account.js'
import { number } from './account-answers.js'
import { type CcxtExchange, isObject, text } from './unified.js'

interface Held {
  readonly symbol: string
  readonly side: 'long' | 'short'
  /** Of the question that lists it. */
  readonly scope: string
}

/** As many as a recorder holds. */
const MAXIMUM_HELD = 5000
const MAXIMUM_SCOPE = 1000
const heldBy = new WeakMap<AccountRecorder, Map<string, Held>>()

/** Unified positions (https://docs.ccxt.com/?id=position-structure), as a stream or a question for one brings them. */
export function tellPositions(recorder: AccountRecorder, exchange: CcxtExchange, answer: unknown): void {
  tell(recorder, answer, scopeOf(exchange, undefined))
}

/**
 * The answer to `fetchPositions(symbols, params)`: what was asked for and isn't there is closed. What another kind of
 * question listed stays open: venues answer for one kind of contract at a time (linear, inverse).
 */
export function tellListedPositions(
  recorder: AccountRecorder,
  exchange: CcxtExchange,
  [symbols, params]: readonly unknown[],
  answer: unknown,
): void {
  if (!Array.isArray(answer)) return
  const scope = scopeOf(exchange, params)
  const listed = tell(recorder, answer, scope)
  const asked = Array.isArray(symbols) && symbols.length > 0 ? symbols : undefined
  const held = heldOf(recorder)
  for (const [key, { symbol, side, scope: its }] of held) {
    if (its !== scope || listed.has(key) || asked?.includes(symbol) === false) continue
    held.delete(key)
    recorder.recordPosition({ symbol, side, size: 0 })
  }
}

/** @returns keys of the positions in the answer */
function tell(recorder: AccountRecorder, answer: unknown, scope: string): Set<string> {
  const held = heldOf(recorder)
  const listed = new Set<string>()
  for (const position of Array.isArray(answer) ? answer : [answer]) {
    if (!isObject(position)) continue
    const symbol = text(position.symbol)
    if (symbol === undefined) continue
    const contracts = number(position.contracts)
    const side = position.side === 'short' || (position.side !== 'long' && (contracts ?? 0) < 0) ? 'short' : 'long'
    const key = `${side} ${symbol}`
    listed.add(key)
    // a size that can't be read isn't a size of 0
    if (contracts === undefined) continue
    if (contracts === 0) held.delete(key)
    else if (held.has(key) || held.size < MAXIMUM_HELD) held.set(key, { symbol, side, scope })
    recorder.recordPosition({
      symbol,
      side,
      size: Math.abs(contracts) * (number(position.contractSize) ?? 1),
      notional: number(position.notional),
      unrealizedPnl: number(position.unrealizedPnl),
    })
  }
  return listed
}

/** Which positions an answer can hold: those of an object's kind of contract, and what `params` ask for. */
function scopeOf(exchange: CcxtExchange, params: unknown): string {
  const { options } = exchange as { options?: unknown }
  const { defaultType, defaultSubType, defaultSettle } = (isObject(options) ? options : {}) as Record<string, unknown>
  const defaults = [defaultType, defaultSubType, defaultSettle].map(text)
  const narrowed = isObject(params) && Object.keys(params).length > 0 ? params : undefined
  try {
    return JSON.stringify([defaults, narrowed]).slice(0, MAXIMUM_SCOPE)
  } catch {
    return JSON.stringify(defaults)
  }
}

function heldOf(recorder: AccountRecorder): Map<string, Held> {
  const held = heldBy.get(recorder) ?? new Map<string, Held>()
  heldBy.set(recorder, held)
  return held
}
