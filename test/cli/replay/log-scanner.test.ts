import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { trailerProblems } from '../../../src/order/fix/trailer-check.js'
import { entriesOf, valueIn } from './entries.js'
import { at, fix, newOrder, out, report, shown, venue } from './fix-log.js'

const SOH = '\u0001'
const order = newOrder('a-1', 100)
const ack = report('a-1', { type: '0', status: '0', quantity: 100, cumulative: 0, id: 'x-1' }, 3)
const last = newOrder('z-9', 5, 99)

/** What the scanner finds: line and client id (or type) of messages, line and error of the rest. */
function found(log: string, piece?: number): unknown[] {
  return entriesOf(log, piece).map(entry =>
    entry.kind === 'unreadable'
      ? [entry.line, entry.error]
      : [entry.line, valueIn(entry, 11) ?? `35=${valueIn(entry, 35)}`],
  )
}

const both = [
  [1, 'a-1'],
  [2, 'a-1'],
]

describe('a log as engines write it', () => {
  it.each([
    ['SOH', `${order}\n${ack}\n`, both],
    ['| between fields', `${shown(order, '|')}\n${shown(ack, '|')}\n`, both],
    ['^ between fields', `${shown(order, '^')}\n${shown(ack, '^')}\n`, both],
    ['^A as pagers show SOH', `${shown(order, '^A')}\n${shown(ack, '^A')}\n`, both],
    ['<SOH> between fields', `${shown(order, '<SOH>')}\n${shown(ack, '\\x01')}\n`, both],
    ['no line feed at the end', `${order}\n${ack}`, both],
    ['no separator after the last field', `${order.slice(0, -1)}\n${shown(ack, '|').slice(0, -1)}`, both],
    ['CRLF', `${order}\r\n${shown(ack, '|')}\r\n`, both],
    ['CRLF, no separator after the last field', `${order.slice(0, -1)}\r\n${ack.slice(0, -1)}\r\n`, both],
    ['a time stamp of C++', `20261121-03:57:18.519739000 : ${order}\n20261121-03:57:18.519739000 : ${ack}\n`, both],
    ['a time stamp of Go', `2026/11/21 03:57:09.294688 ${order}\n2026/11/21 03:57:09.294688 ${ack}\n`, both],
    ['text and brackets', `[INFO] recv: [${shown(order, '|')}] ok\nOUT "${shown(ack, '|').slice(0, -1)}"\n`, both],
    ['a byte order mark', `\u00ef\u00bb\u00bf${order}\n${ack}\n`, both],
    [
      'a screen log',
      `<20261121-03:57:18, FIX.4.4:A->B, outgoing>\n  (${shown(order, '|')})\n<20261121-03:57:19, FIX.4.4:A->B, incoming>\n  (${shown(ack, '|')})\n`,
      [
        [2, 'a-1'],
        [4, 'a-1'],
      ],
    ],
    [
      'several messages on a line',
      `${order}${ack}\n${shown(ack, '|')} and ${shown(last, '|')}\n`,
      [
        [1, 'a-1'],
        [1, 'a-1'],
        [2, 'a-1'],
        [2, 'z-9'],
      ],
    ],
    [
      'several messages with nothing between, not even a separator',
      `${shown(order, '|').slice(0, -1)}${shown(ack, '|')}`,
      [
        [1, 'a-1'],
        [1, 'a-1'],
      ],
    ],
    [
      'empty lines and events',
      `\n\n20261121-03:57:18 : Created session\n${order}\n  \nSession FIX.4.4:A->B: logged on\n<20261121-03:57:18, FIX.4.4:A->B, event>\n  (Received logon response)\nSent ResendRequest FROM: 5 TO: 0\n${ack}\n`,
      [
        [4, 'a-1'],
        [10, 'a-1'],
      ],
    ],
    ['a body length with leading zeros', `8=FIX.4.4|9=0000010|35=0|34=1|10=000|\n`, [[1, '35=0']]],
    [
      'FIXT',
      fix(
        [
          [35, 'A'],
          [98, 0],
        ],
        { beginString: 'FIXT.1.1' },
      ),
      [[1, '35=A']],
    ],
    [
      'tags that end with 8=FIX',
      `${fix([
        [35, '0'],
        [118, 'FIX.4.4'],
        [58, '58=FIX.4.2'],
      ])}\n`,
      [[1, '35=0']],
    ],
    [
      'neither BodyLength nor CheckSum',
      '8=FIX.4.4|35=D|11=a-1|38=5|\n8=FIX.4.4|35=D|11=a-2|38=5\n',
      [
        [1, 'a-1'],
        [2, 'a-2'],
      ],
    ],
    ['an empty file', '', []],
  ])('%s', (_, log, expected) => {
    expect(found(log)).toEqual(expected)
  })

  it.each(['|', SOH])('message after message, whatever the pieces it is read in (%j)', separator => {
    const data = venue('8', 5, [
      [11, 'd-1'],
      [354, 40],
      [355, `${order.slice(0, 20)}\n\n${ack.slice(0, 18)}`],
    ])
    const lines = [order, ack, data, 'an event at 10:00:00', last, ack + order].map(line => shown(line, separator))
    const log = lines.map(line => `${line}\n`).join('')
    const whole = found(log)
    expect(whole).toHaveLength(6)
    for (const piece of [1, 2, 3, 7, 64, 200]) expect(found(log, piece)).toEqual(whole)
  })
})

describe('the time stamp of the log', () => {
  const stamp = '20261121-03:57:18.519739000'
  it.each([
    ['on the line', `${stamp} : ${order}`, stamp],
    ['on the header line', `<${stamp}, FIX.4.4:A->B, incoming>\n  (${shown(order, '|')})`, stamp],
    ['on no line', `recv ${order}`, undefined],
    ['not of the message above', `${stamp} : ${order}\n${order}`, undefined],
    [
      'not from within a message',
      fix([
        [35, '0'],
        [52, at(0)],
      ]),
      undefined,
    ],
    ['ISO 8601', `2026-11-21T03:57:09.294Z out ${order}`, '2026-11-21T03:57:09.294Z'],
  ])('%s', (_, log, expected) => {
    const entry = entriesOf(log).at(-1)
    expect(entry).toMatchObject({ kind: 'message' })
    expect(entry?.kind === 'message' ? entry.logTime : '').toBe(expected)
  })
})

describe('data fields, by length', () => {
  const contents = {
    'separators and fields': `a${SOH}39=8${SOH}150=8${SOH}b`,
    'a whole message': fix([
      [35, '8'],
      [11, 'inner'],
      [39, 8],
    ]),
    'line feeds': 'one\ntwo\r\nthree\n',
    'a whole message on a line of its own': `x\n${fix([
      [35, '8'],
      [11, 'inner'],
      [39, 8],
    ])}\n`,
    'a time stamp on a line of its own': '\n20261121-10:00:00 : hello\n',
    'the end of a message': `${SOH}10=123${SOH}\n`,
    nothing: '',
  }
  for (const [what, content] of Object.entries(contents)) {
    it.each([
      [95, 96],
      [354, 355],
      [90, 91],
      [93, 89],
      [212, 213],
      [618, 619],
      [1184, 1185],
      [1525, 1527],
      [42025, 42026],
    ])(`${what}, in %i and %i`, (length, data) => {
      for (const separator of [SOH, '|', '^', '^A', '<SOH>']) {
        for (const framing of [{}, { bodyLength: 7 }]) {
          const message = out(
            'D',
            0,
            [
              [11, 'a-1'],
              [length, content.length],
              [data, content],
              [38, 100],
            ],
            framing,
          )
          const text = shown(message, separator)
          const entries = entriesOf(`${text}\n${last}\n`)
          expect(entries.map(entry => entry.kind)).toEqual(['message', 'message'])
          // what stands for an SOH is one again; a | may have been one or not
          expect(valueIn(entries[0], data)).toBe(separator.length > 1 ? content : shown(content, separator))
          expect(valueIn(entries[0], 38)).toBe('100')
          expect(entries[1]).toMatchObject({ line: text.split('\n').length + 1 })
        }
      }
    })
  }

  it.each(['3', '999', '0'])('a length that is wrong (%s): the next separator ends it', length => {
    const message = out('D', 0, [
      [11, 'a-1'],
      [95, length],
      [96, 'hello'],
      [38, 100],
    ])
    const [entry, next] = entriesOf(`${message}\n${last}`)
    expect(valueIn(entry, 96)).toBe('hello')
    expect(valueIn(entry, 38)).toBe('100')
    expect(next).toMatchObject({ kind: 'message', line: 2 })
  })

  it('a data field without its length right before it is as any other', () => {
    const [entry] = entriesOf(
      out('D', 0, [
        [95, 9],
        [11, 'a-1'],
        [96, 'hello'],
        [38, 100],
      ]),
    )
    expect(valueIn(entry, 96)).toBe('hello')
    expect(valueIn(entry, 38)).toBe('100')
  })
})

describe('text', () => {
  it.each([
    ['U+2028 and others outside ASCII', 'a\u2028b\u2029c\u0085d é €'],
    ['the separator', 'a|b||c'],
    ['the separator at its ends', '|a|'],
    ['a caret', 'a^b^1=2'],
    ['line feeds', 'one\ntwo\n\nthree'],
    ['BeginString', 'not 8=FIX.4.4 but FIX'],
  ])('with %s', (_, text) => {
    const bytes = Buffer.from(text).toString('latin1')
    for (const framing of [{}, { bodyLength: 1 }]) {
      const message = out(
        'D',
        0,
        [
          [11, 'a-1'],
          [58, bytes],
          [38, 100],
        ],
        framing,
      )
      for (const log of text.includes('^') ? [message] : [message, shown(message, '|')]) {
        const entries = entriesOf(`${log}\n${last}\n`)
        expect(entries.map(entry => entry.kind)).toEqual(['message', 'message'])
        expect(valueIn(entries[0], 58)).toBe(bytes)
        expect(valueIn(entries[0], 38)).toBe('100')
      }
    }
  })

  it('a stray piece after a field that can hold none belongs to the text before it', () => {
    const [entry] = entriesOf(
      shown(
        out('D', 0, [
          [58, 'was|39=8|before'],
          [38, 100],
        ]),
        '|',
      ),
    )
    expect(valueIn(entry, 58)).toBe('was|39=8|before')
    expect(valueIn(entry, 38)).toBe('100')
  })

  it('is taken by bytes: Latin-1 breaks nothing', () => {
    const [entry] = entriesOf(
      out('D', 0, [
        [58, 'caf\u00e9 \u00ff'],
        [38, 100],
      ]),
    )
    expect(valueIn(entry, 58)).toBe('caf\u00e9 \u00ff')
  })

  it('an old CheckSum that a resend kept in its body ends nothing', () => {
    for (const framing of [{}, { bodyLength: 3 }]) {
      const resent = venue(
        '8',
        0,
        [
          [43, 'Y'],
          [11, 'a-1'],
          [10, '222'],
          [14, 100],
          [37, 'v-1'],
        ],
        framing,
      )
      const [entry, next] = entriesOf(`${resent}\n${last}`)
      expect(valueIn(entry, 14)).toBe('100')
      expect(next).toMatchObject({ kind: 'message', line: 2 })
    }
  })
})

describe('what cannot be read', () => {
  const cut = shown(order, '|').slice(0, 60)
  it.each([
    ['cut off', `${cut}\n${last}\n`, 1, /^cut off: BodyLength \(9\) says \d+ bytes, \d+ are there$/],
    ['cut off, the next message right behind it', `${cut}${shown(last, '|')}\n`, 1, /^cut off/],
    [
      'cut off at a separator, the next message right behind it',
      `${shown(order, '|').slice(0, 46)}${shown(last, '|')}\n`,
      1,
      /^cut off/,
    ],
    ['cut off, an event on the next line', `${cut}\n20261121-10:00:01 : disconnected\n${last}\n`, 1, /^cut off/],
    ['cut off in BodyLength', `8=FIX.4.4|9=1\n${last}`, 1, /^cut off/],
    ['cut off after BeginString', `8=FIX.4.4|\n${last}`, 1, /^no tag=value fields/],
    ['cut off within BeginString', `8=FIX.\n${last}`, 1, /^no field separator/],
    ['another separator', `${shown(order, ';')}\n${last}`, 1, /^no field separator \(SOH, \| or \^\)/],
    ['no tag=value', `8=FIX.4.4|hello|world\n${last}`, 1, /^no tag=value fields/],
    [
      'no MsgType',
      `${shown(
        fix([
          [11, 'a-1'],
          [38, 5],
        ]),
        '|',
      )}\n${last}`,
      1,
      /^no MsgType \(35\)$/,
    ],
    [
      'an empty MsgType',
      `${fix([
        [35, ''],
        [38, 5],
      ])}\n${last}`,
      1,
      /^no MsgType \(35\)$/,
    ],
    ['no BeginString', `35=D|11=a-1|38=100|10=123|\n${last}`, 1, /^FIX fields without the BeginString/],
    ['any other line', `lorem ipsum\n${last}`, 1, /^no FIX message/],
    ['not in the first line', `${ack}\n${cut}\n${last}`, 2, /^cut off/],
  ])('%s', (_, log, line, error) => {
    const entries = entriesOf(log)
    const errors = entries.filter(entry => entry.kind === 'unreadable')
    expect(errors).toEqual([{ kind: 'unreadable', line, error: expect.stringMatching(error) }])
    // the rest goes on
    expect(valueIn(entries.at(-1), 11)).toBe('z-9')
    expect(entriesOf(log).length).toBe(entriesOf(log, 5).length)
  })

  it('binary data is told once, and messages in it are found', () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * index * 7 + index) % 256)).toString(
      'latin1',
    )
    const entries = entriesOf(`${noise}\n${noise}\n${order}\n${noise}\n`)
    expect(entries.map(entry => entry.kind)).toEqual(['unreadable', 'message', 'unreadable'])
    expect(entries[0]).toEqual({ kind: 'unreadable', line: 1, error: 'binary data, no FIX message' })
  })

  it('a message longer than 1 MiB, and a line of any length', () => {
    const long = `8=FIX.4.4|35=D|58=${'x'.repeat(1_100_000)}`
    const entries = entriesOf(`${long}\nan event at 10:00:00 ${'y'.repeat(3_000_000)}\n${last}\n`, 100_000)
    expect(entries).toMatchObject([
      { kind: 'unreadable', line: 1, error: 'longer than 1048576 bytes' },
      { kind: 'message', line: 3 },
    ])
  })

  it('a BodyLength that leads nowhere holds nothing up', () => {
    const wrong = shown(newOrder('a-2', 5), '|').replace(/9=\d+/, '9=999999')
    expect(found(`${wrong}\n${order}\n`)).toEqual([
      [1, 'a-2'],
      [2, 'a-1'],
    ])
  })
})

describe('any bytes at all', () => {
  const parts = fc.oneof(
    fc.constantFrom(
      order,
      ack,
      shown(order, '|'),
      shown(ack, '^'),
      shown(order, '^A'),
      '8=FIX.4.4|9=',
      '10=123|',
      '\r\n',
      '95=20|96=',
    ),
    fc.constantFrom('8=FIX', '|', SOH, '^', '\n', '9=50', '35=8', '58=', '=', '8', '20261121-10:00:00 : ', '<', '('),
    fc.nat({ max: 255 }).map(code => String.fromCharCode(code)),
    fc
      .tuple(fc.constantFrom(order, shown(ack, '|')), fc.nat({ max: 150 }))
      .map(([message, length]) => message.slice(0, length)),
  )
  const logs = fc.array(parts, { maxLength: 30 }).map(all => all.join(''))

  it('are read to the end, and alike in whatever pieces they come', () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 300 }), (log, piece) => {
        const whole = entriesOf(log)
        expect(entriesOf(log, piece)).toEqual(whole)
        const numbers = whole.map(entry => entry.line)
        expect(numbers).toEqual(numbers.toSorted((left, right) => left - right))
        expect(Math.max(0, ...numbers)).toBeLessThanOrEqual(log.split('\n').length)
        for (const entry of whole) if (entry.kind === 'message') trailerProblems(entry.message)
      }),
      { numRuns: 500 },
    )
  })

  it('hide no whole message that stands on a line of its own', () => {
    const text = logs.filter(log => !/[89]=/.test(log) && !log.includes('10='))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const ids = entriesOf(`${before}\n${last}\n${after}`).map(entry => valueIn(entry, 11))
        expect(ids).toContain('z-9')
      }),
    )
  })
})
