import { describe, expect, it } from 'vitest'
import type { MetricDefinition } from '../../src/catalog/metric-definition.js'
import { metrics } from '../../src/catalog/metrics.js'
import { orderMigration } from '../../src/catalog/migration.js'
import { prometheusName } from '../../src/catalog/prometheus-name.js'

/** Labels of metrics that auto-instrumentations emit (https://opentelemetry.io/docs/specs/semconv/http/http-metrics/). */
const upstreamLabels: Record<string, readonly string[]> = {
  'http.client.request.duration': [
    'server_address',
    'http_request_method',
    'http_response_status_code',
    'error_type',
    'le',
  ],
}

const all: Record<string, MetricDefinition> = metrics

/** Sample names and labels that a query about these metrics may use. */
function known(names: readonly string[]): { samples: Set<string>; labels: Set<string> } {
  const samples = new Set<string>()
  const labels = new Set<string>()
  for (const name of names) {
    const definition: Pick<MetricDefinition, 'unit' | 'kind' | 'attributes'> = all[name] ?? {
      unit: 's',
      kind: 'histogram',
      attributes: {},
    }
    const base = prometheusName(name, definition.unit, definition.kind)!.name
    if (definition.kind === 'histogram') {
      for (const end of ['_bucket', '_sum', '_count']) samples.add(`${base}${end}`)
      labels.add('le')
    } else samples.add(base)
    for (const key of Object.keys(definition.attributes)) labels.add(key.replaceAll('.', '_'))
    for (const label of upstreamLabels[name] ?? []) labels.add(label)
  }
  return { samples, labels }
}

/** Words of a PromQL expression that are neither functions nor keywords nor strings nor durations. */
function words(query: string): string[] {
  const found = query.replaceAll(/"[^"]*"/g, '').match(/[a-z_][a-z0-9_]*(?![a-z0-9_(])(?!\s*\()/g) ?? []
  return found.filter(word => !['by', 'sum'].includes(word) && !/^[smhd]$/.test(word))
}

describe.each(orderMigration.map(row => [row.today.join(', '), row] as const))('%s', (_name, row) => {
  it('names what to read, with a query for every metric that it names', () => {
    expect(row.read.length).toBeGreaterThan(0)
    const used = Object.values(row.queries).flatMap(words)
    for (const name of [...row.read, ...(row.upstream ?? [])]) {
      const { samples } = known([name])
      expect(
        used.some(word => samples.has(word)),
        `a query on ${name}`,
      ).toBe(true)
    }
  })

  it.each(Object.entries(row.queries))('asks for %s by names that there are', (_answer, query) => {
    const { samples, labels } = known([...row.read, ...(row.upstream ?? [])])
    expect(words(query).filter(word => !samples.has(word) && !labels.has(word))).toEqual([])
  })

  it('filters by values that there are', async () => {
    const { attributes } = await import('../../src/catalog/attributes.js')
    const lists = new Map(
      Object.entries(attributes).map(([name, definition]) => [
        name.replaceAll('.', '_'),
        'values' in definition ? (definition.values as readonly string[]) : undefined,
      ]),
    )
    for (const query of Object.values(row.queries)) {
      for (const [, label, values] of query.matchAll(/(\w+)=~?"([^"]+)"/g)) {
        const list = lists.get(label!)
        if (list !== undefined) expect(values!.split('|').filter(value => !list.includes(value))).toEqual([])
      }
    }
  })
})

it('answers a name of today once', () => {
  const names = orderMigration.flatMap(row => row.today)
  expect(new Set(names).size).toBe(names.length)
})

it('finds a word that is no name', () => {
  expect(words('sum by (le) (rate(a_b{c_d="x y"}[5m])) / a_c')).toEqual(['le', 'a_b', 'c_d', 'a_c'])
})
