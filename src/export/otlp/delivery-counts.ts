import { sdkMetrics } from '../../catalog/sdk-metrics.js'
import { DurationHistogram } from '../duration-histogram.js'

const { buckets } = sdkMetrics['otel.sdk.exporter.operation.duration']

/** One export under way. Exactly one of its ends is called. */
export interface ExportUnderWay {
  /** It was taken or given up; `errorType` of what failed. */
  ended(failed: number, errorType: string | undefined): void
  /** It goes on as smaller ones. */
  split(): void
}

/** What became of the records of a signal: handed to the exporter, under way, taken, or lost why. */
export class DeliveryCounts {
  /** Records handed to the exporter. */
  processed = 0
  /** Of them, records whose export hasn't ended. */
  inflight = 0
  delivered = 0
  readonly #failed = new Map<string, number>()
  /** By `error.type`, under the empty text what was taken. */
  readonly durations = new Map<string, DurationHistogram>()

  /** `count` records are handed to the exporter, by the first of its requests for them. */
  begin(count: number, isFirst = true): ExportUnderWay {
    const started = performance.now()
    if (isFirst) this.processed += count
    this.inflight += count
    return {
      ended: (failed, errorType) => {
        this.inflight -= count
        this.#add(count, failed, errorType, (performance.now() - started) / 1000)
      },
      split: () => {
        this.inflight -= count
      },
    }
  }

  #add(count: number, failed: number, errorType = '_OTHER', seconds: number): void {
    this.delivered += count - failed
    if (failed > 0) this.#failed.set(errorType, (this.#failed.get(errorType) ?? 0) + failed)
    const outcome = failed > 0 ? errorType : ''
    let durations = this.durations.get(outcome)
    if (durations === undefined) {
      durations = new DurationHistogram(buckets)
      this.durations.set(outcome, durations)
    }
    durations.add(seconds)
  }

  /** Count by `error.type`. */
  get failed(): ReadonlyMap<string, number> {
    return this.#failed
  }
}
