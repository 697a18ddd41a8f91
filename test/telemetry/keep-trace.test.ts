import { ROOT_CONTEXT, SpanKind, type TraceFlags, trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TraceRef } from '../../src/channel/trace-ref.js'
import { keepTraceBy } from '../../src/telemetry/keep-trace.js'

const samplers: readonly [Parameters<typeof keepTraceBy>[0]['name'], (ratio: number) => Sampler][] = [
  ['always_on', () => new AlwaysOnSampler()],
  ['always_off', () => new AlwaysOffSampler()],
  ['traceidratio', ratio => new TraceIdRatioBasedSampler(ratio)],
  ['parentbased_always_on', () => new ParentBasedSampler({ root: new AlwaysOnSampler() })],
  ['parentbased_always_off', () => new ParentBasedSampler({ root: new AlwaysOffSampler() })],
  ['parentbased_traceidratio', ratio => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })],
]
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
const ratios = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5))

test.each(samplers)('%s keeps the traces that the sampler keeps', (name, create) => {
  fc.assert(
    fc.property(hex(32), hex(16), ratios, fc.constantFrom(undefined, 0, 1), (traceId, spanId, ratio, parentFlags) => {
      fc.pre(!/^0*$/.test(traceId) && !/^0*$/.test(spanId))
      const parent = parentFlags === undefined ? undefined : { traceId, spanId, traceFlags: parentFlags as TraceFlags }
      const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
      const { decision } = create(ratio).shouldSample(context, traceId, 'order', SpanKind.INTERNAL, {}, [])
      const kept = keepTraceBy({ name, ratio })(parent, TraceRef.parse(traceId, spanId))
      expect(kept).toBe(decision === SamplingDecision.RECORD_AND_SAMPLED)
    }),
    { numRuns: 300 },
  )
})
