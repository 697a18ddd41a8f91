import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  Observable,
  ObservableCallback,
  ObservableResult,
} from '@opentelemetry/api'
import type { ObservationAnswer } from '../channel/messages.js'
import type { Stream } from './stream.js'

/** A callback that keeps everything else in the loop waiting for longer is told of. */
const SLOW_MS = 100
/** One that was late last time isn't waited for much longer than this. */
const IMPATIENT_MS = 100

/** An instrument whose values are asked for before each collection. */
export class ObservableInstrument implements Observable {
  readonly name: string
  readonly #streams: readonly Stream[]
  readonly #registry: ObservableRegistry
  readonly callbacks = new Map<ObservableCallback, Callback>()

  constructor(name: string, streams: readonly Stream[], registry: ObservableRegistry) {
    this.name = name
    this.#streams = streams
    this.#registry = registry
  }

  addCallback(callback: ObservableCallback): void {
    if (typeof callback !== 'function') return
    if (!this.callbacks.has(callback)) this.callbacks.set(callback, new Callback())
    this.#registry.track(this)
  }

  removeCallback(callback: ObservableCallback): void {
    this.callbacks.delete(callback)
  }

  /** By which the reader knows its streams. */
  get ids(): readonly number[] {
    return this.#streams.map(({ id }) => id)
  }

  /** Takes a value over for the collection that is under way. */
  observe(value: number, attributes: Attributes | undefined, collection: number): void {
    for (const stream of this.#streams) {
      const series = stream.find(attributes)
      series.observe(value)
      series.markObserved(collection)
    }
  }
}

/** Runs the callbacks of all observable instruments of a thread. */
export class ObservableRegistry {
  readonly #instruments = new Set<ObservableInstrument>()
  readonly #batches = new Map<BatchObservableCallback, Batch>()
  readonly #onFirst: () => void
  #announced = false

  /** `onFirst`: the reader has to be told that it must ask from now on. */
  constructor(onFirst: () => void) {
    this.#onFirst = onFirst
  }

  track(instrument: ObservableInstrument): void {
    this.#instruments.add(instrument)
    this.#announce()
  }

  addBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const ours = observables.filter(observable => observable instanceof ObservableInstrument)
    if (typeof callback !== 'function' || ours.length === 0) return
    const batch = this.#batches.get(callback) ?? { instruments: new Set(), state: new Callback() }
    for (const observable of ours) batch.instruments.add(observable)
    this.#batches.set(callback, batch)
    this.#announce()
  }

  removeBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const known = this.#batches.get(callback)?.instruments
    if (known === undefined) return
    for (const observable of observables) known.delete(observable as ObservableInstrument)
    if (known.size === 0) this.#batches.delete(callback)
  }

  /**
   * Asks every callback, all at once, and resolves when all have answered or `withinMs` are over. One that is still at
   * work then isn't called again before it has answered: the others are.
   */
  async observe(collection: number, withinMs = Number.POSITIVE_INFINITY): Promise<ObservationAnswer> {
    const failed: Failed = []
    const asked: Asked[] = []
    const ask = (state: Callback, instruments: readonly ObservableInstrument[], call: () => void | Promise<void>) => {
      const name = instruments.map(instrument => instrument.name).join(', ')
      asked.push({ state, instruments, name })
      if (!state.isRunning) state.run(call, collection, type => failed.push({ instrument: name, type }))
    }
    for (const instrument of this.#instruments) {
      const result: ObservableResult = {
        observe: (value, attributes) => instrument.observe(value, attributes, collection),
      }
      for (const [callback, state] of instrument.callbacks) ask(state, [instrument], () => callback(result))
    }
    for (const [callback, { instruments, state }] of this.#batches) {
      const result: BatchObservableResult = {
        observe: (observable, value, attributes) => {
          if (instruments.has(observable as ObservableInstrument)) {
            ;(observable as ObservableInstrument).observe(value, attributes, collection)
          }
        },
      }
      ask(state, [...instruments], () => callback(result))
    }
    await Promise.all([
      settled(
        asked.filter(({ state }) => !state.wasLate).map(({ state }) => state.running),
        withinMs,
      ),
      settled(
        asked.filter(({ state }) => state.wasLate).map(({ state }) => state.running),
        Math.min(withinMs, IMPATIENT_MS),
      ),
    ])
    return answerOf(asked, failed)
  }

  #announce(): void {
    if (this.#announced) return
    this.#announced = true
    this.#onFirst()
  }
}

interface Batch {
  readonly instruments: Set<ObservableInstrument>
  readonly state: Callback
}

interface Asked {
  readonly state: Callback
  readonly instruments: readonly ObservableInstrument[]
  readonly name: string
}

type Failed = ObservationAnswer['failed'][number][]

/** How a callback fares. */
class Callback {
  /** The collection that it has answered last. */
  answered = 0
  wasLate = false
  running: Promise<void> | undefined

  get isRunning(): boolean {
    return this.running !== undefined
  }

  run(call: () => void | Promise<void>, collection: number, onFailure: (type: 'exception' | 'slow') => void): void {
    const started = performance.now()
    const work = (async () => call())()
    if (performance.now() - started > SLOW_MS) onFailure('slow')
    this.running = work
      .then(
        () => {
          this.answered = collection
        },
        () => onFailure('exception'),
      )
      .finally(() => {
        this.running = undefined
      })
  }
}

/** When all have ended, or the time is over. */
async function settled(running: readonly (Promise<void> | undefined)[], withinMs: number): Promise<void> {
  const all = Promise.all(running)
  if (withinMs === Number.POSITIVE_INFINITY) {
    await all
    return
  }
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>(resolve => {
    timer = setTimeout(resolve, withinMs)
    timer.unref()
  })
  await Promise.race([all, over])
  clearTimeout(timer)
}

function answerOf(asked: readonly Asked[], failed: Failed): ObservationAnswer {
  const late = new Map<number, number>()
  for (const { state, instruments, name } of asked) {
    state.wasLate = state.isRunning
    if (!state.isRunning) continue
    failed.push({ instrument: name, type: 'timeout' })
    for (const id of instruments.flatMap(({ ids }) => ids)) {
      late.set(id, Math.min(late.get(id) ?? state.answered, state.answered))
    }
  }
  return { failed, late: [...late].map(([instrument, answered]) => ({ instrument, answered })) }
}
