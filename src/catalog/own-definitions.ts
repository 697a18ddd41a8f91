import { type AttributeDefinition, type AttributeName, type AttributeValueOf, attributes } from './attributes.js'
import { namespaceCollisions } from './conventions.js'
import {
  attributeMistakes,
  labelMistakes,
  metricMistakes,
  prometheusNames,
  spanMistakes,
} from './definition-mistakes.js'
import type { MetricDefinition, Requirement } from './metric-definition.js'
import { metrics } from './metrics.js'
import type { SpanDefinition } from './spans.js'

/** Attributes of an application's own, by name. */
export type OwnAttributes = Readonly<Record<string, AttributeDefinition>>

/** The values that an attribute may have, one of the application's own or one of the catalog. */
type ValueIn<Own extends OwnAttributes, Name> = Name extends keyof Own
  ? Own[Name] extends { readonly values: readonly (infer Value)[] }
    ? Value
    : { string: string; boolean: boolean; int: number; double: number }[Own[Name]['type']]
  : Name extends AttributeName
    ? AttributeValueOf<Name>
    : never

/** What a series or span of these attributes must carry and may carry. */
export type OwnAttributesOf<References, Own extends OwnAttributes> = keyof References extends never
  ? Readonly<Record<string, never>>
  : {
      readonly [Key in keyof References as References[Key] extends 'required' ? Key : never]: ValueIn<Own, Key>
    } & {
      readonly [Key in keyof References as References[Key] extends 'required' ? never : Key]?:
        | ValueIn<Own, Key>
        | undefined
    }

/** Attributes that may be labels: of the catalog and of the application's own. */
type LabelOf<Own extends OwnAttributes> =
  | { [Name in AttributeName]: (typeof attributes)[Name]['metricLabel'] extends 'never' ? never : Name }[AttributeName]
  | { [Name in keyof Own]: Own[Name]['metricLabel'] extends 'never' ? never : Name }[keyof Own]

/** Definitions that refer only to attributes there are; for metrics, to those that may be labels. */
export type CheckedMetrics<Definitions, Own extends OwnAttributes> = CheckedReferences<Definitions, LabelOf<Own>>
export type CheckedSpans<Definitions, Own extends OwnAttributes> = CheckedReferences<
  Definitions,
  AttributeName | keyof Own
>
type CheckedReferences<Definitions, Allowed> = {
  readonly [Name in keyof Definitions]: {
    readonly attributes: Definitions[Name] extends { readonly attributes: infer References }
      ? { readonly [Key in keyof References]: Key extends Allowed ? Requirement : never }
      : never
  }
}

/** An application's own definitions, as `npx orderscope catalog FILE` finds them in what a module exports. */
export interface OwnDefinitions {
  readonly attributes: OwnAttributes
  readonly metrics: Readonly<Record<string, MetricDefinition<string>>>
  readonly spans: Readonly<Record<string, SpanDefinition<string>>>
}

/** Known to every copy of this package: the one that documents may not be the one that defined. */
const DEFINITIONS = Symbol.for('orderscope.definitions')
/** What has been defined in this process, as text, by the name that only one definition may have. */
const TAKEN = Symbol.for('orderscope.definitions.taken')
const registry = globalThis as { [TAKEN]?: Map<string, string> }

const reserved = ['trading', 'orderscope', 'otel']

/**
 * Defines attributes of an application's own, beside those of the catalog. Hand the result to `defineMetrics` and
 * `defineSpans`.
 *
 * @throws {TypeError} for a definition that breaks a rule of the catalog; the message names all of them
 * @example
 * const attributes = defineAttributes({
 *   'acme.signal.kind': { type: 'string', brief: 'What the signal saw.', values: ['momentum', 'reversal'], metricLabel: 'yes' },
 * })
 */
export function defineAttributes<const Own extends OwnAttributes>(definitions: Own): Own {
  checkAttributes('defineAttributes', definitions)
  return withDefinitions({ ...definitions }, { attributes: definitions, metrics: {}, spans: {} })
}

/** Makes `target` one that documents itself, and freezes it. */
export function withDefinitions<Target extends object>(target: Target, definitions: OwnDefinitions): Target {
  Object.defineProperty(target, DEFINITIONS, { value: definitions })
  return Object.freeze(target)
}

/** The definitions behind a value that a `define…` function returned; `undefined` for anything else. */
export function definitionsOf(value: unknown): OwnDefinitions | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { [DEFINITIONS]?: OwnDefinitions })[DEFINITIONS]
}

/** @throws {TypeError} */
export function checkMetrics(
  caller: string,
  definitions: Readonly<Record<string, MetricDefinition<string>>>,
  own: OwnAttributes,
): void {
  checkAttributes(caller, own)
  const every: OwnAttributes = { ...attributes, ...own }
  const ours = new Map(
    Object.entries<MetricDefinition>(metrics).flatMap(([name, metric]) =>
      prometheusNames(name, metric).map(prometheus => [prometheus, name] as const),
    ),
  )
  check(caller, definitions, (name, definition) => {
    const mistakes = [...namespaceMistakes(name), ...metricMistakes(name, definition, every)]
    if (mistakes.length > 0) return mistakes
    const names = prometheusNames(name, definition)
    const taken = names.find(prometheus => ours.has(prometheus))
    if (taken !== undefined) return [`is ${taken} in Prometheus, as orderscope's ${ours.get(taken)} is`]
    return claim(names, name, definition, 'in Prometheus')
  })
}

/** @throws {TypeError} */
export function checkSpans(
  caller: string,
  definitions: Readonly<Record<string, SpanDefinition<string>>>,
  own: OwnAttributes,
): void {
  checkAttributes(caller, own)
  const every: OwnAttributes = { ...attributes, ...own }
  check(caller, definitions, (name, definition) => {
    const mistakes = [...reservedMistakes(name, [...reserved, 'order']), ...spanMistakes(name, definition, every)]
    return mistakes.length > 0 ? mistakes : claim([`span ${name}`], name, definition, '')
  })
}

function checkAttributes(caller: string, definitions: OwnAttributes): void {
  check(caller, definitions, (name, definition) => {
    if (Object.hasOwn(attributes, name)) return ['is an attribute of the catalog already; refer to it by its name']
    const mistakes = [...namespaceMistakes(name), ...attributeMistakes(name, definition)]
    return mistakes.length > 0 ? mistakes : labelMistakes(name, definition)
  })
  const collision = namespaceCollisions([...Object.keys(attributes), ...Object.keys(definitions)])[0]
  if (collision === undefined) return
  throw new TypeError(`orderscope: ${caller}: one attribute is the namespace of another (${collision}); rename one`)
}

function check<Definition>(
  caller: string,
  definitions: Readonly<Record<string, Definition>>,
  mistakesOf: (name: string, definition: Definition) => readonly string[],
): void {
  if (typeof definitions !== 'object' || definitions === null)
    throw new TypeError(`orderscope: ${caller} needs an object of definitions by name; there is ${String(definitions)}`)
  const sentences = Object.entries(definitions).flatMap(([name, definition]) =>
    mistakesOf(name, definition).map(mistake => `${name} ${mistake}`),
  )
  if (sentences.length > 0) throw new TypeError(`orderscope: ${caller}: ${sentences.join('\n  ')}`)
}

function namespaceMistakes(name: string): string[] {
  if (!name.includes('.')) return [`needs a namespace of your own; write acme.${name}`]
  return reservedMistakes(name, reserved)
}

function reservedMistakes(name: string, namespaces: readonly string[]): string[] {
  const namespace = name.split('.', 1)[0]!
  if (!namespaces.includes(namespace)) return []
  return [`is in the namespace ${namespace}, which is orderscope's; begin it with one of your own, such as acme.`]
}

/** The same definition may be made again (a module loaded twice), another one of the same name may not. */
function claim(keys: readonly string[], name: string, definition: object, where: string): string[] {
  registry[TAKEN] ??= new Map()
  const taken = registry[TAKEN]
  const text = JSON.stringify([name, definition])
  const other = keys.map(key => taken.get(key)).find(each => each !== undefined && each !== text)
  if (other !== undefined) {
    const [otherName] = JSON.parse(other) as [string]
    const what = otherName === name ? 'is defined already, differently' : `has the name of ${otherName}`
    return [`${what}${otherName === name || where === '' ? '' : ` ${where}`}; rename one`]
  }
  for (const key of keys) taken.set(key, text)
  return []
}
