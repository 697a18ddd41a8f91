import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../..')
const prometheus = join(root, 'deploy/prometheus')

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}
export interface RecordingRule {
  readonly record: string
  readonly expr: string
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (AlertRule | RecordingRule)[] }[]
}
interface AlertCase {
  readonly alertname: string
  readonly exp_alerts?: readonly { readonly exp_annotations?: Readonly<Record<string, string>> }[]
}
interface TestFile {
  readonly tests: readonly { readonly name: string; readonly alert_rule_test: readonly AlertCase[] }[]
}

function readAll<T>(folder: string): T[] {
  const path = join(prometheus, folder)
  return readdirSync(path).map(name => parse(readFileSync(join(path, name), 'utf8')) as T)
}

const rules = readAll<RuleFile>('rules').flatMap(({ groups }) => groups.flatMap(group => group.rules))

/** The names of the alerts of one file. */
export function alertsOf(file: string): string[] {
  const { groups } = parse(readFileSync(join(prometheus, 'rules', file), 'utf8')) as RuleFile
  return groups.flatMap(group => group.rules).flatMap(rule => ('alert' in rule ? rule.alert : []))
}

/** The alerts of every domain. */
export const alerts: readonly AlertRule[] = rules.filter(rule => 'alert' in rule)
/** The recording rules of every domain. */
export const records: readonly RecordingRule[] = rules.filter(rule => 'record' in rule)
/** What promtool tests of each alert, with the name of the test. */
export const alertCases = readAll<TestFile>('tests').flatMap(({ tests }) =>
  tests.flatMap(({ name, alert_rule_test }) => alert_rule_test.map(each => ({ test: name, ...each }))),
)

export function runbook(alert: string): string {
  return readFileSync(join(root, 'docs/runbooks', `${alert}.md`), 'utf8')
}

/** The queries of a runbook. */
export function queriesOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```promql\n(.*?)^```/gms)].map(([, query]) => query!.trim())
}
