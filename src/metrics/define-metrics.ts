import { type Attributes, createNoopMeter, diag, metrics as metricsApi } from '@opentelemetry/api'
import type { MetricDefinition } from '../catalog/metric-definition.js'
import {
  type CheckedMetrics,
  checkMetrics,
  type OwnAttributes,
  type OwnAttributesOf,
  withDefinitions,
} from '../catalog/own-definitions.js'
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
   * follows when another provider is registered.
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

  add(...update: Parameters<BoundSeries['add']>): void {
    if (this.#epoch !== providerEpoch.value) this.#resolve()
    this.#series?.add(...update)
  }

  record(...update: Parameters<BoundSeries['record']>): void {
    this.add(...update)
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

/**
 * What the types would have refused in TypeScript: an attribute that the metric has not is left out, since it may
 * be an identifier, and what is missing or not in its list is told where OpenTelemetry's diagnostics go.
 */
function labelsOf(
  name: string,
  { attributes }: MetricDefinition<string>,
  given: object,
  own: OwnAttributes,
): Attributes {
  const labels: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given ?? {})) {
    if (value === undefined) continue
    if (Object.hasOwn(attributes, key)) labels[key] = value
    else diag.error(`orderscope: ${name} has no attribute ${key}, which is left out; add it to its definition`)
    const values = own[key]?.values
    if (values !== undefined && !values.includes(value as string))
      diag.error(`orderscope: ${name}: ${key} is "${String(value)}"; its values are ${values.join(', ')}`)
  }
  const missing = Object.keys(attributes).filter(key => attributes[key] === 'required' && labels[key] === undefined)
  if (missing.length > 0) diag.error(`orderscope: ${name} was bound without ${missing.join(' and ')}`)
  return labels as Attributes
}

function scopeOf(scope: unknown): string {
  if (scope === undefined) return 'application'
  if (typeof scope === 'string' && scope !== '') return scope
  throw new TypeError(`orderscope: defineMetrics: scope is ${String(scope)}; write a name such as 'acme'`)
}
