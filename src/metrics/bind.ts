import type {
  Attributes,
  Counter,
  Gauge,
  Histogram,
  Meter,
  ObservableCallback,
  UpDownCounter,
} from '@opentelemetry/api'
import { ValueType } from '@opentelemetry/api'
import type { MetricDefinition } from '../catalog/metric-definition.js'
import { type MetricAttributesOf, type MetricName, type MetricNameOf, metrics } from '../catalog/metrics.js'
import type { BindOptions, BoundSeries } from './instruments.js'
import { copyAttributes } from './series-attributes.js'

/** Any synchronous instrument of the API. */
export type AnyInstrument = Counter | UpDownCounter | Histogram | Gauge

/**
 * Resolves the series of `attributes` once. On a meter provider of ours it is a place in shared memory; on
 * anyone else's every update goes through `add` or `record` with the same frozen attributes, only slower.
 *
 * @example
 * const filled = bind(meter.createCounter('fills'), { side: 'buy' })
 * filled.add(1)
 */
export function bind(instrument: AnyInstrument, attributes: Attributes, options?: BindOptions): BoundSeries {
  const own = (instrument as Partial<{ bind(attributes: Attributes, options?: BindOptions): BoundSeries }>).bind
  return typeof own === 'function'
    ? own.call(instrument, attributes, options)
    : new ForeignSeries(instrument, attributes)
}

class ForeignSeries implements BoundSeries {
  readonly #instrument: AnyInstrument
  readonly #attributes: Attributes
  #isReleased = false

  constructor(instrument: AnyInstrument, attributes: Attributes) {
    this.#instrument = instrument
    this.#attributes = copyAttributes(attributes) as Attributes
  }

  add(value: number): void {
    // one NaN would poison a sum of upstream's for good
    if (typeof value !== 'number' || value - value !== 0 || this.#isReleased) return
    const instrument = this.#instrument
    if ('add' in instrument) instrument.add(value, this.#attributes)
    else instrument.record(value, this.#attributes)
  }

  record(value: number): void {
    this.add(value)
  }

  /** Upstream keeps a series for ever; nothing more is added to it. */
  release(): void {
    this.#isReleased = true
  }
}

/**
 * The instruments of the catalog on one meter, each made when its first series is bound.
 *
 * @example
 * const instruments = new CatalogInstruments(meter)
 * instruments.bind('trading.order.anomalies', { 'trading.venue.name': 'okx', 'trading.order.anomaly.kind': 'overfill' }).add(1)
 */
export class CatalogInstruments {
  readonly #meter: Meter
  readonly #instruments = new Map<MetricName, AnyInstrument>()

  constructor(meter: Meter) {
    this.#meter = meter
  }

  bind<Name extends MetricName>(name: Name, attributes: MetricAttributesOf<Name>): BoundSeries {
    let instrument = this.#instruments.get(name)
    if (instrument === undefined) {
      instrument = createInstrument(this.#meter, name, metrics[name])
      this.#instruments.set(name, instrument)
    }
    return bind(instrument, attributes as Attributes)
  }

  /**
   * A gauge whose values are asked for at each collection, and whose series end when they are no longer told.
   *
   * @returns ends it
   */
  observe<Name extends MetricNameOf<'gauge'>>(
    name: Name,
    tell: (observe: (value: number, attributes: MetricAttributesOf<Name>) => void) => void,
  ): () => void {
    const { unit, brief }: MetricDefinition = metrics[name]
    const gauge = this.#meter.createObservableGauge(name, { description: brief, unit })
    const callback: ObservableCallback = result =>
      tell((value, attributes) => result.observe(value, attributes as Attributes))
    gauge.addCallback(callback)
    return () => gauge.removeCallback(callback)
  }
}

const catalogs = new WeakMap<Meter, CatalogInstruments>()

/** The instruments of the catalog on `meter`: the same for the same meter. */
export function catalogInstruments(meter: Meter): CatalogInstruments {
  let instruments = catalogs.get(meter)
  if (instruments === undefined) {
    instruments = new CatalogInstruments(meter)
    catalogs.set(meter, instruments)
  }
  return instruments
}

/** An instrument as its definition has it. */
export function createInstrument(meter: Meter, name: string, definition: MetricDefinition<string>): AnyInstrument {
  const options = {
    description: definition.brief,
    unit: definition.unit,
    valueType: definition.integer === true ? ValueType.INT : ValueType.DOUBLE,
    ...(definition.buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...definition.buckets] } }),
  }
  switch (definition.kind) {
    case 'counter':
      return meter.createCounter(name, options)
    case 'up_down_counter':
      return meter.createUpDownCounter(name, options)
    case 'gauge':
      return meter.createGauge(name, options)
    case 'histogram':
      return meter.createHistogram(name, options)
  }
}
