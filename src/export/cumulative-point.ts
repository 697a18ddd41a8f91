import type { ExponentialHistogram, Histogram } from '@opentelemetry/sdk-metrics'
import { type HistogramLayout, NEGATIVE_START, POSITIVE_START } from '../channel/histogram-layout.js'
import { chunkIndex, chunkOffset, readWhole } from '../channel/series-memory.js'
import { exemplarsAt, toHrTime } from './exemplar.js'
import { readExplicit, readExponential } from './histogram-reading.js'
import { SeriesPoint } from './series-point.js'
import type { InstrumentState, SeriesState, WriterState } from './writer-state.js'

/** The value of a data point of ours. */
export type PointValue = number | Histogram | ExponentialHistogram

/** When a series is read, and from which collection on an observable one is shown. */
export interface CumulativeTimes {
  /** Milliseconds since 1970. */
  readonly endTime: number
  readonly shownFrom: number
}

/** The total of a series; `undefined` when there is nothing to show. */
export function readCumulativePoint(
  writer: WriterState,
  { descriptor, layout }: InstrumentState,
  series: SeriesState,
  isExponential: boolean,
  { endTime, shownFrom }: CumulativeTimes,
): SeriesPoint<PointValue> | undefined {
  const chunk = writer.chunks[chunkIndex(series.address)]
  if (chunk === undefined) return undefined
  const offset = chunkOffset(series.address)
  const second = Atomics.load(chunk.ints, offset * 2 + 1)
  if (descriptor.observable && second < shownFrom) return undefined
  const exemplars = descriptor.observable ? [] : exemplarsAt(writer, second)
  const times = { startTime: toHrTime(series.startTime), endTime: toHrTime(endTime) }
  if (descriptor.kind !== 'histogram') {
    const value = chunk.floats[offset + 1]!
    // a gauge that was never set
    return Number.isNaN(value) ? undefined : new SeriesPoint(series, times, value, exemplars)
  }
  const words = readHistogramWords(writer, series, layout, isExponential)
  const value = isExponential
    ? readExponential(words, layout.explicitWords, descriptor)
    : readExplicit(words, 0, descriptor)
  return new SeriesPoint<PointValue>(series, times, value, exemplars)
}

const scratches = new Map<number, Float64Array>()

/** The words of a histogram at one moment: now, or when it was last read if the writer doesn't stand still. */
function readHistogramWords(
  writer: WriterState,
  series: SeriesState,
  layout: HistogramLayout,
  withBlock: boolean,
): Float64Array {
  const words = withBlock ? layout.words : layout.explicitWords
  let scratch = scratches.get(words)
  if (scratch === undefined) {
    scratch = new Float64Array(words)
    scratches.set(words, scratch)
  }
  const index = chunkIndex(series.address)
  const offset = chunkOffset(series.address)
  const copies = writer.copies(index)
  if (readWhole(writer.chunks[index]!, offset, words, scratch)) {
    copies.set(scratch, offset)
    series.copiedWords = Math.max(series.copiedWords, words)
    return scratch
  }
  // never whole so far: an empty histogram is true, a torn one isn't
  return series.copiedWords >= words ? copies.subarray(offset, offset + words) : emptyWords(layout, words)
}

function emptyWords(layout: HistogramLayout, words: number): Float64Array {
  const empty = new Float64Array(words)
  // no buckets: the last index comes before the first
  for (const start of words > layout.explicitWords ? [POSITIVE_START, NEGATIVE_START] : []) {
    empty[layout.explicitWords + start + 1] = -1
  }
  return empty
}
