import type { TextMapPropagator } from '@opentelemetry/api'
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3'
import { JaegerPropagator } from '@opentelemetry/propagator-jaeger'
import type { PropagatorName } from './settings-variables.js'

/** Propagators other than W3C's. */
export const otherPropagators: Readonly<
  Record<Exclude<PropagatorName, 'tracecontext' | 'baggage'>, () => TextMapPropagator>
> = {
  b3: () => new B3Propagator(),
  b3multi: () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
  jaeger: () => new JaegerPropagator(),
}
