import type { InstrumentDescriptor } from '../channel/messages.js'
import { type Chunk, chunkIndex, chunkOffset } from '../channel/series-memory.js'
import type { PointValue } from './cumulative-point.js'
import type { DeltaCollection } from './delta-intervals.js'
import { exemplarsAt, toHrTime } from './exemplar.js'
import { readExplicit, readExponential } from './histogram-reading.js'
import { SeriesPoint } from './series-point.js'
import type { InstrumentState, SeriesState, WriterState } from './writer-state.js'

/** A writer that stands in the middle of a measurement for longer was ended there, as a worker thread can be. */
const STILL_WITHIN_MS = 100

/**
 * What was added to a series in the interval that the collection ended; `undefined` when nothing was, as upstream has
 * it. Called for every series of the writers that take part in a collection that isn't repeated: the checkpoints of
 * sums are set here.
 */
export function readDeltaPoint(
  writer: WriterState,
  instrument: InstrumentState,
  series: SeriesState,
  collection: DeltaCollection,
  shownFrom: number,
): SeriesPoint<PointValue> | undefined {
  const chunk = writer.chunks[chunkIndex(series.address)]
  if (chunk === undefined) return undefined
  const offset = chunkOffset(series.address)
  const { descriptor } = instrument
  const value =
    descriptor.kind === 'histogram'
      ? readBlock(writer, instrument, chunk, offset)
      : readSum(writer, descriptor, chunk, offset, collection, shownFrom)
  if (value === undefined) return undefined
  const startTime = Math.max(series.startTime, writer.control.intervals.endedFrom ?? writer.startTime)
  const exemplars = descriptor.observable
    ? []
    : exemplarsAt(writer, Atomics.load(chunk.ints, offset * 2 + 1), startTime, collection.endTime)
  const times = { startTime: toHrTime(startTime), endTime: toHrTime(collection.endTime) }
  return new SeriesPoint(series, times, value, exemplars)
}

function readSum(
  { control }: WriterState,
  { observable, monotonic }: InstrumentDescriptor,
  { floats, ints }: Chunk,
  offset: number,
  { isRepeated }: DeltaCollection,
  shownFrom: number,
): number | undefined {
  const ended = control.intervals.endedBlock
  const checkpoint = offset + 2 + ended
  const before = floats[offset + 2 + (1 - ended)]!
  if (!isRepeated) {
    const isObserved = !observable || Atomics.load(ints, offset * 2 + 1) >= shownFrom
    floats[checkpoint] = isObserved ? floats[offset + 1]! : before
  }
  const now = floats[checkpoint]!
  if (now === before) return undefined
  // a total that is asked for may begin again, as a counter of another process does
  return monotonic && observable && now < before ? now : now - before
}

function readBlock(
  writer: WriterState,
  { descriptor, layout }: InstrumentState,
  { floats }: Chunk,
  offset: number,
): PointValue | undefined {
  const { endedBlock, endedEpoch } = writer.control.intervals
  const block = offset + layout.blocks[endedBlock]!
  if (floats[block] !== endedEpoch) return undefined
  return descriptor.exponentialSize > 0
    ? readExponential(floats, block, descriptor)
    : readExplicit(floats, block, descriptor)
}

/** Resolves when no measurement is under way that may have begun before the interval ended. */
export async function whenStill(writer: WriterState, { address }: SeriesState): Promise<void> {
  const chunk = writer.chunks[chunkIndex(address)]
  if (chunk === undefined) return
  const at = chunkOffset(address) * 2
  const version = Atomics.load(chunk.ints, at)
  const deadline = performance.now() + STILL_WITHIN_MS
  while (version & 1 && Atomics.load(chunk.ints, at) === version && performance.now() < deadline) {
    await new Promise(resolve => setTimeout(resolve, 1))
  }
}
