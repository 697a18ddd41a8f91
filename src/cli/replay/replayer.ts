import type { AnomalyKind } from '../../order/event.js'
import { createFixConverter } from '../../order/fix/fix-converter.js'
import { parseFixTime } from '../../order/fix/fix-time.js'
import { createTracker, type Tracker } from '../../order/tracker.js'
import type { Order, Transition } from '../../order/transition.js'
import type { LogEntry } from './log-scanner.js'
import { orderFields } from './order-fields.js'
import { Sessions, UNNAMED_VENUE } from './sessions.js'

/** Orders of one log that are followed at once, about 3 KB each; beyond it the oldest finished ones are forgotten. */
const MAXIMUM_ORDERS = 250_000
const MAXIMUM_EXECUTIONS = 1_000_000
const MAXIMUM_REQUESTS = 100_000

/** What one message of a log did. */
export interface Told {
  readonly line: number
  readonly fields: ReadonlyMap<number, string>
  /** Milliseconds since 1970: SendingTime (52), else the time stamp of the log; `undefined` when no message had one yet. */
  readonly time: number | undefined
  /** `undefined` for messages that belong to no order. */
  readonly order: Order | undefined
  /** One for each event of the message. */
  readonly transitions: readonly Transition[]
  /** Orders that are not followed any longer; `as`: it turned out to be that other one. */
  readonly forgotten: readonly { readonly order: Order; readonly as: Order | undefined }[]
  /** Kinds of the anomalies of this message, each once. */
  readonly anomalies: readonly AnomalyKind[]
}

/** Applies the messages of a log, in its order, to orders. */
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

  apply({ line, message, logTime }: Extract<LogEntry, { kind: 'message' }>): Told {
    const fields = orderFields(message)
    const time = parseFixTime(fields.get(52)) ?? parseFixTime(logTime)
    this.#time = time ?? this.#time
    const venue = this.#sessions.nameOf(fields)
    const events = this.#converter.toOrderEvents(fields, { time: this.#time ?? 0 })
    const own: Transition[] = []
    for (const event of events) {
      const transition = this.#tracker.apply({ ...event, venue })
      own.push(transition)
      // what was refused has no second part: a submission that is none was not sent
      if (transition.order === undefined) break
    }
    const anomalies = new Set(own.flatMap(transition => transition.anomalies.map(anomaly => anomaly.kind)))
    return {
      line,
      fields,
      time: this.#time,
      order: own.findLast(transition => transition.order !== undefined)?.order,
      transitions: own,
      forgotten: this.#tracker.hasPending ? this.#forgotten() : [],
      anomalies: [...anomalies],
    }
  }

  #forgotten(): Told['forgotten'] {
    return this.#tracker.takePending().flatMap(({ order, effects }) => {
      if (order === undefined || !effects.some(effect => effect.kind === 'forgotten')) return []
      const other = this.#tracker.get(order.rootId)
      return [{ order, as: other === order ? undefined : other }]
    })
  }
}
