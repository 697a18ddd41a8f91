import { describe, expect, it } from 'vitest'
import { bottleneck, formatDuration, waterfall } from '../../src/cli/waterfall.js'

describe('waterfall', () => {
  it('draws each stage in its place, the slowest first', () => {
    const lines = waterfall(
      {
        title: 'order a-1 · buy 5 ACME',
        outcome: 'filled · 5 @ 10',
        stages: [
          { name: 'submit', startTime: 1000, endTime: 1010 },
          { name: 'ack', startTime: 1010, endTime: 1040 },
          { name: 'fill 1/1', startTime: 1040, endTime: 1100, detail: '5 @ 10' },
        ],
        notes: ['⚠ late_ack'],
      },
      60,
    )
    expect(lines).toEqual([
      'order a-1 · buy 5 ACME   filled · 5 @ 10   100 ms',
      '  fill 1/1         ▐███████████  5 @ 10     60 ms  ◀ slowest',
      '  submit    ██                              10 ms',
      '  ack         █████▌                        30 ms',
      '  ⚠ late_ack',
    ])
  })

  it.each([20, 60, 80, 116, 200])('keeps within %i columns, as far as its text allows', width => {
    const stages = [0, 1, 2].map(index => ({ name: `fill ${index}`, startTime: index, endTime: index + 1 + index }))
    for (const line of waterfall({ title: 't', outcome: 'o', stages }, width)) {
      expect(line.length).toBeLessThanOrEqual(Math.max(width, 46))
    }
  })

  it.each([
    ['nothing', []],
    ['a stage that took no time', [{ name: 'ack', startTime: 5, endTime: 5 }]],
    ['one that is open', [{ name: 'ack', startTime: 5, endTime: undefined }]],
    [
      'one whose clock ran backwards',
      [
        { name: 'ack', startTime: 5, endTime: 1 },
        { name: 'fill', startTime: 5, endTime: 9 },
      ],
    ],
  ])('draws %s', (_, stages) => {
    const lines = waterfall({ title: 'order a-1', outcome: 'new', stages })
    expect(lines).toHaveLength(stages.length + 1)
    expect(lines.join('\n')).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('says how many stages it leaves out', () => {
    const drawing = { title: 't', outcome: '', stages: [], hiddenStages: 12 }
    expect(waterfall(drawing)).toEqual(['t', '  … and 12 more'])
  })
})

describe('bottleneck', () => {
  it('is the stage that took longest, the first of equals; none where nothing took time', () => {
    const [a, b, c] = [2, 7, 7].map((end, index) => ({ name: `${index}`, startTime: 0, endTime: end }))
    expect(bottleneck([a!, b!, c!])).toBe(b)
    expect(bottleneck([])).toBeUndefined()
    expect(
      bottleneck([
        { name: 'x', startTime: 3, endTime: 3 },
        { name: 'y', startTime: 1, endTime: undefined },
      ]),
    ).toBeUndefined()
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [0.00042, '0 µs'],
    [0.42, '420 µs'],
    [0.9996, '1 ms'],
    [22.94, '22.9 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1253, '1.25 s'],
    [59_990, '60 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
    [-5, '-5 ms'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })
})
