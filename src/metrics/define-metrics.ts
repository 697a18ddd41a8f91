import { type Attributes, createNoopMeter, metrics as metricsApi } from '@opentelemetry/api'
import { givenAttributeMistakes } from '../catalog/given-attributes.js'
import type { MetricDefinition } from '../catalog/metric-definition.js'
import {
  type CheckedMetrics,
  checkMetrics,
  type OwnAttributes,
  type OwnAttributesOf,
  withDefinitions,
} from '../catalog/own-definitions.js'
import { noticeOnce } from '../channel/notice.js'
import type { TraceRef } from '../channel/trace-ref.js'
import { type AnyInstrument, bind, createInstrument } from './bind.js'
import type { BoundSeries } from './instruments.js'
import { providerEpoch } from './provider-epoch.js'

type Definitions = Readonly<Record<string, MetricDefinition<string>>>

/** What `defineMetrics` needs to know beside the definitions. */
export interface DefineMetricsOptions<Own extends OwnAttributes = OwnAttributes> {
  /** Own attributes that the definitions refer to; those of the catalog are there anyhow. */
  readonly attributes?: Own
  /** Name of the instrumentation scope, which Prometheus shows as `otel_scope_name`. Default `application`. */
  readonly scope?: string
}

/** Metrics of an application's own. */
export interface DefinedMetrics<Metrics extends Definitions = Definitions, Own extends OwnAttributes = OwnAttributes> {
  /** As they were defined, for tools. */
  readonly definitions: Metrics
  /**
   * Resolves a series once, to be updated with `add` or `record`. It may be done before telemetry is started, and
   * follows when another provider is registered. An attribute that isn't in the definition is left out, and said on
   * stderr once.
   *
   * @throws {TypeError} for a name that isn't defined
   */
  bind<Name extends keyof Metrics & string>(
    name: Name,
    attributes: OwnAttributesOf<Metrics[Name]['attributes'], Own>,
  ): BoundSeries
}

/**
 * Defines metrics of an application's own in the form of the catalog: bound and checked like ours, printed by
 * `npx orderscope catalog FILE`.
 *
 * @throws {TypeError} for a definition that breaks a rule of the catalog; the message names all of them
 * @example
 * const metrics = defineMetrics({
 *   'acme.signals': { kind: 'counter', unit: '{signal}', brief: 'Signals that fired.', attributes: { 'trading.instrument.symbol': 'required' } },
 * })
 * metrics.bind('acme.signals', { 'trading.instrument.symbol': 'BTC/USDT' }).add(1)
 */
export function defineMetrics<
  const Metrics extends Definitions,
  const Own extends OwnAttributes = Record<never, never>,
>(
  definitions: Metrics & CheckedMetrics<Metrics, Own>,
  options: DefineMetricsOptions<Own> = {},
): DefinedMetrics<Metrics, Own> {
  const own: OwnAttributes = options.attributes ?? {}
  checkMetrics('defineMetrics', definitions, own)
  const scope = scopeOf(options.scope)
  const defined = Object.freeze({ ...definitions }) as Definitions
  return withDefinitions(
    {
      definitions: defined as Metrics,
      bind: (name: string, attributes: object) => {
        const definition = Object.hasOwn(defined, name) ? defined[name] : undefined
        if (definition === undefined)
          throw new TypeError(
            `orderscope: bind: no metric "${name}" was defined; there are ${Object.keys(defined).join(', ')}`,
          )
        return new DefinedSeries(scope, name, definition, labelsOf(name, definition, attributes, own))
      },
    } as DefinedMetrics<Metrics, Own>,
    { attributes: own, metrics: defined, spans: {} },
  )
}

/** A series of whichever meter provider is the global one. */
class DefinedSeries implements BoundSeries {
  readonly #scope: string
  readonly #name: string
  readonly #definition: MetricDefinition<string>
  readonly #attributes: Attributes
  #series: BoundSeries | undefined
  #epoch = -1

  constructor(scope: string, name: string, definition: MetricDefinition<string>, attributes: Attributes) {
    this.#scope = scope
    this.#name = name
    this.#definition = definition
    this.#attributes = attributes
    this.#resolve()
  }

  add(value: number, exemplar?: TraceRef, timeMs?: number): void {
    if (this.#epoch !== providerEpoch.value) this.#resolve()
    this.#series?.add(value, exemplar, timeMs)
  }

  record(value: number, exemplar?: TraceRef, timeMs?: number): void {
    this.add(value, exemplar, timeMs)
  }

  release(): void {
    this.#series?.release()
  }

  #resolve(): void {
    const meter = metricsApi.getMeterProvider().getMeter(this.#scope)
    // nobody listens yet: it is asked again with the next update
    this.#series = undefined
    if (meter instanceof NoopMeter) return
    this.#epoch = providerEpoch.value
    this.#series = bind(this.#instrument(meter), this.#attributes)
  }

  /** Two with the same name and definition are one to a meter. */
  #instrument(meter: Parameters<typeof createInstrument>[0]): AnyInstrument {
    return createInstrument(meter, this.#name, this.#definition)
  }
}

const NoopMeter = createNoopMeter().constructor as new () => object

/** What isn't in the definition is left out: it may be an identifier, of which each would be a series. */
function labelsOf(name: string, definition: MetricDefinition<string>, given: object, own: OwnAttributes): Attributes {
  for (const mistake of givenAttributeMistakes(name, definition.attributes, given, own)) noticeOnce(`bind: ${mistake}`)
  const entries = Object.entries(given ?? {})
  return Object.fromEntries(
    entries.filter(([key, value]) => value !== undefined && Object.hasOwn(definition.attributes, key)),
  )
}

function scopeOf(scope: unknown): string {
  if (scope === undefined) return 'application'
  if (typeof scope === 'string' && scope !== '') return scope
  throw new TypeError(`orderscope: defineMetrics: scope is ${String(scope)}; write a name such as 'acme'`)
}
