/*
 * What the naming conventions of OpenTelemetry ask for
 * (https://opentelemetry.io/docs/specs/semconv/general/naming/, …/general/metrics/). Each function gives the
 * mistake, or nothing.
 */

export function nameMistake(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]*([._][a-z][a-z0-9]*)*$/.test(name)) return 'not dotted lower case'
  if (/(^|[._])total$/.test(name)) return '_total is added for Prometheus, it is no part of the name'
  return undefined
}

export function briefMistake(brief: string): string | undefined {
  if (brief.trim() === '') return 'no brief'
  if (!/[.]$/.test(brief)) return 'no full stop at its end'
  if (/[.!?]\s+\S/.test(brief.replaceAll('e.g. ', ''))) return 'more than one sentence'
  return undefined
}

const atoms = '(?:%|1|[kMGT]i?By|By|s|min|h|d|Hz|\\{[a-z][a-z0-9_]*\\})'
const unit = new RegExp(`^${atoms}(?:/${atoms})?$`)

export function unitMistake(text: string): string | undefined {
  if (/^(ms|us|ns)$/.test(text)) return 'durations are in seconds'
  return unit.test(text) ? undefined : 'not a UCUM unit or a {annotation}'
}

/** Pairs of a name and another that has it as namespace. */
export function namespaceCollisions(names: readonly string[]): string[] {
  return names.flatMap(name => names.filter(other => other.startsWith(`${name}.`)).map(other => `${name} < ${other}`))
}
