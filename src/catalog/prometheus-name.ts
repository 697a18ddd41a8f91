/*
 * Names as the OpenTelemetry–Prometheus specification has them
 * (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/), with the result of
 * Prometheus's own OTLP receiver (`UnderscoreEscapingWithSuffixes`) and of the collector's exporter: a metric
 * must have one name whichever way it came.
 */

/** What a Prometheus name depends on besides the OpenTelemetry name and unit. */
export type PrometheusKind = 'counter' | 'gauge' | 'up_down_counter' | 'histogram'

/** UCUM unit → the word that Prometheus writes out. */
const unitWords: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
}

/** The unit behind a slash, in the singular. That `m` is a minute here is the specification's. */
const perUnitWords: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
}

/** A metric's name on the Prometheus side. */
export interface PrometheusName {
  /** Name of the samples of a counter or gauge, and what those of a histogram begin with. */
  readonly name: string
  /** Name of the OpenMetrics metric family: without `_total`. */
  readonly family: string
  /** The unit word, if the family's name ends in it (OpenMetrics wants that of `# UNIT`). */
  readonly unit: string | undefined
}

/**
 * The Prometheus name of an OpenTelemetry metric; `undefined` when nothing of the name is left (`@#$`).
 *
 * @example
 * prometheusName('trading.order.stage.duration', 's', 'histogram')?.name // 'trading_order_stage_duration_seconds'
 */
export function prometheusName(name: string, unit: string, kind: PrometheusKind): PrometheusName | undefined {
  let tokens = name.split(/[^a-zA-Z0-9:]+/).filter(token => token !== '')
  const [main, per] = unitSuffixes(unit)
  const withUnit = (word: string) => word !== '' && !tokens.includes(word)
  const perWord = per.replace(/_$/, '')
  const addPer = per !== 'per_' && withUnit(perWord)
  const addMain = withUnit(main)
  if (addMain) tokens.push(addPer ? main.replace(/_$/, '') : main)
  if (addPer) tokens.push(perWord)
  if (unit === '1' && kind === 'gauge') tokens = [...tokens.filter(token => token !== 'ratio'), 'ratio']
  const counter = kind === 'counter'
  if (counter) tokens = tokens.filter(token => token !== 'total')
  const family = withLeadingLetter(tokens.join('_'))
  const full = counter ? withLeadingLetter([...tokens, 'total'].join('_')) : family
  if (/^_*$/.test(family)) return undefined
  const unitWord = unitOf(main, per, unit, kind)
  const valid = unitWord !== '' && family.endsWith(`_${unitWord}`)
  return { name: full, family, unit: valid ? unitWord : undefined }
}

function unitOf(main: string, per: string, unit: string, kind: PrometheusKind): string {
  if (unit === '1' && kind === 'gauge') return 'ratio'
  return [main, per].filter(word => word !== '' && word !== 'per_').join('_')
}

function unitSuffixes(unit: string): [main: string, per: string] {
  const slash = unit.indexOf('/')
  const main = (slash < 0 ? unit : unit.slice(0, slash)).trim()
  const per = slash < 0 ? '' : unit.slice(slash + 1).trim()
  const mainWord = main === '' || /[{}]/.test(main) ? '' : (own(unitWords, main) ?? main)
  const perWord = per === '' || /[{}]/.test(per) ? '' : (own(perUnitWords, per) ?? per)
  return [clean(mainWord), perWord === '' ? '' : clean(`per_${perWord}`)]
}

function own(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined
}

function clean(word: string): string {
  return word
    .replace(/[^a-zA-Z0-9:]/g, '_')
    .replace(/_{2,}/g, '_')
    .replace(/^_/, '')
}

function withLeadingLetter(name: string): string {
  return /^[0-9]/.test(name) ? `_${name}` : name
}
