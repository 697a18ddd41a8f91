import { describe, expect, it } from 'vitest'
import { type AttributeDefinition, attributes } from '../../src/catalog/attributes.js'
import { internalBuckets, quantityBuckets, restingBuckets, venueBuckets } from '../../src/catalog/buckets.js'
import { type LogEventDefinition, logEvents } from '../../src/catalog/log-events.js'
import type { MetricDefinition } from '../../src/catalog/metric-definition.js'
import { metrics } from '../../src/catalog/metrics.js'
import { type EventDefinition, events, type SpanDefinition, spans } from '../../src/catalog/spans.js'
import { prometheusName } from '../../src/export/prometheus/metric-name.js'
import { briefMistake, nameMistake, namespaceCollisions, unitMistake } from './lint.js'

const allAttributes: Record<string, AttributeDefinition> = attributes
const allMetrics: Record<string, MetricDefinition> = metrics
const allSpans: Record<string, SpanDefinition> = spans
const allEvents: Record<string, EventDefinition> = events

describe.each(Object.entries(allMetrics))('metric %s', (name, metric) => {
  it('has a name, a brief and a unit that follow the conventions', () => {
    expect(nameMistake(name)).toBeUndefined()
    expect(briefMistake(metric.brief)).toBeUndefined()
    expect(unitMistake(metric.unit)).toBeUndefined()
  })

  it('refers to attributes of the catalog that may be labels', () => {
    const refused = Object.keys(metric.attributes).filter(key => {
      const label = allAttributes[key]?.metricLabel
      return label !== 'yes' && label !== 'capped'
    })
    expect(refused).toEqual([])
  })

  it('has labels that stay apart in Prometheus', () => {
    const labels = Object.keys(metric.attributes).map(key => key.replaceAll('.', '_'))
    expect(new Set(labels).size).toBe(labels.length)
  })

  it('has ascending, finite buckets if and only if it is a histogram', () => {
    expect(metric.buckets !== undefined).toBe(metric.kind === 'histogram')
    const buckets = metric.buckets ?? []
    expect(buckets.every(Number.isFinite)).toBe(true)
    expect(buckets.every((bound, i) => i === 0 || bound > buckets[i - 1]!)).toBe(true)
  })

  it('counts whole things in whole numbers', () => {
    if (metric.integer === true) expect(metric.unit).not.toBe('s')
  })
})

describe.each(Object.entries(allSpans))('span %s', (name, span) => {
  it('has a name and a brief', () => {
    expect(nameMistake(name)).toBeUndefined()
    expect(briefMistake(span.brief)).toBeUndefined()
  })

  it('refers to attributes and events of the catalog', () => {
    expect(Object.keys(span.attributes).filter(key => !Object.hasOwn(allAttributes, key))).toEqual([])
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
  it('has a name and a brief', () => {
    expect(nameMistake(name)).toBeUndefined()
    expect(briefMistake(attribute.brief)).toBeUndefined()
  })

  it('lists each of its values once, in snake case', () => {
    const values = attribute.values ?? []
    expect(values.filter(value => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(value))).toEqual([])
    expect(new Set(values).size).toBe(values.length)
  })

  it('is no label when it is an identifier, a quantity, a price or free text', () => {
    if (!name.startsWith('trading.')) return
    if (/(^|[._])(id|quantity|price|text)$/.test(name)) expect(attribute.metricLabel).toBe('never')
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
    const names = Object.entries(allMetrics).flatMap(([name, { unit, kind }]) => {
      const base = prometheusName(name, unit, kind)!
      const samples = kind === 'histogram' ? ['_bucket', '_sum', '_count'].map(end => `${base.name}${end}`) : []
      return [...new Set([base.name, base.family, ...samples])]
    })
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
