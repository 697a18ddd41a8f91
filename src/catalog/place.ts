import type { MetricDefinition } from './metric-definition.js'

/** Where something happens, and whether with money: on every series of a venue's. */
export const place = {
  'trading.venue.name': 'required',
  'trading.venue.mic': 'recommended',
  'trading.mode': 'recommended',
} as const satisfies MetricDefinition['attributes']
