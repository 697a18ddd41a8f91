import type { MeterProvider, TracerProvider } from '@opentelemetry/api'
import type { InstrumentationConfigMap } from '@opentelemetry/auto-instrumentations-node'
import { type Instrumentation, InstrumentationBase } from '@opentelemetry/instrumentation'
import { withPropagationHooks } from '../instrumentation/auto/propagation-hooks.js'

type SetTracerProvider = (this: Instrumentation, provider: TracerProvider) => void

/** Tells of every instrumentation that the application registers itself. Returns the undo. */
export function watchInstrumentations(onRegistered: (theirs: Instrumentation) => void): () => void {
  const prototype = InstrumentationBase.prototype as unknown as { setTracerProvider: SetTracerProvider }
  const original = prototype.setTracerProvider
  const watching: SetTracerProvider = function (provider) {
    Reflect.apply(original, this, [provider])
    onRegistered(this)
  }
  // inherited: the base class of the base class has it
  Object.defineProperty(prototype, 'setTracerProvider', { value: watching, configurable: true, writable: true })
  return () => {
    if (prototype.setTracerProvider === watching) delete (prototype as Partial<typeof prototype>).setTracerProvider
  }
}

/**
 * An SDK of the application's own has taken over, with instrumentations of its own. Where both have one, ours does
 * the work by their configuration: modules that were loaded before are patched by ours and never by theirs, later
 * ones would be patched by both. What they don't have is turned off, so that the application's traces are those it
 * had before.
 */
export function handOverInstrumentations(
  ours: readonly Instrumentation[],
  theirs: readonly Instrumentation[],
  providers: { readonly tracerProvider: TracerProvider; readonly meterProvider: MeterProvider },
): void {
  for (const own of ours) {
    const name = own.instrumentationName
    const same = theirs.filter(each => each !== own && each.instrumentationName === name)
    const last = same.at(-1)
    if (last === undefined) {
      own.disable()
      continue
    }
    const { enabled, ...config } = last.getConfig()
    for (const each of same) each.disable()
    if (enabled === false) {
      own.disable()
      continue
    }
    const hooked = withPropagationHooks({ [name]: config } as InstrumentationConfigMap)
    own.setConfig({ ...(hooked as Record<string, object>)[name], enabled: true })
    own.setTracerProvider(providers.tracerProvider)
    own.setMeterProvider(providers.meterProvider)
    own.enable()
  }
}
