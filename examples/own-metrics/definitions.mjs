// What this bot measures of its own. `npx orderscope catalog definitions.mjs` prints it as Markdown.
import { defineAttributes, defineMetrics, defineSpans } from 'orderscope'

export const attributes = defineAttributes({
  'acme.signal.kind': {
    type: 'string',
    brief: 'What the signal saw.',
    values: ['momentum', 'reversal'],
    metricLabel: 'yes',
  },
  'acme.signal.score': { type: 'double', brief: 'How sure the model was, from 0 to 1.', metricLabel: 'never' },
})

export const metrics = defineMetrics(
  {
    'acme.signals': {
      kind: 'counter',
      unit: '{signal}',
      integer: true,
      brief: 'Signals that fired.',
      attributes: { 'acme.signal.kind': 'required', 'trading.instrument.symbol': 'required' },
    },
    'acme.model.duration': {
      kind: 'histogram',
      unit: 's',
      brief: 'Time that the model took for one tick.',
      buckets: [1e-5, 1e-4, 1e-3, 1e-2, 0.1],
      attributes: {},
    },
  },
  { attributes, scope: 'acme' },
)

export const spans = defineSpans(
  {
    'acme.signal': {
      kind: 'internal',
      brief: 'From the tick to the decision.',
      attributes: {
        'trading.instrument.symbol': 'required',
        'acme.signal.kind': 'recommended',
        'acme.signal.score': 'recommended',
      },
    },
  },
  { attributes, scope: 'acme' },
)
