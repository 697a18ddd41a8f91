import type { PointExemplar } from '../exemplar.js'
import { formatValue } from './value.js'

interface Shown {
  readonly milliseconds: number
  readonly text: string
}

/**
 * The exemplars that stand behind samples. Prometheus refuses one that is older than the last one of its series, and
 * says so at every scrape; of two in the same millisecond it takes the first. The slowest measurement of a bucket is
 * older than the newest one, which may have moved to another bucket meanwhile: it isn't shown a second time.
 */
export class ShownExemplars {
  /** By the attributes of a point: the last one of each of its samples. */
  readonly #last = new WeakMap<object, Shown[]>()

  /** `index`: which of the point's samples; a histogram has one for each bucket. */
  text(point: object, index: number, exemplar: PointExemplar | undefined): string {
    if (exemplar === undefined) return ''
    const [seconds, nanoseconds] = exemplar.time
    const milliseconds = seconds * 1000 + Math.floor(nanoseconds / 1e6)
    let samples = this.#last.get(point)
    if (samples === undefined) {
      samples = []
      this.#last.set(point, samples)
    }
    const last = samples[index]
    if (last !== undefined && milliseconds <= last.milliseconds) {
      return milliseconds === last.milliseconds ? last.text : ''
    }
    const text = format(exemplar)
    samples[index] = { milliseconds, text }
    return text
  }
}

function format({ traceId, spanId, value, time }: PointExemplar): string {
  const milliseconds = String(Math.floor(time[1] / 1e6)).padStart(3, '0')
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${formatValue(value)} ${time[0]}.${milliseconds}`
}
