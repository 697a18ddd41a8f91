import { accountMetrics } from './account-metrics.js'
import type { AttributeName, AttributeValueOf } from './attributes.js'
import { marketDataMetrics } from './market-data-metrics.js'
import { orderMetrics } from './order-metrics.js'
import { sdkMetrics } from './sdk-metrics.js'
import { venueMetrics } from './venue-metrics.js'

/** Every metric that is emitted, domain by domain. */
export const metrics = {
  ...orderMetrics,
  ...venueMetrics,
  ...marketDataMetrics,
  ...accountMetrics,
  ...sdkMetrics,
} as const

/** Name of a metric of the catalog. */
export type MetricName = keyof typeof metrics

/** Metrics of one kind. */
export type MetricNameOf<Kind extends string> = {
  [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never
}[MetricName]

type AttributesIn<Name extends MetricName> = (typeof metrics)[Name]['attributes']

/**
 * The attributes that a series of a metric must have and may have. An unknown name, a missing required one or
 * a value outside of the list doesn't compile.
 */
export type MetricAttributesOf<Name extends MetricName> = {
  readonly [Key in keyof AttributesIn<Name> & AttributeName as AttributesIn<Name>[Key] extends 'required'
    ? Key
    : never]: AttributeValueOf<Key>
} & {
  readonly [Key in keyof AttributesIn<Name> & AttributeName as AttributesIn<Name>[Key] extends 'required'
    ? never
    : Key]?: AttributeValueOf<Key> | undefined
}
