import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TextBytes } from '../../../src/export/prometheus/text-bytes.js'

test('the bytes are those of the joined texts and numbers, however long', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.nat(),
    fc.constantFrom(0, 9, 10, 99, 2 ** 31 - 1, 2 ** 31, 1e21, 0.5, Number.NaN, 'x'.repeat(70_000), 'é'.repeat(20)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const out = new TextBytes()
      let text = ''
      for (const each of pieces) {
        if (typeof each === 'number') out.count(each)
        else out.text(each)
        text += each
      }
      const { length } = out
      out.again(0, length)
      expect(out.take().equals(Buffer.from(text + text))).toBe(true)
      expect(out.length).toBe(0)
    }),
  )
})
