import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attributesText } from '../../src/metrics/series-attributes.js'
import { SeriesIndex } from '../../src/metrics/series-index.js'

test('finds what a Map of texts would, whatever comes and goes', () => {
  const step = fc.record({ id: fc.nat(200), adds: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), steps => {
      const textOf = (id: number) => attributesText({ id, symbol: `COIN${id % 7}` })
      const index = new SeriesIndex(textOf)
      const known = new Map<string, number>()
      for (const { id, adds } of steps) {
        const text = textOf(id)
        if (adds && !known.has(text)) {
          index.add(text, id)
          known.set(text, id)
        } else if (!adds) {
          index.remove(text, id)
          known.delete(text)
        }
      }
      for (let id = 0; id <= 200; id++) expect(index.find(textOf(id))).toBe(known.get(textOf(id)))
    }),
  )
})

test('a text stands for valid attributes only, ascending, and for 128 of them at most', () => {
  expect(attributesText({ b: 1, a: 'x', '': 1, c: Number.NaN, d: { e: 1 }, f: [1, 'y', {}] })).toBe(
    '["a","x","b",1,"f",[1,"y"]]',
  )
  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, i) => [`n${String(i).padStart(3, '0')}`, i]).reverse(),
  )
  const parts = JSON.parse(attributesText(many)) as unknown[]
  expect(parts).toHaveLength(256)
  expect(parts.slice(0, 4)).toEqual(['n000', 0, 'n001', 1])
  expect(attributesText({ a: 1 })).toBe('["a",1]')
})
