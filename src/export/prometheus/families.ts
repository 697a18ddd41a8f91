import { DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { type PrometheusKind, type PrometheusName, prometheusName } from '../../catalog/prometheus-name.js'
import type { ExpositionFormat } from './accept.js'
import { escapeLabelValue } from './labels.js'

/** Type of a metric family as it is told. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'signed_histogram' | 'unknown'

/** One metric of one scope in a family. */
export interface FamilyMember {
  readonly metric: MetricData
  /** `otel_scope_name="…"`, or nothing for a metric of our own. */
  readonly scopeLabels: string
}

/** All metrics that share a Prometheus name. */
export interface Family {
  readonly name: PrometheusName
  readonly type: FamilyType
  readonly help: string
  readonly members: FamilyMember[]
}

/** The scope whose metrics carry no scope labels. */
const OWN_SCOPE = 'orderscope'

/** Told of a metric that can't be shown beside the others. */
export type ConflictListener = (metric: string, reason: string) => void

/**
 * Groups metrics by their Prometheus names. What would make the text invalid is left out and told of: two types
 * under one name, or a name that another family's samples have (a gauge `x_count` beside a histogram `x`). The
 * first one stays.
 */
export function groupFamilies(
  resourceMetrics: ResourceMetrics,
  format: ExpositionFormat['name'],
  onConflict: ConflictListener,
): Family[] {
  const families = new Map<string, Family>()
  const owners = new Map<string, string>(targetNames.map(name => [name, 'target']))
  for (const { scope, metrics } of resourceMetrics.scopeMetrics) {
    const scopeLabels = scope.name === OWN_SCOPE ? '' : formatScope(scope.name, scope.version)
    for (const metric of metrics) {
      if (metric.dataPoints.length === 0) continue
      const { name: original, unit, description } = metric.descriptor
      const kind = kindOf(metric)
      const name = kind === undefined ? undefined : prometheusName(original, unit, kind)
      if (kind === undefined || name === undefined) {
        onConflict(
          original,
          kind === undefined ? 'exponential histograms have no text form' : 'nothing of its name is left',
        )
        continue
      }
      const type = typeOf(metric, kind)
      const known = families.get(name.name)
      if (known?.type === type && known.name.family === name.family) {
        known.members.push({ metric, scopeLabels })
        continue
      }
      const claimed = claims(name, type, format)
      const taken = claimed.find(claim => owners.has(claim))
      if (taken !== undefined) {
        onConflict(original, `${taken} is the name of ${owners.get(taken)} already`)
        continue
      }
      for (const claim of claimed) owners.set(claim, `${original} (${type.replace('_', ' ')})`)
      families.set(name.name, { name, type, help: description, members: [{ metric, scopeLabels }] })
    }
  }
  return [...families.values()]
}

const targetNames = ['target', 'target_info']

function formatScope(name: string, version: string | undefined): string {
  const parts = []
  if (name !== '') parts.push(`otel_scope_name="${escapeLabelValue(name)}"`)
  if (version) parts.push(`otel_scope_version="${escapeLabelValue(version)}"`)
  return parts.join(',')
}

function kindOf(metric: MetricData): PrometheusKind | undefined {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return metric.isMonotonic ? 'counter' : 'up_down_counter'
    case DataPointType.GAUGE:
      return 'gauge'
    case DataPointType.HISTOGRAM:
      return 'histogram'
    default:
      return undefined
  }
}

function typeOf(metric: MetricData, kind: PrometheusKind): FamilyType {
  if (metric.dataPointType !== DataPointType.HISTOGRAM) return kind === 'counter' ? 'counter' : 'gauge'
  const signed = metric.dataPoints.some(
    ({ value }) => (value.buckets.boundaries[0] ?? 0) < 0 || (value.sum !== undefined && value.sum < 0),
  )
  return signed ? 'signed_histogram' : 'histogram'
}

/** Names that nothing else may have while this family is told. */
function claims(name: PrometheusName, type: FamilyType, format: ExpositionFormat['name']): string[] {
  const { family } = name
  if (type === 'histogram' || type === 'signed_histogram') {
    return [family, `${family}_bucket`, `${family}_count`, `${family}_sum`]
  }
  return format === 'openmetrics' && family !== name.name ? [family, name.name] : [name.name]
}
