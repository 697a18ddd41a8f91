import type { AttributeDefinition } from './attributes.js'
import { briefMistake, nameMistake, unitMistake } from './conventions.js'
import type { MetricDefinition } from './metric-definition.js'
import { prometheusName } from './prometheus-name.js'
import type { SpanDefinition } from './spans.js'

/*
 * What is wrong with a definition, each mistake as the end of a sentence that begins with its name: the same rules
 * for the catalog, which a test checks, and for an application's own definitions, which are checked when they are
 * made.
 */

type Attributes = Readonly<Record<string, AttributeDefinition>>

const metricKinds = ['counter', 'up_down_counter', 'gauge', 'histogram']
const spanKinds = ['internal', 'client', 'producer', 'consumer', 'server']
const attributeTypes = ['string', 'int', 'double', 'boolean']
const labelRules = ['yes', 'capped', 'never']
const requirements = ['required', 'recommended']

export function attributeMistakes(name: string, definition: AttributeDefinition): string[] {
  if (!isObject(definition)) return [`is ${String(definition)}; write { type, brief, metricLabel }`]
  const values = definition.values ?? []
  return [
    ...commonMistakes(name, definition.brief),
    ...oneOf('type', definition.type, attributeTypes),
    ...oneOf('metricLabel', definition.metricLabel, labelRules),
    ...values
      .filter(value => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(String(value)))
      .map(value => `lists the value "${value}", which is not in snake_case`),
    ...repeated(values).map(value => `lists the value "${value}" twice`),
  ]
}

/** Identifiers, quantities, prices and free text are known by their names. */
export function labelMistakes(name: string, { metricLabel }: AttributeDefinition): string[] {
  if (metricLabel === 'never' || !/(^|[._])(id|quantity|price|text)$/.test(name)) return []
  return [
    "is an identifier, a quantity, a price or free text, and as a label it makes a new series for every value; write metricLabel: 'never'",
  ]
}

/** @param attributes every attribute that a metric may refer to */
export function metricMistakes(name: string, definition: MetricDefinition<string>, attributes: Attributes): string[] {
  if (!isObject(definition)) return [`is ${String(definition)}; write { kind, unit, brief, attributes }`]
  const { kind, unit, buckets } = definition
  const references = Object.keys(Object(definition.attributes))
  const labels = references.map(reference => reference.replaceAll('.', '_'))
  const unitWrong = unitMistake(String(unit))
  return [
    ...commonMistakes(name, definition.brief),
    ...oneOf('kind', kind, metricKinds),
    ...(unitWrong === undefined ? [] : [`has the unit "${unit}": ${unitWrong}`]),
    ...(definition.integer === true && unit === 's' ? ['counts seconds in whole numbers'] : []),
    ...bucketMistakes(kind, buckets),
    ...referenceMistakes(definition.attributes, attributes),
    ...references
      .filter(reference => attributes[reference]?.metricLabel === 'never')
      .map(reference => `has the attribute ${reference}, which is never a label; it belongs on a span`),
    ...repeated(labels).map(label => `has two attributes that are the label ${label} in Prometheus`),
  ]
}

/** @param attributes every attribute that a span may refer to */
export function spanMistakes(name: string, definition: SpanDefinition<string>, attributes: Attributes): string[] {
  if (!isObject(definition)) return [`is ${String(definition)}; write { kind, brief, attributes }`]
  return [
    ...commonMistakes(name, definition.brief),
    ...oneOf('kind', definition.kind, spanKinds),
    ...referenceMistakes(definition.attributes, attributes),
  ]
}

/** The names that a metric takes in Prometheus: of its family and of its samples. */
export function prometheusNames(name: string, { unit, kind }: Pick<MetricDefinition, 'unit' | 'kind'>): string[] {
  const base = prometheusName(name, unit, kind)
  if (base === undefined) return []
  const samples = kind === 'histogram' ? ['_bucket', '_sum', '_count'].map(end => `${base.name}${end}`) : []
  return [...new Set([base.name, base.family, ...samples])]
}

function commonMistakes(name: string, brief: unknown): string[] {
  const nameWrong = nameMistake(name)
  const briefWrong = typeof brief === 'string' ? briefMistake(brief) : 'no brief'
  return [
    ...(nameWrong === undefined ? [] : [`is no name: ${nameWrong}`]),
    ...(briefWrong === undefined ? [] : [`has ${briefWrong}; write one sentence as its brief, with a full stop`]),
  ]
}

function bucketMistakes(kind: string, buckets: readonly number[] | undefined): string[] {
  if (kind !== 'histogram') return buckets === undefined ? [] : [`has buckets, but is a ${kind}`]
  if (!Array.isArray(buckets) || buckets.length === 0)
    return ['is a histogram without buckets; write their upper bounds, such as buckets: [0.001, 0.01, 0.1, 1]']
  return buckets.every((bound, i) => Number.isFinite(bound) && (i === 0 || bound > buckets[i - 1]!))
    ? []
    : ['has buckets that are not finite numbers in ascending order']
}

function referenceMistakes(references: unknown, attributes: Attributes): string[] {
  if (!isObject(references)) return ['has no attributes; write attributes: {} if it needs none']
  return Object.entries(references).flatMap(([reference, requirement]) =>
    Object.hasOwn(attributes, reference)
      ? oneOf(`attribute ${reference}`, requirement, requirements)
      : [`refers to the attribute ${reference}, which there is not; define it with defineAttributes`],
  )
}

function oneOf(what: string, value: unknown, values: readonly string[]): string[] {
  if (values.includes(value as string)) return []
  return [`has ${value === undefined ? `no ${what}` : `the ${what} "${String(value)}"`}; write ${values.join(', ')}`]
}

function repeated(values: readonly string[]): string[] {
  return values.filter((value, i) => values.indexOf(value) !== i)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
