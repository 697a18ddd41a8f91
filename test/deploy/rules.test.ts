import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { knownLabels, knownMetrics } from './known-metrics.js'
import { readPromql } from './promql.js'
import { alertCases, alerts, queriesOf, records, root, runbook } from './rule-files.js'

const recorded = new Set(records.map(({ record }) => record))
const names = [...knownMetrics, ...recorded]

/** What an expression says that isn't so: it doesn't parse, or it reads what nobody writes. */
function mistakesOf(expression: string): string[] {
  const { mistakes, metrics, metricPatterns, labels, matchers } = readPromql(expression)
  return [
    ...mistakes,
    ...metrics.filter(name => !knownMetrics.has(name) && !recorded.has(name)).map(name => `no metric ${name}`),
    ...metricPatterns.filter(pattern => !matchesAny(pattern, names)).map(pattern => `no metric matches ${pattern}`),
    ...labels.filter(label => !knownLabels.has(label)).map(label => `no label ${label}`),
    ...matchers
      .filter(({ label, value }) => knownLabels.get(label)?.length && value !== '' && !isValue(label, value))
      .map(({ label, value }) => `${label} is never ${value}`),
  ]
}

function isValue(label: string, value: string): boolean {
  return value.split('|').every(each => matchesAny(each, knownLabels.get(label)!))
}

function matchesAny(pattern: string, texts: readonly string[]): boolean {
  return texts.some(text => new RegExp(`^(?:${pattern})$`).test(text))
}

test('a mistake in an expression is seen', () => {
  expect(mistakesOf('up == == 0')).not.toEqual([])
  expect(mistakesOf('trading_order_total')).toEqual(['no metric trading_order_total'])
  expect(mistakesOf('{__name__=~"otelcol_nothing(_total)?"}')).toEqual(['no metric matches otelcol_nothing(_total)?'])
  expect(mistakesOf('sum by (venue) (trading_order_active{trading_order_status="cancelled"})')).toEqual([
    'no label venue',
    'trading_order_status is never cancelled',
  ])
})

describe.each(alerts.map(rule => [rule.alert, rule] as const))('%s', (alert, rule) => {
  test('reads metrics that there are', () => {
    expect(mistakesOf(rule.expr)).toEqual([])
  })

  test('says how bad it is, what it is, and where to read on', () => {
    expect(rule.labels.severity).toMatch(/^(warning|critical)$/)
    const { summary, description, runbook_url, ...others } = rule.annotations
    expect(summary).toMatch(/\S/)
    expect(description).toMatch(/\.$/)
    expect(runbook_url).toBe(`docs/runbooks/${alert}.md`)
    expect(others).toEqual({})
  })

  test('has a runbook with queries that can be asked', () => {
    const text = runbook(alert)
    expect(text.match(/^#+ .*$/gm)).toEqual([
      `# ${alert}`,
      '## What it means',
      '## What to look at first',
      '## What to do',
      '## When it is over',
    ])
    const queries = queriesOf(text)
    // at least one to look at, and one that tells the end
    expect(queries.length).toBeGreaterThan(1)
    expect(queries.flatMap(mistakesOf)).toEqual([])
  })

  test('is tested: it fires, it stays silent, and nothing is there', () => {
    const cases = alertCases.filter(({ alertname }) => alertname === alert)
    const firing = cases.flatMap(({ exp_alerts = [] }) => exp_alerts)
    expect(firing.length).toBeGreaterThan(0)
    for (const { exp_annotations } of firing) {
      expect(Object.keys(exp_annotations ?? {}).sort()).toEqual(['description', 'runbook_url', 'summary'])
    }
    const silent = cases.filter(({ exp_alerts }) => exp_alerts === undefined)
    expect(silent.filter(each => each.test.startsWith('nothing is told'))).toHaveLength(1)
    expect(silent.length).toBeGreaterThan(1)
  })
})

test.each(records.map(({ record, expr }) => [record, expr] as const))(
  '%s is made of metrics that there are',
  (record, expr) => {
    expect(record).toMatch(/^[a-z_]+:[a-z_]+(:[a-z0-9_]+)?$/)
    expect(mistakesOf(expr)).toEqual([])
  },
)

test('every recorded series is read by a rule', () => {
  const readers = [...alerts, ...records].map(({ expr }) => expr).join('\n')
  expect([...recorded].filter(name => !readers.includes(name))).toEqual([])
})

test('TailSamplingTooSmall speaks at 80 % of what the collector may hold', () => {
  const { expr, annotations } = alerts.find(({ alert }) => alert === 'TailSamplingTooSmall')!
  for (const file of ['otel-collector.yaml', 'deploy/scale-out/sampler.yaml']) {
    const { num_traces } = parse(readFileSync(join(root, file), 'utf8')).processors.tail_sampling
    expect(expr).toMatch(new RegExp(`> ${num_traces * 0.8}$`))
    expect(annotations.description).toContain(`at most ${num_traces} `)
  }
})

test('no runbook without its alert', () => {
  const runbooks = readdirSync(join(root, 'docs/runbooks')).map(name => name.replace(/\.md$/, ''))
  expect(runbooks.sort()).toEqual(alerts.map(({ alert }) => alert).sort())
})

describe('alertmanager.yml', () => {
  const text = readFileSync(join(root, 'deploy/alertmanager/alertmanager.yml'), 'utf8')
  const config: AlertmanagerConfig = parse(text)
  const known = new Set(alerts.map(({ alert }) => alert))

  test('its secrets are in files that are not in the repository', () => {
    expect(text).not.toMatch(/^\s*-?\s*(api_url|bot_token|chat_id|password|token|.*_secret|.*_key):/m)
    const files = [...text.matchAll(/_file: (\S+)/g)].map(([, file]) => file)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(file).toMatch(/^\/etc\/alertmanager\/secrets\//)
    expect(readFileSync(join(root, '.gitignore'), 'utf8')).toContain('deploy/alertmanager/secrets/')
  })

  test('its inhibitions are about alerts and labels that there are', () => {
    for (const { source_matchers, target_matchers, equal } of config.inhibit_rules) {
      for (const matcher of [...source_matchers, ...target_matchers]) {
        const [, values] = /^alertname(?:=~|!=|=)"(.*)"$/.exec(matcher)!
        expect(values!.split('|').filter(name => !known.has(name))).toEqual([])
      }
      expect(equal.filter(label => !knownLabels.has(label))).toEqual([])
      expect(equal.length).toBeGreaterThan(0)
    }
  })

  test('the templates that it names are there', () => {
    const templates = readFileSync(join(root, 'deploy/alertmanager/templates/orderscope.tmpl'), 'utf8')
    for (const [, name] of text.matchAll(/template "([^"]+)"/g)) expect(templates).toContain(`define "${name}"`)
  })
})

interface AlertmanagerConfig {
  readonly inhibit_rules: readonly {
    readonly source_matchers: readonly string[]
    readonly target_matchers: readonly string[]
    readonly equal: readonly string[]
  }[]
}
