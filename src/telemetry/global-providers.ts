import { context, metrics, propagation, type TextMapPropagator, trace } from '@opentelemetry/api'
import { type LoggerProvider as ApiLoggerProvider, logs } from '@opentelemetry/api-logs'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { noteProviderChange } from '../metrics/provider-epoch.js'
import { createGuardedPropagator } from '../order/propagation-guard.js'
import { createPropagationRule, defaultPropagationRule } from '../order/propagation-rule.js'
import { closeShortWay, shareShortWay } from '../spans/ring-tracer.js'
import type { Parts } from './parts.js'
import type { Providers } from './providers.js'
import type { Settings } from './settings.js'
import type { PropagatorName } from './settings-variables.js'
import { YieldingTracerProvider } from './yielding-tracer-provider.js'

/** What an OpenTelemetry SDK can be registered for. */
export type Signal = 'traces' | 'metrics' | 'logs'

interface RegisteredApi {
  readonly trace?: unknown
  readonly metrics?: unknown
  readonly propagation?: TextMapPropagator
}

/** Where every copy of the API of one major version keeps what is registered. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1')
const LOGS_REGISTRY = Symbol.for('io.opentelemetry.js.api.logs')
const registry = globalThis as { [REGISTRY]?: RegisteredApi; [LOGS_REGISTRY]?: unknown }

/** What a function of the API takes that registers something. */
type ValueOf<Api, Name extends keyof Api> = Api[Name] extends (value: infer Value) => unknown ? Value : never
type Setter<Api, Name extends keyof Api> = (value: ValueOf<Api, Name>) => unknown

/** The signals that an SDK has been registered for. */
export function registeredSignals(): ReadonlySet<Signal> {
  return new Set<Signal>([
    ...(registry[REGISTRY]?.trace === undefined ? [] : ['traces' as const]),
    ...(registry[REGISTRY]?.metrics === undefined ? [] : ['metrics' as const]),
    ...(registry[LOGS_REGISTRY] === undefined ? [] : ['logs' as const]),
  ])
}

/**
 * Keeps the application's own propagator from sending trace context to venues: not with a call that ccxt makes,
 * and where ORDERSCOPE_PROPAGATE_TO is set, only there. Whatever else the application propagates stays as it was.
 */
export function guardForeignPropagator(settings: Settings): void {
  const theirs = registry[REGISTRY]?.propagation
  if (theirs === undefined) return
  propagation.disable()
  propagation.setGlobalPropagator(guarded(theirs, settings))
}

/**
 * The providers of this thread as the global ones of the API. An SDK that the application starts later takes the
 * signals that it brings: the API would refuse it, and what the application saw before would be missing.
 */
export class GlobalProviders {
  readonly #providers: Providers
  readonly #settings: Settings
  readonly #parts: Pick<Parts, 'propagators'>
  readonly #onTaken: (signal: Signal) => void
  readonly #owned: Set<Signal>
  #undo: (() => void)[] = []

  /** @param foreign signals that somebody else has already; they stay his */
  constructor(
    providers: Providers,
    settings: Settings,
    foreign: ReadonlySet<Signal>,
    parts: Pick<Parts, 'propagators'>,
    onTaken: (signal: Signal) => void,
  ) {
    this.#providers = providers
    this.#settings = settings
    this.#parts = parts
    this.#onTaken = onTaken
    this.#owned = new Set((['traces', 'metrics', 'logs'] as const).filter(signal => !foreign.has(signal)))
  }

  register(): void {
    const { meterProvider, tracerProvider, loggerProvider } = this.#providers
    if (this.#owned.has('metrics')) {
      metrics.setGlobalMeterProvider(meterProvider)
      this.#give(metrics, 'setGlobalMeterProvider', 'metrics', () => metrics.disable())
    }
    if (this.#owned.has('logs')) {
      logs.setGlobalLoggerProvider(loggerProvider as ApiLoggerProvider)
      this.#give(logs, 'setGlobalLoggerProvider', 'logs', () => logs.disable())
    }
    if (this.#owned.has('traces')) {
      const yielding = new YieldingTracerProvider(tracerProvider)
      shareShortWay(tracerProvider, yielding)
      trace.setGlobalTracerProvider(yielding)
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
      propagation.setGlobalPropagator(ownPropagator(this.#settings, this.#parts))
      this.#give(trace, 'setGlobalTracerProvider', 'traces', provider => {
        yielding.yieldTo(provider)
        closeShortWay(yielding)
        trace.disable()
      })
      this.#override(context, 'setGlobalContextManager', (original, manager) => {
        context.disable()
        return original(manager)
      })
      this.#override(propagation, 'setGlobalPropagator', (original, theirs) => {
        propagation.disable()
        return original(guarded(theirs, this.#settings))
      })
    } else guardForeignPropagator(this.#settings)
    noteProviderChange()
  }

  /** Takes away what is still ours, so that telemetry can be started anew. */
  unregister(): void {
    for (const undo of this.#undo.splice(0)) undo()
    if (this.#owned.has('metrics')) metrics.disable()
    if (this.#owned.has('logs')) logs.disable()
    if (this.#owned.has('traces')) {
      trace.disable()
      context.disable()
      propagation.disable()
    }
    noteProviderChange()
  }

  /** Lets the next provider in that somebody registers for `signal`. */
  #give<Api extends object, Name extends keyof Api>(
    api: Api,
    name: Name,
    signal: Signal,
    release: (provider: ValueOf<Api, Name>) => void,
  ): void {
    this.#override(api, name, (original, provider) => {
      this.#owned.delete(signal)
      release(provider)
      const result = original(provider)
      noteProviderChange()
      this.#onTaken(signal)
      return result
    })
  }

  /** Once: the API refuses a third one, as it does without us. */
  #override<Api extends object, Name extends keyof Api>(
    api: Api,
    name: Name,
    instead: (original: Setter<Api, Name>, value: ValueOf<Api, Name>) => unknown,
  ): void {
    const original = (api[name] as Setter<Api, Name>).bind(api)
    const override: Setter<Api, Name> = value => {
      undo()
      return instead(original, value)
    }
    const undo = (): void => {
      if ((api[name] as unknown) === override) delete (api as Partial<Api>)[name]
    }
    Object.defineProperty(api, name, { value: override, configurable: true, writable: true, enumerable: false })
    this.#undo.push(undo)
  }
}

function ownPropagator(settings: Settings, parts: Pick<Parts, 'propagators'>): TextMapPropagator {
  const inner = new CompositePropagator({ propagators: settings.propagators.map(name => propagator(name, parts)) })
  const rule = settings.propagateTo === undefined ? defaultPropagationRule : createPropagationRule(settings.propagateTo)
  return createGuardedPropagator(inner, rule)
}

function propagator(name: PropagatorName, parts: Pick<Parts, 'propagators'>): TextMapPropagator {
  switch (name) {
    case 'tracecontext':
      return new W3CTraceContextPropagator()
    case 'baggage':
      return new W3CBaggagePropagator()
    default:
      return parts.propagators().otherPropagators[name]()
  }
}

function guarded(theirs: TextMapPropagator, { propagateTo }: Settings): TextMapPropagator {
  return createGuardedPropagator(theirs, propagateTo === undefined ? () => true : createPropagationRule(propagateTo))
}
