import { type Context, type Span, SpanKind, type TextMapPropagator, trace } from '@opentelemetry/api'
import {
  createSafePropagator,
  isExplicitInjection,
  isPropagationSuppressed,
  withTravelingBaggage,
} from './propagation.js'
import type { Destination, PropagationRule } from './propagation-rule.js'

/*
 * Upstream's instrumentations call `propagation.inject(context, headers)` and don't say where the request goes.
 * Two ways lead there, for recorded and unrecorded spans alike:
 *
 *   http   startOutgoingSpanHook sees the options before upstream copies `options.headers` (Object.assign takes
 *          symbols along) and injects into the copy: a symbol on the headers names the destination
 *   undici, grpc   the span is made anew for the request and handed to a hook before the injection: a WeakMap
 *          names the destination of the span in the context
 */
const DESTINATIONS = Symbol('orderscope.propagation.destinations')
const bySpan = new WeakMap<Span, readonly Destination[]>()

/** Headers for upstream's HTTP instrumentation that say where they go. All the destinations must be allowed. */
export function markHeaders(headers: unknown, destinations: readonly Destination[]): object {
  return Object.assign({}, headers, { [DESTINATIONS]: destinations })
}

/** Notes where the request goes that a span stands for. */
export function markSpan(span: Span, destinations: readonly Destination[]): void {
  bySpan.set(span, destinations)
}

/**
 * A propagator that injects only where `rule` allows it, and never in a context that suppresses propagation.
 * What has no known destination (a message broker, a carrier of the user's own) is left to `inner`.
 */
export function createGuardedPropagator(inner: TextMapPropagator, rule: PropagationRule): TextMapPropagator {
  return createSafePropagator({
    inject(ctx, carrier, setter) {
      const destinations = destinationsOf(ctx, carrier)
      if (!isExplicitInjection(ctx)) {
        if (isPropagationSuppressed(ctx)) return
        if (destinations?.every(rule) === false) return
      }
      inner.inject(withTravelingBaggage(ctx), carrier, setter)
    },
    extract: (ctx, carrier, getter) => inner.extract(ctx, carrier, getter),
    fields: () => inner.fields(),
  })
}

function destinationsOf(ctx: Context, carrier: unknown): readonly Destination[] | undefined {
  const marked = carrier as { [DESTINATIONS]?: readonly Destination[] } | null | undefined
  const fromHeaders = marked?.[DESTINATIONS]
  if (fromHeaders !== undefined) {
    delete marked![DESTINATIONS]
    return fromHeaders
  }
  const span = trace.getSpan(ctx)
  if (span === undefined) return undefined
  return bySpan.get(span) ?? destinationOfClientSpan(span)
}

/** An instrumentation that somebody else set up: its span, if recorded, says where the request goes. */
function destinationOfClientSpan(span: Span): readonly Destination[] | undefined {
  const { kind, attributes } = span as { kind?: SpanKind; attributes?: Record<string, unknown> }
  if (kind !== SpanKind.CLIENT) return undefined
  const host = attributes?.['server.address'] ?? attributes?.['net.peer.name']
  if (typeof host !== 'string') return undefined
  const port = attributes?.['server.port'] ?? attributes?.['net.peer.port']
  return [{ host, port: typeof port === 'number' ? port : undefined }]
}
