import { afterAll, describe, expect, it } from 'vitest'
import { at, newOrder, out, report, shown, venue } from './fix-log.js'
import { ReplayDirectory, runReplay } from './run-replay.js'

const files = new ReplayDirectory()
afterAll(() => files.remove())

const start = Date.UTC(2026, 10, 21, 10)
const lines = (...messages: string[]) => messages.map(message => `${message}\n`).join('')
const fill = (id: string, cumulative: number, last: number, milliseconds: number, more: [number, string][] = []) =>
  report('a-1', { type: 'F', status: '1', quantity: 100, cumulative, last, id, more }, milliseconds)

/** Four fills of one order. */
const told = [
  newOrder('a-1', 100, 0),
  fill('x-1', 10, 10, 1000),
  fill('x-2', 30, 20, 2000),
  fill('x-3', 60, 30, 3000),
  fill('x-4', 100, 40, 4000),
  out('0', 10_000, []),
]
const log = lines(...told)

/** A trade as ccxt gives it. */
function trade(id: string | undefined, amount: number, milliseconds: number, more: object = {}): object {
  const timestamp = start + milliseconds
  return {
    info: {},
    id,
    order: 'v-a-1',
    timestamp,
    datetime: new Date(timestamp).toISOString(),
    symbol: 'ACME',
    type: 'limit',
    side: 'buy',
    takerOrMaker: undefined,
    price: 10,
    amount,
    cost: amount * 10,
    fee: { currency: 'USD', cost: undefined },
    ...more,
  }
}

const trades = [trade('x-1', 10, 1000), trade('x-2', 20, 2000), trade('x-3', 30, 3000), trade('x-4', 40, 4000)]

async function diff(history: string, of: string, ...options: string[]) {
  return runReplay('--json', '--diff', files.write(Buffer.from(history)), ...options, files.write(of))
}

const summary = (more: object = {}) => ({
  summary: { log: 4, history: 4, same: 4, missed: 0, doubled: 0, differing: 0, unknown: 0, ...more },
})

describe('orderscope replay --diff', () => {
  it.each([
    ["ccxt's trades as a JSON array", JSON.stringify(trades)],
    ['the same over several lines', JSON.stringify(trades, null, 2)],
    ['the same, one a line', trades.map(each => `${JSON.stringify(each)}\n`).join('')],
    ['a FIX drop copy', lines(...told.slice(1).map(message => message.replace('56=DESK', '56=COPY')))],
    ['a FIX log with | in it', shown(log, '|')],
    [
      'trade capture reports',
      lines(
        ...([10, 20, 30, 40] as const).map((quantity, index) =>
          venue('AE', 1000 * (index + 1), [
            [571, `r-${index}`],
            [17, `x-${index + 1}`],
            [55, 'ACME'],
            [32, quantity],
            [31, '10.00'],
            [552, 1],
            [54, 1],
            [37, 'v-a-1'],
          ]),
        ),
      ),
    ],
    [
      'order events',
      trades
        .map(each => {
          const { id, amount } = each as { id: string; amount: number }
          const { side, symbol } = { side: 'buy', symbol: 'ACME' }
          const event = { type: 'trade', orderId: 'v-a-1', executionId: id, lastQuantity: amount, lastPrice: 10 }
          return `${JSON.stringify({ ...event, side, symbol })}\n`
        })
        .join(''),
    ],
  ])('%s: the same fills', async (_, history) => {
    const { code, objects, stderr } = await diff(history, log, '--exit-code')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(objects).toEqual([summary()])
  })

  it('lists missed, differing, unknown and doubled fills', async () => {
    const history = [
      trades[0],
      trade('x-2', 25, 2000, { price: 10.5, side: 'sell', symbol: 'OTHER' }),
      trade('x-9', 7, 2500),
      trades[3],
      trade('x-0', 1, -5000),
      trade('x-10', 2, 60_000),
    ]
    // x-1 is told anew as if it were news; a resend of x-4 is none
    const again = [fill('x-1', 10, 10, 5000), fill('x-4', 100, 40, 5001, [[43, 'Y']])]
    const { code, objects, stderr } = await diff(
      JSON.stringify(history),
      lines(...told.slice(0, -1), ...again, told.at(-1)!),
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(objects).toEqual([
      {
        difference: 'missed',
        executionId: 'x-0',
        order: 'v-a-1',
        symbol: 'ACME',
        side: 'buy',
        log: null,
        history: {
          places: [5],
          quantity: '1',
          price: '10',
          side: 'buy',
          symbol: 'ACME',
          fee: null,
          time: '2026-11-21T09:59:55.000Z',
        },
        outside: 'before',
      },
      expect.objectContaining({
        difference: 'doubled',
        in: 'log',
        executionId: 'x-1',
        log: expect.objectContaining({ lines: [2, 6] }),
      }),
      expect.objectContaining({
        difference: 'differing',
        fields: ['quantity', 'price', 'side', 'symbol'],
        executionId: 'x-2',
        order: 'a-1',
        log: expect.objectContaining({ lines: [3], quantity: '20', price: '10', side: 'buy', symbol: 'ACME' }),
        history: expect.objectContaining({ places: [2], quantity: '25', price: '10.5', side: 'sell', symbol: 'OTHER' }),
      }),
      expect.objectContaining({ difference: 'missed', executionId: 'x-9' }),
      expect.objectContaining({ difference: 'unknown', executionId: 'x-3', history: null }),
      expect.objectContaining({ difference: 'missed', executionId: 'x-10', outside: 'after' }),
      summary({ history: 6, same: 1, missed: 3, doubled: 1, differing: 1, unknown: 1 }),
    ])
    expect(objects[3]).not.toHaveProperty('outside')
  })

  it('for people, with --exit-code for scripts', async () => {
    const history = files.write(
      JSON.stringify([...trades.slice(0, 2), trade('x-3', 31, 3000), trades[3], trade('x-9', 7, 3500)]),
    )
    const file = files.write(log)
    const { code, stdout } = await runReplay('--diff', history, '--exit-code', file)
    expect(code).toBe(3)
    expect(stdout).toBe(
      [
        'Missed: the history has them, the log does not',
        '',
        '  10:00:03.500  execution x-9  order v-a-1  buy 7 ACME @ 10  place 5',
        '',
        'Differing: told with other values',
        '',
        '  10:00:03.000  execution x-3  order a-1  buy 30 ACME @ 10  quantity 30 here, 31 there  line 4',
        '',
        '4 fills in the log, 5 in the history · 3 the same · 1 missed · 0 doubled · 1 differing · 0 unknown to the venue',
        '',
      ].join('\n'),
    )
    expect((await runReplay('--diff', history, file)).code).toBe(0)
  })

  it('takes busts and corrections into account on both sides', async () => {
    const changed = lines(
      ...told,
      report(
        'a-1',
        { type: 'H', status: '1', quantity: 100, cumulative: 60, last: 0, id: 'x-5', more: [[19, 'x-4']] },
        11_000,
      ),
      report(
        'a-1',
        { type: 'G', status: '1', quantity: 100, cumulative: 55, last: 25, id: 'x-6', more: [[19, 'x-3']] },
        12_000,
      ),
    )
    const { objects } = await diff(JSON.stringify([trades[0], trades[1], trade('x-3', 25, 3000)]), changed)
    expect(objects).toEqual([summary({ history: 3, same: 3 })])
    const unaware = await diff(JSON.stringify(trades), changed)
    expect(unaware.objects.map(({ executionId, fields }) => [executionId, fields])).toEqual([
      ['x-3', ['quantity']],
      ['x-4', ['quantity']],
      [undefined, undefined],
    ])
    expect((await diff(changed, changed)).objects).toEqual([summary()])
  })

  it('finds the same fills without common ids, by order, quantity and price; one counted twice is doubled', async () => {
    const own = [trade('1', 10, 1003), trade('2', 20, 2003), trade('3', 30, 2999), trade('4', 40, 4000)]
    expect((await diff(JSON.stringify(own), log)).objects).toEqual([summary()])
    const twice = lines(...told.slice(0, 3), fill('y-2', 50, 20, 2100), ...told.slice(3))
    const { objects } = await diff(JSON.stringify(own), twice)
    expect(objects).toMatchObject([
      { difference: 'doubled', in: 'log', log: { lines: [4] }, history: { places: [2] } },
      summary({ log: 5, doubled: 1 }),
    ])
    // other ids of orders, too: by instrument and time
    const apart = own.map(each => ({ ...each, order: undefined }))
    expect((await diff(JSON.stringify(apart), log)).objects).toEqual([summary()])
    // no ids at all
    const anonymous = own.map(each => ({ ...each, id: undefined }))
    expect((await diff(JSON.stringify(anonymous), log)).objects).toEqual([summary()])
  })

  it('knows the trade id that a venue sends beside its ExecID, and symbols that are written otherwise', async () => {
    const withTradeIds = lines(
      newOrder('a-1', 100, 0).replace('55=ACME', '55=BTC-USDT'),
      fill('e-1', 10, 10, 1000, [[1003, '7001']]).replace('55=ACME', '55=BTC-USDT'),
      fill('e-2', 20, 10, 1000, [[1003, '7002']]).replace('55=ACME', '55=BTC-USDT'),
    )
    const history = [trade('7002', 10, 1000), trade('7001', 10, 1000)].map(each => ({
      ...each,
      symbol: 'BTC/USDT:USDT',
    }))
    const { objects } = await diff(JSON.stringify(history), withTradeIds)
    expect(objects).toEqual([summary({ log: 2, history: 2, same: 2 })])
  })

  it('compares fees where both tell them', async () => {
    const withFees = lines(
      told[0]!,
      fill('x-1', 10, 10, 1000, [
        [12, '0.10'],
        [13, '3'],
      ]),
      fill('x-2', 30, 20, 2000, [
        [12, '0.20'],
        [13, '3'],
      ]),
    )
    const history = [trade('x-1', 10, 1000, { fee: { cost: 0.1 } }), trade('x-2', 20, 2000, { fee: { cost: 0.25 } })]
    const { objects } = await diff(JSON.stringify(history), withFees)
    expect(objects).toMatchObject([
      { difference: 'differing', executionId: 'x-2', fields: ['fee'], log: { fee: '0.2' }, history: { fee: '0.25' } },
      summary({ log: 2, history: 2, same: 1, differing: 1 }),
    ])
  })

  it('a page of history that repeats the last one is told', async () => {
    const { objects } = await diff(JSON.stringify([...trades, trades[3]]), log)
    expect(objects).toMatchObject([
      { difference: 'doubled', in: 'history', executionId: 'x-4', history: { places: [4, 5] } },
      summary({ history: 5, same: 3, doubled: 1 }),
    ])
  })

  it('ids that are long numbers stay what they are; an id of two instruments is two fills', async () => {
    const id = '1234567890123456789'
    const history = `[${JSON.stringify(trade('ID', 10, 1000)).replace('"ID"', id)},${JSON.stringify(trade('ID', 20, 2000, { symbol: 'B', order: 'v-b-1' })).replace('"ID"', id)}]`
    const other = report('b-1', { type: 'F', status: '2', quantity: 20, cumulative: 20, last: 20, id }, 2000).replace(
      '55=ACME',
      '55=B',
    )
    const { objects } = await diff(history, lines(told[0]!, fill(id, 10, 10, 1000), other))
    expect(objects).toEqual([summary({ log: 2, history: 2, same: 2 })])
  })

  it('many fills without ids, in no time', async () => {
    const count = 5000
    const many = lines(...Array.from({ length: count }, (_, index) => fill(`x-${index}`, index + 1, 1, index * 10)))
    const history = Array.from({ length: count }, (_, index) => trade(undefined, 1, index * 10, { order: undefined }))
    const began = performance.now()
    const { objects } = await diff(JSON.stringify(history), many)
    expect(objects).toEqual([summary({ log: count, history: count, same: count })])
    expect(performance.now() - began).toBeLessThan(8000)
  })

  it.each([
    [
      'one that is not there',
      '/nowhere/trades.json',
      /^orderscope replay: \/nowhere\/trades\.json can't be read: there is no such file\n$/,
    ],
    [
      'text',
      files.write('lorem ipsum\n'),
      /line 1: no FIX message.*\n.* is no history: write a FIX log \(drop copy\), or ccxt's trades/,
    ],
    ['JSON that is broken at once', files.write('[1,2,'), /: there is no FIX message in it.*\n.* is no history/],
    ['a page', files.write('<html>'), /: there is no FIX message in it.*\n.* is no history/],
    ['JSON that is broken', files.write('[{"id":"x-1",'), /: no JSON: .*\n.* is no history/],
    [
      'JSON of something else',
      files.write('[{"symbol":"ACME","last":10}]'),
      /entry 1: neither a trade of ccxt \(with amount and price\) nor an order event\n.* is no history/,
    ],
  ])('a history that is no use, %s: a sentence and 1', async (_, history, said) => {
    const { code, stdout, stderr } = await runReplay('--json', '--diff', history, files.write(log))
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(said)
  })

  it('an empty history is one', async () => {
    expect((await diff('[]', log)).objects.at(-1)).toEqual(summary({ history: 0, same: 0, unknown: 4 }))
  })

  it('a log that is not there: 1; times are those of the log', async () => {
    expect(await runReplay('--diff', files.write('[]'), '/nowhere/fix.log')).toMatchObject({
      code: 1,
      stderr: "orderscope replay: /nowhere/fix.log can't be read: there is no such file\n",
    })
    expect(at(0)).toBe('20261121-10:00:00.000')
  })

  it.each([
    [['--diff'], /--diff needs the file of the history/],
    [['--exit-code', 'a.log'], /--exit-code goes with --diff HISTORY/],
  ])('a wrong command line: %s', async (args, said) => {
    expect(await runReplay(...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(said) })
  })
})
