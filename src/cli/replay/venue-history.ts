import { readFile } from 'node:fs/promises'
import { parseDecimal } from '../../order/decimal.js'
import { textOf } from '../../order/fix/raw-message.js'
import { eventIn } from './event-scanner.js'
import { textKindOf } from './file-kind.js'
import { type Fill, FillLedger, sideOf } from './fills.js'
import { JsonLineReader } from './json-lines.js'
import { parseExactJson } from './json-text.js'
import { LogFile } from './log-file.js'
import { Replayer } from './replayer.js'
import { validTime } from './valid-time.js'

/** The fills that a venue has on its books. */
export interface VenueHistory {
  readonly fills: readonly Fill[]
  /** What couldn't be read, in sentences that begin with the place. */
  readonly problems: readonly string[]
  /** Lines or objects that were understood. */
  readonly entries: number
}

/** Problems that are told one by one. */
const MAXIMUM_PROBLEMS = 20

/**
 * Reads a venue's history: a FIX log (drop copy: execution reports or trade capture reports), ccxt's trades
 * (`fetchMyTrades`) as a JSON array or as NDJSON, or order events as NDJSON.
 */
export async function readVenueHistory(path: string): Promise<VenueHistory> {
  const history = new HistoryReader()
  const log = new LogFile(path)
  let first = true
  for await (const entries of log.read()) {
    if (first && log.textKind !== 'fix') return readJson(path)
    first = false
    for (const entry of entries) {
      if (entry.kind === 'unreadable') history.problem(`line ${entry.line}: ${entry.error}`)
      else history.follow(entry)
    }
  }
  // nothing is an empty history; something that says nothing is none, such as a page of a proxy or half an answer
  if (history.entries === 0 && history.problems.length === 0 && (await readFile(path, 'latin1')).trim() !== '') {
    history.problem('there is no FIX message in it and no JSON of trades')
  }
  return history
}

async function readJson(path: string): Promise<VenueHistory> {
  const history = new HistoryReader()
  const bytes = await readFile(path, 'latin1')
  if (textKindOf(bytes.slice(0, 4096)) === 'array') {
    try {
      const values = parseExactJson(textOf(bytes).replace(/^\ufeff/, ''))
      for (const [index, value] of (values as unknown[]).entries()) history.value(value, index + 1, 'entry')
    } catch (error) {
      history.problem(`no JSON: ${(error as Error).message}`)
    }
    return history
  }
  const reader = new JsonLineReader()
  for (const lines of [reader.read(bytes), reader.end()]) {
    for (const read of lines) {
      if (read.error !== undefined) history.problem(`line ${read.line}: ${read.error}`)
      else history.value(read.value, read.line, 'line')
    }
  }
  return history
}

class HistoryReader implements VenueHistory {
  readonly problems: string[] = []
  entries = 0
  readonly #ledger = new FillLedger()
  readonly #replayer = new Replayer()

  get fills(): readonly Fill[] {
    return this.#ledger.fills
  }

  follow(entry: Parameters<Replayer['apply']>[0]): void {
    this.entries++
    this.#ledger.follow(this.#replayer.apply(entry))
  }

  value(value: unknown, place: number, what: 'line' | 'entry'): void {
    const trade = tradeIn(value, place)
    const event = eventIn(value)
    if (trade !== undefined) {
      this.entries++
      this.#ledger.add(trade)
    } else if (event !== undefined) this.follow({ kind: 'event', line: place, event })
    else this.problem(`${what} ${place}: neither a trade of ccxt (with amount and price) nor an order event`)
  }

  problem(sentence: string): void {
    if (this.problems.length < MAXIMUM_PROBLEMS) this.problems.push(sentence)
    else if (this.problems.length === MAXIMUM_PROBLEMS) this.problems.push('and more')
  }
}

/** A trade in ccxt's unified form (https://docs.ccxt.com/#/?id=trade-structure). */
function tradeIn(value: unknown, place: number): Fill | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const trade = value as { readonly [Name in string]?: unknown }
  const quantity = parseDecimal(trade.amount)
  if (quantity === undefined || trade.price === undefined) return undefined
  const fee = trade.fee as { readonly cost?: unknown } | undefined | null
  return {
    places: [place],
    executionId: idOf(trade.id),
    otherIds: [],
    orderIds: [idOf(trade.order), idOf(trade.clientOrderId)].filter(id => id !== undefined),
    symbol: typeof trade.symbol === 'string' ? trade.symbol : undefined,
    side: sideOf(trade.side),
    quantity,
    price: parseDecimal(trade.price),
    fee: parseDecimal(fee?.cost),
    time:
      validTime(trade.timestamp) ??
      (typeof trade.datetime === 'string' ? validTime(Date.parse(trade.datetime)) : undefined),
  }
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
