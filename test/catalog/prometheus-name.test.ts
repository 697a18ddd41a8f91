import { describe, expect, it } from 'vitest'
import { type PrometheusKind, prometheusName } from '../../src/catalog/prometheus-name.js'

// results of prometheus/otlptranslator, UnderscoreEscapingWithSuffixes
const cases: [name: string, unit: string, kind: PrometheusKind, expected: string | undefined, unitWord?: string][] = [
  ['trading.order.stage.duration', 's', 'histogram', 'trading_order_stage_duration_seconds', 'seconds'],
  ['trading.orders', '{order}', 'counter', 'trading_orders_total'],
  ['trading.order.active', '{order}', 'up_down_counter', 'trading_order_active'],
  ['requests', '', 'counter', 'requests_total'],
  ['requests_total', '', 'counter', 'requests_total'],
  ['total.requests', '', 'counter', 'requests_total'],
  ['cpu_usage', '1', 'gauge', 'cpu_usage_ratio', 'ratio'],
  ['cpu_usage_ratio', '1', 'gauge', 'cpu_usage_ratio', 'ratio'],
  ['items', '1', 'counter', 'items_total'],
  ['items', '1', 'up_down_counter', 'items'],
  ['response_time', 'ms', 'gauge', 'response_time_milliseconds', 'milliseconds'],
  ['memory_usage', 'By', 'gauge', 'memory_usage_bytes', 'bytes'],
  ['requests', '1/s', 'gauge', 'requests_per_second', 'per_second'],
  ['requests', '1/s', 'counter', 'requests_per_second_total', 'per_second'],
  ['throughput', 'By/s', 'gauge', 'throughput_bytes_per_second', 'bytes_per_second'],
  ['x', '{custom}/s', 'gauge', 'x_per_second', 'per_second'],
  ['custom_metric', 'By/{custom}', 'gauge', 'custom_metric_bytes', 'bytes'],
  ['custom_metric', 'custom_unit', 'gauge', 'custom_metric_custom_unit', 'custom_unit'],
  ['response_time_seconds', 's', 'gauge', 'response_time_seconds', 'seconds'],
  ['seconds_of_work', 's', 'gauge', 'seconds_of_work'],
  ['metric__with__multiple', 'unit__x', 'gauge', 'metric_with_multiple_unit_x', 'unit_x'],
  [
    'custom_metric',
    'unit@with#special/chars',
    'gauge',
    'custom_metric_unit_with_special_per_chars',
    'unit_with_special_per_chars',
  ],
  ['process.cpu.utilization', '%', 'gauge', 'process_cpu_utilization_percent', 'percent'],
  ['v8js.gc.duration', 's', 'histogram', 'v8js_gc_duration_seconds', 'seconds'],
  ['123metric', '', 'gauge', '_123metric'],
  ['preis.für.alles', '', 'gauge', 'preis_f_r_alles'],
  ['speed', 'm/m', 'gauge', 'speed_meters_per_minute', 'meters_per_minute'],
  ['lost', 'constructor', 'gauge', 'lost_constructor', 'constructor'],
  ['only', '/', 'gauge', 'only'],
  ['@#$%', '', 'gauge', undefined],
  ['', '', 'gauge', undefined],
  ['@#$%', 's', 'gauge', 'seconds'],
]

describe('prometheusName', () => {
  it.each(cases)('%s, unit "%s", %s → %s', (name, unit, kind, expected, unitWord) => {
    const result = prometheusName(name, unit, kind)
    expect(result?.name).toBe(expected)
    expect(result?.unit).toBe(unitWord)
  })

  it('names the OpenMetrics family of a counter without _total', () => {
    expect(prometheusName('cpu.time', 's', 'counter')).toEqual({
      name: 'cpu_time_seconds_total',
      family: 'cpu_time_seconds',
      unit: 'seconds',
    })
  })
})
