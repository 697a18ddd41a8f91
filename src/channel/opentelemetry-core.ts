/*
 * What the trading thread wants of `@opentelemetry/core`, file by file (the version is pinned): its index loads the
 * semantic conventions as well, together 39 files for these six.
 */

export { W3CBaggagePropagator } from '@opentelemetry/core/build/src/baggage/propagation/W3CBaggagePropagator.js'
export { sanitizeAttributes } from '@opentelemetry/core/build/src/common/attributes.js'
export { CompositePropagator } from '@opentelemetry/core/build/src/propagation/composite.js'
export { isTracingSuppressed, suppressTracing } from '@opentelemetry/core/build/src/trace/suppress-tracing.js'
export { W3CTraceContextPropagator } from '@opentelemetry/core/build/src/trace/W3CTraceContextPropagator.js'
export { VERSION as SDK_VERSION } from '@opentelemetry/core/build/src/version.js'
