import { type DataPoint, DataPointType, type Histogram, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { PointExemplar } from '../exemplar.js'
import { exemplarsOf } from '../exemplar.js'
import { identityOf } from '../series-point.js'
import type { ExpositionFormat } from './accept.js'
import { type ConflictListener, type Family, groupFamilies } from './families.js'
import { formatLabels, LabelCache } from './labels.js'
import { ShownExemplars } from './shown-exemplars.js'
import { TextBytes } from './text-bytes.js'
import { formatValue } from './value.js'

/** Bytes to a piece of text: a millisecond or so of work. */
const PIECE_LENGTH = 32_768

/**
 * Writes collected metrics as text, in pieces, so that whoever runs it in the application's loop can let the loop
 * turn between them.
 *
 * Text 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) or OpenMetrics 1.0.0
 * (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md). Minimum and maximum of
 * histograms aren't shown (no metric type has them), nor are `_created` series.
 */
export class ExpositionWriter {
  readonly #labels = new LabelCache()
  readonly #exemplars = new ShownExemplars()
  readonly #resourceLabels = new WeakMap<object, string>()
  readonly #bucketLabels = { text: new WeakMap<object, string[]>(), openmetrics: new WeakMap<object, string[]>() }
  readonly #onConflict: ConflictListener

  /** `onConflict` hears at every scrape of each metric that can't be shown; it has to keep from repeating itself. */
  constructor(onConflict: ConflictListener) {
    this.#onConflict = onConflict
  }

  *write(resourceMetrics: ResourceMetrics, format: ExpositionFormat['name']): Generator<Buffer, void, undefined> {
    const out = new TextBytes()
    out.text(this.#target(resourceMetrics.resource.attributes, format))
    for (const family of groupFamilies(resourceMetrics, format, this.#onConflict)) {
      if (family.type === 'signed_histogram' && format === 'openmetrics') {
        for (const part of ['bucket', 'count', 'sum'] as const) {
          out.text(`# TYPE ${family.name.name}_${part} unknown\n`)
          out.text(help(`${family.name.name}_${part}`, family.help, format))
          yield* this.#samples(out, family, format, part)
        }
        continue
      }
      out.text(header(family, format))
      yield* this.#samples(out, family, format, undefined)
    }
    if (format === 'openmetrics') out.text('# EOF\n')
    yield out.take()
  }

  #target(attributes: ResourceMetrics['resource']['attributes'], format: ExpositionFormat['name']): string {
    let labels = this.#resourceLabels.get(attributes)
    if (labels === undefined) {
      labels = formatLabels(attributes as Parameters<typeof formatLabels>[0])
      this.#resourceLabels.set(attributes, labels)
    }
    if (labels === '') return ''
    const help = 'Target metadata'
    return format === 'openmetrics'
      ? `# TYPE target info\n# HELP target ${help}\ntarget_info{${labels}} 1\n`
      : `# HELP target_info ${help}\n# TYPE target_info gauge\ntarget_info{${labels}} 1\n`
  }

  *#samples(
    out: TextBytes,
    family: Family,
    format: ExpositionFormat['name'],
    part: HistogramPart | undefined,
  ): Generator<Buffer, void, undefined> {
    const name = family.name.name
    // attributes that differ may give the same labels, and one series told twice fails the whole scrape
    const seen = new Set<string>()
    for (const { metric, scopeLabels } of family.members) {
      for (const point of metric.dataPoints) {
        const own = this.#labels.text(point)
        const labels = own === '' ? scopeLabels : scopeLabels === '' ? own : `${own},${scopeLabels}`
        if (seen.has(labels)) {
          this.#onConflict(metric.descriptor.name, `two of its series have the labels {${labels}}`)
          continue
        }
        seen.add(labels)
        if (metric.dataPointType === DataPointType.HISTOGRAM) {
          this.#histogram(out, name, labels, point as DataPoint<Histogram>, format, part)
        } else {
          writeHead(out, name, '', labels)
          out.text(formatValue(point.value as number))
          if (format === 'openmetrics' && family.type === 'counter') {
            out.text(this.#exemplars.text(identityOf(point), 0, newest(exemplarsOf(point))))
          }
          out.text('\n')
        }
        if (out.length >= PIECE_LENGTH) yield out.take()
      }
    }
  }

  #histogram(
    out: TextBytes,
    name: string,
    labels: string,
    point: DataPoint<Histogram>,
    format: ExpositionFormat['name'],
    part: HistogramPart | undefined,
  ): void {
    const { buckets, sum } = point.value
    const bounds = this.#bounds(buckets.boundaries, format)
    const counts = buckets.counts
    const exemplars = format === 'openmetrics' && part === undefined ? exemplarsOf(point) : []
    const start = out.length
    let end = start
    let count = 0
    for (let i = 0; i < bounds.length; i++) {
      count += counts[i] ?? 0
      if (part !== undefined && part !== 'bucket') continue
      if (i > 0) out.again(start, end)
      else {
        out.text(name)
        out.text(labels === '' ? '_bucket{le="' : '_bucket{')
        if (labels !== '') {
          out.text(labels)
          out.text(',le="')
        }
        end = out.length
      }
      out.text(bounds[i]!)
      out.count(count)
      if (exemplars.length > 0) {
        const exemplar = newest(inBucket(exemplars, buckets.boundaries, i))
        out.text(this.#exemplars.text(identityOf(point), i, exemplar))
      }
      out.text('\n')
    }
    if (part === undefined || part === 'count') {
      writeHead(out, name, '_count', labels)
      out.count(count)
      out.text('\n')
    }
    if (sum !== undefined && (part === undefined || part === 'sum')) {
      writeHead(out, name, '_sum', labels)
      out.text(formatValue(sum))
      out.text('\n')
    }
  }

  /** `0.1"} ` for every bound and `+Inf`. */
  #bounds(boundaries: readonly number[], format: ExpositionFormat['name']): string[] {
    const cache = this.#bucketLabels[format]
    let texts = cache.get(boundaries)
    if (texts === undefined) {
      const finite = boundaries.filter(bound => bound !== Number.POSITIVE_INFINITY)
      texts = [...finite.map(bound => formatBound(bound, format)), '+Inf'].map(bound => `${bound}"} `)
      cache.set(boundaries, texts)
    }
    return texts
  }
}

/**
 * OpenMetrics has no histogram with values below zero that tells its sum, so there the three series come as
 * families of unknown type, under the names that they have in the text format.
 */
type HistogramPart = 'bucket' | 'count' | 'sum'

/** `name_count{a="1"} `. */
function writeHead(out: TextBytes, name: string, suffix: string, labels: string): void {
  out.text(name)
  out.text(suffix)
  if (labels !== '') {
    out.text('{')
    out.text(labels)
    out.text('}')
  }
  out.text(' ')
}

function header(family: Family, format: ExpositionFormat['name']): string {
  const { name } = family
  if (format === 'text') {
    const type = family.type === 'signed_histogram' ? 'histogram' : family.type
    return `${help(name.name, family.help, format)}# TYPE ${name.name} ${type}\n`
  }
  const unit = name.unit === undefined ? '' : `# UNIT ${name.family} ${name.unit}\n`
  return `# TYPE ${name.family} ${family.type}\n${unit}${help(name.family, family.help, format)}`
}

function help(name: string, text: string, format: ExpositionFormat['name']): string {
  if (text === '') return ''
  const escaped = text.replace(/\\/g, '\\\\').replace(/\r\n?|\n/g, '\\n')
  return `# HELP ${name} ${format === 'openmetrics' ? escaped.replace(/"/g, '\\"') : escaped}\n`
}

/** OpenMetrics wants its bounds as floats; so does Prometheus 3 store them, whatever the format. */
function formatBound(bound: number, format: ExpositionFormat['name']): string {
  const text = formatValue(bound)
  return format === 'openmetrics' && /^-?\d+$/.test(text) ? `${text}.0` : text
}

function inBucket(exemplars: readonly PointExemplar[], boundaries: readonly number[], index: number): PointExemplar[] {
  const above = index === 0 ? Number.NEGATIVE_INFINITY : boundaries[index - 1]!
  const upTo = boundaries[index] ?? Number.POSITIVE_INFINITY
  return exemplars.filter(({ value }) => value > above && value <= upTo)
}

function newest(exemplars: readonly PointExemplar[]): PointExemplar | undefined {
  let last: PointExemplar | undefined
  for (const exemplar of exemplars) {
    if (last === undefined || isLater(exemplar.time, last.time)) last = exemplar
  }
  return last
}

function isLater(a: PointExemplar['time'], b: PointExemplar['time']): boolean {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1])
}
