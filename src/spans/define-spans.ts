import { type Attributes, type Context, context as contextApi, type Span, SpanKind, trace } from '@opentelemetry/api'
import { givenAttributeMistakes } from '../catalog/given-attributes.js'
import {
  type CheckedSpans,
  checkSpans,
  type OwnAttributes,
  type OwnAttributesOf,
  withDefinitions,
} from '../catalog/own-definitions.js'
import type { SpanDefinition } from '../catalog/spans.js'
import { noticeOnce } from '../channel/notice.js'

type Definitions = Readonly<Record<string, SpanDefinition<string>>>

/** What `defineSpans` needs to know beside the definitions. */
export interface DefineSpansOptions<Own extends OwnAttributes = OwnAttributes> {
  /** Own attributes that the definitions refer to; those of the catalog are there anyhow. */
  readonly attributes?: Own
  /** Name of the instrumentation scope. Default `application`. */
  readonly scope?: string
}

/** A span that takes the attributes of its definition only. */
export interface DefinedSpan<Allowed = Attributes> extends Omit<Span, 'setAttribute' | 'setAttributes'> {
  setAttribute<Key extends keyof Allowed & string>(key: Key, value: NonNullable<Allowed[Key]>): this
  setAttributes(attributes: Partial<Allowed>): this
}

/** Spans of an application's own. */
export interface DefinedSpans<Spans extends Definitions = Definitions, Own extends OwnAttributes = OwnAttributes> {
  /** As they were defined, for tools. */
  readonly definitions: Spans
  /**
   * Starts a span with the attributes that are known now; what comes out only later is `recommended` in the
   * definition, and set then. The caller ends it.
   *
   * @param parent the context to start it in; the active one when left out
   * @throws {TypeError} for a name that isn't defined
   */
  start<Name extends keyof Spans & string>(
    name: Name,
    attributes: OwnAttributesOf<Spans[Name]['attributes'], Own>,
    parent?: Context,
  ): DefinedSpan<OwnAttributesOf<Spans[Name]['attributes'], Own>>
}

const kinds = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  server: SpanKind.SERVER,
}

/**
 * Defines spans of an application's own in the form of the catalog: started and checked by their definition,
 * printed by `npx orderscope catalog FILE`.
 *
 * @throws {TypeError} for a definition that breaks a rule of the catalog; the message names all of them
 * @example
 * const spans = defineSpans({
 *   rebalance: { kind: 'internal', brief: 'One rebalancing of the book.', attributes: { 'trading.strategy.name': 'required' } },
 * })
 * const span = spans.start('rebalance', { 'trading.strategy.name': 'pairs' })
 * span.end()
 */
export function defineSpans<const Spans extends Definitions, const Own extends OwnAttributes = Record<never, never>>(
  definitions: Spans & CheckedSpans<Spans, Own>,
  options: DefineSpansOptions<Own> = {},
): DefinedSpans<Spans, Own> {
  const own: OwnAttributes = options.attributes ?? {}
  checkSpans('defineSpans', definitions, own)
  const scope = options.scope ?? 'application'
  const defined = Object.freeze({ ...definitions }) as Definitions
  return withDefinitions(
    {
      definitions: defined as Spans,
      start: (name: string, attributes: object, parent: Context = contextApi.active()) => {
        const definition = Object.hasOwn(defined, name) ? defined[name] : undefined
        if (definition === undefined)
          throw new TypeError(
            `orderscope: start: no span "${name}" was defined; there are ${Object.keys(defined).join(', ')}`,
          )
        for (const mistake of givenAttributeMistakes(name, definition.attributes, attributes, own))
          noticeOnce(`start: ${mistake}`)
        const options = { kind: kinds[definition.kind], attributes: attributes as Attributes }
        return trace.getTracer(scope).startSpan(name, options, parent)
      },
    } as unknown as DefinedSpans<Spans, Own>,
    { attributes: own, metrics: {}, spans: defined },
  )
}
