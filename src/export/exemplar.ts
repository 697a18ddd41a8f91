import type { HrTime } from '@opentelemetry/api'
import type { DataPoint } from '@opentelemetry/sdk-metrics'

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
