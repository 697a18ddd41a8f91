import type { Span } from '@opentelemetry/api'
import { expectTypeOf, test } from 'vitest'
import { defineAttributes, defineMetrics, defineSpans } from '../../src/index.js'

const attributes = defineAttributes({
  'acme.signal.kind': { type: 'string', brief: 'What it saw.', values: ['momentum', 'reversal'], metricLabel: 'yes' },
  'acme.signal.score': { type: 'double', brief: 'How sure it was.', metricLabel: 'never' },
})
const counter = { kind: 'counter', unit: '{signal}', brief: 'Signals that fired.' } as const

const metrics = defineMetrics(
  {
    'acme.signals': {
      ...counter,
      attributes: { 'acme.signal.kind': 'required', 'trading.order.side': 'recommended' },
    },
    'acme.ticks': { ...counter, attributes: {} },
  },
  { attributes },
)
const spans = defineSpans(
  {
    signal: {
      kind: 'internal',
      brief: 'One look at the market.',
      attributes: {
        'acme.signal.kind': 'required',
        'acme.signal.score': 'recommended',
        'trading.order.id': 'recommended',
      },
    },
  },
  { attributes },
)

test('what is defined compiles', () => {
  metrics.bind('acme.signals', { 'acme.signal.kind': 'momentum' })
  metrics.bind('acme.signals', { 'acme.signal.kind': 'reversal', 'trading.order.side': 'buy' })
  metrics.bind('acme.signals', { 'acme.signal.kind': 'reversal', 'trading.order.side': undefined })
  metrics.bind('acme.ticks', {}).add(1)
  const span = spans.start('signal', { 'acme.signal.kind': 'momentum' })
  span.setAttribute('acme.signal.score', 0.7).setAttributes({ 'trading.order.id': '7' }).end()
  expectTypeOf(span).toExtend<Omit<Span, 'setAttribute' | 'setAttributes'>>()
  const anySpan: Span = span
  anySpan.end()
})

test('an unknown name does not', () => {
  // @ts-expect-error no metric of this name
  metrics.bind('acme.signal', { 'acme.signal.kind': 'momentum' })
  // @ts-expect-error no span of this name
  spans.start('signals', { 'acme.signal.kind': 'momentum' })
})

test('a missing required attribute does not', () => {
  // @ts-expect-error acme.signal.kind is required
  metrics.bind('acme.signals', {})
  // @ts-expect-error acme.signal.kind is required
  spans.start('signal', { 'acme.signal.score': 1 })
})

test('a value outside of its list does not', () => {
  // @ts-expect-error own attribute
  metrics.bind('acme.signals', { 'acme.signal.kind': 'up' })
  // @ts-expect-error attribute of the catalog
  metrics.bind('acme.signals', { 'acme.signal.kind': 'momentum', 'trading.order.side': 'long' })
  // @ts-expect-error a number
  spans.start('signal', { 'acme.signal.kind': 'momentum', 'acme.signal.score': 'high' })
  const span = spans.start('signal', { 'acme.signal.kind': 'momentum' })
  // @ts-expect-error a number
  span.setAttribute('acme.signal.score', 'high')
  // @ts-expect-error an attribute that the span has not
  span.setAttribute('acme.signal.mood', 'high')
})

test('an attribute that is not defined does not', () => {
  // @ts-expect-error not of this metric
  metrics.bind('acme.ticks', { 'trading.order.side': 'buy' })
  // @ts-expect-error no such attribute
  defineMetrics({ 'acme.x': { ...counter, attributes: { 'acme.no': 'required' } } })
  const both = { 'acme.no': 'required', 'trading.order.id': 'required' } as const
  // @ts-expect-error no such attribute, among others that there are
  defineSpans({ x: { kind: 'internal', brief: 'X.', attributes: both } })
})

test('an identifier on a metric does not', () => {
  // @ts-expect-error never a label
  defineMetrics({ 'acme.x': { ...counter, attributes: { 'trading.order.id': 'required' } } })
  // @ts-expect-error never a label
  defineMetrics({ 'acme.x': { ...counter, attributes: { 'acme.signal.score': 'required' } } }, { attributes })
})

test('a definition with a kind that there is not does not', () => {
  // @ts-expect-error no such kind
  defineMetrics({ 'acme.x': { kind: 'timer', unit: 's', brief: 'X.', attributes: {} } })
  // @ts-expect-error no such type
  defineAttributes({ 'acme.x': { type: 'text', brief: 'X.', metricLabel: 'never' } })
})
