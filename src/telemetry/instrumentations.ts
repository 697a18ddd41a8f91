import { diag } from '@opentelemetry/api'
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import { hookGrpc, withPropagationHooks } from '../instrumentation/auto/propagation-hooks.js'
import { upstreamInstrumentationNames } from './instrumentation-names.js'
import { guardPatches, hookImports, ownRequire } from './module-hooks.js'

/** Which instrumentations to make, and how. */
export interface InstrumentationOptions {
  /** Short names of those that are on (`http`, `pg`). */
  readonly enabled: ReadonlySet<string>
  /** The user's configuration by package name. */
  readonly configs: InstrumentationConfigMap
  readonly additional: readonly Instrumentation[]
  /** Further modules that the import hook has to wrap. */
  readonly include?: readonly (string | RegExp)[]
}

const PREFIX = '@opentelemetry/instrumentation-'

type Auto = typeof import('@opentelemetry/auto-instrumentations-node')

/**
 * Makes OpenTelemetry's own instrumentations, patched for `require` and `import` alike. Call it before the
 * application's modules load; hand the result to `registerInstrumentations`.
 */
export function createInstrumentations(options: InstrumentationOptions): Instrumentation[] {
  return hookImports(() => {
    const upstream = createUpstream(options)
    const all = [...upstream, ...options.additional]
    for (const instrumentation of all) {
      guardPatches(instrumentation, error =>
        diag.error(`${instrumentation.instrumentationName} could not patch a module, which stays as it was:`, error),
      )
      if (instrumentation.instrumentationName === `${PREFIX}grpc`) hookGrpc(instrumentation)
    }
    return all
  }, options.include)
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
