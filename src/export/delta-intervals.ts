import type { WriterState } from './writer-state.js'

/** Long enough for what a writer has begun to be seen by all (stores reach other cores within microseconds). */
const SETTLE_MS = 1

/** One collection of the delta reader: from the end of the one before until its own end. */
export interface DeltaCollection {
  readonly number: number
  /** It was collected before and no collector took it: the same is told again, with the same times. */
  readonly isRepeated: boolean
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
    if (!isRepeated) {
      // before any writer begins its next interval, so that no measurement of this one comes after its end; one that
      // was interrupted half-way begins anew with a later end, as nothing of it went out
      main.setEndTime(number, Math.max(Date.now(), number === 1 ? 0 : main.endTime(number - 1)))
      for (const { control } of this.#writers.values()) control.intervals.endInterval(number)
      await new Promise(resolve => setTimeout(resolve, SETTLE_MS))
    }
    this.#current = { number, isRepeated, endTime: main.endTime(number) }
    return this.#current
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

  /** Whether this writer takes part in the collection; one that came while it was repeated is read in the next. */
  includes({ control }: WriterState, collection: DeltaCollection): boolean {
    const { firstCollection } = control.intervals
    return firstCollection !== 0 && firstCollection <= collection.number
  }

  /** Whether a block that was written in this epoch belongs to the interval that the collection ended. */
  isOfInterval({ control }: WriterState, epoch: number, { number }: DeltaCollection): boolean {
    return epoch >> 1 === number - 1 || (epoch === 0 && control.intervals.firstCollection === number)
  }

  /** Milliseconds since 1970 at which the interval of this writer began. */
  startTime(writer: WriterState, { number }: DeltaCollection): number {
    if (writer.control.intervals.firstCollection === number) return writer.startTime
    return this.#writers.get(0)!.control.intervals.endTime(number - 1)
  }
}
