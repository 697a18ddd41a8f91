import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { withoutOwnTraffic } from '../instrumentation/auto/own-traffic.js'
import { ccxtIncludes, instrumentCcxt } from './ccxt-hook.js'
import { createInstrumentations } from './instrumentations.js'
import type { Providers } from './providers.js'
import { applicationDirectory } from './resource.js'
import { sayOnce } from './said.js'
import type { Settings } from './settings.js'
import type { TelemetryOptions } from './settings-options.js'

/** `code`: something of the application has been loaded before. */
export type StartedBy = 'code' | 'preload'

/**
 * Installs upstream's instrumentations and that of ccxt; returns what undoes them. `ownPort`: the port of an endpoint
 * in this very loop, whose scrapes are no work of the application.
 */
export function instrument(
  settings: Settings,
  options: TelemetryOptions,
  by: StartedBy,
  { tracerProvider, meterProvider, loggerProvider }: Providers,
  ownPort: () => number | undefined,
): readonly (() => void)[] {
  try {
    const upstreamOff = options.instrumentations === false
    const ccxtWanted = settings.instrumentations.has('ccxt')
    const instrumentations = createInstrumentations({
      enabled: upstreamOff ? new Set() : settings.instrumentations,
      configs: withoutOwnTraffic(options.instrumentations || {}, ownPort),
      additional: options.additionalInstrumentations ?? [],
      ...(ccxtWanted ? { include: ccxtIncludes() } : {}),
    })
    registerInstrumentations({
      instrumentations,
      tracerProvider,
      meterProvider,
      loggerProvider: loggerProvider as never,
    })
    return [
      ...instrumentations.map(each => () => each.disable()),
      ...(ccxtWanted ? [instrumentCcxt(applicationDirectory(), by === 'code')] : []),
    ]
  } catch (error) {
    sayOnce(
      'instrumentations',
      `nothing is instrumented by itself (${firstLine(error)}); orders and your own spans and metrics are recorded`,
    )
    return []
  }
}

/** What Node can't resolve it tells with a whole stack of modules. */
function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error).split('\n', 1)[0]!
}
