import { writeSync } from 'node:fs'
import type { OrderProjection, Transition } from './transition.js'

const INTERVAL_MS = 60_000

/**
 * Says on stderr, at most once a minute, what was wrong with an event that the application told: it is counted as
 * an anomaly all the same, but whoever wrote the call should not have to look for it there.
 */
export class InvalidEventNotice implements OrderProjection {
  readonly #say: (sentence: string) => void
  readonly #clock: () => number
  #nextTime = Number.NEGATIVE_INFINITY

  constructor(say: (sentence: string) => void = writeToStderr, clock: () => number = () => performance.now()) {
    this.#say = say
    this.#clock = clock
  }

  onTransition({ anomalies }: Transition): void {
    if (anomalies.length === 0) return
    const invalid = anomalies.find(({ kind }) => kind === 'invalid_event')
    if (invalid === undefined) return
    const time = this.#clock()
    if (time < this.#nextTime) return
    this.#nextTime = time + INTERVAL_MS
    this.#say(
      `orderscope: orders.apply: ${invalid.message}; counted as trading.order.anomalies{kind="invalid_event"}, said at most once a minute\n`,
    )
  }
}

/** Never the host's stdout; and a stderr that is closed or full is nobody's error. */
function writeToStderr(sentence: string): void {
  try {
    writeSync(2, sentence)
  } catch {
    // nobody is there to read it
  }
}
