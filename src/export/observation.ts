import type { ReaderMessage } from '../channel/messages.js'
import type { WriterState } from './writer-state.js'

/** A writer that didn't answer last time isn't waited for much longer than this. */
const IMPATIENT_MS = 100

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
  readonly #failures = new Map<string, number>()
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

  /** How often a callback threw, by instrument. */
  get failures(): ReadonlyMap<string, number> {
    return this.#failures
  }

  /** Series of this writer that carry at least this number are shown. */
  shownFrom(writer: number): number {
    return this.#answered.get(writer) ?? 1
  }

  /** Resolves when all have answered or the time is over. Collections at the same time share one round. */
  refresh(): Promise<void> {
    this.#round ??= this.#run().finally(() => {
      this.#round = undefined
    })
    return this.#round
  }

  answer(writer: number, collection: number, failed: readonly string[]): void {
    if (collection < (this.#answered.get(writer) ?? 0)) return
    this.#answered.set(writer, collection)
    for (const name of failed) this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1)
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
      this.#ask({ kind: 'observe', collection })
    })
    this.#wasLate = !isComplete()
    if (!this.#wasLate) this.#completedAt = performance.now()
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
