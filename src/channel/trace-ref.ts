import { getRandomValues } from 'node:crypto'
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

  /** Signed 32-bit words, the first digits first. */
  constructor(trace0: number, trace1: number, trace2: number, trace3: number, span0: number, span1: number) {
    this.trace0 = trace0
    this.trace1 = trace1
    this.trace2 = trace2
    this.trace3 = trace3
    this.span0 = span0
    this.span1 = span1
  }

  /** Of ids in hexadecimal text. */
  static parse(traceId: string, spanId: string): TraceRef {
    return new TraceRef(
      parseWord(traceId, 0),
      parseWord(traceId, 8),
      parseWord(traceId, 16),
      parseWord(traceId, 24),
      parseWord(spanId, 0),
      parseWord(spanId, 8),
    )
  }

  /** A new span: in a new trace, or in that of `parent`. Random, as upstream's ids are; an id of zeros would be none. */
  static random(parent?: TraceRef): TraceRef {
    const span1 = randomWord() || 1
    if (parent !== undefined) {
      return new TraceRef(parent.trace0, parent.trace1, parent.trace2, parent.trace3, randomWord(), span1)
    }
    return new TraceRef(randomWord(), randomWord(), randomWord(), randomWord() || 1, randomWord(), span1)
  }

  /** 32 hexadecimal digits. */
  get traceId(): string {
    return formatWord(this.trace0) + formatWord(this.trace1) + formatWord(this.trace2) + formatWord(this.trace3)
  }

  /** 16 hexadecimal digits. */
  get spanId(): string {
    return formatWord(this.span0) + formatWord(this.span1)
  }
}

/** The reference of a span that is sampled; `undefined` for any other: an exemplar must lead to a stored trace. */
export function sampledTraceRef(context: SpanContext | undefined): TraceRef | undefined {
  if (context === undefined || (context.traceFlags & 1) === 0) return undefined
  return TraceRef.parse(context.traceId, context.spanId)
}

// xoshiro128**: https://prng.di.unimi.it/xoshiro128starstar.c, seeded by the system
let [state0, state1, state2, state3] = getRandomValues(new Int32Array(4)) as unknown as [number, number, number, number]

/** 32 random bits, as a signed word. `Math.random` gives an object on the heap at every call, this gives none. */
export function randomWord(): number {
  const product = Math.imul(state1, 5)
  const result = Math.imul((product << 7) | (product >>> 25), 9)
  const shifted = state1 << 9
  state2 ^= state0
  state3 ^= state1
  state1 ^= state2
  state0 ^= state3
  state2 ^= shifted
  state3 = (state3 << 11) | (state3 >>> 21)
  return result
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
