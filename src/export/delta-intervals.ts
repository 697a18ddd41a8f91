import type { WriterState } from './writer-state.js'

/** Long enough for what a writer has begun to be seen by all (stores reach other cores within microseconds). */
const SETTLE_MS = 1
/** Much longer than a message takes between two threads that run. */
const DESCRIBED_WITHIN_MS = 100

/** One collection of the delta reader: from the end of the one before until its own end. */
export interface DeltaCollection {
  readonly number: number
  /** It was collected before and no collector took it: the same is told again, with the same times. */
  readonly isRepeated: boolean
  /** It ended before it was asked for: it is repeated, or a thread that died had begun it. More has been recorded since. */
  readonly isOld: boolean
  /** By the monotonic clock: nothing that was recorded before is missing from it. Of an old one nobody knows when that was. */
  readonly begunAt: number
  /** Milliseconds since 1970. */
  readonly endTime: number
}

/**
 * The intervals of the delta reader. One is told until a collector takes it or refuses it for good, and only then the
 * next is looked at, which began where this one ended: what can't be delivered makes the next interval longer and
 * loses nothing. All of it stands in shared memory, so a telemetry thread that is started again goes on with it.
 */
export class DeltaIntervals {
  readonly #writers: ReadonlyMap<number, WriterState>
  #current: DeltaCollection | undefined

  constructor(writers: ReadonlyMap<number, WriterState>) {
    this.#writers = writers
  }

  /** The collection under way. */
  get current(): DeltaCollection | undefined {
    return this.#current
  }

  /** Begins a collection, or takes up the one that wasn't taken; `undefined` while there is no writer. */
  async begin(): Promise<DeltaCollection | undefined> {
    const main = this.#writers.get(0)?.control.intervals
    if (main === undefined) return undefined
    const number = main.committed + 1
    const isRepeated = main.collected === number
    const isOld = isRepeated || [...this.#writers.values()].some(({ control }) => control.intervals.takesPartIn(number))
    const begunAt = isOld ? Number.NEGATIVE_INFINITY : performance.now()
    if (!isRepeated) {
      // before any writer begins its next interval, so that no measurement of this one comes after its end; one that
      // was interrupted half-way begins anew with a later end, as nothing of it went out
      main.setEndTime(number, Math.max(Date.now(), number === 1 ? 0 : main.endTime(number - 1)))
      for (const { control, isDescribed } of this.#writers.values()) {
        // what is recorded in a series that isn't known yet would be in an interval that nobody reads: its writer's goes on
        if (isDescribed) control.intervals.endInterval(number, main.endTime(number))
      }
      // what a writer has described at that very moment is on its way
      const until = performance.now() + DESCRIBED_WITHIN_MS
      do await new Promise(resolve => setTimeout(resolve, SETTLE_MS))
      while (this.#waitsFor(number) && performance.now() < until)
    }
    this.#current = { number, isRepeated, isOld, begunAt, endTime: main.endTime(number) }
    return this.#current
  }

  /** Whether a writer takes part of which not everything can be read yet. */
  #waitsFor(collection: number): boolean {
    return [...this.#writers.values()].some(
      ({ control, isDescribed }) => !isDescribed && control.intervals.takesPartIn(collection),
    )
  }

  /** Everything of the collection has been read: from now on it is told as it is. */
  collected({ number }: DeltaCollection): void {
    const main = this.#writers.get(0)!.control.intervals
    if (main.collected < number) main.collected = number
  }

  /** A collector took it, or refused it for good. */
  commit({ number }: DeltaCollection): void {
    const main = this.#writers.get(0)!.control.intervals
    if (main.committed < number) main.committed = number
  }

  /** Whether the collection under way needn't be told again. */
  get isTaken(): boolean {
    const main = this.#writers.get(0)?.control.intervals
    return main !== undefined && this.#current !== undefined && main.committed >= this.#current.number
  }

  /** Milliseconds since 1970 at which the collection before ended. */
  startTime({ number }: DeltaCollection): number {
    const main = this.#writers.get(0)!
    return number === 1 ? main.startTime : main.control.intervals.endTime(number - 1)
  }
}
