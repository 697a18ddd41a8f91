import { expect, it } from 'vitest'
import { briefMistake, nameMistake, namespaceCollisions, unitMistake } from '../../src/catalog/conventions.js'

it.each(['trading.Orders', 'trading..orders', '.orders', 'trading-orders', 'trading.orders_total', 'total'])(
  'refuses the name %s',
  name => expect(nameMistake(name)).toBeDefined(),
)

it.each(['', 'No full stop', 'One. Two.', 'One? Two.'])('refuses the brief "%s"', brief =>
  expect(briefMistake(brief)).toBeDefined(),
)

it.each(['ms', 'seconds', 'order', '{Order}', '', 's/'])('refuses the unit "%s"', text =>
  expect(unitMistake(text)).toBeDefined(),
)

it.each(['s', 'By', '1', '%', '{order}', '{span}/s'])('takes the unit "%s"', text =>
  expect(unitMistake(text)).toBeUndefined(),
)

it('finds a name that is a namespace too', () => {
  expect(namespaceCollisions(['trading.venue', 'trading.venue.mic', 'trading.venues'])).toEqual([
    'trading.venue < trading.venue.mic',
  ])
})
