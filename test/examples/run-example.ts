import { join } from 'node:path'
import type { OtlpSink, ReceivedSpan } from '../../src/testing/index.js'
import { type ProgramOptions, root } from '../process/run-program.js'
import { registerUrl, runWithSink, type SinkResult } from '../process/with-sink.js'

/** Runs a file of examples/ as its guide says, preloaded. */
export function runExample(path: string, options: ProgramOptions = {}): Promise<SinkResult> {
  return runWithSink(['--import', registerUrl, join(root, 'examples', path)], {
    timeoutMs: 50_000,
    ...options,
    env: { OTEL_SERVICE_NAME: 'my-bot', ...options.env },
  })
}

/** The values that arrived last for a metric, by the attribute `key`. */
export function valuesBy({ metrics }: OtlpSink, name: string, key: string): Record<string, number | undefined> {
  const points = metrics.findLast(metric => metric.name === name)?.points ?? []
  return Object.fromEntries(points.map(point => [String(point.attributes[key]), point.value]))
}

/** The spans right below another. */
export function childrenOf({ spans }: OtlpSink, parent: ReceivedSpan): string[] {
  return spans.filter(span => span.parentSpanId === parent.spanId).map(span => span.name)
}
