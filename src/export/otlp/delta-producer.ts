import { emptyResource } from '@opentelemetry/resources'
import type { CollectionResult, MetricProducer } from '@opentelemetry/sdk-metrics'
import type { DeltaIntervals } from '../delta-intervals.js'

/** All producers of the OTLP reader as one, so that they tell the same interval. */
export class DeltaProducer implements MetricProducer {
  readonly #intervals: DeltaIntervals
  readonly #producers: readonly MetricProducer[]
  #latest: Promise<unknown> = Promise.resolve()

  constructor(intervals: DeltaIntervals, producers: readonly MetricProducer[]) {
    this.#intervals = intervals
    this.#producers = producers
  }

  /**
   * One at a time: two that end the same interval would each set the checkpoints, and what was recorded between them
   * would be in neither. Upstream's periodic reader asks for one at a time since it waits for an export under way; no
   * contract says so.
   */
  collect(): Promise<CollectionResult> {
    const result = this.#latest.then(() => this.#collect())
    this.#latest = result.catch(() => undefined)
    return result
  }

  async #collect(): Promise<CollectionResult> {
    const collection = await this.#intervals.begin()
    if (collection === undefined)
      return { errors: [], resourceMetrics: { resource: emptyResource(), scopeMetrics: [] } }
    const results = await Promise.all(this.#producers.map(producer => producer.collect()))
    this.#intervals.collected(collection)
    const scopeMetrics = results.flatMap(({ resourceMetrics }) => resourceMetrics.scopeMetrics)
    // nothing goes out, so nothing can be refused
    if (scopeMetrics.every(({ metrics }) => metrics.length === 0)) this.#intervals.commit(collection)
    return { errors: [], resourceMetrics: { resource: emptyResource(), scopeMetrics } }
  }
}
