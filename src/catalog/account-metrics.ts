import type { MetricDefinition } from './metric-definition.js'
import { place } from './place.js'

const position = {
  ...place,
  'trading.instrument.symbol': 'required',
  'trading.position.side': 'required',
} as const satisfies MetricDefinition['attributes']

/** What accounts hold, as the venue tells it. Several accounts at one venue are added up: accounts are no labels. */
export const accountMetrics = {
  'trading.account.balance': {
    kind: 'gauge',
    unit: '{unit}',
    brief: 'Balance of an asset, in units of the asset, as the venue told it last.',
    attributes: {
      ...place,
      'trading.account.type': 'required',
      'trading.asset.code': 'required',
      'trading.balance.kind': 'required',
    },
  },
  'trading.position.size': {
    kind: 'gauge',
    unit: '{unit}',
    brief: 'Size of an open position, in units of the instrument; 0 when it is closed.',
    attributes: position,
  },
  'trading.position.notional': {
    kind: 'gauge',
    unit: '{currency}',
    brief: 'Value of an open position at the mark price, in the currency that it settles in; 0 when it is closed.',
    attributes: position,
  },
  'trading.position.unrealized_pnl': {
    kind: 'gauge',
    unit: '{currency}',
    brief:
      'Profit or loss of an open position at the mark price, in the currency that it settles in; 0 when it is closed.',
    attributes: position,
  },
} as const satisfies Record<string, MetricDefinition>
