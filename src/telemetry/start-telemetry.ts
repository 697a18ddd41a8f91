import { createCcxtOrders } from './ccxt-orders.js'
import { handOverInstrumentations, watchInstrumentations } from './instrumentation-handover.js'
import { createInstrumentations, registerInstrumentations } from './instrumentations.js'
import { createLoggerProvider } from './logger-provider.js'
import type { Parts } from './parts.js'
import { otherPropagators } from './propagators.js'
import { checkTelemetryOptions, type TelemetryOptions } from './settings-options.js'
import { start } from './start.js'
import type { Telemetry } from './telemetry.js'
import { createTracerProvider } from './tracer-provider.js'

/** All of them at once: in a bundle there is nothing to load on demand. */
const parts: Parts = {
  tracerProvider: () => ({ createTracerProvider }),
  loggerProvider: () => ({ createLoggerProvider }),
  propagators: () => ({ otherPropagators }),
  instrumentations: () => ({ createInstrumentations, registerInstrumentations }),
  handover: () => ({ handOverInstrumentations, watchInstrumentations }),
  ccxtOrders: () => ({ createCcxtOrders }),
}

/**
 * Starts telemetry: metrics on the scrape endpoint, traces and logs by OTLP, auto-instrumentations. What isn't
 * said in `options` comes from the environment. Modules that were imported before stay uninstrumented: the preload
 * comes before them all. ccxt is followed all the same, an exchange object that was made before from its second
 * call on.
 *
 * A second start gives back what runs already.
 *
 * @throws {TypeError} for a bad option
 * @example
 * const telemetry = startTelemetry({ serviceName: 'my-bot' })
 */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  checkTelemetryOptions(options)
  return start(options, 'code', parts)
}
