import type { SpanContext } from '@opentelemetry/api'

/**
 * A trace and span id as numbers, ready to be stored beside a measurement. Whoever records with exemplars
 * makes one for each span and hands it over with every measurement, so that no hexadecimal text is parsed
 * on the hot path.
 */
export class TraceRef {
  readonly trace0: number
  readonly trace1: number
  readonly trace2: number
  readonly trace3: number
  readonly span0: number
  readonly span1: number

  constructor(traceId: string, spanId: string) {
    this.trace0 = parseWord(traceId, 0)
    this.trace1 = parseWord(traceId, 8)
    this.trace2 = parseWord(traceId, 16)
    this.trace3 = parseWord(traceId, 24)
    this.span0 = parseWord(spanId, 0)
    this.span1 = parseWord(spanId, 8)
  }
}

/** The reference of a span that is sampled; `undefined` for any other: an exemplar must lead to a stored trace. */
export function sampledTraceRef(context: SpanContext | undefined): TraceRef | undefined {
  if (context === undefined || (context.traceFlags & 1) === 0) return undefined
  return new TraceRef(context.traceId, context.spanId)
}

function parseWord(hex: string, at: number): number {
  let word = 0
  for (let i = at; i < at + 8; i++) {
    const code = hex.charCodeAt(i)
    word = (word << 4) | (code < 58 ? code - 48 : (code | 32) - 87)
  }
  return word | 0
}

/** Eight hexadecimal digits of a word of an id. */
export function formatWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
