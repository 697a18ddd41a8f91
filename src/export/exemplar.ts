import type { HrTime } from '@opentelemetry/api'
import type { DataPoint } from '@opentelemetry/sdk-metrics'
import { chunkIndex, chunkOffset, readExemplars } from '../channel/series-memory.js'
import type { WriterState } from './writer-state.js'

/** A measurement with the span that it was made in. Upstream's data points have no place for it; ours carry it along. */
export interface PointExemplar {
  readonly value: number
  readonly time: HrTime
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string
  readonly spanId: string
}

/** A data point as our producer makes it. */
export interface PointWithExemplars<T> extends DataPoint<T> {
  readonly exemplars?: readonly PointExemplar[]
}

/** The exemplars of a data point, whoever made it. */
export function exemplarsOf(point: DataPoint<unknown>): readonly PointExemplar[] {
  return (point as PointWithExemplars<unknown>).exemplars ?? []
}

const NONE: readonly PointExemplar[] = []

/** The exemplars that lie at `address` (0: none), of measurements from one time until another, in milliseconds since 1970. */
export function exemplarsAt(
  writer: WriterState,
  address: number,
  from = Number.NEGATIVE_INFINITY,
  until = Number.POSITIVE_INFINITY,
): readonly PointExemplar[] {
  const chunk = address === 0 ? undefined : writer.chunks[chunkIndex(address)]
  if (chunk === undefined) return NONE
  const exemplars = readExemplars(chunk, chunkOffset(address)) ?? []
  return exemplars
    .filter(({ timeMs }) => timeMs >= from && timeMs <= until)
    .map(({ value, timeMs, traceId, spanId }) => ({ value, time: toHrTime(timeMs), traceId, spanId }))
}

/** Milliseconds since 1970 as upstream tells times. */
export function toHrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  // a fraction close to the next second must not round up to it
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))]
}
