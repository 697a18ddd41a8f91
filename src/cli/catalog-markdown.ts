import { type AttributeDefinition, attributes } from '../catalog/attributes.js'
import { type LogEventDefinition, logEvents } from '../catalog/log-events.js'
import type { Requirement } from '../catalog/metric-definition.js'
import { migration } from '../catalog/migration.js'
import { type Catalog, type CatalogMetric, catalogMetrics, wholeCatalog } from './catalog-json.js'
import { markdownTable } from './markdown-table.js'

/** A page of docs/reference. */
export interface ReferencePage {
  /** Name of its file. */
  readonly file: string
  readonly text: string
}

/** The pages of docs/reference, derived from the catalog and from nothing else. */
export function referencePages(): readonly ReferencePage[] {
  return [
    { file: 'metrics.md', text: metricsPage() },
    { file: 'spans.md', text: spansPage() },
    { file: 'logs.md', text: logsPage() },
    { file: 'attributes.md', text: attributesPage() },
    { file: 'migration.md', text: migrationPage() },
  ]
}

/** An application's own definitions, in the form of the reference. */
export function ownDefinitionsPage(catalog: Catalog): string {
  const metrics = catalogMetrics(catalog)
  const [spans, attributes] = [Object.keys(catalog.spans), Object.keys(catalog.attributes)]
  return [
    ...(metrics.length === 0 ? [] : [page('Metrics', metricSections(catalog))]),
    ...(spans.length === 0 ? [] : [page('Spans', spanSections(catalog))]),
    ...(attributes.length === 0 ? [] : [page('Attributes', [attributesTable(catalog)])]),
  ].join('\n')
}

function metricsPage(): string {
  return page('Metrics', [
    'Every metric that orderscope emits. In Prometheus, dots are underscores, and the unit and `_total` are written out; an attribute is a label with its dots as underscores. Durations are in seconds.',
    ...metricSections(wholeCatalog),
  ])
}

function metricSections(catalog: Catalog): string[] {
  const all = catalogMetrics(catalog)
  return [
    markdownTable(
      ['metric', 'in Prometheus', 'kind', 'unit', 'what it measures'],
      all.map(metric => [
        `[\`${metric.name}\`](#${anchor(metric.name)})`,
        code(metric.prometheus),
        kind(metric.kind),
        code(metric.unit),
        metric.brief,
      ]),
    ),
    ...all.map(metric => metricSection(metric, catalog)),
  ]
}

function metricSection(metric: CatalogMetric, catalog: Catalog): string {
  return paragraphs([
    `## ${metric.name}`,
    metric.note === undefined ? metric.brief : `${metric.brief} ${metric.note}`,
    `${capital(kind(metric.kind))}, unit ${code(metric.unit)}, in Prometheus ${code(metric.prometheus)}.`,
    attributeTable(metric.attributes, catalog),
    metric.buckets === undefined
      ? undefined
      : `Buckets${metric.unit === 's' ? ' in seconds' : ''}: ${metric.buckets.join(' · ')}.`,
  ])
}

function spansPage(): string {
  return page('Spans', [
    'Every span that orderscope makes, and the events on them. Stage spans are children of the span `order`; all of them belong to the trace in which the order was wanted.',
    ...spanSections(wholeCatalog),
    '# Span events',
    ...Object.entries(wholeCatalog.events).map(([name, event]) =>
      paragraphs([`## ${name}`, event.brief, attributeTable(event.attributes, wholeCatalog)]),
    ),
  ])
}

function spanSections(catalog: Catalog): string[] {
  return Object.entries(catalog.spans).map(([name, span]) =>
    paragraphs([
      `## ${name}`,
      span.brief,
      `Kind: ${span.kind}.${span.links === undefined ? '' : ` Links: ${span.links}.`}`,
      attributeTable(span.attributes, catalog),
      span.events === undefined ? undefined : `Events: ${span.events.map(code).join(', ')}.`,
    ]),
  )
}

function logsPage(): string {
  return page('Log records', [
    "What happens to an order, as log records: one for each event, in the lane of the orders, never sampled, with the ids of the order's trace whether that is sampled or not. `ORDERSCOPE_ORDER_LOGS=off` leaves them out, `OTEL_LOGS_EXPORTER=none` all logs. The name is the `EventName` of the record.",
    markdownTable(
      ['event', 'severity', 'what happened'],
      Object.entries<LogEventDefinition>(logEvents).map(([name, { severity, brief }]) => [
        `[\`${name}\`](#${anchor(name)})`,
        severity.toUpperCase(),
        brief,
      ]),
    ),
    ...Object.entries<LogEventDefinition>(logEvents).map(([name, { brief, severity, body, attributes: references }]) =>
      paragraphs([
        `## ${name}`,
        brief,
        `Severity ${severity.toUpperCase()}, body \`${body}\`.`,
        attributeTable(references, wholeCatalog),
      ]),
    ),
  ])
}

function attributesPage(): string {
  return page('Attributes', [
    'Every attribute. Identifiers, quantities, prices and free text stand on spans and are never a metric label; a capped one counts against the series limit of its metric.',
    attributesTable(wholeCatalog),
  ])
}

function attributesTable(catalog: Catalog): string {
  const labels = { yes: 'yes', capped: 'yes, capped', never: 'never' }
  return markdownTable(
    ['attribute', 'type', 'meaning', 'values', 'metric label', 'FIX tag'],
    Object.entries(catalog.attributes).map(([name, attribute]) => [
      code(name),
      attribute.type,
      attribute.brief,
      attribute.values?.map(code).join(' ') ?? '',
      labels[attribute.metricLabel],
      attribute.fix === undefined ? '' : String(attribute.fix),
    ]),
  )
}

function migrationPage(): string {
  return page('If you have … today, read …', [
    'Orders, executions, positions, market data and connectivity as hand-written monitoring counts them, and where the same stands here.',
    markdownTable(
      ['you have', 'labels', 'read'],
      migration.map(row => [
        row.today.map(code).join(', '),
        row.labels.map(code).join(', '),
        [...row.read.map(promName), ...(row.upstream ?? []).map(code)].join(', '),
      ]),
    ),
    ...migration.map(row =>
      paragraphs([
        `## ${row.today.join(', ')}`,
        ...Object.entries(row.queries).map(
          ([answer, query]) => `${capital(answer)}:\n\n\`\`\`promql\n${query}\n\`\`\``,
        ),
        row.mended === undefined ? undefined : `**Mended:** ${row.mended}`,
        row.note,
      ]),
    ),
  ])
}

function promName(name: string): string {
  const metric = catalogMetrics().find(candidate => candidate.name === name)
  return `[\`${metric?.prometheus ?? name}\`](metrics.md#${anchor(name)})`
}

function attributeTable(references: Readonly<Partial<Record<string, Requirement>>>, catalog: Catalog): string {
  const every: Readonly<Record<string, AttributeDefinition>> = { ...attributes, ...catalog.attributes }
  const rows = Object.entries(references).map(([name, requirement]) => {
    const definition = every[name]
    return [
      code(name),
      requirement ?? '',
      definition?.brief ?? '',
      definition?.values?.map(code).join(' ') ?? definition?.type ?? '',
    ]
  })
  return rows.length === 0 ? 'No attributes.' : markdownTable(['attribute', 'requirement', 'meaning', 'values'], rows)
}

function page(title: string, parts: readonly string[]): string {
  return `${[`# ${title}`, ...parts].join('\n\n')}\n`
}

function paragraphs(parts: readonly (string | undefined)[]): string {
  return parts.filter(part => part !== undefined).join('\n\n')
}

/** The anchor that GitHub gives a heading: letters, digits, `-` and `_` are kept. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')
}

function code(text: string): string {
  return `\`${text}\``
}

function kind(name: string): string {
  return name === 'up_down_counter' ? 'up-down counter' : name
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
