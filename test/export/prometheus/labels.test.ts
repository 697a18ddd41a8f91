import { describe, expect, it } from 'vitest'
import { formatLabels, labelName } from '../../../src/export/prometheus/labels.js'

describe('labelName', () => {
  it.each([
    ['trading.venue.name', 'trading_venue_name'],
    ['a-b c', 'a_b_c'],
    ['1st', 'key_1st'],
    ['_private', 'key_private'],
    ['__name__', 'key_name__'],
    ['le', 'exported_le'],
    ['otel.scope.name', 'exported_otel_scope_name'],
    ['größe', 'gr__e'],
  ])('%s → %s', (attribute, label) => {
    expect(labelName(attribute)).toBe(label)
  })
})

describe('formatLabels', () => {
  it('joins the values of attributes that become one label, by attribute name', () => {
    expect(formatLabels({ x_y: 'second', 'x.y': 'first', z: 1 })).toBe('x_y="first;second",z="1"')
  })

  it('escapes backslash, quote and line feed, and nothing else', () => {
    expect(formatLabels({ a: 'C:\\dir', b: 'say "hi"', c: 'two\nlines', d: 'tab\t{},=é' })).toBe(
      'a="C:\\\\dir",b="say \\"hi\\"",c="two\\nlines",d="tab\t{},=é"',
    )
  })

  it('writes other values as JSON and leaves empty ones out', () => {
    expect(formatLabels({ a: true, b: 1.5, c: ['x', 'y'], d: '', e: undefined })).toBe(
      'a="true",b="1.5",c="[\\"x\\",\\"y\\"]"',
    )
  })
})
