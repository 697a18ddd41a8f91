import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  Observable,
  ObservableCallback,
  ObservableResult,
} from '@opentelemetry/api'
import type { Stream } from './stream.js'

/** An instrument whose values are asked for before each collection. */
export class ObservableInstrument implements Observable {
  readonly name: string
  readonly #streams: readonly Stream[]
  readonly #registry: ObservableRegistry
  readonly callbacks = new Set<ObservableCallback>()

  constructor(name: string, streams: readonly Stream[], registry: ObservableRegistry) {
    this.name = name
    this.#streams = streams
    this.#registry = registry
  }

  addCallback(callback: ObservableCallback): void {
    if (typeof callback !== 'function') return
    this.callbacks.add(callback)
    this.#registry.track(this)
  }

  removeCallback(callback: ObservableCallback): void {
    this.callbacks.delete(callback)
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
  readonly #batches = new Map<BatchObservableCallback, Set<ObservableInstrument>>()
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
    const known = this.#batches.get(callback) ?? new Set()
    for (const observable of ours) known.add(observable)
    this.#batches.set(callback, known)
    this.#announce()
  }

  removeBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const known = this.#batches.get(callback)
    if (known === undefined) return
    for (const observable of observables) known.delete(observable as ObservableInstrument)
    if (known.size === 0) this.#batches.delete(callback)
  }

  /**
   * Asks every callback, all at once; resolves when all have answered, with the names of the instruments whose
   * callback failed. One that never answers keeps this from resolving: the caller has a time-out.
   */
  async observe(collection: number): Promise<string[]> {
    const failed: string[] = []
    const running: Promise<void>[] = []
    for (const instrument of this.#instruments) {
      const result: ObservableResult = {
        observe: (value, attributes) => instrument.observe(value, attributes, collection),
      }
      for (const callback of instrument.callbacks) running.push(run(() => callback(result), instrument.name, failed))
    }
    for (const [callback, instruments] of this.#batches) {
      const result: BatchObservableResult = {
        observe: (observable, value, attributes) => {
          if (instruments.has(observable as ObservableInstrument)) {
            ;(observable as ObservableInstrument).observe(value, attributes, collection)
          }
        },
      }
      const names = [...instruments].map(instrument => instrument.name).join(', ')
      running.push(run(() => callback(result), names, failed))
    }
    await Promise.all(running)
    return failed
  }

  #announce(): void {
    if (this.#announced) return
    this.#announced = true
    this.#onFirst()
  }
}

async function run(callback: () => void | Promise<void>, name: string, failed: string[]): Promise<void> {
  try {
    await callback()
  } catch {
    failed.push(name)
  }
}
