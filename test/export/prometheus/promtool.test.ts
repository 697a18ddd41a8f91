import { spawnSync } from 'node:child_process'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import type { MetricDefinition } from '../../../src/catalog/metric-definition.js'
import { metrics as catalog } from '../../../src/catalog/metrics.js'
import { ExpositionWriter } from '../../../src/export/prometheus/exposition.js'

const PROMTOOL = 'promtool'
const isInstalled = spawnSync(PROMTOOL, ['--version']).status === 0

/** Every metric of the catalog with one series. */
function everything(): ResourceMetrics {
  const metrics = Object.entries(catalog as Record<string, MetricDefinition>).map(([name, definition]) => {
    const { kind, unit, brief, attributes } = definition
    const isHistogram = kind === 'histogram'
    const boundaries = definition.buckets ?? [1]
    const value = isHistogram
      ? { buckets: { boundaries, counts: boundaries.map(() => 1).concat(0) }, sum: 1, count: boundaries.length }
      : 1
    const labels = Object.fromEntries(
      Object.keys(attributes).map(attribute => [attribute, 'a "quoted" value\nof two lines \\']),
    )
    return {
      descriptor: { name, unit, description: brief, valueType: 1 },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: isHistogram ? DataPointType.HISTOGRAM : kind === 'gauge' ? DataPointType.GAUGE : DataPointType.SUM,
      isMonotonic: kind === 'counter',
      dataPoints: [{ startTime: [1, 0], endTime: [2, 0], attributes: labels, value }],
    } as unknown as MetricData
  })
  return {
    resource: resourceFromAttributes({ 'service.name': 'bot' }),
    scopeMetrics: [{ scope: { name: 'orderscope' }, metrics }],
  }
}

describe('promtool check metrics', () => {
  it.skipIf(!isInstalled)('finds nothing in the whole catalog', () => {
    const conflicts: string[] = []
    const text = [
      ...new ExpositionWriter((...conflict) => conflicts.push(conflict.join(' '))).write(everything(), 'text'),
    ].join('')
    const { status, stdout, stderr } = spawnSync(PROMTOOL, ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect({ status, stdout, stderr, conflicts }).toEqual({ status: 0, stdout: '', stderr: '', conflicts: [] })
  })
})
