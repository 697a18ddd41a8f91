import { diag, metrics, trace } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import { type Instrumentation, registerInstrumentations as registerUpstream } from '@opentelemetry/instrumentation'
import { hookGrpc, withPropagationHooks } from '../instrumentation/auto/propagation-hooks.js'
import { upstreamInstrumentationNames } from './instrumentation-names.js'
import { guardPatches, ownRequire } from './module-hooks.js'

/** Which instrumentations to make, and how. */
export interface InstrumentationOptions {
  /** Short names of those that are on (`http`, `pg`). */
  readonly enabled: ReadonlySet<string>
  /** The user's configuration by package name. */
  readonly configs: InstrumentationConfigMap
  readonly additional: readonly Instrumentation[]
}

const PREFIX = '@opentelemetry/instrumentation-'

type Auto = typeof import('@opentelemetry/auto-instrumentations-node')

/**
 * Makes OpenTelemetry's own instrumentations, patched for `require` and `import` alike: call it within `hookImports`,
 * before the application's modules load; hand the result to `registerInstrumentations`.
 */
export function createInstrumentations(options: InstrumentationOptions): Instrumentation[] {
  const all = [...createUpstream(options), ...options.additional]
  for (const instrumentation of all) {
    guardPatches(instrumentation, error =>
      diag.error(`${instrumentation.instrumentationName} could not patch a module, which stays as it was:`, error),
    )
    if (instrumentation.instrumentationName === `${PREFIX}grpc`) hookGrpc(instrumentation)
  }
  return all
}

/** From now on they tell the global providers. */
export function registerInstrumentations(instrumentations: Instrumentation[]): void {
  registerUpstream({
    instrumentations,
    tracerProvider: trace.getTracerProvider(),
    meterProvider: metrics.getMeterProvider(),
    loggerProvider: logs.getLoggerProvider() as never,
  })
}

/**
 * The package is loaded only here (190 ms on Node 20), and before any instrumentation is constructed: the first
 * one creates the require hook, which remembers core modules, and `http` would stay unpatched in CommonJS.
 */
function createUpstream({ enabled, configs }: InstrumentationOptions): Instrumentation[] {
  if (!upstreamInstrumentationNames.some(name => enabled.has(name))) return []
  const { getNodeAutoInstrumentations } = ownRequire()('@opentelemetry/auto-instrumentations-node') as Auto
  const hooked: Record<string, object | undefined> = { ...withPropagationHooks(configs) }
  for (const name of upstreamInstrumentationNames) {
    // said for each, so that upstream doesn't look into the environment by itself
    hooked[PREFIX + name] = { ...hooked[PREFIX + name], enabled: enabled.has(name) }
  }
  return getNodeAutoInstrumentations(hooked as InstrumentationConfigMap)
}
