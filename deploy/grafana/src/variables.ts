import type { AttributeName } from '../../../src/catalog/attributes.js'
import type { MetricName } from '../../../src/catalog/metrics.js'

/** A filter at the head of a dashboard. */
export interface FilterVariable {
  readonly name: string
  readonly title: string
  /** The attribute that it filters; `undefined` for a label that Prometheus gives. */
  readonly attribute: AttributeName | undefined
  readonly label: string
  /** The metric that knows all its values. */
  readonly from: MetricName
}

/** The filters that dashboards have, each where a metric has its attribute. */
export const filterVariables: readonly FilterVariable[] = [
  {
    // whoever sends metrics by OTLP too and is scraped as well has them twice: here one way is chosen
    name: 'job',
    title: 'Job',
    attribute: undefined,
    label: 'job',
    from: 'orderscope.loop.age',
  },
  {
    name: 'venue',
    title: 'Venue',
    attribute: 'trading.venue.name',
    label: 'trading_venue_name',
    from: 'trading.order.submissions',
  },
  {
    name: 'symbol',
    title: 'Instrument',
    attribute: 'trading.instrument.symbol',
    label: 'trading_instrument_symbol',
    from: 'trading.order.submissions',
  },
]
