import type { Instrumentation } from '@opentelemetry/instrumentation'
import { withoutOwnTraffic } from '../instrumentation/auto/own-traffic.js'
import { ccxtIncludes, instrumentCcxt } from './ccxt-hook.js'
import type { Signal } from './global-providers.js'
import { upstreamInstrumentationNames } from './instrumentation-names.js'
import { hookImports } from './module-hooks.js'
import type { Parts } from './parts.js'
import { applicationDirectory } from './resource.js'
import { sayOnce } from './said.js'
import type { Settings } from './settings.js'
import type { TelemetryOptions } from './settings-options.js'

/** `code`: something of the application has been loaded before. */
export type StartedBy = 'code' | 'preload'

/** What patches modules. */
export interface Instrumented {
  /** Of upstream, and those that the user handed over. */
  readonly upstream: readonly Instrumentation[]
  readonly undo: readonly (() => void)[]
}

/**
 * Instruments what the application loads from now on, by the global providers.
 *
 * With an SDK of the application's own for traces, it is for it to say which modules are instrumented.
 */
export function instrument(
  settings: Settings,
  options: TelemetryOptions,
  by: StartedBy,
  foreign: ReadonlySet<Signal>,
  parts: Parts,
  ownPort: () => number | undefined,
): Instrumented {
  try {
    const upstreamOff = options.instrumentations === false || foreign.has('traces')
    const ccxtWanted = settings.instrumentations.has('ccxt')
    const additional = options.additionalInstrumentations ?? []
    const wanted = !upstreamOff && upstreamInstrumentationNames.some(name => settings.instrumentations.has(name))
    const upstream = hookImports(
      () =>
        wanted || additional.length > 0
          ? parts.instrumentations().createInstrumentations({
              enabled: wanted ? settings.instrumentations : new Set(),
              configs: withoutOwnTraffic(options.instrumentations || {}, ownPort),
              additional,
            })
          : [],
      ccxtWanted ? ccxtIncludes() : [],
    )
    if (upstream.length > 0) parts.instrumentations().registerInstrumentations(upstream)
    return {
      upstream,
      undo: [
        ...upstream.map(each => () => each.disable()),
        ...(ccxtWanted ? [instrumentCcxt(applicationDirectory(), by === 'code', parts)] : []),
      ],
    }
  } catch (error) {
    sayOnce(
      'instrumentations',
      `nothing is instrumented by itself (${firstLine(error)}); orders and your own spans and metrics are recorded`,
    )
    return { upstream: [], undo: [] }
  }
}

/** What Node can't resolve it tells with a whole stack of modules. */
function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error).split('\n', 1)[0]!
}
