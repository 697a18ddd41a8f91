import { metrics, trace } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation'
import { withoutOwnTraffic } from '../instrumentation/auto/own-traffic.js'
import { ccxtIncludes, instrumentCcxt } from './ccxt-hook.js'
import type { Signal } from './global-providers.js'
import { createInstrumentations } from './instrumentations.js'
import { applicationDirectory } from './resource.js'
import { sayOnce } from './said.js'
import type { Settings } from './settings.js'
import type { TelemetryOptions } from './settings-options.js'

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
  foreign: ReadonlySet<Signal>,
  ownPort: () => number | undefined,
): Instrumented {
  try {
    const upstreamOff = options.instrumentations === false || foreign.has('traces')
    const ccxtWanted = settings.instrumentations.has('ccxt')
    const upstream = createInstrumentations({
      enabled: upstreamOff ? new Set() : settings.instrumentations,
      configs: withoutOwnTraffic(options.instrumentations || {}, ownPort),
      additional: options.additionalInstrumentations ?? [],
      ...(ccxtWanted ? { include: ccxtIncludes() } : {}),
    })
    registerInstrumentations({
      instrumentations: upstream,
      tracerProvider: trace.getTracerProvider(),
      meterProvider: metrics.getMeterProvider(),
      loggerProvider: logs.getLoggerProvider() as never,
    })
    return {
      upstream,
      undo: [
        ...upstream.map(each => () => each.disable()),
        ...(ccxtWanted ? [instrumentCcxt(applicationDirectory())] : []),
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
