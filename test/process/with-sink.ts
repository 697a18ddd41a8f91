import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createOtlpSink, type OtlpSink, type OtlpSinkOptions } from '../../src/testing/index.js'
import { type ProgramOptions, type Result, root, runProgram } from './run-program.js'

export const register = join(root, 'dist/register.js')
export const registerUrl = pathToFileURL(register).href

export interface SinkResult extends Result {
  /**
   * Names of the spans that came, in alphabetical order. Without those of `net`: whether its connections are seen
   * depends on who loads it first.
   */
  readonly spans: readonly string[]
  readonly sink: OtlpSink
}

/**
 * Runs a program whose telemetry goes to a sink of its own: OTLP for all three signals, the scrape endpoint on any
 * free port.
 */
export async function runWithSink(
  args: readonly string[],
  options: ProgramOptions = {},
  sinkOptions: OtlpSinkOptions = {},
): Promise<SinkResult> {
  const sink = await createOtlpSink(sinkOptions)
  try {
    const result = await runProgram(args, {
      ...options,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_METRICS_EXPORTER: 'prometheus,otlp',
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
        ...options.env,
      },
    })
    const spans = sink.spans.map(({ name }) => name).filter(name => name !== 'tcp.connect')
    return { ...result, spans: spans.sort(), sink }
  } finally {
    await sink.close()
  }
}

/** The sum that arrived last for a counter without attributes. */
export function total({ metrics }: OtlpSink, name: string): number | undefined {
  const last = metrics.filter(metric => metric.name === name).at(-1)
  return last?.points.reduce((sum, point) => sum + Number(point.value ?? 0), 0)
}
