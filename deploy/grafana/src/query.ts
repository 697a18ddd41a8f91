import type { AttributeName, attributes } from '../../../src/catalog/attributes.js'
import { type MetricName, metrics } from '../../../src/catalog/metrics.js'
import { prometheusName } from '../../../src/catalog/prometheus-name.js'
import { filterVariables } from './variables.js'

type Attributes<Name extends MetricName> = keyof (typeof metrics)[Name]['attributes'] & AttributeName

/** Which series of a metric, and what of them is shown apart. Names other than those of the metric don't compile. */
export interface Selection<Name extends MetricName> {
  readonly by?: readonly Attributes<Name>[]
  /** Matchers of PromQL by attribute, such as `="rejected"` or `!=""`. */
  readonly where?: Readonly<Partial<Record<Attributes<Name>, string>>>
}

/** Label of an attribute in Prometheus. */
export function label(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_')
}

/** Per second, as counters and the counts of histograms go. */
export function rate<Name extends MetricName>(name: Name, selection: Selection<Name> = {}): string {
  return `sum${by(selection)} (rate(${series(name, selection)}[$__rate_interval]))`
}

/** How many over the time that is shown. */
export function total<Name extends MetricName>(name: Name, selection: Selection<Name> = {}): string {
  return `sum${by(selection)} (increase(${series(name, selection)}[$__range]))`
}

/** The change of what may fall, per second: quantities net of busts and corrections. */
export function change<Name extends MetricName>(name: Name, selection: Selection<Name> = {}): string {
  return `sum${by(selection)} (delta(${series(name, selection)}[$__rate_interval]))`
}

/** What a gauge or an up-down counter says now. */
export function now<Name extends MetricName>(
  aggregation: 'sum' | 'max' | 'min',
  name: Name,
  selection: Selection<Name> = {},
): string {
  return `${aggregation}${by(selection)} (${series(name, selection)})`
}

/** A quantile of a histogram, from 0 to 1. */
export function quantile<Name extends MetricName>(q: number, name: Name, selection: Selection<Name> = {}): string {
  const labels = ['le', ...(selection.by ?? []).map(label)].join(', ')
  return `histogram_quantile(${q}, sum by (${labels}) (rate(${series(name, selection, '_bucket')}[$__rate_interval])))`
}

/** The buckets of a histogram, for a heatmap. */
export function buckets<Name extends MetricName>(name: Name, selection: Selection<Name> = {}): string {
  return `sum by (le) (increase(${series(name, selection, '_bucket')}[$__rate_interval]))`
}

/** How many values a histogram has got per second. */
export function countRate<Name extends MetricName>(name: Name, selection: Selection<Name> = {}): string {
  return `sum${by(selection)} (rate(${series(name, selection, '_count')}[$__rate_interval]))`
}

/** 0 where there is nothing: what hasn't happened yet has no series. */
export function orZero(expression: string): string {
  return `${expression} or on() vector(0)`
}

/** A selector of the series of a metric, as far as the dashboard's filters let them through. */
function series<Name extends MetricName>(name: Name, selection: Selection<Name>, suffix = ''): string {
  const where: Readonly<Record<string, string | undefined>> = selection.where ?? {}
  const { kind, unit, attributes: own } = metrics[name]
  const filters = filterVariables
    .filter(({ attribute }) => attribute === undefined || attribute in own)
    .map(variable => `${variable.label}=~"$${variable.name}"`)
  const matchers = Object.entries(where).map(([attribute, matcher]) => label(attribute) + matcher)
  return `${prometheusName(name, unit, kind)!.name}${suffix}{${[...filters, ...matchers].join(', ')}}`
}

function by({ by: names = [] }: { readonly by?: readonly string[] }): string {
  return names.length === 0 ? '' : ` by (${names.map(label).join(', ')})`
}

/** A legend of labels: `{{trading_order_status}}`. */
export function legend(...names: readonly (keyof typeof attributes)[]): string {
  return names.map(name => `{{${label(name)}}}`).join(' · ')
}
