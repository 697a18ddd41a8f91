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

/**
 * Loaded when they are first wanted. For the preload, which is never part of a bundle of the user's. The paths hold in
 * dist/chunks, where this lies, as they do here.
 */
export const partsOnDemand: Parts = {
  tracerProvider: () => ownRequire()('../telemetry/tracer-provider.js'),
  loggerProvider: () => ownRequire()('../telemetry/logger-provider.js'),
  propagators: () => ownRequire()('../telemetry/propagators.js'),
  instrumentations: () => ownRequire()('../telemetry/instrumentations.js'),
  handover: () => ownRequire()('../telemetry/instrumentation-handover.js'),
  ccxtOrders: () => ownRequire()('../telemetry/ccxt-orders.js'),
}
