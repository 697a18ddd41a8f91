import { diag, type MeterProvider, metrics as metricsApi } from '@opentelemetry/api'
import { modes } from '../catalog/attributes.js'
import type { MetricAttributesOf } from '../catalog/metrics.js'
import { type CatalogInstruments, catalogInstruments } from '../metrics/bind.js'
import type { BoundSeries } from '../metrics/instruments.js'
import { SCOPE_NAME, VERSION } from '../version.js'

/** What every recorder is told when it is made. */
export interface RecorderOptions {
  /** The venue that it is about, and its ISO 10383 code if it has one. */
  readonly venue: { readonly name: string; readonly mic?: string }
  /** Whether money is at stake; on every series, so that alerts can ask for `live`. */
  readonly mode?: (typeof modes)[number]
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider
}

/** Attributes of every series of a venue. */
export type Place = Pick<
  MetricAttributesOf<'trading.venue.bans'>,
  'trading.venue.name' | 'trading.venue.mic' | 'trading.mode'
>

/**
 * What the recorders of all domains share: their instruments, on whichever meter provider is the global one now.
 * Recorders are made at the top of modules, before telemetry is started, and outlive a shutdown; what hangs on
 * another provider is made anew.
 */
export abstract class Recorder {
  protected readonly place: Place
  /** Goes up when handles have to be bound anew. */
  protected generation = 0
  readonly #given: MeterProvider | undefined
  readonly #handles = new Map<string, BoundSeries>()
  #provider: MeterProvider | undefined
  #instruments: CatalogInstruments | undefined
  #observed: (() => void)[] = []

  constructor({ venue, mode, meterProvider }: RecorderOptions) {
    this.#given = meterProvider
    this.place = Object.freeze({
      'trading.venue.name': venue.name,
      ...(venue.mic === undefined ? {} : { 'trading.venue.mic': venue.mic }),
      ...(mode === undefined ? {} : { 'trading.mode': mode }),
    })
  }

  /** The instruments now; to be asked for before each use of a handle. */
  protected connect(): CatalogInstruments {
    const provider = this.#given ?? metricsApi.getMeterProvider()
    if (provider === this.#provider) return this.#instruments!
    for (const end of this.#observed) end()
    this.#observed = []
    this.#handles.clear()
    this.#provider = provider
    this.#instruments = catalogInstruments(provider.getMeter(SCOPE_NAME, VERSION))
    this.generation += 1
    this.#observed = this.observe(this.#instruments)
    this.restore()
    return this.#instruments
  }

  /** Registers what is asked for at each collection; returns what ends it. */
  protected observe(_instruments: CatalogInstruments): (() => void)[] {
    return []
  }

  /** Tells a new provider what holds since before. */
  protected restore(): void {}

  /** A handle by a key that names its attributes; bound at its first use. */
  protected handle(key: string, bind: (instruments: CatalogInstruments, place: Place) => BoundSeries): BoundSeries {
    const instruments = this.connect()
    let handle = this.#handles.get(key)
    if (handle === undefined) {
      handle = bind(instruments, this.place)
      this.#handles.set(key, handle)
    }
    return handle
  }

  /** Nothing of a recorder throws into the application, whichever meter provider it works with. */
  protected attempt(act: () => void): void {
    try {
      act()
    } catch (error) {
      diag.error('orderscope: recording failed', error)
    }
  }
}

/** @throws {TypeError} for a bad option, with what to write instead. */
export function checkRecorderOptions(maker: string, options: RecorderOptions): void {
  const name: unknown = options?.venue?.name
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`orderscope: ${maker} needs the venue's name; write { venue: { name: 'kraken' } }`)
  }
  const names = ['venue', 'mode', 'meterProvider']
  for (const option of Object.keys(options)) {
    if (names.includes(option)) continue
    throw new TypeError(`orderscope: ${maker} has no option "${option}"; there are ${names.join(', ')}`)
  }
  if (options.mode !== undefined && !(modes as readonly unknown[]).includes(options.mode)) {
    throw new TypeError(`orderscope: ${maker}: mode is "${options.mode}"; write ${modes.join(', ')}`)
  }
}
