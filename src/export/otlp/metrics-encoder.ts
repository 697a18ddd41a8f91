import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { writeAttributes } from '../../channel/otlp-values.js'
import { ProtobufWriter } from '../../channel/protobuf-writer.js'
import { exemplarsOf } from '../exemplar.js'
import { identityOf } from '../series-point.js'

/** No collector takes more by default (confighttp's max_request_body_size is 20 MiB). */
const MAXIMUM_REQUEST_BYTES = 256 << 20
/** Points between two turns of the loop: a millisecond or so of work. */
const POINTS_PER_SLICE = 500

/**
 * Writes collected metrics as an OTLP `ExportMetricsServiceRequest`. Upstream's serializer leaves exemplars out,
 * and encodes the attributes of every series anew each time; here they are kept, by series.
 */
export class MetricsEncoder {
  readonly #writer = new ProtobufWriter(MAXIMUM_REQUEST_BYTES)
  /** By field, since the tag is among the bytes, and by series. */
  readonly #attributes = new Map<number, WeakMap<object, Uint8Array>>()
  readonly #scratch = new ProtobufWriter()
  #slice = 0

  /** The request's bytes, good until the next call. `turn` is awaited now and then, so that a loop goes on. */
  async encode(resourceMetrics: ResourceMetrics, turn: () => Promise<void>): Promise<Uint8Array> {
    const writer = this.#writer
    writer.reset()
    const whole = writer.beginMessage(1)
    const resource = writer.beginMessage(1)
    writeAttributes(writer, 1, resourceMetrics.resource.attributes as Attributes)
    writer.endMessage(resource)
    for (const { scope, metrics } of resourceMetrics.scopeMetrics) {
      const scopeMetrics = writer.beginMessage(2)
      const scopeMark = writer.beginMessage(1)
      writer.string(1, scope.name)
      if (scope.version) writer.string(2, scope.version)
      writer.endMessage(scopeMark)
      for (const metric of metrics) await this.#metric(metric, turn)
      if (scope.schemaUrl) writer.string(3, scope.schemaUrl)
      writer.endMessage(scopeMetrics)
    }
    writer.endMessage(whole)
    return writer.bytes.subarray(0, writer.length)
  }

  async #metric(metric: MetricData, turn: () => Promise<void>): Promise<void> {
    const writer = this.#writer
    const { name, description, unit, valueType } = metric.descriptor
    const mark = writer.beginMessage(2)
    writer.string(1, name)
    if (description !== '') writer.string(2, description)
    if (unit !== '') writer.string(3, unit)
    const data = writer.beginMessage(dataFields[metric.dataPointType])
    for (const point of metric.dataPoints) {
      const pointMark = writer.beginMessage(1)
      switch (metric.dataPointType) {
        case DataPointType.HISTOGRAM:
          this.#histogram(point as DataPoint<Histogram>)
          break
        case DataPointType.EXPONENTIAL_HISTOGRAM:
          this.#exponentialHistogram(point as DataPoint<ExponentialHistogram>)
          break
        default:
          this.#number(point as DataPoint<number>, valueType === ValueType.INT)
      }
      writer.endMessage(pointMark)
      if (++this.#slice % POINTS_PER_SLICE === 0) await turn()
    }
    if (metric.dataPointType !== DataPointType.GAUGE) {
      // UNSPECIFIED 0, DELTA 1, CUMULATIVE 2
      writer.uint(2, metric.aggregationTemporality === AggregationTemporality.DELTA ? 1 : 2)
    }
    if (metric.dataPointType === DataPointType.SUM && metric.isMonotonic) writer.bool(3, true)
    writer.endMessage(data)
    writer.endMessage(mark)
  }

  #number(point: DataPoint<number>, integer: boolean): void {
    const writer = this.#writer
    this.#times(point)
    // a total beyond 2^53 isn't a whole number any more that one could vouch for
    const asInt = integer && Number.isSafeInteger(point.value)
    if (asInt) writer.sfixed64(6, point.value)
    else writer.double(4, point.value)
    this.#exemplars(5, point, asInt)
    this.#attributesOf(7, point)
  }

  #histogram(point: DataPoint<Histogram>): void {
    const writer = this.#writer
    const { buckets, count, sum, min, max } = point.value
    this.#times(point)
    writer.sfixed64(4, count)
    if (sum !== undefined) writer.double(5, sum)
    writer.packedFixed64(6, buckets.counts)
    writer.packedDoubles(7, buckets.boundaries)
    this.#exemplars(8, point, false)
    this.#attributesOf(9, point)
    if (count > 0 && min !== undefined) writer.double(11, min)
    if (count > 0 && max !== undefined) writer.double(12, max)
  }

  #exponentialHistogram(point: DataPoint<ExponentialHistogram>): void {
    const writer = this.#writer
    const { count, sum, scale, zeroCount, positive, negative, min, max } = point.value
    this.#attributesOf(1, point)
    this.#times(point)
    writer.sfixed64(4, count)
    if (sum !== undefined) writer.double(5, sum)
    writer.sint32(6, scale)
    writer.sfixed64(7, zeroCount)
    for (const [field, buckets] of [
      [8, positive],
      [9, negative],
    ] as const) {
      const mark = writer.beginMessage(field)
      writer.sint32(1, buckets.offset)
      for (const bucket of buckets.bucketCounts) writer.uintOrZero(2, bucket)
      writer.endMessage(mark)
    }
    this.#exemplars(11, point, false)
    if (count > 0 && min !== undefined) writer.double(12, min)
    if (count > 0 && max !== undefined) writer.double(13, max)
  }

  #times({ startTime, endTime }: { readonly startTime: HrTime; readonly endTime: HrTime }): void {
    this.#writer.time(2, startTime)
    this.#writer.time(3, endTime)
  }

  #exemplars(field: number, point: DataPoint<unknown>, integer: boolean): void {
    const writer = this.#writer
    for (const { value, time, traceId, spanId } of exemplarsOf(point)) {
      const mark = writer.beginMessage(field)
      writer.time(2, time)
      if (integer && Number.isSafeInteger(value)) writer.sfixed64(6, value)
      else writer.double(3, value)
      writer.hex(4, spanId)
      writer.hex(5, traceId)
      writer.endMessage(mark)
    }
  }

  #attributesOf(field: number, point: DataPoint<unknown>): void {
    let kept = this.#attributes.get(field)
    if (kept === undefined) {
      kept = new WeakMap()
      this.#attributes.set(field, kept)
    }
    const identity = identityOf(point)
    let bytes = kept.get(identity)
    if (bytes === undefined) {
      const scratch = this.#scratch
      scratch.reset()
      writeAttributes(scratch, field, point.attributes)
      bytes = scratch.bytes.slice(0, scratch.length)
      kept.set(identity, bytes)
    }
    this.#writer.append(bytes)
  }
}

/** Field of a `Metric` that holds its data. */
const dataFields: Readonly<Record<DataPointType, number>> = {
  [DataPointType.GAUGE]: 5,
  [DataPointType.SUM]: 7,
  [DataPointType.HISTOGRAM]: 9,
  [DataPointType.EXPONENTIAL_HISTOGRAM]: 10,
}
