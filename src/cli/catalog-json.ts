import { type AttributeDefinition, attributes } from '../catalog/attributes.js'
import { logEvents } from '../catalog/log-events.js'
import type { MetricDefinition } from '../catalog/metric-definition.js'
import { metrics } from '../catalog/metrics.js'
import { migration } from '../catalog/migration.js'
import { prometheusName } from '../catalog/prometheus-name.js'
import { type EventDefinition, events, type SpanDefinition, spans } from '../catalog/spans.js'

/** What is documented: the catalog, or an application's own definitions. */
export interface Catalog {
  readonly metrics: Readonly<Record<string, MetricDefinition<string>>>
  readonly spans: Readonly<Record<string, SpanDefinition<string>>>
  readonly events: Readonly<Record<string, EventDefinition>>
  readonly attributes: Readonly<Record<string, AttributeDefinition>>
}

/** A metric as the catalog has it, with the name that Prometheus shows. */
export interface CatalogMetric extends MetricDefinition<string> {
  readonly name: string
  readonly prometheus: string
}

/** Everything that orderscope emits. */
export const wholeCatalog: Catalog = { metrics, spans, events, attributes }

/** Every metric, in the order of the catalog. */
export function catalogMetrics(catalog: Catalog = wholeCatalog): readonly CatalogMetric[] {
  return Object.entries(catalog.metrics).map(([name, definition]) => ({
    name,
    prometheus: prometheusName(name, definition.unit, definition.kind)?.name ?? name,
    ...definition,
  }))
}

/** A catalog as one JSON document. */
export function catalogJson(catalog: Catalog = wholeCatalog): string {
  const named = (entries: object) => Object.entries(entries).map(([name, definition]) => ({ name, ...definition }))
  const document = {
    metrics: catalogMetrics(catalog),
    spans: named(catalog.spans),
    events: named(catalog.events),
    ...(catalog === wholeCatalog ? { logEvents: named(logEvents) } : {}),
    attributes: named(catalog.attributes),
    ...(catalog === wholeCatalog ? { migration } : {}),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
