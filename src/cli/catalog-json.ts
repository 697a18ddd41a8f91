import { attributes } from '../catalog/attributes.js'
import { logEvents } from '../catalog/log-events.js'
import type { MetricDefinition } from '../catalog/metric-definition.js'
import { metrics } from '../catalog/metrics.js'
import { orderMigration } from '../catalog/migration.js'
import { events, spans } from '../catalog/spans.js'
import { prometheusName } from '../export/prometheus/metric-name.js'

/** A metric as the catalog has it, with the name that Prometheus shows. */
export interface CatalogMetric extends MetricDefinition {
  readonly name: string
  readonly prometheus: string
}

/** Every metric, in the order of the catalog. */
export function catalogMetrics(): readonly CatalogMetric[] {
  return Object.entries<MetricDefinition>(metrics).map(([name, definition]) => ({
    name,
    prometheus: prometheusName(name, definition.unit, definition.kind)?.name ?? name,
    ...definition,
  }))
}

/** The whole catalog as one JSON document. */
export function catalogJson(): string {
  const named = (entries: object) => Object.entries(entries).map(([name, definition]) => ({ name, ...definition }))
  const document = {
    metrics: catalogMetrics(),
    spans: named(spans),
    events: named(events),
    logEvents: named(logEvents),
    attributes: named(attributes),
    migration: orderMigration,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
