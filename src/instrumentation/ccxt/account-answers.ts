import type { AccountRecorder, AccountType } from '../../desk/account.js'
import { type CcxtExchange, isObject, text } from './unified.js'

/** ccxt's names for kinds of accounts, as far as they differ from ours. */
const TYPES: Readonly<Record<string, AccountType>> = {
  cross: 'margin',
  isolated: 'margin',
  delivery: 'future',
  futures: 'future',
  linear: 'swap',
  inverse: 'swap',
  unified: 'unified',
  portfolio: 'unified',
}

/** A unified balance (https://docs.ccxt.com/?id=balance-structure). */
export function tellBalance(recorder: AccountRecorder, exchange: CcxtExchange, params: unknown, answer: unknown): void {
  if (!isObject(answer)) return
  const { free, used, total } = answer as Record<string, unknown>
  const type = accountType(exchange, params)
  const codes = new Set([free, used, total].flatMap(part => (isObject(part) ? Object.keys(part) : [])))
  for (const code of codes) {
    recorder.recordBalance(code, { free: of(free, code), used: of(used, code), total: of(total, code) }, type)
  }
}

function accountType(exchange: CcxtExchange, params: unknown): AccountType {
  const { options } = exchange as { options?: unknown }
  const asked = isObject(params) ? (text(params.type) ?? text(params.marginMode)) : undefined
  const name = asked ?? (isObject(options) ? text(options.defaultType) : undefined) ?? 'spot'
  return TYPES[name] ?? (name as AccountType)
}

function of(part: unknown, code: string): number | undefined {
  return isObject(part) ? number(part[code]) : undefined
}

/** Numbers may come as text (`exchange.number = String`). */
export function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined
}
