import { metrics, trace } from '@opentelemetry/api'
import type { Instrumentation } from '@opentelemetry/instrumentation'
import type { Signal } from './global-providers.js'
import { endOrdersBeforeShutdown } from './guest.js'
import type { Parts } from './parts.js'

/** What `createHandover` needs to know. */
export interface HandoverOptions {
  /** Signals that somebody else had before. */
  readonly foreign: ReadonlySet<Signal>
  /** Our instrumentations of upstream's modules. */
  readonly ours: readonly Instrumentation[]
  readonly parts: Pick<Parts, 'handover'>
  /** After an SDK of the application's own has registered everything that it brings. */
  readonly onChange: (taken: ReadonlySet<Signal>) => void
}

/** Follows what an SDK that the application starts after ours takes over. */
export interface Handover {
  readonly taken: ReadonlySet<Signal>
  take(signal: Signal): void
  stop(): void
}

/** Begins to watch: call it when our own instrumentations have been registered. */
export function createHandover({ foreign, ours, parts, onChange }: HandoverOptions): Handover {
  const taken = new Set<Signal>(foreign)
  const theirs = new Set<Instrumentation>()
  // where we have none, there is nothing to hand over
  const instrumentations = ours.length === 0 ? undefined : parts.handover()
  let scheduled = false
  let stopped = false
  let undoShutdown: (() => void) | undefined

  const settle = (): void => {
    scheduled = false
    if (stopped || taken.size === foreign.size) return
    if (taken.has('traces')) {
      const providers = { tracerProvider: trace.getTracerProvider(), meterProvider: metrics.getMeterProvider() }
      instrumentations?.handOverInstrumentations(ours, [...theirs], providers)
      undoShutdown ??= endOrdersBeforeShutdown()
    }
    onChange(taken)
  }
  // one SDK registers its signals one after the other; what the application does next must find all of it done, and
  // a promise's callback would come after those of process.nextTick
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    process.nextTick(settle)
  }
  const unwatch = instrumentations?.watchInstrumentations(each => {
    if (ours.includes(each) || theirs.has(each)) return
    theirs.add(each)
    schedule()
  })
  return {
    taken,
    take(signal) {
      taken.add(signal)
      schedule()
    },
    stop() {
      stopped = true
      unwatch?.()
      undoShutdown?.()
    },
  }
}
