import { describe, expect, it } from 'vitest'
import { defineAttributes, definitionsOf } from '../../src/catalog/own-definitions.js'
import { defineMetrics } from '../../src/metrics/define-metrics.js'
import { defineSpans } from '../../src/spans/define-spans.js'

const kind = {
  type: 'string',
  brief: 'What the signal saw.',
  values: ['momentum', 'reversal'],
  metricLabel: 'yes',
} as const
const signals = { kind: 'counter', unit: '{signal}', brief: 'Signals that fired.', attributes: {} } as const
const delay = { kind: 'histogram', unit: 's', brief: 'How long it took.', buckets: [0.1, 1], attributes: {} } as const
const rebalance = { kind: 'internal', brief: 'One rebalancing.', attributes: {} } as const

/** As JavaScript calls it, where nothing was checked before. */
const untyped = { defineAttributes, defineMetrics, defineSpans } as unknown as Record<
  string,
  (definitions: unknown, options?: unknown) => unknown
>

describe('defineAttributes', () => {
  it('gives the definitions back, frozen', () => {
    const attributes = defineAttributes({ 'acme.signal.kind': kind })
    expect(attributes).toEqual({ 'acme.signal.kind': kind })
    expect(Object.isFrozen(attributes)).toBe(true)
    expect(definitionsOf(attributes)?.attributes).toEqual(attributes)
  })

  it.each<[string, unknown, RegExp]>([
    [
      'no object',
      undefined,
      /^orderscope: defineAttributes needs an object of definitions by name; there is undefined$/,
    ],
    ['no namespace', { strategy: kind }, /strategy needs a namespace of your own; write acme\.strategy/],
    ['our namespace', { 'trading.mood': kind }, /trading\.mood is in the namespace trading, which is orderscope's/],
    ['ours', { 'trading.order.side': kind }, /trading\.order\.side is an attribute of the catalog already/],
    ['a bad name', { 'acme.Kind': kind }, /acme\.Kind is no name: not dotted lower case/],
    ['no brief', { 'acme.kind': { ...kind, brief: '' } }, /acme\.kind has no brief; write one sentence/],
    [
      'an unknown type',
      { 'acme.kind': { ...kind, type: 'text' } },
      /has the type "text"; write string, int, double, boolean/,
    ],
    [
      'no label rule',
      { 'acme.kind': { ...kind, metricLabel: undefined } },
      /has no metricLabel; write yes, capped, never/,
    ],
    ['a bad value', { 'acme.kind': { ...kind, values: ['Up'] } }, /lists the value "Up", which is not in snake_case/],
    [
      'an identifier',
      { 'acme.signal_id': { ...kind, metricLabel: 'capped' } },
      /acme\.signal_id is an identifier.*write metricLabel: 'never'/,
    ],
    [
      'a name and a namespace',
      { 'acme.a': kind, 'acme.a.b': kind },
      /the namespace of another \(acme\.a < acme\.a\.b\)/,
    ],
    ['null', { 'acme.kind': null }, /acme\.kind is null; write \{ type, brief, metricLabel \}/],
  ])('refuses %s', (_, definitions, message) => {
    expect(() => untyped.defineAttributes!(definitions)).toThrow(message)
  })
})

describe('defineMetrics', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'our namespace',
      { 'trading.signals': signals },
      /trading\.signals is in the namespace trading, which is orderscope's; begin it with/,
    ],
    ['no namespace', { signals }, /signals needs a namespace of your own/],
    ['a bad unit', { 'acme.x': { ...signals, unit: 'ms' } }, /acme\.x has the unit "ms": durations are in seconds/],
    ['no unit', { 'acme.x': { ...signals, unit: undefined } }, /has the unit "undefined"/],
    [
      'an unknown kind',
      { 'acme.x': { ...signals, kind: 'timer' } },
      /has the kind "timer"; write counter, up_down_counter, gauge, histogram/,
    ],
    ['two sentences', { 'acme.x': { ...signals, brief: 'One. Two.' } }, /has more than one sentence/],
    ['a histogram without buckets', { 'acme.x': { ...delay, buckets: undefined } }, /histogram without buckets; write/],
    [
      'falling buckets',
      { 'acme.x': { ...delay, buckets: [1, 0.1] } },
      /buckets that are not finite numbers in ascending order/,
    ],
    ['a counter with buckets', { 'acme.x': { ...signals, buckets: [1] } }, /has buckets, but is a counter/],
    ['no attributes', { 'acme.x': { ...signals, attributes: undefined } }, /has no attributes; write attributes: \{\}/],
    [
      'an unknown attribute',
      { 'acme.x': { ...signals, attributes: { 'acme.no': 'required' } } },
      /refers to the attribute acme\.no, which there is not/,
    ],
    [
      'an identifier',
      { 'acme.x': { ...signals, attributes: { 'trading.order.id': 'required' } } },
      /has the attribute trading\.order\.id, which is never a label/,
    ],
    [
      'a bad requirement',
      { 'acme.x': { ...signals, attributes: { 'trading.venue.name': true } } },
      /has the attribute trading\.venue\.name "true"; write required, recommended/,
    ],
  ])('refuses %s', (_, definitions, message) => {
    expect(() => untyped.defineMetrics!(definitions)).toThrow(message)
  })

  it('refuses labels that are one in Prometheus', () => {
    const attributes = defineAttributes({ 'acme.a_b': kind, 'acme.a.b': kind })
    expect(() =>
      defineMetrics(
        { 'acme.x': { ...signals, attributes: { 'acme.a_b': 'required', 'acme.a.b': 'required' } } },
        { attributes },
      ),
    ).toThrow(/two attributes that are the label acme_a_b/)
  })

  it('refuses a second metric of the same Prometheus name, and takes the same one again', () => {
    defineMetrics({ 'acme.taken_seconds': { ...delay, unit: '1' } })
    expect(() => defineMetrics({ 'acme.taken': delay })).toThrow(
      'acme.taken has the name of acme.taken_seconds in Prometheus; rename one',
    )
    expect(() => defineMetrics({ 'acme.taken_seconds': delay })).toThrow('is defined already, differently; rename one')
    defineMetrics({ 'acme.taken_seconds': { ...delay, unit: '1' } })
  })

  it('tells all mistakes at once', () => {
    expect(() => untyped.defineMetrics!({ 'acme.x': { kind: 'counter' }, y: signals })).toThrow(
      /^orderscope: defineMetrics: acme\.x has no brief.*\n {2}acme\.x has the unit.*\n.*\n {2}y needs a namespace/s,
    )
  })

  it('refuses a scope that is no name', () => {
    expect(() => untyped.defineMetrics!({}, { scope: 7 })).toThrow('defineMetrics: scope is 7; write a name')
  })
})

describe('defineSpans', () => {
  it.each<[string, unknown, RegExp]>([
    ['a stage of ours', { 'order.rebalance': rebalance }, /is in the namespace order, which is orderscope's/],
    ['order', { order: rebalance }, /order is in the namespace order/],
    ['an unknown kind', { rebalance: { ...rebalance, kind: 'remote' } }, /has the kind "remote"; write internal/],
    [
      'an unknown attribute',
      { rebalance: { ...rebalance, attributes: { 'acme.no': 'required' } } },
      /attribute acme\.no, which there is not/,
    ],
  ])('refuses %s', (_, definitions, message) => {
    expect(() => untyped.defineSpans!(definitions)).toThrow(message)
  })

  it('refuses another span of the same name', () => {
    defineSpans({ 'taken.span': rebalance })
    expect(() => defineSpans({ 'taken.span': { ...rebalance, kind: 'client' } })).toThrow(
      'defined already, differently',
    )
  })
})

it('gives no definitions of what none were made', () => {
  for (const value of [undefined, null, 'text', {}, []]) expect(definitionsOf(value)).toBeUndefined()
})
