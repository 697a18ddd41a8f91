import type { AnomalyKind, OrderEvent } from '../../order/event.js'
import { createFixConverter } from '../../order/fix/fix-converter.js'
import { parseFixTime } from '../../order/fix/fix-time.js'
import { createTracker, type Tracker } from '../../order/tracker.js'
import type { Order, Transition } from '../../order/transition.js'
import type { LogEntry } from './log-entry.js'
import { messageName } from './message-names.js'
import { orderFields } from './order-fields.js'
import { Sessions, UNNAMED_VENUE } from './sessions.js'
import { validTime } from './valid-time.js'

/** Orders of one log that are followed at once, about 3 KB each; beyond it the oldest finished ones are forgotten. */
const MAXIMUM_ORDERS = 250_000
const MAXIMUM_EXECUTIONS = 1_000_000
const MAXIMUM_REQUESTS = 100_000

/** What one message of a log did. */
export interface Told {
  readonly line: number
  /** What it is called: NewOrderSingle, or the type of an event. */
  readonly name: string
  /** Of a FIX message. */
  readonly fields: ReadonlyMap<number, string> | undefined
  /** The client id that it names. */
  readonly clientId: string | undefined
  readonly text: string | undefined
  /** It says that it was told before. */
  readonly resent: boolean
  /**
   * Milliseconds since 1970: SendingTime (52), else the time stamp of the log, or that of an event; `undefined` when
   * none was told yet.
   */
  readonly time: number | undefined
  /** `undefined` for messages that belong to no order. */
  readonly order: Order | undefined
  /** One for each event of the message. */
  readonly transitions: readonly Transition[]
  /** What became of other orders by it: they were forgotten for room, or turned out to be one. */
  readonly pending: readonly Transition[]
  /** Orders that are not followed any longer; `as`: it turned out to be that other one. */
  readonly forgotten: readonly { readonly order: Order; readonly as: Order | undefined }[]
  /** Kinds of the anomalies of this message, each once. */
  readonly anomalies: readonly AnomalyKind[]
}

/** Applies the messages, or the events, of a log, in its order, to orders. */
export class Replayer {
  #time: number | undefined = undefined
  readonly #sessions = new Sessions()
  readonly #converter = createFixConverter({ maximumRequests: MAXIMUM_REQUESTS })
  readonly #tracker: Tracker

  constructor(maximumOrders = MAXIMUM_ORDERS) {
    this.#tracker = createTracker({
      venue: UNNAMED_VENUE,
      maximumOrders,
      maximumExecutions: MAXIMUM_EXECUTIONS,
      clock: () => this.#time ?? 0,
    })
  }

  /** The newest time of the log so far. */
  get time(): number | undefined {
    return this.#time
  }

  apply(entry: Exclude<LogEntry, { kind: 'unreadable' }>): Told {
    return entry.kind === 'message' ? this.#message(entry) : this.#event(entry)
  }

  #message({ line, message, logTime }: Extract<LogEntry, { kind: 'message' }>): Told {
    const fields = orderFields(message)
    this.#time = validTime(parseFixTime(fields.get(52))) ?? validTime(parseFixTime(logTime)) ?? this.#time
    const venue = this.#sessions.nameOf(fields)
    const events = this.#converter.toOrderEvents(fields, { time: this.#time ?? 0 })
    const own: Transition[] = []
    for (const event of events) {
      // made for us only
      ;(event as { venue?: string }).venue = venue
      const transition = this.#tracker.apply(event)
      own.push(transition)
      // what was refused has no second part: a submission that is none was not sent
      if (transition.order === undefined) break
    }
    const name = messageName(fields.get(35) ?? '')
    const resent = fields.get(43) === 'Y'
    return this.#told({ line, name, fields, clientId: fields.get(11), text: fields.get(58), resent }, own)
  }

  #event({ line, event }: Extract<LogEntry, { kind: 'event' }>): Told {
    const time = validTime(event.time)
    this.#time = time ?? validTime(event.venueTime) ?? this.#time
    const { sequence, clientId, text } = event as { readonly [Name in keyof OrderEvent]?: unknown }
    const transition = this.#tracker.apply({
      ...event,
      // what is no time is told as an anomaly
      time: time ?? ((event.time ?? undefined) === undefined ? (this.#time ?? 0) : Number.NaN),
      // JSON has no bigint
      ...(typeof sequence === 'string' && /^[0-9]{1,20}$/.test(sequence) ? { sequence: BigInt(sequence) } : {}),
    })
    return this.#told(
      {
        line,
        name: event.type,
        fields: undefined,
        clientId: typeof clientId === 'string' ? clientId : undefined,
        text: typeof text === 'string' ? text : undefined,
        resent: event.possibleDuplicate === true,
      },
      [transition],
    )
  }

  #told(
    said: Pick<Told, 'line' | 'name' | 'fields' | 'clientId' | 'text' | 'resent'>,
    transitions: readonly Transition[],
  ): Told {
    const pending = this.#tracker.hasPending ? this.#tracker.takePending() : NOTHING
    return {
      line: said.line,
      name: said.name,
      fields: said.fields,
      clientId: said.clientId,
      text: said.text,
      resent: said.resent,
      time: this.#time,
      order: transitions.findLast(transition => transition.order !== undefined)?.order,
      transitions,
      pending,
      forgotten: pending.length === 0 ? NOTHING : this.#forgotten(pending),
      anomalies: kindsOf(transitions),
    }
  }

  #forgotten(pending: readonly Transition[]): Told['forgotten'] {
    return pending.flatMap(({ order, effects }) => {
      if (order === undefined || !effects.some(effect => effect.kind === 'forgotten')) return []
      const other = this.#tracker.get(order.rootId)
      return [{ order, as: other === order ? undefined : other }]
    })
  }
}

const NOTHING: readonly never[] = []

function kindsOf(transitions: readonly Transition[]): readonly AnomalyKind[] {
  // hardly any message has one
  if (transitions.every(({ anomalies }) => anomalies.length === 0)) return NOTHING
  return [...new Set(transitions.flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind)))]
}
