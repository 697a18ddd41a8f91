import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createFixConverter } from '../../../src/order/fix/index.js'
import { messagesOf } from '../../order/fix-matrix.js'
import { matrixScenarios } from '../../order/fix-scenarios.js'
import { at, fix } from './fix-log.js'
import { ReplayDirectory, runReplay } from './run-replay.js'

const files = new ReplayDirectory()
afterAll(() => files.remove())

const ndjson = (...events: unknown[]) => events.map(event => `${JSON.stringify(event)}\n`).join('')
const submit = { type: 'submit', clientId: 'a-1', symbol: 'ACME', side: 'buy', orderType: 'limit', quantity: '100' }

describe('a log of order events, one JSON object a line', () => {
  it.each(matrixScenarios.map(scenario => [scenario.id, scenario] as const))(
    'prints what the FIX messages of scenario %s print',
    async (_, scenario) => {
      const converter = createFixConverter()
      const messages = messagesOf(scenario).map(({ fields }, index) => fix([...fields, [52, at(index)]]))
      const events = messagesOf(scenario).map(({ fields }, index) =>
        converter
          .toOrderEvents(fields, { time: Date.UTC(2026, 10, 21, 10) + index })
          // a session of its own is a venue of its own
          .map(event => ({ ...event, venue: 'broker' })),
      )
      const ofLog = await runReplay('--json', files.write(messages.map(message => `${message}\n`).join('')))
      const ofEvents = await runReplay('--json', files.write(Buffer.from(ndjson(...events.flat()))))
      expect(ofEvents).toMatchObject({ code: 0, stderr: '' })
      // a new order is two events: the second one tells the same order
      const expected: unknown[] = []
      for (const [index, each] of events.entries()) {
        for (const _event of each) expected.push({ ...ofLog.objects[index]!, line: expected.length + 1 })
      }
      const anomalies = (objects: readonly Record<string, unknown>[]) => objects.flatMap(object => object.anomalies)
      const without = (objects: readonly unknown[]) => objects.map(object => ({ ...(object as object), anomalies: [] }))
      expect(without(ofEvents.objects)).toEqual(without(expected))
      expect(new Set(anomalies(ofEvents.objects))).toEqual(new Set(anomalies(ofLog.objects)))
    },
  )

  it('is drawn as a log is', async () => {
    const time = Date.UTC(2026, 10, 21, 10)
    const log = ndjson(
      { ...submit, time },
      { type: 'sent', clientId: 'a-1', time: time + 1 },
      { type: 'ack', clientId: 'a-1', orderId: 'v-1', time: time + 4 },
      { type: 'trade', clientId: 'a-1', executionId: 'x-1', lastQuantity: 100, lastPrice: 9.5, time: time + 40 },
    )
    const { code, stdout, stderr } = await runReplay(files.write(log))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('      4  10:00:00.040  trade                      a-1 trade 100 @ 9.5  new → filled')
    expect(stdout).toMatch(
      /order a-1 · buy 100 ACME limit +filled · 100 @ 9.5 · 1 execution +40 ms\n {2}fill 1\/1 .*36 ms/,
    )
    expect(stdout).toMatch(/4 messages · 1 order \(1 filled\) · 0 anomalies\n$/)
  })

  it('keeps what a double would change, and takes a sequence beyond it as text', async () => {
    const lines = [
      '{"type":"submit","clientId":"a-1","symbol":"A","side":"buy","orderType":"limit","quantity":98765432109876543.21}',
      '{"type":"trade","clientId":"a-1","executionId":"x-1","lastQuantity":0.12345678901234567891,"lastPrice":1,"sequence":"9007199254740993","text":"12345678901234567890"}',
      '{"type":"trade","clientId":"a-1","executionId":"x-2","lastQuantity":1e-20,"lastPrice":1,"sequence":9007199254740995,"time":1763719200000.123456}',
    ]
    const { objects } = await runReplay('--json', files.write(lines.join('\r\n')))
    expect(objects.map(({ anomalies }) => anomalies)).toEqual([[], ['fill_before_ack'], []])
    expect(objects[2]).toMatchObject({ line: 3, cumulativeQuantity: '0.12345678901234567892' })
    expect(objects[0]).toMatchObject({ leavesQuantity: '98765432109876543.21' })
  })

  it('says which line it cannot read, and goes on; an event that is no use is a counted anomaly', async () => {
    const log = [
      '\u00ef\u00bb\u00bf{"type":"ack"}',
      'lorem {ipsum',
      '',
      '[1]',
      '{"level":30,"msg":"started"}',
      '{"type":"filled","clientId":"a-1"}',
      JSON.stringify({ ...submit, quantity: '1,5' }),
      JSON.stringify({ ...submit, padding: 'x'.repeat(2 << 20) }),
      JSON.stringify({ ...submit, clientId: 'ä' }),
      '{"type":"ack","clientId":{"a":1},"time":"now","sequence":"x"}',
      JSON.stringify({ type: 'ack', clientId: 'ä', time: 'now' }),
      JSON.stringify({ type: 'ack', clientId: 'ä', time: 1e300 }),
      '{"type":"tra',
    ]
    const { code, objects, stderr } = await runReplay(
      '--json',
      files.write(Buffer.from(log.join('\n').replace('ï»¿', '\ufeff'))),
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(objects.map(({ line, error, order, anomalies }) => [line, error ?? order, anomalies])).toEqual([
      [1, null, ['invalid_event']],
      [2, expect.stringMatching(/^no JSON: /), undefined],
      [4, expect.stringMatching(/^no order event: /), undefined],
      [5, expect.stringMatching(/^no order event: .* such as \{"type":"ack","clientId":"a-1"\}$/), undefined],
      [6, null, ['invalid_event']],
      [7, null, ['invalid_event']],
      [8, 'longer than 1048576 bytes', undefined],
      [9, 'ä', []],
      [10, null, ['invalid_event']],
      [11, 'ä', ['invalid_event']],
      [12, 'ä', ['invalid_event']],
      [13, expect.stringMatching(/^no JSON: /), undefined],
    ])
  })

  it('nothing in a line moves the cursor of a terminal', async () => {
    const { stdout } = await runReplay(files.write('{"type":"ack","clientId":"\\u001b[2J"}\n{"type":\u001b[2J\n'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/)
    expect(stdout).toContain("      2  can't be read: no JSON: ")
  })

  it('takes any JSON at all, as a log and as a history, and tells of every line', async () => {
    const names = ['type', 'clientId', 'orderId', 'time', 'venueTime', 'sequence', 'lastQuantity', 'quantity', 'venue']
    const ofTrades = ['amount', 'price', 'id', 'order', 'side', 'symbol', 'timestamp', 'datetime', 'fee', 'executionId']
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>('a-1', '1', 5, 1e300, { toString: 1 }, 'buy', null))
    const type = fc.constantFrom<unknown>('submit', 'ack', 'trade', 'trade_bust', 'canceled', 'limit', 'status')
    const object = fc
      .tuple(type, fc.dictionary(fc.constantFrom(...names, ...ofTrades, 'reported', 'text'), value))
      .map(([own, fields]) => ({ type: own, ...fields }))
    const values = fc.array(fc.oneof(object, object, object, fc.jsonValue()), { minLength: 1, maxLength: 12 })
    const fixLog = files.write(fix([[35, '0']]))
    await fc.assert(
      fc.asyncProperty(values, async all => {
        const first = { type: 'status_request', clientId: 'q' }
        const log = files.write(Buffer.from(ndjson(first, ...all)))
        const { code, objects } = await runReplay('--json', log)
        expect({ code, lines: objects.map(({ line }) => line) }).toEqual({
          code: 0,
          lines: [0, ...all].map((_, at) => at + 1),
        })
        expect((await runReplay(log)).code).toBe(0)
        expect((await runReplay('--diff', log, fixLog)).code).toBe(0)
        expect(
          (await runReplay('--json', '--diff', files.write(Buffer.from(JSON.stringify([first, ...all]))), log)).code,
        ).toBe(0)
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('an array is no NDJSON: what to do about it', async () => {
    const { code, stderr } = await runReplay('--json', files.write(JSON.stringify([submit])))
    expect(code).toBe(0)
    expect(stderr).toMatch(/it is a JSON array: write one event a line, as jq -c '\.\[\]' does\n$/)
  })

  it('a log of JSON around FIX messages is a FIX log', async () => {
    const message = fix([
      [35, '0'],
      [49, 'A'],
      [56, 'B'],
    ])
    const { objects } = await runReplay('--json', files.write(`${JSON.stringify({ level: 30, msg: message })}\n`))
    expect(objects).toMatchObject([{ line: 1, order: null, anomalies: [] }])
  })
})
