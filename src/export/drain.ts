import type { MetricReader } from '@opentelemetry/sdk-metrics'
import type { Delivery } from './delivery.js'
import type { OtlpMetricReader } from './otlp/metrics-reader.js'
import type { WriterState } from './writer-state.js'

/** How often it is looked whether it makes sense to wait on. */
const LOOK_MS = 20
/** The answer has to be there before whoever waits gives up. */
const ANSWER_MARGIN_MS = 30

/** Delivers what there is when a writer asks for it, and answers through its control block. */
export class Drain {
  readonly #delivery: Delivery
  readonly #metrics: OtlpMetricReader | undefined
  readonly #console: MetricReader | undefined
  readonly #timeoutMs: number
  #running = 0

  constructor(
    delivery: Delivery,
    metrics: OtlpMetricReader | undefined,
    console: MetricReader | undefined,
    timeoutMs: number,
  ) {
    this.#delivery = delivery
    this.#metrics = metrics
    this.#console = console
    this.#timeoutMs = Math.max(ANSWER_MARGIN_MS, timeoutMs - ANSWER_MARGIN_MS)
  }

  get isRunning(): boolean {
    return this.#running > 0
  }

  /** Never rejects. */
  async run({ id, control }: WriterState): Promise<void> {
    this.#running++
    const deadline = performance.now() + this.#timeoutMs
    // the main thread ends the process, another one just itself
    const scope = id === 0 ? undefined : id
    const report = () => {
      const { spans, logs } = this.#delivery.remaining(scope)
      control.reportRemaining(spans, logs, this.#delivery.whyNotDelivered)
      control.reportDroppedElsewhere(scope === undefined ? this.#delivery.droppedElsewhere : 0)
      return spans + logs
    }
    report()
    let metricsDelivered = this.#metrics === undefined
    let metricsDone = metricsDelivered
    const records = this.#delivery.drain()
    // nobody else is asked for it: it takes no longer than collecting does
    await this.#console?.forceFlush({ timeoutMillis: this.#timeoutMs }).catch(() => {})
    const flush = this.#flushMetrics().then(delivered => {
      metricsDelivered = delivered
      metricsDone = true
    })
    let isDone = false
    const all = Promise.all([records, flush]).then(() => {
      isDone = true
    })
    // it holds the loop where this runs in the application's: somebody awaits the answer
    while (!isDone && performance.now() < deadline) {
      await Promise.race([all, new Promise(resolve => setTimeout(resolve, LOOK_MS))])
      if (isDone) break
      const recordsDone = report() === 0 || this.#delivery.areRecordsHopeless
      if (recordsDone && (metricsDone || this.#delivery.areMetricsHopeless)) break
    }
    const left = report()
    this.#running--
    if (this.#running === 0) {
      this.#delivery.endDrain()
      this.#metrics?.giveUp(flush)
    }
    control.answerDrain(left === 0 && metricsDelivered)
  }

  async #flushMetrics(): Promise<boolean> {
    return this.#metrics?.flush(this.#timeoutMs).catch(() => false) ?? true
  }
}
