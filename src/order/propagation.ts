import {
  type Baggage,
  type Context,
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { carrierGetter, carrierSetter } from './propagation-carrier.js'

/** The ids that tie what services say of one order together; the only ones that travel in baggage. */
export interface OrderIds {
  readonly clientId?: string
  readonly rootId?: string
  readonly orderId?: string
  readonly parentId?: string
}

const idKeys: Readonly<Record<keyof OrderIds, string>> = {
  clientId: 'trading.order.client_id',
  rootId: 'trading.order.root_id',
  orderId: 'trading.order.id',
  parentId: 'trading.order.parent_id',
}
const travelingKeys: ReadonlySet<string> = new Set(Object.values(idKeys))

const SUPPRESSED = createContextKey('orderscope.propagation.suppressed')
const EXPLICIT = createContextKey('orderscope.propagation.explicit')

const w3c = new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] })

/**
 * Marks a context in which nothing is propagated, wherever a request goes: calls to venues are made in it. Only
 * an `inject` that somebody writes out still works there.
 */
export function suppressPropagation(parent: Context): Context {
  return parent.setValue(SUPPRESSED, true)
}

export function isPropagationSuppressed(ctx: Context): boolean {
  return ctx.getValue(SUPPRESSED) === true
}

/** Somebody called `inject` for a carrier of his own; it is his to say where that goes. */
export function isExplicitInjection(ctx: Context): boolean {
  return ctx.getValue(EXPLICIT) === true
}

/** Puts the ids of an order into the baggage of a context. */
export function setOrderIds(ctx: Context, ids: OrderIds): Context {
  let baggage = propagation.getBaggage(ctx) ?? propagation.createBaggage()
  for (const name of Object.keys(idKeys) as (keyof OrderIds)[]) {
    const value = ids[name]
    if (typeof value === 'string' && value !== '') baggage = baggage.setEntry(idKeys[name], { value })
  }
  return propagation.setBaggage(ctx, baggage)
}

/** The ids of the order that a context belongs to, as far as they came along. */
export function getOrderIds(ctx: Context): OrderIds {
  const baggage = propagation.getBaggage(ctx)
  const ids: { -readonly [Name in keyof OrderIds]: string } = {}
  if (baggage === undefined) return ids
  for (const name of Object.keys(idKeys) as (keyof OrderIds)[]) {
    const entry = baggage.getEntry(idKeys[name])
    if (entry !== undefined) ids[name] = entry.value
  }
  return ids
}

/** Leaves of what this package knows only the ids; entries of the user's own are his to send. */
export function withTravelingBaggage(ctx: Context): Context {
  const baggage = propagation.getBaggage(ctx)
  if (baggage === undefined) return ctx
  let kept: Baggage = baggage
  for (const [key] of baggage.getAllEntries()) {
    if (key.startsWith('trading.') && !travelingKeys.has(key)) kept = kept.removeEntry(key)
  }
  return kept === baggage ? ctx : propagation.setBaggage(ctx, kept)
}

/**
 * Writes the trace context and the order's ids into a carrier: HTTP headers, an object inside a WebSocket
 * message, a Map. Returns the carrier. Never throws: a carrier that can't be written to stays as it is.
 *
 * @param carrier where to write; a new object when left out
 * @param ctx the context to write; the active one when left out
 * @example socket.send(JSON.stringify({ ...order, headers: inject() }))
 */
export function inject<Carrier = Record<string, string>>(
  carrier: Carrier = {} as Carrier,
  ctx: Context = context.active(),
): Carrier {
  try {
    const prepared = withTravelingBaggage(ctx).setValue(EXPLICIT, true)
    if (hasGlobalPropagator()) propagation.inject(prepared, carrier, carrierSetter)
    else w3c.inject(prepared, carrier, carrierSetter)
  } catch {
    // a foreign propagator's affair; the message goes out without context
  }
  return carrier
}

/**
 * Reads what `inject` wrote in another service. Never throws: a carrier without context, or with nonsense in it,
 * gives `base` back.
 *
 * @param base what the result builds on. The default is the empty context: a WebSocket handler runs in whatever
 *   context opened the socket, which is the wrong parent
 * @example context.with(extract(message.headers), () => risk.check(message.order))
 */
export function extract(carrier: unknown, base: Context = ROOT_CONTEXT): Context {
  try {
    return hasGlobalPropagator()
      ? propagation.extract(base, carrier, carrierGetter)
      : w3c.extract(base, carrier, carrierGetter)
  } catch {
    return base
  }
}

/** Without one the API's stand-in knows no fields; then W3C is spoken all the same. */
function hasGlobalPropagator(): boolean {
  return propagation.fields().length > 0
}

/** A propagator that never throws, since upstream's instrumentations call it inside the host's requests. */
export function createSafePropagator(inner: TextMapPropagator): TextMapPropagator {
  return {
    inject(ctx: Context, carrier: unknown, setter: TextMapSetter) {
      try {
        inner.inject(ctx, carrier, setter)
      } catch {
        // goes out without context
      }
    },
    extract(ctx: Context, carrier: unknown, getter: TextMapGetter) {
      try {
        return inner.extract(ctx, carrier, getter)
      } catch {
        return ctx
      }
    },
    fields: () => inner.fields(),
  }
}
