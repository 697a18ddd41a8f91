import type { AnomalyKind } from '../../order/event.js'
import type { Order, Transition } from '../../order/transition.js'
import { waterfall } from '../waterfall.js'
import { intentOf, OrderRecord } from './order-record.js'
import { printable } from './printable.js'
import type { Told } from './replayer.js'

/** Anomalies that are listed one by one; all are counted. */
const MAXIMUM_LISTED = 10_000
const FIRST_COLUMN = 7

interface ListedAnomaly {
  readonly line: number
  readonly order: Order | undefined
  readonly kind: AnomalyKind
  readonly message: string
}

/** The log for people: a line for each message, and at the end its orders, anomalies and counts. */
export class TextReport {
  readonly #records = new Map<Order, OrderRecord>()
  /** Of orders that are not followed any longer: a drawing takes less memory than an order. */
  readonly #drawings: string[] = []
  readonly #statuses = new Map<string, number>()
  readonly #anomalies: ListedAnomaly[] = []
  readonly #counts = new Map<AnomalyKind, number>()
  /** Columns of the terminal, where it is one. */
  readonly #width: number | undefined
  #messages = 0
  #session = 0
  #unreadable = 0

  constructor(width?: number) {
    this.#width = width
  }

  /** What a message did, on one line. */
  message(told: Told): string {
    this.#messages++
    if (told.order === undefined && told.transitions.length === 0) this.#session++
    for (const transition of told.transitions) this.#follow(transition, told.line)
    for (const { order, as } of told.forgotten) this.#forget(order, as, told.time)
    const { line, name, time, anomalies } = told
    const cells = [
      String(line).padStart(FIRST_COLUMN),
      time === undefined ? '            ' : timeOfDay(time),
      name.padEnd(25),
      whatItDid(told),
    ]
    const marks = anomalies.length === 0 ? '' : `  ⚠ ${anomalies.join(', ')}`
    const resent = told.resent ? '  (resent)' : ''
    return `${printable(`${cells.join('  ')}${resent}${marks}`).trimEnd()}\n`
  }

  unreadable(line: number, error: string): string {
    this.#unreadable++
    return `${String(line).padStart(FIRST_COLUMN)}  can't be read: ${printable(error)}\n`
  }

  /** Every order, the anomalies, the counts; line by line, since there may be many. */
  *end(logEnd: number | undefined): Generator<string> {
    if (this.#orderCount > 0) yield '\nOrders, the slowest stage of each first\n'
    yield* this.#drawings
    for (const record of this.#records.values()) {
      this.#countStatus(record.order)
      yield this.#draw(record, logEnd)
    }
    if (this.#anomalies.length > 0) yield '\nAnomalies\n\n'
    for (const { line, order, kind, message } of this.#anomalies) {
      yield `${printable(`${String(line).padStart(FIRST_COLUMN)}  ${order?.rootId ?? '–'}  ${kind}: ${message}`)}\n`
    }
    const total = [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
    if (total > this.#anomalies.length)
      yield `${' '.repeat(FIRST_COLUMN)}  … and ${total - this.#anomalies.length} more\n`
    yield `\n${this.#summary(total)}\n`
  }

  #follow(transition: Transition, line: number): void {
    const { order, effects, anomalies } = transition
    for (const { kind, message } of anomalies) {
      this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
      if (this.#anomalies.length < MAXIMUM_LISTED) this.#anomalies.push({ line, order, kind, message })
    }
    if (order === undefined) return
    let record = this.#records.get(order)
    if (record === undefined) {
      // an answer about an order that never was makes none
      if (!effects.some(effect => effect.kind === 'created')) return
      record = new OrderRecord(order)
      this.#records.set(order, record)
    }
    record.apply(transition)
  }

  get #orderCount(): number {
    return this.#drawings.length + this.#records.size
  }

  #forget(order: Order, as: Order | undefined, time: number | undefined): void {
    const record = this.#records.get(order)
    if (record === undefined) return
    this.#records.delete(order)
    const other = as === undefined ? undefined : this.#records.get(as)
    if (other !== undefined) {
      other.absorb(record)
      return
    }
    this.#drawings.push(this.#draw(record, time))
    this.#countStatus(order)
  }

  #countStatus({ status }: Order): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
  }

  #draw(record: OrderRecord, logEnd: number | undefined): string {
    const lines = waterfall(record.draw(logEnd), this.#width).map(printable)
    return `\n${lines.map(line => line.trimEnd()).join('\n')}\n`
  }

  #summary(anomalies: number): string {
    const statuses = [...this.#statuses].map(([status, count]) => `${count} ${status}`).join(', ')
    const kinds = [...this.#counts].map(([kind, count]) => `${count} ${kind}`).join(', ')
    return [
      `${plural(this.#messages, 'message')}${this.#session === 0 ? '' : `, ${this.#session} of them about no order`}`,
      `${plural(this.#orderCount, 'order')}${statuses === '' ? '' : ` (${statuses})`}`,
      `${plural(anomalies, 'anomaly', 'anomalies')}${kinds === '' ? '' : ` (${kinds})`}`,
      ...(this.#unreadable === 0 ? [] : [`${plural(this.#unreadable, 'line')} that can't be read`]),
    ].join(' · ')
  }
}

function whatItDid({ clientId, text, order, transitions }: Told): string {
  if (order === undefined) return text ?? ''
  const { event, from } = transitions[0]!
  const parts = [order.rootId]
  if (clientId !== undefined && clientId !== order.rootId) parts.push(`(${clientId})`)
  if (event.type === 'submit') parts.push(intentOf(order))
  else parts.push(event.type)
  for (const { effects } of transitions) {
    for (const effect of effects) {
      if (effect.kind !== 'executed') continue
      const { quantity, price } = effect.execution
      parts.push(price === undefined ? quantity : `${quantity} @ ${price}`)
    }
  }
  const change = from === undefined || from === order.status ? order.status : `${from} → ${order.status}`
  parts.push(` ${change}, cumulative ${order.cumulativeQuantity}, leaves ${order.leavesQuantity ?? '?'}`)
  return parts.join(' ')
}

function timeOfDay(time: number): string {
  return new Date(time).toISOString().slice(11, 23)
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
