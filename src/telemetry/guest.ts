import { metrics, type TracerProvider, trace } from '@opentelemetry/api'
import { closeOpenTrackers } from '../order/open-trackers.js'
import { VERSION } from '../version.js'
import { ccxtNote } from './ccxt-hook.js'
import { guardForeignPropagator, registeredSignals } from './global-providers.js'
import { instrument, type StartedBy } from './instrument.js'
import type { Parts } from './parts.js'
import { sayLine } from './said.js'
import type { Settings } from './settings.js'
import type { TelemetryOptions } from './settings-options.js'
import type { Telemetry } from './telemetry.js'

/*
 * orderscope in a process whose OpenTelemetry SDK is the application's own (NodeSDK): orders are recorded through
 * its providers, and everything that leaves the process leaves by its exporters.
 */

interface Stoppable {
  forceFlush?(): Promise<void>
  shutdown?(): Promise<void>
}

/** Ends the open spans of orders before the application's SDK is shut down: it would drop them. */
export function endOrdersBeforeShutdown(): () => void {
  const provider = currentTracerProvider() as Stoppable
  const { shutdown } = provider
  if (typeof shutdown !== 'function') return () => {}
  const own = Object.getOwnPropertyDescriptor(provider, 'shutdown')
  const ending = function (this: unknown): Promise<void> {
    attempt(closeOpenTrackers)
    return Reflect.apply(shutdown, provider, [])
  }
  Object.defineProperty(provider, 'shutdown', { value: ending, configurable: true, writable: true, enumerable: false })
  return () => {
    if (provider.shutdown !== ending) return
    if (own === undefined) delete provider.shutdown
    else Object.defineProperty(provider, 'shutdown', own)
  }
}

/** In a process whose traces and metrics another SDK has: orders are recorded through it, and nothing else is done. */
export function startAsGuest(
  settings: Settings,
  options: TelemetryOptions,
  by: StartedBy,
  parts: Parts,
  onShutdown: () => void,
): Telemetry {
  guardForeignPropagator(settings)
  const { undo } = instrument(settings, options, by, registeredSignals(), parts, () => undefined)
  const undoShutdown = endOrdersBeforeShutdown()
  sayJoined(settings)
  return {
    flush: flushForeign,
    async shutdown() {
      attempt(closeOpenTrackers)
      undoShutdown()
      for (const each of undo) attempt(each)
      onShutdown()
    },
  }
}

/** Waits until the application's exporters have what was recorded. */
export async function flushForeign(): Promise<void> {
  const meterProvider = metrics.getMeterProvider() as Stoppable
  await Promise.all([(currentTracerProvider() as Stoppable).forceFlush?.(), meterProvider.forceFlush?.()])
}

/** In the place of the start-up line. */
export function sayJoined(settings: Settings): void {
  if (settings.quiet) return
  const ccxt = ccxtNote(settings.instrumentations)
  const parts = [
    `${VERSION}  joined the application's own OpenTelemetry SDK: traces through its ${nameOf(currentTracerProvider())}, metrics through its ${nameOf(metrics.getMeterProvider())}`,
    'no endpoint and no exporter of orderscope',
    ...(ccxt === undefined ? [] : [ccxt]),
  ]
  sayLine(parts.join('  ·  '))
}

function currentTracerProvider(): TracerProvider {
  const provider = trace.getTracerProvider() as TracerProvider & { getDelegate?(): TracerProvider }
  return provider.getDelegate?.() ?? provider
}

function nameOf(provider: object): string {
  return provider.constructor.name
}

function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // the application's own end goes on
  }
}
