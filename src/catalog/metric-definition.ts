import type { AttributeName } from './attributes.js'

export type MetricKind = 'counter' | 'up_down_counter' | 'gauge' | 'histogram'

/** `required`: every series has it. `recommended`: it is there when it is known. */
export type Requirement = 'required' | 'recommended'

/** One metric of the catalog, or of an application's own (`defineMetrics`). */
export interface MetricDefinition<Attribute extends string = AttributeName> {
  readonly kind: MetricKind
  /** UCUM unit (https://ucum.org); `{order}` annotates a count. */
  readonly unit: string
  /** One sentence: what it measures. */
  readonly brief: string
  readonly attributes: Readonly<Partial<Record<Attribute, Requirement>>>
  /** Of a histogram: upper bounds, ascending; bounds below zero say that negative values are meant. */
  readonly buckets?: readonly number[]
  /** Only whole numbers. */
  readonly integer?: boolean
  /** What it answers or how to read it, where the brief doesn't say it. */
  readonly note?: string
}
