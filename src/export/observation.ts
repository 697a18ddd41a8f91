import type { ObservationAnswer, ObservationFailure, ReaderMessage } from '../channel/messages.js'
import type { WriterState } from './writer-state.js'

/** Failures of a callback. */
export interface CallbackFailures {
  readonly instrument: string
  readonly type: ObservationFailure
  count: number
}

/** Instruments whose failures are told apart. */
const MAXIMUM_FAILURES = 1000
/** A writer that didn't answer last time isn't waited for much longer than this. */
const IMPATIENT_MS = 100
/** A writer answers a little before the time is over, without the callbacks that take longer. */
const ANSWER_SHARE = 0.8

/**
 * Asks the threads that have observable instruments to run their callbacks, and waits for them, but not for ever:
 * then the values of last time are served, and their age grows.
 */
export class Observation {
  readonly #writers: ReadonlyMap<number, WriterState>
  readonly #ask: (message: ReaderMessage) => void
  readonly #timeoutMs: number
  readonly #isLoopHeld: () => boolean
  /** The latest collection that each writer has answered. */
  readonly #answered = new Map<number, number>()
  /** By writer: instruments that didn't take part in it, and the collection that they answered last. */
  readonly #late = new Map<number, ReadonlyMap<number, number>>()
  readonly #failures = new Map<string, CallbackFailures>()
  #collection = 0
  #round: Promise<void> | undefined
  #onAnswer: () => void = () => {}
  #wasLate = false
  #completedAt = performance.now()

  constructor(options: {
    readonly writers: ReadonlyMap<number, WriterState>
    readonly ask: (message: ReaderMessage) => void
    readonly timeoutMs: number
    /** Whether asking is in vain: nothing runs in the loop. */
    readonly isLoopHeld: () => boolean
  }) {
    this.#writers = options.writers
    this.#ask = options.ask
    this.#timeoutMs = options.timeoutMs
    this.#isLoopHeld = options.isLoopHeld
  }

  /** Seconds since all observables have answered; `undefined` where there are none. */
  get ageSeconds(): number | undefined {
    return this.#askedWriters().length === 0 ? undefined : (performance.now() - this.#completedAt) / 1000
  }

  /** How often callbacks failed, by instrument and kind. */
  get failures(): Iterable<CallbackFailures> {
    return this.#failures.values()
  }

  /** Series of this instrument that carry at least this number are shown. */
  shownFrom(writer: number, instrument: number): number {
    const late = this.#late.get(writer)?.get(instrument)
    return late === undefined ? (this.#answered.get(writer) ?? 1) : Math.max(1, late)
  }

  /** Resolves when all have answered or the time is over. Collections at the same time share one round. */
  refresh(): Promise<void> {
    this.#round ??= this.#run().finally(() => {
      this.#round = undefined
    })
    return this.#round
  }

  answer(writer: number, collection: number, { failed, late }: ObservationAnswer): void {
    if (collection < (this.#answered.get(writer) ?? 0)) return
    this.#answered.set(writer, collection)
    this.#late.set(writer, new Map(late.map(({ instrument, answered }) => [instrument, answered])))
    for (const { instrument, type } of failed) {
      const key = `${type} ${instrument}`
      const known = this.#failures.get(key)
      if (known !== undefined) known.count++
      // an application that makes new instruments for ever mustn't fill the memory
      else if (this.#failures.size < MAXIMUM_FAILURES) this.#failures.set(key, { instrument, type, count: 1 })
    }
    this.#onAnswer()
  }

  async #run(): Promise<void> {
    const writers = this.#askedWriters()
    if (writers.length === 0 || this.#isLoopHeld()) return
    this.#collection = this.#nextCollection()
    const collection = this.#collection
    const isComplete = () => writers.every(({ id }) => (this.#answered.get(id) ?? 0) >= collection)
    await new Promise<void>(resolve => {
      const finish = () => {
        clearTimeout(timer)
        this.#onAnswer = () => {}
        resolve()
      }
      const waitMs = this.#wasLate ? Math.min(IMPATIENT_MS, this.#timeoutMs) : this.#timeoutMs
      const timer = setTimeout(finish, waitMs)
      this.#onAnswer = () => {
        if (isComplete()) finish()
      }
      this.#ask({ kind: 'observe', collection, withinMs: waitMs * ANSWER_SHARE })
    })
    this.#wasLate = !isComplete()
    const hasAll = writers.every(({ id }) => (this.#late.get(id)?.size ?? 0) === 0)
    if (!this.#wasLate && hasAll) this.#completedAt = performance.now()
  }

  /** By the clock, so that a restarted reader goes on above the numbers that stand in shared memory. */
  #nextCollection(): number {
    const start = this.#writers.get(0)?.startTime ?? 0
    const tenths = start === 0 ? 0 : Math.floor((Date.now() - start) / 100)
    return Math.max(this.#collection + 1, tenths) & 0x7fffffff
  }

  #askedWriters(): WriterState[] {
    return [...this.#writers.values()].filter(writer => writer.hasObservables)
  }
}
