import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics'
import {
  EXPONENTIAL_HEADER_WORDS,
  HISTOGRAM_HEADER_WORDS,
  MAXIMUM,
  MINIMUM,
  NEGATIVE_START,
  POSITIVE_START,
  SCALE,
  SUM,
  ZERO_COUNT,
} from '../channel/histogram-layout.js'
import type { InstrumentDescriptor } from '../channel/messages.js'

/** The value of a data point from an explicit block; the block's words may lie anywhere in `words`. */
export function readExplicit(words: Float64Array, at: number, descriptor: InstrumentDescriptor): Histogram {
  const { boundaries, recordMinMax } = descriptor
  const counts: number[] = []
  let count = 0
  for (let i = 0; i <= boundaries.length; i++) {
    const bucket = words[at + HISTOGRAM_HEADER_WORDS + i]!
    counts.push(bucket)
    count += bucket
  }
  return {
    buckets: { boundaries: boundaries as number[], counts },
    sum: words[at + SUM]!,
    count,
    ...minMax(words, at, recordMinMax && count > 0),
  }
}

/** The value of a data point from an exponential block. */
export function readExponential(
  words: Float64Array,
  at: number,
  { exponentialSize, signed, recordMinMax }: InstrumentDescriptor,
): ExponentialHistogram {
  const counts = at + EXPONENTIAL_HEADER_WORDS
  const positive = readBuckets(words, at + POSITIVE_START, counts, exponentialSize)
  const negative = signed
    ? readBuckets(words, at + NEGATIVE_START, counts + exponentialSize, exponentialSize)
    : { offset: 0, bucketCounts: [] }
  const zeroCount = words[at + ZERO_COUNT]!
  const others = [...positive.bucketCounts, ...negative.bucketCounts].reduce((sum, count) => sum + count, 0)
  const count = zeroCount + others
  return {
    count,
    sum: words[at + SUM]!,
    // zeros have no scale
    scale: others === 0 ? 0 : words[at + SCALE]!,
    zeroCount,
    positive,
    negative,
    ...minMax(words, at, recordMinMax && count > 0),
  }
}

function readBuckets(
  words: Float64Array,
  range: number,
  counts: number,
  size: number,
): ExponentialHistogram['positive'] {
  const start = words[range]!
  const end = words[range + 1]!
  const bucketCounts: number[] = []
  for (let index = start; index <= end; index++) {
    const rest = index % size
    bucketCounts.push(words[counts + (rest < 0 ? rest + size : rest)]!)
  }
  return { offset: bucketCounts.length === 0 ? 0 : start, bucketCounts }
}

function minMax(words: Float64Array, at: number, wanted: boolean): { min?: number; max?: number } {
  return wanted ? { min: words[at + MINIMUM]!, max: words[at + MAXIMUM]! } : {}
}
