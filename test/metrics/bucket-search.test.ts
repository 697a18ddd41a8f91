import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findBucket, searchableBounds } from '../../src/metrics/bucket-search.js'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const boundaries = fc.uniqueArray(finite, { maxLength: 40 }).map(values => values.sort((a, b) => a - b))

describe('findBucket', () => {
  it('finds the first bucket whose upper bound is not below the value', () => {
    fc.assert(
      fc.property(boundaries, finite, (bounds, other) => {
        for (const value of [other, ...bounds]) {
          const expected = bounds.findIndex(bound => value <= bound)
          expect(findBucket(searchableBounds(bounds), value)).toBe(expected === -1 ? bounds.length : expected)
        }
      }),
    )
  })

  it('has one bucket where there are no bounds', () => {
    expect(findBucket(searchableBounds([]), 7)).toBe(0)
  })
})
