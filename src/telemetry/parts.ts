import { ownRequire } from './module-hooks.js'

/**
 * What many programs don't need, and what takes long to load: OpenTelemetry's SDK for an application's own spans and
 * log records, its instrumentations, and all that follows orders through ccxt.
 */
export interface Parts {
  readonly tracerProvider: () => typeof import('./tracer-provider.js')
  readonly loggerProvider: () => typeof import('./logger-provider.js')
  readonly propagators: () => typeof import('./propagators.js')
  readonly instrumentations: () => typeof import('./instrumentations.js')
  readonly handover: () => typeof import('./instrumentation-handover.js')
  readonly ccxtOrders: () => typeof import('./ccxt-orders.js')
}

/** Loaded when they are first wanted. For the preload, which is never part of a bundle. */
export const partsOnDemand: Parts = {
  tracerProvider: () => ownRequire()('./tracer-provider.js'),
  loggerProvider: () => ownRequire()('./logger-provider.js'),
  propagators: () => ownRequire()('./propagators.js'),
  instrumentations: () => ownRequire()('./instrumentations.js'),
  handover: () => ownRequire()('./instrumentation-handover.js'),
  ccxtOrders: () => ownRequire()('./ccxt-orders.js'),
}
