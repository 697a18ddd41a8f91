import type { FillComparison, FillDifference } from './fill-comparison.js'
import type { Fill } from './fills.js'
import { printable } from './printable.js'

/** What the two sides have, for the sum at the end. */
export interface DiffCounts {
  readonly log: number
  readonly history: number
  /** Times of the first and the last message of the log. */
  readonly logBegin: number | undefined
  readonly logEnd: number | undefined
}

const headings = [
  ['missed', 'Missed: the history has them, the log does not'],
  ['doubled', 'Doubled: told more than once'],
  ['differing', 'Differing: told with other values'],
  ['unknown', 'Unknown to the venue: the log has them, the history does not'],
] as const

/** One JSON object for each difference, and one with the counts. */
export function* diffAsJson({ differences, same }: FillComparison, counts: DiffCounts): Generator<string> {
  for (const difference of differences) {
    const { kind, log, history } = difference
    const either = log ?? history
    yield `${JSON.stringify({
      difference: kind,
      ...(difference.in === undefined ? {} : { in: difference.in }),
      ...(difference.fields === undefined ? {} : { fields: difference.fields }),
      executionId: log?.executionId ?? history?.executionId ?? null,
      order: either?.orderIds.at(-1) ?? null,
      symbol: either?.symbol ?? null,
      side: either?.side ?? null,
      log: asJson(log, 'lines'),
      history: asJson(history, 'places'),
      ...outsideOf(difference, counts),
    })}\n`
  }
  yield `${JSON.stringify({ summary: { log: counts.log, history: counts.history, same, ...numbersOf(differences) } })}\n`
}

/** The differences for people, by kind, and the counts. */
export function* diffAsText({ differences, same }: FillComparison, counts: DiffCounts): Generator<string> {
  for (const [kind, heading] of headings) {
    const all = differences.filter(difference => difference.kind === kind)
    if (all.length === 0) continue
    yield `${heading}\n\n`
    for (const difference of all) yield `${lineOf(difference, counts)}\n`
    yield '\n'
  }
  const { missed, doubled, differing, unknown } = numbersOf(differences)
  yield `${counts.log} fills in the log, ${counts.history} in the history · ${same} the same · ${missed} missed · ${doubled} doubled · ${differing} differing · ${unknown} unknown to the venue\n`
}

function lineOf(difference: FillDifference, counts: DiffCounts): string {
  const { log, history, kind } = difference
  const either = (log ?? history)!
  const parts = [
    time(either).padEnd(12),
    `execution ${either.executionId ?? '–'}`,
    `order ${either.orderIds.at(-1) ?? '–'}`,
    [either.side, either.quantity.toString(), either.symbol, either.price === undefined ? '' : `@ ${either.price}`]
      .filter(part => part !== undefined && part !== '')
      .join(' '),
  ]
  if (kind === 'differing') parts.push(difference.fields!.map(field => changed(field, log!, history!)).join(', '))
  if (kind === 'doubled')
    parts.push(
      `${(difference.in === 'log' ? log : history)!.places.length > 1 ? 'told again' : 'counted twice'} in the ${difference.in}`,
    )
  if (log !== undefined) parts.push(placesOf('line', log.places))
  else parts.push(placesOf('place', history!.places))
  const { outside } = outsideOf(difference, counts)
  if (outside !== undefined) parts.push(outside === 'before' ? 'before the log begins' : 'after the log ends')
  return `  ${printable(parts.join('  '))}`
}

function changed(field: 'quantity' | 'price' | 'side' | 'symbol' | 'fee', log: Fill, history: Fill): string {
  return `${field} ${log[field]} here, ${history[field]} there`
}

function placesOf(what: string, places: readonly number[]): string {
  return places.length === 1 ? `${what} ${places[0]}` : `${what}s ${places.join(', ')}`
}

function asJson(fill: Fill | undefined, places: 'lines' | 'places'): unknown {
  if (fill === undefined) return null
  return {
    [places]: fill.places,
    quantity: fill.quantity.toString(),
    price: fill.price?.toString() ?? null,
    side: fill.side ?? null,
    symbol: fill.symbol ?? null,
    fee: fill.fee?.toString() ?? null,
    time: fill.time === undefined ? null : new Date(fill.time).toISOString(),
  }
}

/** A fill that the log can't have: it had not begun, or was over. */
function outsideOf(
  { kind, history }: FillDifference,
  { logBegin, logEnd }: DiffCounts,
): { outside?: 'before' | 'after' } {
  const at = history?.time
  if (kind !== 'missed' || at === undefined || logBegin === undefined || logEnd === undefined) return {}
  return at < logBegin ? { outside: 'before' } : at > logEnd ? { outside: 'after' } : {}
}

function numbersOf(differences: readonly FillDifference[]): Record<FillDifference['kind'], number> {
  const numbers = { missed: 0, doubled: 0, differing: 0, unknown: 0 }
  for (const { kind } of differences) numbers[kind]++
  return numbers
}

function time({ time }: Fill): string {
  return time === undefined ? '' : new Date(time).toISOString().slice(11, 23)
}
