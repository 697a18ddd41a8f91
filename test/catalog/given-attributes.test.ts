import { expect, it } from 'vitest'
import { givenAttributeMistakes } from '../../src/catalog/given-attributes.js'

const references = { 'acme.kind': 'required', 'trading.order.side': 'recommended' } as const
const own = { 'acme.kind': { type: 'string', brief: 'Kind.', values: ['a', 'b'], metricLabel: 'yes' } } as const

it.each<[string, unknown, string[]]>([
  ['what is right', { 'acme.kind': 'a', 'trading.order.side': undefined }, []],
  ['one that is missing', { 'trading.order.side': 'buy' }, ['acme.x has no acme.kind, which its definition requires']],
  ['nothing', undefined, ['acme.x has no acme.kind, which its definition requires']],
  ['one too many', { 'acme.kind': 'a', id: 1 }, ['acme.x has no attribute id; add it to the definition']],
  ['a value of its own', { 'acme.kind': 'c' }, ['acme.x: acme.kind is "c"; its values are a, b']],
  [
    'a value of the catalog',
    { 'acme.kind': 'b', 'trading.order.side': 'long' },
    [expect.stringMatching(/^acme\.x: trading\.order\.side is "long"; its values are buy, sell/) as unknown as string],
  ],
])('tells of %s', (_, given, sentences) => {
  expect(givenAttributeMistakes('acme.x', references, given, own)).toEqual(sentences)
})
