import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figures, Work } from '../sample.js'

/* Where a program of the user's says when it was reached, and what it takes. */
const program = fileURLToPath(new URL('started-process.js', import.meta.url))

/** Runs the program of a user under `flags`; the figures that it prints. */
export function runPreloaded(
  flags: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  started = program,
): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...quiet, ...environment }
    execFile(process.execPath, [...flags, started], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(stderr || error.message))
      else resolve(JSON.parse(stdout) as Figures)
    })
  })
}

/** Nothing is sent anywhere; both have their endpoint for Prometheus. */
const quiet = {
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'prometheus',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_LOG_LEVEL: 'none',
  ORDERSCOPE_QUIET: '1',
}

export const ours = ['--require', 'orderscope/register']
const upstream = ['--require', '@opentelemetry/auto-instrumentations-node/register']

/** As users of upstream's have to start, for what is imported as an ES module to be instrumented. Ours sees to that. */
export const upstreamWithLoader = [
  ...upstream,
  '--experimental-loader',
  '@opentelemetry/instrumentation/hook.mjs',
  '--no-warnings',
]

/** The program where no ccxt is in reach: beside one, ours would load what follows its orders, which upstream has not. */
function withoutCcxt(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orderscope-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const copy = join(folder, 'started.mjs')
  copyFileSync(program, copy)
  return copy
}

const alone = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'ccxt' }

export const startUp: Work = {
  rounds: 7,
  sides: {
    nothing: () => runPreloaded([], {}, withoutCcxt()),
    orderscope: () => runPreloaded(ours, {}, withoutCcxt()),
    openTelemetry: () => runPreloaded(upstream, {}, withoutCcxt()),
    openTelemetryLoader: () => runPreloaded(upstreamWithLoader, {}, withoutCcxt()),
    orderscopeAlone: () => runPreloaded(ours, alone, withoutCcxt()),
    orderscopeBesideCcxt: () => runPreloaded(ours, alone),
  },
}
