import type { Attributes, HrTime } from '@opentelemetry/api'
import type { DataPoint } from '@opentelemetry/sdk-metrics'
import type { PointExemplar, PointWithExemplars } from './exemplar.js'
import type { SeriesState } from './writer-state.js'

/** A data point of a series in shared memory. Its attributes are read when somebody looks at them. */
export class SeriesPoint<T> implements PointWithExemplars<T> {
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly value: T
  readonly exemplars: readonly PointExemplar[]
  readonly series: SeriesState

  constructor(
    series: SeriesState,
    times: { readonly startTime: HrTime; readonly endTime: HrTime },
    value: T,
    exemplars: readonly PointExemplar[],
  ) {
    this.startTime = times.startTime
    this.endTime = times.endTime
    this.value = value
    this.exemplars = exemplars
    this.series = series
  }

  get attributes(): Attributes {
    return this.series.attributes as Attributes
  }
}

/** What is the same for all points of a series: to keep things by. */
export function identityOf(point: DataPoint<unknown>): object {
  return point instanceof SeriesPoint ? point.series : point.attributes
}
