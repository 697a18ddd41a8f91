import {
  type Context,
  isSpanContextValid,
  ProxyTracerProvider,
  type SpanContext,
  type SpanKind,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import type { ScopeDescriptor } from '../channel/messages.js'
import { TraceRef } from '../channel/trace-ref.js'
import { RingSpan, type SpanOrigin } from './ring-span.js'
import type { SpanSink } from './span-sink.js'

/** Whether a trace that begins here, or goes on from `parent`, is kept: what the provider's sampler would say. */
export type KeepTrace = (parent: SpanContext | undefined, ids: TraceRef) => boolean

/**
 * The short way of a span: no object of the SDK, no attributes kept, straight to bytes when it ends. It gives the same
 * telemetry as the tracer of the provider that it belongs to, where nobody else wants to see that provider's spans.
 */
export class RingTracer {
  readonly #sink: SpanSink
  readonly #scope: ScopeDescriptor
  readonly #keep: KeepTrace

  constructor(sink: SpanSink, scope: ScopeDescriptor, keep: KeepTrace) {
    this.#sink = sink
    this.#scope = scope
    this.#keep = keep
  }

  /** A span below whatever span `context` has, else a new trace. */
  startRoot(name: string, kind: SpanKind, startMs: number, context: Context, links: readonly SpanContext[]): RingSpan {
    const active = trace.getSpanContext(context)
    const parent = active !== undefined && isSpanContextValid(active) ? active : undefined
    const above = parent === undefined ? undefined : TraceRef.parse(parent.traceId, parent.spanId)
    const ref = TraceRef.random(above)
    const isSampled = this.#keep(parent, ref) && !isTracingSuppressed(context)
    const origin =
      parent === undefined
        ? isSampled
          ? SAMPLED_ROOT
          : UNSAMPLED_ROOT
        : { parent: above, isRemote: parent.isRemote === true, traceState: parent.traceState, isSampled }
    return this.#span(name, kind, startMs, ref, origin, links)
  }

  /** A span below one of this tracer. What was decided for the trace holds for all of it. */
  startBelow(name: string, kind: SpanKind, startMs: number, parent: RingSpan): RingSpan {
    return this.#span(name, kind, startMs, TraceRef.random(parent.ids), parent.originOfChildren, NO_LINKS)
  }

  /** The same of one that is over already: it is told at once. Only where `parent` is sampled. */
  tellBelow(name: string, kind: SpanKind, startMs: number, parent: RingSpan): SpanSink {
    this.#sink.beginBelow(this.#scope, name, kind, startMs, parent)
    return this.#sink
  }

  /** Whether what is told goes anywhere. */
  isRecording(parent: RingSpan): boolean {
    return parent.origin.isSampled && this.#sink.isOpen
  }

  #span(
    name: string,
    kind: SpanKind,
    startMs: number,
    ref: TraceRef,
    origin: SpanOrigin,
    links: readonly SpanContext[],
  ): RingSpan {
    return new RingSpan(this.#sink, this.#scope, name, kind, startMs, ref, origin, links)
  }
}

const NO_LINKS: readonly SpanContext[] = []

const SAMPLED_ROOT: SpanOrigin = { parent: undefined, isRemote: false, traceState: undefined, isSampled: true }
const UNSAMPLED_ROOT: SpanOrigin = { parent: undefined, isRemote: false, traceState: undefined, isSampled: false }

type Open = (scope: ScopeDescriptor) => RingTracer

const shortWays = new WeakMap<TracerProvider, Open>()

/** Opens the short way for the spans of a provider; whoever makes the provider knows that nobody else looks at them. */
export function openShortWay(provider: TracerProvider, sink: SpanSink, keep: KeepTrace): void {
  shortWays.set(provider, scope => new RingTracer(sink, scope, keep))
}

/** Lets those who see `provider` in place of `own` go the short way as well. */
export function shareShortWay(own: TracerProvider, provider: TracerProvider): void {
  const open = shortWays.get(own)
  if (open !== undefined) shortWays.set(provider, open)
}

/** From now on somebody else's spans come of this provider. */
export function closeShortWay(provider: TracerProvider): void {
  shortWays.delete(provider)
}

/** What the API's stand-in stands for at this moment. */
export function providerBehind(provider: TracerProvider): TracerProvider {
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider
}

/** The short way of a provider, if it has one. */
export function ringTracerOf(provider: TracerProvider, scope: ScopeDescriptor): RingTracer | undefined {
  return shortWays.get(providerBehind(provider))?.(scope)
}
