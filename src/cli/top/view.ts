import type { MetricDefinition } from '../../catalog/metric-definition.js'
import { type MetricName, metrics } from '../../catalog/metrics.js'
import { prometheusName } from '../../catalog/prometheus-name.js'
import type { Liveness } from '../../export/health-report.js'
import type { Sample } from './exposition.js'
import { bucketsOf, bucketsSince, countOf, quantile } from './histogram.js'
import type { HealthDetails, Reading } from './reading.js'

/** Rates are those of so many seconds. */
const RATE_SECONDS = 5
/** Quantiles are those of so many seconds; readings beyond them are forgotten. */
const WINDOW_SECONDS = 60

/** How often something happened. */
export interface Rate {
  readonly name: string
  readonly perSecond: number
  readonly total: number
  /** Per second, oldest first, one for each reading but the first. */
  readonly history: readonly number[]
}

/** How long something took. */
export interface Duration extends Rate {
  /** Seconds, of the last minute; of all time where the minute has none (`isOld`). */
  readonly p50: number | undefined
  readonly p90: number | undefined
  readonly p99: number | undefined
  readonly isOld: boolean
}

export type Counts = readonly (readonly [name: string, count: number])[]

/** All that is shown of a process. */
export interface View {
  readonly url: string
  readonly at: number
  readonly live: Liveness
  readonly ready: string
  readonly details: HealthDetails
  readonly service: string
  /** Seconds, oldest first. */
  readonly loopAges: readonly number[]
  /** Seconds that a timer comes late in the application's loop, as Node measures it (its resolution, 10 ms, included). */
  readonly loopDelay:
    | { readonly p50: number | undefined; readonly p99: number; readonly max: number | undefined }
    | undefined
  readonly rates: readonly Rate[]
  readonly durations: readonly Duration[]
  readonly active: Counts
  readonly rejections: Counts
  readonly cancelRejections: Counts
  readonly anomalies: Counts
  readonly drops: Counts
  /** Share of each lane that is full, from 0 to 1. */
  readonly lanes: Counts
}

/** The last minute of a process. */
export class History {
  #readings: Reading[] = []

  add(reading: Reading): void {
    const last = this.#readings.at(-1)
    // another process at the same address: its counters begin anew
    if (last !== undefined && last.details.pid !== reading.details.pid) this.#readings = []
    this.#readings.push(reading)
    while (reading.at - this.#readings[0]!.at > WINDOW_SECONDS * 1000) this.#readings.shift()
  }

  /** There must have been a reading. */
  view(url: string): View {
    const { at, live, ready, details, samples } = this.#readings.at(-1)!
    const gauge = (name: string) => samples.get(name)?.[0]?.value
    const p99 = gauge('nodejs_eventloop_delay_p99_seconds')
    return {
      url,
      at,
      live,
      ready,
      details,
      service:
        samples.get('target_info')?.[0]?.labels.service_name ?? samples.get('target_info')?.[0]?.labels.job ?? '',
      loopAges: this.#readings.map(reading => reading.details.loopAgeSeconds ?? 0),
      loopDelay:
        p99 === undefined
          ? undefined
          : {
              p50: gauge('nodejs_eventloop_delay_p50_seconds'),
              p99,
              max: gauge('nodejs_eventloop_delay_max_seconds'),
            },
      rates: [
        this.#rate('submitted', 'trading.order.submissions'),
        this.#rate('done', 'trading.orders'),
        this.#rate('executions', 'trading.executions'),
        this.#rate('rejected', 'trading.order.rejections'),
      ],
      durations: [
        ...this.#durations('trading.order.stage.duration', 'trading_order_stage'),
        ...this.#durations('trading.order.fill.delay', undefined, 'first fill'),
        ...this.#durations('trading.order.lifetime', undefined, 'lifetime'),
      ],
      active: this.#counts('trading.order.active', 'trading_order_status'),
      rejections: this.#counts('trading.order.rejections', 'trading_order_reject_reason'),
      cancelRejections: this.#counts('trading.order.cancel_rejections', 'trading_order_cancel_reject_reason'),
      anomalies: this.#counts('trading.order.anomalies', 'trading_order_anomaly_kind'),
      drops: this.#counts('orderscope.dropped', 'orderscope_drop_reason'),
      lanes: this.#lanes(),
    }
  }

  #rate(name: string, metric: MetricName, where: (sample: Sample) => boolean = () => true): Rate {
    return this.#rateOf(name, reading => sum(reading, sampleName(metric), where))
  }

  #rateOf(name: string, total: (reading: Reading) => number): Rate {
    const totals = this.#readings.map(reading => ({ at: reading.at, total: total(reading) }))
    const last = totals.at(-1)!
    const before = totals.findLast(({ at }) => last.at - at >= RATE_SECONDS * 1000) ?? totals[0]!
    const history = totals.slice(1).map((now, i) => perSecond(totals[i]!, now))
    return { name, perSecond: perSecond(before, last), total: last.total, history }
  }

  #durations(metric: MetricName, label: string | undefined, name = ''): Duration[] {
    const base = sampleName(metric)
    const last = this.#readings.at(-1)!
    const buckets = last.samples.get(`${base}_bucket`) ?? []
    const values = label === undefined ? [undefined] : [...new Set(buckets.map(({ labels }) => labels[label]))]
    return values.flatMap(value => {
      const fits = ({ labels }: Sample) => label === undefined || labels[label] === value
      const of = (reading: Reading) => bucketsOf((reading.samples.get(`${base}_bucket`) ?? []).filter(fits))
      const all = of(last)
      if (countOf(all) === 0) return []
      const recent = bucketsSince(all, of(this.#readings[0]!))
      const isOld = countOf(recent) === 0
      const shown = isOld ? all : recent
      const rate = this.#rateOf(value ?? name, reading => sum(reading, `${base}_count`, fits))
      return [{ ...rate, p50: quantile(shown, 0.5), p90: quantile(shown, 0.9), p99: quantile(shown, 0.99), isOld }]
    })
  }

  /** By the values of a label, the largest first. */
  #counts(metric: MetricName, label: string): Counts {
    const counts = new Map<string, number>()
    for (const { labels, value } of this.#readings.at(-1)!.samples.get(sampleName(metric)) ?? []) {
      const key = labels[label] ?? ''
      counts.set(key, (counts.get(key) ?? 0) + value)
    }
    return [...counts].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a)
  }

  #lanes(): Counts {
    const { samples } = this.#readings.at(-1)!
    const sizes = new Map<string, number>()
    for (const { labels, value } of samples.get(sampleName('orderscope.ring.size')) ?? []) {
      sizes.set(labels.orderscope_lane ?? '', value)
    }
    const capacities = samples.get(sampleName('orderscope.ring.capacity')) ?? []
    return capacities.map(({ labels, value }) => {
      const lane = labels.orderscope_lane ?? ''
      return [lane, value === 0 ? 0 : (sizes.get(lane) ?? 0) / value] as const
    })
  }
}

function sampleName(metric: MetricName): string {
  const { unit, kind }: MetricDefinition = metrics[metric]
  return prometheusName(metric, unit, kind)?.name ?? metric
}

function sum({ samples }: Reading, name: string, where: (sample: Sample) => boolean): number {
  return (samples.get(name) ?? []).filter(where).reduce((total, { value }) => total + value, 0)
}

function perSecond(
  before: { readonly at: number; readonly total: number },
  now: { readonly at: number; readonly total: number },
): number {
  const seconds = (now.at - before.at) / 1000
  return seconds <= 0 ? 0 : Math.max(0, now.total - before.total) / seconds
}
