import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parser } from '@prometheus-io/lezer-promql'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { buildDashboard } from '../../deploy/grafana/src/build-dashboard.js'
import { dashboards } from '../../deploy/grafana/src/dashboards.js'
import { serverMetrics } from '../../deploy/grafana/src/server-query.js'
import { filterVariables } from '../../deploy/grafana/src/variables.js'
import { attributes } from '../../src/catalog/attributes.js'
import { metrics } from '../../src/catalog/metrics.js'
import { prometheusName } from '../../src/catalog/prometheus-name.js'

const grafana = join(import.meta.dirname, '../../deploy/grafana')

interface Target {
  readonly refId: string
  readonly expr: string
  readonly datasource: { readonly type: string; readonly uid: string }
}
interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: { readonly uid: string }
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly Target[]
}
interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: { readonly query: string } }[]
  }
}
interface DataSources {
  readonly datasources: readonly { readonly uid: string; readonly jsonData: Record<string, unknown> }[]
}

const built = Object.entries(dashboards).map(
  ([file, definition]) => [file, JSON.parse(JSON.stringify(buildDashboard(definition))) as Dashboard] as const,
)
const panels = built.flatMap(([file, { panels }]) =>
  panels.filter(({ type }) => type !== 'row').map(panel => ({ file, title: panel.title, panel })),
)
const queries = panels.flatMap(({ file, title, panel }) =>
  (panel.targets ?? []).map(({ refId, expr }) => ({ file, title, refId, expr })),
)
const provisioned: DataSources = parse(readFileSync(join(grafana, 'provisioning/datasources/orderscope.yaml'), 'utf8'))

/** Names of the samples that metrics of the catalog have. */
const samples = new Set(
  Object.entries(metrics).flatMap(([name, { kind, unit }]) => {
    const known = prometheusName(name, unit, kind)!.name
    return kind === 'histogram' ? [`${known}_bucket`, `${known}_count`, `${known}_sum`] : [known]
  }),
)
const ofServers = new Set<string>(serverMetrics)

/** What Grafana puts in place of its variables. */
function resolved(expr: string): string {
  const values: Record<string, string> = { __rate_interval: '20s', __range: '1800s' }
  return expr.replace(/\$(\w+)/g, (_, name) => values[name] ?? '.*')
}

/** Every node of a query, by name; nodes named ⚠ are what the grammar doesn't have. */
function nodes(expr: string): { readonly name: string; readonly text: string }[] {
  const found: { name: string; text: string }[] = []
  parser.parse(expr).iterate({
    enter: node => {
      found.push({ name: node.name, text: expr.slice(node.from, node.to) })
    },
  })
  return found
}

describe.each(built)('%s', (file, dashboard) => {
  test('is what stands in deploy/grafana/dashboards (`npm run dashboards` writes it)', async () => {
    await expect(`${JSON.stringify(dashboard, null, 2)}\n`).toMatchFileSnapshot(
      join(grafana, 'dashboards', `${file}.json`),
    )
  })

  test('has panels of different ids, which do not overlap', () => {
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}:${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
  })

  test('uses the variables that it has, and no others', () => {
    const names = dashboard.templating.list.map(({ name }) => name)
    const used = new Set(
      dashboard.panels
        .flatMap(({ targets = [] }) => targets)
        .flatMap(({ expr }) => [...expr.matchAll(/\$(\w+)/g)].map(found => found[1]!))
        .filter(name => !name.startsWith('__')),
    )
    expect([...used].sort()).toEqual([...names].sort())
  })

  test('has a sentence on each panel', () => {
    for (const { type, title, description } of dashboard.panels) {
      if (type !== 'row') expect(description, title).toMatch(/[.]$/)
    }
  })
})

test('no file is left of a dashboard that is gone, and no two have one uid', () => {
  expect(readdirSync(join(grafana, 'dashboards')).sort()).toEqual(built.map(([file]) => `${file}.json`).sort())
  const uids = built.map(([, { uid }]) => uid)
  expect(new Set(uids).size).toBe(uids.length)
})

describe('every panel', () => {
  test.each(panels)('$file · $title asks a data source that is provisioned', ({ panel }) => {
    const uids = provisioned.datasources.map(({ uid }) => uid)
    expect(uids).toContain(panel.datasource?.uid)
    expect(panel.targets?.length).toBeGreaterThan(0)
    for (const target of panel.targets ?? []) expect(uids).toContain(target.datasource.uid)
  })
})

describe('every query', () => {
  test.each(queries)('$file · $title $refId is PromQL', ({ expr }) => {
    expect(nodes(resolved(expr)).filter(({ name }) => name === '⚠')).toEqual([])
  })

  test.each(queries)('$file · $title $refId names metrics that there are', ({ expr }) => {
    const found = nodes(resolved(expr))
    const named = found.filter(({ name }) => name === 'Identifier').map(({ text }) => text)
    const matched = [...expr.matchAll(/__name__=~"(\w+)\(_total\)\?"/g)].map(each => each[1]!)
    const known = (name: string) =>
      samples.has(name) || ofServers.has(name.replace(/_(bucket|count|sum)$/, '')) || ofServers.has(name)
    expect(matched.length + named.length).toBeGreaterThan(0)
    for (const name of [...named, ...matched]) expect(known(name), name).toBe(true)
  })

  test.each(queries)('$file · $title $refId groups by labels that there are', ({ expr }) => {
    const labels = new Set([...Object.keys(attributes).map(name => name.replace(/\W/g, '_')), ...serverLabels])
    const used = nodes(resolved(expr))
      .filter(({ name }) => name === 'LabelName')
      .map(({ text }) => text)
    for (const name of used) expect(labels.has(name), name).toBe(true)
  })
})

/** Labels of Prometheus, and of what the servers say of themselves. */
const serverLabels = [
  '__name__',
  'job',
  'instance',
  'le',
  'service_name',
  'span_name',
  'status_code',
  'client',
  'server',
  'exporter',
  'sampled',
  'policy',
  'operation',
  'integration',
]

test('the catalog is shown: each of its metrics is on a dashboard', () => {
  const shown = queries.map(({ expr }) => expr).join('\n')
  const missing = Object.entries(metrics)
    .map(([name, { kind, unit }]) => prometheusName(name, unit, kind)!.name)
    .filter(name => !shown.includes(name))
  expect(missing).toEqual([])
})

describe('what is provisioned', () => {
  test('an exemplar opens the trace that its label names', () => {
    const prometheus = provisioned.datasources.find(({ uid }) => uid === 'prometheus')!
    const destinations = prometheus.jsonData.exemplarTraceIdDestinations as Record<string, string>[]
    expect(destinations[0]).toMatchObject({ name: 'trace_id', datasourceUid: 'jaeger' })
    for (const { name, url } of destinations) {
      expect(name).toBe('trace_id')
      // Grafana reads `$` as a variable of the environment
      if (url !== undefined) expect(url).toMatch(/\$\$\{__value\.raw\}$/)
    }
  })

  test('from a trace it goes on to metrics of the catalog', () => {
    const jaeger = provisioned.datasources.find(({ uid }) => uid === 'jaeger')!
    const { datasourceUid, queries } = jaeger.jsonData.tracesToMetrics as {
      datasourceUid: string
      queries: { query: string }[]
    }
    expect(datasourceUid).toBe('prometheus')
    for (const { query } of queries) {
      const expr = query.replace('$$__tags', 'trading_venue_name="binance"')
      const found = nodes(expr)
      expect(found.filter(({ name }) => name === '⚠')).toEqual([])
      for (const { text } of found.filter(({ name }) => name === 'Identifier')) expect(samples).toContain(text)
    }
  })

  test.each(filterVariables)('the values of $name come from a metric that has them', ({ attribute, from, label }) => {
    if (attribute === undefined) return
    expect(Object.keys(metrics[from].attributes)).toContain(attribute)
    expect(label).toBe(attribute.replaceAll('.', '_'))
  })
})

describe("Jaeger's pages", () => {
  const ui = JSON.parse(readFileSync(join(grafana, '../jaeger/ui.json'), 'utf8')) as {
    linkPatterns: { type: string; key?: string; url: string; text: string }[]
    menu: { items: { url: string }[] }[]
  }

  test('link to dashboards that there are', () => {
    const uids = built.map(([, { uid }]) => uid)
    const urls = [...ui.linkPatterns, ...ui.menu.flatMap(({ items }) => items)].map(({ url }) => url)
    const named = urls.flatMap(url => [...url.matchAll(/\/d\/([\w-]+)/g)].map(found => found[1]!))
    expect(named.length).toBeGreaterThan(3)
    for (const uid of named) expect(uids).toContain(uid)
  })

  test('link from tags of the catalog, with filters that the dashboard has', () => {
    for (const { type, key, url } of ui.linkPatterns) {
      if (type === 'tags') expect(Object.keys(attributes)).toContain(key)
      const uid = /\/d\/([\w-]+)/.exec(url)?.[1]
      const names = built.find(([, dashboard]) => dashboard.uid === uid)?.[1].templating.list.map(({ name }) => name)
      for (const [, name] of url.matchAll(/var-(\w+)=/g)) expect(names).toContain(name)
    }
  })

  test('lead to metrics and to logs', () => {
    expect(ui.linkPatterns.map(({ text }) => text.split(/[: ]/)[0])).toEqual(
      expect.arrayContaining(['Metrics', 'Logs']),
    )
  })
})
