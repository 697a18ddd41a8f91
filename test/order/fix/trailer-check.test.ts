import { describe, expect, it } from 'vitest'
import { trailerProblems } from '../../../src/order/fix/trailer-check.js'
import { entriesOf } from '../../cli/replay/entries.js'
import { type Fields, fix, out, shown } from '../../cli/replay/fix-log.js'

const SOH = '\u0001'

function problems(log: string): readonly string[] {
  const [entry] = entriesOf(log)
  return entry?.kind === 'message' ? trailerProblems(entry.message) : ['no message']
}

const plain: Fields = [
  [11, 'a-1'],
  [38, 100],
]
const utf8 = (text: string) => Buffer.from(text).toString('latin1')

describe('BodyLength and CheckSum that are right', () => {
  it.each<[string, Fields]>([
    ['of a plain message', plain],
    [
      'of one with Latin-1',
      [
        [58, 'caf\u00e9'],
        [38, 100],
      ],
    ],
    [
      'of one with UTF-8',
      [
        [58, utf8('café \u2028 €')],
        [38, 100],
      ],
    ],
    [
      'of one with data that holds separators',
      [
        [11, 'a'],
        [95, 9],
        [96, `a${SOH}39=8${SOH}b\n`],
        [38, 100],
      ],
    ],
    [
      'of one with a line feed in its text',
      [
        [58, 'one\ntwo'],
        [38, 100],
      ],
    ],
    [
      'of one with | in its text',
      [
        [58, 'a|b|'],
        [38, 100],
      ],
    ],
    [
      'of one with | and a field in its text',
      [
        [39, '2'],
        [58, 'a|39=8|b'],
        [14, 1],
        [150, '2'],
      ],
    ],
    [
      'of one with ^ in its text',
      [
        [58, 'a^b'],
        [38, 100],
      ],
    ],
  ])('%s', (_, fields) => {
    const message = out('8', 0, fields)
    for (const separator of [SOH, '|', '^', '^A', '<SOH>', '\\x01']) {
      // the log of another separator can't be read where the text holds that of its own
      expect(problems(shown(message, separator))).toEqual([])
    }
  })

  it('with leading zeros', () => {
    const padded = fix(
      [
        [35, '0'],
        [34, 1],
      ],
      { bodyLength: '0000010' },
    )
    expect(problems(padded)).toEqual([])
    expect(problems(shown(padded, '|'))).toEqual([])
  })

  it('of the Latin-1 that went over the wire, in a log that is UTF-8', () => {
    const wire = out('8', 0, [
      [58, 'caf\u00e9 \u00fc'],
      [38, 100],
    ])
    expect(problems(utf8(wire))).toEqual([])
    expect(problems(shown(utf8(wire), '|'))).toEqual([])
  })
})

describe('BodyLength and CheckSum that are wrong', () => {
  it.each([SOH, '|', '^', '^A', '<SOH>', '\\x01'])('are told, with what they should be (%j)', separator => {
    const right = out('8', 0, plain)
    const length = /9=(\d+)/.exec(right)![1]!
    const sum = /10=(\d+)/.exec(right)![1]!
    const told = (message: string) => problems(shown(message, separator))
    const wrongSum = String((Number(sum) + 1) % 256).padStart(3, '0')
    expect(told(out('8', 0, plain, { checkSum: wrongSum }))).toEqual([
      `CheckSum (10) is ${wrongSum}; the bytes give ${sum}`,
    ])
    expect(told(out('8', 0, plain, { checkSum: '999' }))).toEqual([`CheckSum (10) is "999"; the bytes give ${sum}`])
    expect(told(out('8', 0, plain, { checkSum: 'x' }))).toEqual([`CheckSum (10) is "x"; the bytes give ${sum}`])
    for (const wrong of [Number(length) + 1, 3, 99999, '']) {
      expect(told(out('8', 0, plain, { bodyLength: wrong }))).toEqual([
        expect.stringMatching(new RegExp(`^BodyLength \\(9\\) is "?${wrong}"?; it counts ${length} bytes$`)),
      ])
    }
    expect(told(out('8', 0, plain, { bodyLength: 'abc', checkSum: '000' }))).toEqual([
      `BodyLength (9) is "abc"; it counts ${length} bytes`,
      expect.stringMatching(/^CheckSum \(10\) is 000; the bytes give \d{3}$/),
    ])
  })

  it('are told where they are missing', () => {
    expect(problems('8=FIX.4.4|35=D|11=a|38=5|')).toEqual([
      'there is no BodyLength (9) after BeginString (8)',
      'there is no CheckSum (10) at the end',
    ])
  })

  it('a resend that keeps an old CheckSum in its body', () => {
    const resent = shown(
      out(
        '8',
        0,
        [
          [43, 'Y'],
          [10, '222'],
          [38, 100],
        ],
        { checkSum: '222' },
      ),
      '|',
    )
    expect(problems(resent)).toEqual([expect.stringMatching(/^CheckSum \(10\) is 222; the bytes give/)])
  })

  it('a log that cuts characters to seven bits: said, with the reason that there may be', () => {
    const wire = out('8', 0, [
      [58, 'caf\u00e9'],
      [38, 100],
    ])
    const cut = Buffer.from(Buffer.from(wire, 'latin1').map(byte => byte & 0x7f)).toString('latin1')
    expect(problems(cut)).toEqual([expect.stringMatching(/^CheckSum .* \(a log that cuts characters to seven bits/)])
  })

  it('where a | of a text may have been one on the wire or not, nothing is said', () => {
    const message = out('8', 0, [
      [95, 3],
      [96, `a${SOH}b`],
      [58, 'c|d'],
      [38, 100],
    ])
    expect(problems(shown(message, '|'))).toEqual([])
  })
})
