import type { ExportConfig, OtlpSignalConfig } from '../channel/export-config.js'
import type { ResourceAttributes } from './resource.js'
import type { Settings } from './settings.js'
import type { OtlpSignal } from './settings-otlp.js'

/** How long a collection waits for observable callbacks before it serves the last known values. */
const OBSERVE_TIMEOUT_MS = 1000

/** What the reading end has to know, from the settings. `port`: where the one before listened. */
export function exportConfig(
  settings: Settings,
  resource: ResourceAttributes,
  generation: number,
  port: number | undefined,
): ExportConfig {
  const wanted = (signal: OtlpSignal): OtlpSignalConfig | undefined =>
    (settings.exporters[signal] as readonly string[]).includes('otlp') ? settings.otlp[signal] : undefined
  const traces = wanted('traces')
  const metrics = wanted('metrics')
  const logs = wanted('logs')
  return {
    resource,
    ...(settings.exporters.metrics.includes('prometheus') && {
      prometheus: { ...settings.prometheus, ...(port !== undefined && { port }) },
    }),
    otlp: { ...(traces && { traces }), ...(metrics && { metrics }), ...(logs && { logs }) },
    ...(settings.exporters.metrics.includes('console') && { consoleMetrics: true }),
    metricExportIntervalMs: settings.metricExportIntervalMs,
    metricExportTimeoutMs: settings.metricExportTimeoutMs,
    metricTemporality: settings.metricTemporality,
    seriesIdleMs: settings.seriesIdleMs,
    observeTimeoutMs: OBSERVE_TIMEOUT_MS,
    hangAfterMs: settings.hangAfterMs,
    exitTimeoutMs: settings.exitTimeoutMs,
    niceness: settings.threadNiceness,
    quiet: settings.quiet,
    generation,
    pid: process.pid,
  }
}
