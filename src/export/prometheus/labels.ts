import type { Attributes } from '@opentelemetry/api'
import type { DataPoint } from '@opentelemetry/sdk-metrics'
import { identityOf } from '../series-point.js'

/** Labels that are ours in every exposition: an attribute of such a name gets `exported_` before it, as Prometheus does. */
const reservedLabels = new Set(['le', 'otel_scope_name', 'otel_scope_version'])

/**
 * The label name of an attribute: what Prometheus doesn't allow becomes `_`; a digit first gets `key_`, a single
 * underscore first `key`, as in Prometheus's own translation.
 */
export function labelName(attribute: string): string {
  const name = attribute.replace(/[^a-zA-Z0-9_]/g, '_')
  if (/^[0-9]/.test(name)) return `key_${name}`
  // "__" is Prometheus's own name space: labels of it vanish when it stores them
  if (name.startsWith('__')) return `key${name.replace(/^_+/, '_')}`
  if (name.startsWith('_')) return `key${name}`
  return reservedLabels.has(name) ? `exported_${name}` : name
}

/** Backslash, quote and line feed, as both formats have it. */
export function escapeLabelValue(value: string): string {
  return /[\\"\n]/.test(value) ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : value
}

function labelValue(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/**
 * `a="1",b="2"` of attributes. Attributes whose names become the same label (`x.y`, `x_y`) are one label with
 * their values joined by `;` in the order of the attributes' names, as the specification wants; one without a
 * value is left out, which means the same to Prometheus.
 */
export function formatLabels(attributes: Attributes): string {
  const names = Object.keys(attributes).sort()
  const labels = new Map<string, string>()
  for (const name of names) {
    const value = labelValue(attributes[name])
    const label = labelName(name)
    if (name === '' || value === '' || /^_*$/.test(label)) continue
    const before = labels.get(label)
    labels.set(label, before === undefined ? value : `${before};${value}`)
  }
  let text = ''
  for (const [label, value] of labels) text += `${text === '' ? '' : ','}${label}="${escapeLabelValue(value)}"`
  return text
}

/** Label texts by series. */
export class LabelCache {
  readonly #texts = new WeakMap<object, string>()

  text(point: DataPoint<unknown>): string {
    const identity = identityOf(point)
    let text = this.#texts.get(identity)
    if (text === undefined) {
      // flat: joined texts would hold all their pieces
      text = Buffer.from(formatLabels(point.attributes)).toString()
      this.#texts.set(identity, text)
    }
    return text
  }
}
