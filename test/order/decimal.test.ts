import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decimal, parseDecimal } from '../../src/order/decimal.js'

const text = (value: unknown): string | undefined => parseDecimal(value)?.toString()

describe('decimals', () => {
  it.each([
    ['0.05', '0.05'],
    ['98765432109876543.21', '98765432109876543.21'],
    ['-98765432109876543.210', '-98765432109876543.21'],
    ['00023.2300', '23.23'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+1', '1'],
    ['-0', '0'],
    ['-0.000', '0'],
    ['1e-7', '0.0000001'],
    ['1.5E3', '1500'],
    ['0e999', '0'],
    ['100', '100'],
    ['9007199254740993', '9007199254740993'],
    [0.05, '0.05'],
    [1e-7, '0.0000001'],
    [1e21, '1000000000000000000000'],
    [-3, '-3'],
    [-0, '0'],
    [123n, '123'],
    [98765432109876543210n, '98765432109876543210'],
  ])('%s is %s', (value, expected) => {
    expect(text(value)).toBe(expected)
  })

  it.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '-',
    '.',
    'e5',
    '1e',
    '1e+',
    '1e5.5',
    '1,5',
    '1_000',
    '0x10',
    'NaN',
    'Infinity',
    '١٢',
    '1.2.3',
    '--1',
    '1e999999999',
    '1e-999999999',
    '9'.repeat(65),
    `0.${'1'.repeat(70)}`,
    '1'.repeat(1_000_000),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    10n ** 70n,
    null,
    undefined,
    true,
    {},
    [],
    Symbol('1'),
  ])('%s is none', value => {
    expect(parseDecimal(value)).toBeUndefined()
  })

  const decimals = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 20 }))
  const of = ([units, scale]: [bigint, number]): Decimal => {
    const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
    const point = digits.length - scale
    return parseDecimal(`${units < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`)!
  }
  const at40 = ([units, scale]: [bigint, number]): bigint => units * 10n ** BigInt(40 - scale)
  const value40 = (decimal: Decimal): bigint => {
    const [whole, fraction = ''] = decimal.toString().split('.')
    return BigInt(whole! + fraction.padEnd(40, '0'))
  }

  it('add, subtract, compare and multiply exactly', () => {
    fc.assert(
      fc.property(decimals, decimals, (left, right) => {
        const [a, b] = [of(left), of(right)]
        expect(value40(a.add(b))).toBe(at40(left) + at40(right))
        expect(value40(a.subtract(b))).toBe(at40(left) - at40(right))
        expect(Math.sign(a.compare(b))).toBe(at40(left) < at40(right) ? -1 : at40(left) > at40(right) ? 1 : 0)
        expect(value40(a.multiply(b))).toBe(left[0] * right[0] * 10n ** BigInt(40 - left[1] - right[1]))
        expect(parseDecimal(a.toString())!.equals(a)).toBe(true)
      }),
    )
  })

  it.each([
    ['1', '3', 4, '0.3333'],
    ['2', '3', 4, '0.6667'],
    ['-2', '3', 4, '-0.6667'],
    ['0.5', '1', 0, '0'],
    ['1.5', '1', 0, '2'],
    ['1020000', '10000', 12, '102'],
    ['0', '7', 3, '0'],
  ])('%s / %s to %i places is %s', (left, right, scale, expected) => {
    expect(parseDecimal(left)!.divide(parseDecimal(right)!, scale).toString()).toBe(expected)
  })
})

it('are written one way, however they were told', () => {
  for (const same of ['0.5', '.5', '0.50', '+0.5', '00.5', '5e-1', '0.5000000']) expect(text(same)).toBe('0.5')
  for (const same of ['-12', '-12.', '-12.0', '-012']) expect(text(same)).toBe('-12')
  for (const same of ['0', '-0', '0.0', '.0', '00']) expect(text(same)).toBe('0')
})
