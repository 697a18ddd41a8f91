import { describe, expect, it } from 'vitest'
import { type AttributeDefinition, attributes } from '../../src/catalog/attributes.js'
import { internalBuckets, quantityBuckets, restingBuckets, venueBuckets } from '../../src/catalog/buckets.js'
import { briefMistake, nameMistake, namespaceCollisions } from '../../src/catalog/conventions.js'
import {
  attributeMistakes,
  labelMistakes,
  metricMistakes,
  prometheusNames,
  spanMistakes,
} from '../../src/catalog/definition-mistakes.js'
import { type LogEventDefinition, logEvents } from '../../src/catalog/log-events.js'
import type { MetricDefinition } from '../../src/catalog/metric-definition.js'
import { metrics } from '../../src/catalog/metrics.js'
import { type EventDefinition, events, type SpanDefinition, spans } from '../../src/catalog/spans.js'

const allAttributes: Record<string, AttributeDefinition> = attributes
const allMetrics: Record<string, MetricDefinition> = metrics
const allSpans: Record<string, SpanDefinition> = spans
const allEvents: Record<string, EventDefinition> = events

describe.each(Object.entries(allMetrics))('metric %s', (name, metric) => {
  it('follows the rules of definitions', () => {
    expect(metricMistakes(name, metric, allAttributes)).toEqual([])
  })
})

describe.each(Object.entries(allSpans))('span %s', (name, span) => {
  it('follows the rules of definitions', () => {
    expect(spanMistakes(name, span, allAttributes)).toEqual([])
  })

  it('refers to events of the catalog', () => {
    expect((span.events ?? []).filter(key => !Object.hasOwn(allEvents, key))).toEqual([])
  })
})

describe.each(Object.entries(allEvents))('span event %s', (name, event) => {
  it('has a name, a brief, attributes of the catalog and a span that carries it', () => {
    expect(nameMistake(name)).toBeUndefined()
    expect(briefMistake(event.brief)).toBeUndefined()
    expect(Object.keys(event.attributes).filter(key => !Object.hasOwn(allAttributes, key))).toEqual([])
    expect(Object.values(allSpans).some(span => span.events?.includes(name))).toBe(true)
  })
})

describe.each(Object.entries<LogEventDefinition>(logEvents))('log event %s', (name, event) => {
  it('has a name, a brief, a body and attributes of the catalog', () => {
    expect(nameMistake(name)).toBeUndefined()
    expect(briefMistake(event.brief)).toBeUndefined()
    expect(event.body).toMatch(/^[a-z][a-z ]+$/)
    expect(Object.keys(event.attributes).filter(key => !Object.hasOwn(allAttributes, key))).toEqual([])
  })
})

describe.each(Object.entries(allAttributes))('attribute %s', (name, attribute) => {
  it('follows the rules of definitions', () => {
    expect(attributeMistakes(name, attribute)).toEqual([])
  })

  it('is no label when it is an identifier, a quantity, a price or free text', () => {
    if (name.startsWith('trading.')) expect(labelMistakes(name, attribute)).toEqual([])
  })
})

describe.each(Object.entries({ internalBuckets, quantityBuckets, restingBuckets, venueBuckets }))(
  '%s',
  (_name, all) => {
    const bounds: readonly number[] = all

    it('ascends from above zero', () => {
      expect(bounds.every((bound, i) => Number.isFinite(bound) && bound > (bounds[i - 1] ?? 0))).toBe(true)
    })

    it('has fewer bounds than make a scrape heavy', () => {
      expect(bounds.length).toBeLessThanOrEqual(20)
    })
  },
)

describe('the whole catalog', () => {
  it('has no attribute that is also the namespace of another', () => {
    expect(namespaceCollisions(Object.keys(allAttributes))).toEqual([])
  })

  it('gives every metric a Prometheus name of its own, sample names of histograms included', () => {
    const names = Object.entries(allMetrics).flatMap(([name, metric]) => prometheusNames(name, metric))
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })

  it('uses every attribute somewhere', () => {
    const used = new Set(
      [...Object.values(allMetrics), ...Object.values(allSpans), ...Object.values(allEvents)].flatMap(entry =>
        Object.keys(entry.attributes),
      ),
    )
    expect(Object.keys(allAttributes).filter(name => !used.has(name) && !standsBeside.has(name))).toEqual([])
  })
})

/** Attributes that no single entry lists. */
const standsBeside = new Set([
  // tells the series of an application's worker threads apart, on any metric
  'thread.id',
  // the series beyond the limit, of any metric
  'otel.metric.overflow',
  // an application sets them on its resource (OTEL_RESOURCE_ATTRIBUTES)
  'trading.mode',
  'trading.venue.mic',
])
