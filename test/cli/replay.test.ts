import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli } from '../../src/cli/run.js'
import { at, newOrder, out, report, shown, venue } from './replay/fix-log.js'

const directory = mkdtempSync(join(tmpdir(), 'orderscope-replay-'))
afterAll(() => rmSync(directory, { recursive: true }))
let files = 0

/** Writes a log (one character a byte) and replays it. */
async function replay(log: string | Uint8Array, ...options: string[]) {
  const file = join(directory, `${files++}.log`)
  writeFileSync(file, typeof log === 'string' ? Buffer.from(log, 'latin1') : log)
  return { file, ...(await run('replay', ...options, file)) }
}

async function run(...args: string[]) {
  let stdout = ''
  let stderr = ''
  const code = await runCli(args, {
    stdout: { write: text => (stdout += text) },
    stderr: { write: text => (stderr += text) },
  })
  return { code, stdout, stderr }
}

/** The objects of `--json`, one a line. */
async function json(log: string) {
  const { code, stdout, stderr } = await replay(log, '--json')
  expect(code).toBe(0)
  const objects = stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Record<string, unknown>)
  return { objects, stderr }
}

const lines = (...messages: string[]) => messages.map(message => `${message}\n`).join('')
const ofNoOrder = {
  order: null,
  clientId: null,
  status: null,
  cumulativeQuantity: null,
  leavesQuantity: null,
  averagePrice: null,
  anomalies: [],
}

const logon = out('A', 0, [
  [98, 0],
  [108, 30],
])
const filled = [
  newOrder('a-1', 100, 10),
  report('a-1', { type: '0', status: '0', quantity: 100, cumulative: 0, id: 'x-1' }, 13),
  report('a-1', { type: 'F', status: '1', quantity: 100, cumulative: 40, last: 40, id: 'x-2' }, 35),
  report('a-1', { type: 'F', status: '2', quantity: 100, cumulative: 100, last: 60, price: 10, id: 'x-3' }, 50),
] as const

describe('orderscope replay --json', () => {
  it('prints one object per message', async () => {
    const { objects, stderr } = await json(`an event at 10:00:00\n${lines(logon, ...filled)}`)
    expect(stderr).toBe('')
    const order = { order: 'a-1', clientId: 'a-1', anomalies: [] }
    expect(objects).toEqual([
      { line: 2, ...ofNoOrder },
      { line: 3, ...order, status: 'pending_new', cumulativeQuantity: '0', leavesQuantity: '100', averagePrice: null },
      { line: 4, ...order, status: 'new', cumulativeQuantity: '0', leavesQuantity: '100', averagePrice: null },
      {
        line: 5,
        ...order,
        status: 'partially_filled',
        cumulativeQuantity: '40',
        leavesQuantity: '60',
        averagePrice: '10',
      },
      { line: 6, ...order, status: 'filled', cumulativeQuantity: '100', leavesQuantity: '0', averagePrice: '10' },
    ])
    expect(Object.keys(objects[1]!)).toEqual([
      'line',
      'order',
      'clientId',
      'status',
      'cumulativeQuantity',
      'leavesQuantity',
      'averagePrice',
      'anomalies',
    ])
  })

  const written = ['|', '^', '^A', '<SOH>', '[SOH]', '\\x01', '\\u0001', '\\001', '#001', '\u00e2\u0090\u0081']
  it.each([...written, ' | ', '| ', ' |', ' ', '.'])('the same for a log with %s between fields', async separator => {
    const log = lines(logon, ...filled)
    const { objects, stderr } = await json(shown(log, separator))
    expect(stderr).toBe('')
    expect(objects).toEqual((await json(log)).objects)
  })

  it('sentences of wrong trailers end after a few, and are counted', async () => {
    const line = '8=FIX.4.4|9=5|35=0|34=1|49=A|56=B|52=20260101-10:00:00|10=999|\n'
    const { stderr } = await json(line.repeat(500))
    const told = stderr.trimEnd().split('\n')
    expect(told).toHaveLength(21)
    expect(told.at(-1)).toContain('and 980 more')
  })

  it('the same when every BodyLength and CheckSum is wrong, which is told', async () => {
    const log = lines(...filled)
    const wrong = log.replaceAll(/\b9=\d+/g, '9=5').replaceAll(/\b10=\d+/g, '10=999')
    const { objects, stderr } = await json(wrong)
    expect(objects).toEqual((await json(log)).objects)
    const told = stderr.split('\n').slice(0, -1)
    expect(told).toHaveLength(8)
    expect(told[0]).toMatch(/^orderscope replay: line 1: BodyLength \(9\) is 5; it counts \d+ bytes$/)
    expect(told[7]).toMatch(/^orderscope replay: line 4: CheckSum \(10\) is "999"; the bytes give \d{3}$/)
  })

  it('says which line cannot be read, and goes on', async () => {
    const [first, ...rest] = filled
    const { objects } = await json(`${first}\n${shown(filled[1], '|').slice(0, 50)}\nlorem ipsum\n${lines(...rest)}`)
    expect(objects.map(({ line, error, status }) => [line, error ?? status])).toEqual([
      [1, 'pending_new'],
      [2, expect.stringMatching(/^cut off/)],
      [3, expect.stringMatching(/^no FIX message/)],
      [4, 'new'],
      [5, 'partially_filled'],
      [6, 'filled'],
    ])
    expect(Object.keys(objects[1]!)).toEqual(['line', 'error'])
  })

  it('counts a fill once that was resent, and one that stands only as resent', async () => {
    const [order, ack, first, second] = filled
    const again = (message: string) => message.replace('\u000149=', '\u000143=Y\u000149=')
    const log = lines(order, ack, second, again(first), again(second))
    const { objects } = await json(log)
    expect(objects.map(object => object.cumulativeQuantity)).toEqual(['0', '0', '60', '100', '100'])
    expect(objects.at(-1)).toMatchObject({ status: 'filled', leavesQuantity: '0' })
    expect(objects.at(-1)!.anomalies).not.toContain('overfill')
  })

  it('follows an order through its replace chain under its first client id', async () => {
    const log = lines(
      newOrder('a-1', 100, 0),
      report('a-1', { type: '0', status: '0', quantity: 100, cumulative: 0, id: 'x-1' }, 5),
      out('G', 10, [
        [11, 'a-2'],
        [41, 'a-1'],
        [55, 'ACME'],
        [54, 1],
        [38, 150],
        [40, 2],
        [44, 10],
      ]),
      report(
        'a-2',
        { type: 'E', status: 'E', quantity: 100, cumulative: 0, id: 'x-2', more: [[41, 'a-1']] },
        12,
      ).replaceAll('v-a-2', 'v-a-1'),
      report(
        'a-2',
        { type: '5', status: '0', quantity: 150, cumulative: 0, id: 'x-3', more: [[41, 'a-1']] },
        15,
      ).replaceAll('v-a-2', 'v-a-1'),
    )
    const { objects } = await json(log)
    expect(objects.map(({ order, status }) => [order, status])).toEqual([
      ['a-1', 'pending_new'],
      ['a-1', 'new'],
      ['a-1', expect.stringMatching(/^new|pending_replace$/)],
      ['a-1', 'pending_replace'],
      ['a-1', 'new'],
    ])
    expect(objects.at(-1)).toMatchObject({ clientId: 'a-2', leavesQuantity: '150' })
  })

  it('takes the id of the venue where there is no other, and exact quantities', async () => {
    const huge = '98765432109876543.21'
    const { objects } = await json(
      venue('8', 0, [
        [37, 'v-77'],
        [17, 'x-1'],
        [150, 'F'],
        [39, '1'],
        [55, 'ACME'],
        [54, 1],
        [38, '197530864219753086.42'],
        [32, huge],
        [31, '0.1'],
        [14, huge],
        [151, huge],
        [6, '0.1'],
      ]),
    )
    expect(objects).toEqual([
      expect.objectContaining({
        order: 'v-77',
        clientId: null,
        cumulativeQuantity: huge,
        leavesQuantity: huge,
        averagePrice: '0.1',
      }),
    ])
    expect(objects[0]!.anomalies).toContain('unknown_order')
  })

  it('keeps the same client id of two sessions apart', async () => {
    const other = (message: string) => message.replaceAll('=DESK', '=BOOK').replaceAll('v-a-1', 'w-a-1')
    const { objects } = await json(lines(filled[0], other(filled[0]), filled[1], filled[2], other(filled[1])))
    expect(objects.map(object => [object.status, object.cumulativeQuantity])).toEqual([
      ['pending_new', '0'],
      ['pending_new', '0'],
      ['new', '0'],
      ['partially_filled', '40'],
      ['new', '0'],
    ])
    expect(objects.flatMap(object => object.anomalies)).toEqual([])
  })

  it('takes a session reject for the answer that it is', async () => {
    const { objects } = await json(
      lines(
        newOrder('a-1', 100, 10),
        venue('3', 15, [
          [45, 11],
          [372, 'D'],
          [58, 'no'],
        ]),
      ),
    )
    expect(objects[1]).toMatchObject({ line: 2, order: 'a-1', status: 'rejected', leavesQuantity: '0' })
  })

  it('reads a fill whose data holds a whole message and 39=8 as the fill that it is', async () => {
    const data = `\u000139=8\u0001150=8\u0001\n${filled[3]}\n`
    const fill = report(
      'a-1',
      {
        type: 'F',
        status: '1',
        quantity: 100,
        cumulative: 40,
        last: 40,
        id: 'x-2',
        more: [
          [354, data.length],
          [355, data],
        ],
      },
      35,
    )
    for (const separator of ['\u0001', '|', '^']) {
      const { objects, stderr } = await json(shown(lines(filled[0], fill, filled[3]), separator))
      expect(stderr).toBe('')
      expect(objects.map(({ line, status }) => [line, status])).toEqual([
        [1, 'pending_new'],
        [2, 'partially_filled'],
        [5, 'filled'],
      ])
    }
  })

  it('reads what tcpdump -A shows of a session: every SOH a full stop', async () => {
    const fill = report(
      'a-1',
      {
        type: 'F',
        status: '1',
        quantity: 100,
        cumulative: 40.5,
        last: 40.5,
        price: 10.25,
        id: 'x.2',
        more: [[58, 'v. 2.1=ok.']],
      },
      35,
    )
    const { objects } = await json(`E..\`..@.@.....(...${shown(lines(filled[0]!, filled[1]!, fill), '.')}`)
    expect(objects[2]).toMatchObject({
      status: 'partially_filled',
      cumulativeQuantity: '40.5',
      averagePrice: '10.25',
      anomalies: [],
    })
  })

  it('takes what a text of a | log says for text', async () => {
    const text: [number, string] = [58, 'was|39=8|150=8|32=7|before']
    const first = report(
      'a-1',
      { type: 'F', status: '1', quantity: 100, cumulative: 40, last: 40, id: 'x-2', more: [text] },
      35,
    )
    const sorted = venue('8', 35, [
      text,
      [37, 'v-a-1'],
      [11, 'a-1'],
      [17, 'x-2'],
      [150, 'F'],
      [39, '1'],
      [55, 'ACME'],
      [54, 1],
      [38, 100],
      [32, 40],
      [31, 10],
      [151, 60],
      [14, 40],
      [6, 10],
    ])
    for (const fill of [first, sorted]) {
      const { objects } = await json(shown(lines(filled[0], filled[1], fill), '|'))
      expect(objects[2]).toMatchObject({ status: 'partially_filled', cumulativeQuantity: '40', anomalies: [] })
    }
  })

  it('gives an order message without ids a counted anomaly', async () => {
    const { objects } = await json(
      venue('8', 0, [
        [17, 'x-1'],
        [150, '0'],
        [39, '0'],
      ]),
    )
    expect(objects).toEqual([{ line: 1, ...ofNoOrder, anomalies: ['invalid_event'] }])
  })

  it('gives a quantity that is none a counted anomaly', async () => {
    const { objects } = await json(lines(newOrder('a-1', '-5', 0), newOrder('a-2', '1,5', 1), newOrder('a-3', 5, 2)))
    expect(objects.map(object => object.anomalies)).toEqual([['invalid_event'], ['invalid_event'], []])
  })

  it('keeps ids outside ASCII, in UTF-8 and Latin-1', async () => {
    const bytes = (text: string) => Buffer.from(text).toString('latin1')
    const { objects } = await json(
      lines(newOrder(bytes('ä-€'), 5, 0), newOrder('\u00e4-1', 5, 1), newOrder(bytes('a\u2028b'), 5, 2)),
    )
    expect(objects.map(object => object.order)).toEqual(['ä-€', 'ä-1', 'a\u2028b'])
  })
})

describe('orderscope replay', () => {
  it('prints what each message did, every order with its bottleneck first, anomalies and counts', async () => {
    const log = lines(
      logon,
      ...filled,
      'lorem ipsum',
      newOrder('a-2', 5, 60),
      report('a-2', { type: 'F', status: '2', quantity: 5, cumulative: 5, last: 5, id: 'y-1' }, 61),
    )
    const { code, stdout, stderr } = await replay(log)
    expect(code).toBe(0)
    expect(stderr).toBe('')
    // plain text: no colours, no control characters of the log
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/)
    const printed = stdout.split('\n')
    expect(printed.slice(0, 8).map(line => line.trim().split(/\s{2,}/))).toEqual([
      ['1', '10:00:00.000', 'Logon'],
      ['2', '10:00:00.010', 'NewOrderSingle', 'a-1 buy 100 ACME limit 10', 'pending_new, cumulative 0, leaves 100'],
      ['3', '10:00:00.013', 'ExecutionReport', 'a-1 ack', 'pending_new → new, cumulative 0, leaves 100'],
      ['4', '10:00:00.035', 'ExecutionReport', 'a-1 trade 40 @ 10', 'new → partially_filled, cumulative 40, leaves 60'],
      [
        '5',
        '10:00:00.050',
        'ExecutionReport',
        'a-1 trade 60 @ 10',
        'partially_filled → filled, cumulative 100, leaves 0',
      ],
      ['6', expect.stringMatching(/^can't be read: no FIX message/)],
      ['7', '10:00:00.060', 'NewOrderSingle', 'a-2 buy 5 ACME limit 10', 'pending_new, cumulative 0, leaves 5'],
      [
        '8',
        '10:00:00.061',
        'ExecutionReport',
        'a-2 trade 5 @ 10',
        'pending_new → filled, cumulative 5, leaves 0',
        '⚠ fill_before_ack',
      ],
    ])
    const first = printed.findIndex(line => line.startsWith('order a-1'))
    expect(printed[first]).toMatch(
      /^order a-1 · buy 100 ACME limit 10 · VENUE {3}filled · 100 @ 10 · 2 executions +40 ms$/,
    )
    expect(printed.slice(first + 1, first + 4)).toEqual([
      expect.stringMatching(/^ {2}fill 1\/2 .*40 @ 10 +22 ms {2}◀ slowest$/),
      expect.stringMatching(/^ {2}ack .* 3 ms$/),
      expect.stringMatching(/^ {2}fill 2\/2 .*60 @ 10 +15 ms$/),
    ])
    const anomalies = printed.indexOf('Anomalies')
    expect(printed.slice(anomalies + 1).join('\n')).toMatch(/^\n +8 {2}a-2 {2}fill_before_ack: .*\n/)
    expect(printed.at(-2)).toBe(
      "7 messages, 1 of them about no order · 2 orders (2 filled) · 1 anomaly (1 fill_before_ack) · 1 line that can't be read",
    )
  })

  it('takes SendingTime, and the time stamp of the log where there is none', async () => {
    const withoutTime = (message: string) =>
      message
        .replace(/\b52=[-\d:.]*\W/, '')
        .replace(/\b9=\d+\W/, '')
        .replace(/\b10=\d+\W$/, '')
    const log = lines(
      `20261121-10:00:01.000 : ${withoutTime(newOrder('a-1', 100, 0))}`,
      `20261121-10:00:01.250 : ${withoutTime(filled[1])}`,
      `20261121-23:00:00.000 : ${newOrder('a-2', 5, 0)}`,
      `20261121-23:00:00.000 : ${report('a-2', { type: '0', status: '0', quantity: 5, cumulative: 0, id: 'y-1' }, 7)}`,
    )
    const { stdout } = await replay(log)
    expect(stdout).toMatch(/order a-1 .*250 ms\n {2}ack .*250 ms {2}◀ slowest/)
    expect(stdout).toMatch(/order a-2 .*7 ms\n {2}ack .*7 ms {2}◀ slowest/)
    expect(at(7)).toBe('20261121-10:00:00.007')
  })

  it('shows one order where reports by the venue id alone turn out to be about it', async () => {
    const early = venue('8', 12, [
      [37, 'v-a-1'],
      [17, 'x-1'],
      [150, 'F'],
      [39, '1'],
      [55, 'ACME'],
      [54, 1],
      [38, 100],
      [32, 40],
      [31, 10],
      [151, 60],
      [14, 40],
      [6, 10],
    ])
    const log = lines(
      filled[0],
      early,
      report('a-1', { type: 'F', status: '2', quantity: 100, cumulative: 100, last: 60, id: 'x-3' }, 50),
    )
    const { stdout } = await replay(log)
    expect(stdout.match(/^order .*$/gm)).toEqual([
      expect.stringMatching(/^order a-1 .*filled · 100 @ 10 · 2 executions/),
    ])
    expect(stdout.match(/ fill [12]\/2 .*@ 10 /g)).toHaveLength(2)
    expect(stdout).toContain('· 1 order (1 filled) ·')
  })

  it('shows what is open at the end', async () => {
    const { stdout } = await replay(lines(newOrder('a-1', 100, 0), out('0', 500, [])))
    expect(stdout).toMatch(/ {2}ack .*no answer.*open/)
  })

  it('shows an order of many executions without drawing all', async () => {
    const fills = Array.from({ length: 100 }, (_, index) =>
      report(
        'a-1',
        { type: 'F', status: '1', quantity: 1000, cumulative: index + 1, last: 1, id: `x-${index}` },
        20 + index + (index > 80 ? 500 : 0),
      ),
    )
    const { stdout } = await replay(lines(filled[0].replace('38=100', '38=1000'), ...fills))
    expect(stdout).toMatch(/\n {2}fill 82\/100 .*501 ms {2}◀ slowest\n/)
    expect(stdout).toMatch(/\n {2}… and 40 more\n/)
  })
})

describe('a file or a command line that is no use', () => {
  it('a binary file: a sentence, and 0 since it could be read', async () => {
    const noise = Uint8Array.from({ length: 20_000 }, (_, index) => (index * index * 31 + index * 7) % 256)
    for (const options of [[], ['--json']]) {
      const { code, stdout, stderr, file } = await replay(noise, ...options)
      expect(code).toBe(0)
      expect(stderr).toBe(
        `orderscope replay: no FIX message found in ${file} (20000 bytes, 1 line that can't be read)\n`,
      )
      if (options.length > 0) expect(stdout).toBe('{"line":1,"error":"binary data, no FIX message"}\n')
      else expect(stdout).toMatch(/can't be read: binary data, no FIX message\n[\s\S]*0 messages/)
    }
  })

  it('an empty file', async () => {
    const { code, stdout, stderr } = await replay('', '--json')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/no FIX message found in .* \(0 bytes, /)
  })

  it.each([
    ['a compressed one', [0x1f, 0x8b, 8, 0, 0, 0], /it is compressed: gunzip it first\n$/],
    ['one in UTF-16', [0xff, 0xfe, 0x38, 0, 0x3d, 0], /it is UTF-16: convert it with iconv/],
  ])('%s: what to do about it', async (_, bytes, advice) => {
    expect(await replay(Uint8Array.from(bytes))).toMatchObject({ code: 0, stderr: expect.stringMatching(advice) })
  })

  it('one that is not there, and a directory: 1', async () => {
    const missing = join(directory, 'missing.log')
    expect(await run('replay', missing)).toEqual({
      code: 1,
      stdout: '',
      stderr: `orderscope replay: ${missing} can't be read: there is no such file\n`,
    })
    expect(await run('replay', '--json', directory)).toEqual({
      code: 1,
      stdout: '',
      stderr: `orderscope replay: ${directory} can't be read: it is a directory; name the log file in it\n`,
    })
  })

  it.each([
    [[], /^orderscope replay: which log\?/],
    [['--json'], /^orderscope replay: which log\?/],
    [['a.log', 'b.log'], /one file at a time, not 2/],
    [['--jsn', 'a.log'], /"--jsn" is not an option; there are --json,/],
  ])('%j: 2', async (args, message) => {
    expect(await run('replay', ...args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
  })
})
