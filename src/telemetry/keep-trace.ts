import { TraceFlags } from '@opentelemetry/api'
import type { KeepTrace } from '../spans/ring-tracer.js'
import type { Settings } from './settings.js'

/** What upstream's samplers decide, for the short way of spans: by numbers, since ids are texts only where they are shown. */
export function keepTraceBy({ name, ratio }: Settings['sampler']): KeepTrace {
  const root = keepRoot(name, ratio)
  if (!name.startsWith('parentbased')) return root
  return (parent, ids) => (parent === undefined ? root(parent, ids) : (parent.traceFlags & TraceFlags.SAMPLED) !== 0)
}

function keepRoot(name: Settings['sampler']['name'], ratio: number): KeepTrace {
  if (name.endsWith('always_on')) return () => true
  if (name.endsWith('always_off')) return () => false
  // TraceIdRatioBasedSampler: the four words of the trace id, folded, below the share of all that they can be
  const bound = ratio >= 1 ? 0x100000000 : Math.floor(Math.max(0, ratio) * 0xffffffff)
  return (_parent, { trace0, trace1, trace2, trace3 }) => (trace0 ^ trace1 ^ trace2 ^ trace3) >>> 0 < bound
}
