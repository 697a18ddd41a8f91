import { describe, expect, it } from 'vitest'
import { createFixConverter, type FixFields, parseFixMessage, toOrderEvents } from '../../../src/order/fix/index.js'
import { createTracker } from '../../../src/order/tracker.js'

const fields = (text: string): [number, string][] =>
  text.split('|').map(field => {
    const at = field.indexOf('=')
    return [Number(field.slice(0, at)), field.slice(at + 1)]
  })

const report =
  '35=8|34=7|49=B|56=C|37=O-1|11=a|17=x|150=F|39=1|55=IBM|54=2|38=10|44=5|32=3|31=4.5|14=3|151=7|6=4.5|851=1|60=20261121-10:00:00.123456'

describe('order messages', () => {
  it('in any form an engine has them', () => {
    const pairs = fields(report)
    const forms: FixFields[] = [
      pairs,
      new Map(pairs),
      new Map(pairs.map(([tag, value]) => [String(tag), value] as const)),
      Object.fromEntries(pairs),
    ]
    for (const form of forms) {
      expect(toOrderEvents(form, { time: 5 })).toEqual([
        {
          type: 'trade',
          clientId: 'a',
          orderId: 'O-1',
          symbol: 'IBM',
          side: 'sell',
          quantity: '10',
          price: '5',
          reported: {
            status: 'partially_filled',
            quantity: '10',
            cumulativeQuantity: '3',
            leavesQuantity: '7',
            averagePrice: '4.5',
          },
          executionId: 'x',
          lastQuantity: '3',
          lastPrice: '4.5',
          liquidity: 'maker',
          time: 5,
          venueTime: Date.UTC(2026, 10, 21, 10) + 123.456,
          sequence: 7,
        },
      ])
    }
  })

  it('a new order is submitted and sent; TimeInForce absent means Day', () => {
    const events = toOrderEvents(fields('35=D|34=2|11=a|1=ACC|55=IBM|54=5|38=10|40=2|44=5|583=P|58=hello'))
    expect(events).toEqual([
      {
        type: 'submit',
        clientId: 'a',
        account: 'ACC',
        parentId: 'P',
        symbol: 'IBM',
        side: 'sell_short',
        orderType: 'limit',
        timeInForce: 'day',
        quantity: '10',
        price: '5',
        text: 'hello',
      },
      { type: 'sent', clientId: 'a', account: 'ACC', parentId: 'P', text: 'hello' },
    ])
  })

  it.each([
    ['35=8|150=0', 'ack'],
    ['35=8|150=A', 'pending_new'],
    ['35=8|150=8', 'reject'],
    ['35=8|150=F', 'trade'],
    ['35=8|150=1|20=0', 'trade'],
    ['35=8|150=2|20=0', 'trade'],
    ['35=8|150=1|20=1', 'trade_bust'],
    ['35=8|150=2|20=2', 'trade_correct'],
    ['35=8|150=1|20=3', 'status'],
    ['35=8|150=0|20=3', 'status'],
    ['35=8|150=I', 'status'],
    ['35=8|150=G', 'trade_correct'],
    ['35=8|150=H', 'trade_bust'],
    ['35=8|150=4|20=0|32=5', 'canceled'],
    ['35=8|150=5|39=5', 'replaced'],
    ['35=8|150=6', 'pending_cancel'],
    ['35=8|150=E', 'pending_replace'],
    ['35=8|150=C', 'expired'],
    ['35=8|150=3', 'done_for_day'],
    ['35=8|150=7', 'stopped'],
    ['35=8|150=9', 'suspended'],
    ['35=8|150=B', 'calculated'],
    ['35=8|150=D', 'restated'],
    ['35=8|150=L', 'triggered'],
    ['35=8|39=1', 'trade'],
    ['35=8|150=?', 'status'],
    ['35=9|434=1', 'cancel_reject'],
    ['35=H', 'status_request'],
    ['35=F', 'cancel_request'],
    ['35=G', 'replace_request'],
  ])('%s is %s', (text, type) => {
    expect(toOrderEvents(fields(`${text}|11=a`)).map(event => event.type)).toEqual([type])
  })

  it.each(['35=0', '35=A', '35=5', '35=W', '11=a', '35=3|45=3'])('%s tells nothing of an order', text => {
    expect(toOrderEvents(fields(text))).toEqual([])
  })

  it.each([null, undefined, 'text', 7, [], {}, [1, 2], [[8]], new Map([[35, 8 as unknown as string]])])(
    '%o throws nothing',
    message => {
      expect(Array.isArray(toOrderEvents(message as unknown as FixFields))).toBe(true)
      expect(Array.isArray(createFixConverter().toOrderEvents(message as unknown as FixFields))).toBe(true)
    },
  )

  it('an OrderID that says that there is none is none', () => {
    for (const id of ['NONE', '0', 'UNKNOWN']) {
      expect(toOrderEvents(fields(`35=9|11=y|41=x|37=${id}|39=8|102=1|434=1`))[0]).not.toHaveProperty('orderId')
    }
  })

  it('answers of 4.2 that repeat a fill trade nothing', () => {
    const tracker = createTracker({ venue: 'v', clock: () => 0 })
    const tell = (text: string) => toOrderEvents(fields(text)).map(event => tracker.apply(event))
    tell('35=D|11=a|55=IBM|54=1|38=10|40=1')
    tell('35=8|11=a|37=1|17=1|20=0|150=0|39=0|38=10|14=0|151=10')
    tell('35=8|11=a|37=1|17=2|20=0|150=1|39=1|38=10|32=4|31=2|14=4|151=6|6=2')
    for (let answer = 0; answer < 3; answer++)
      tell('35=8|11=a|37=1|17=0|20=3|150=1|39=1|38=10|32=4|31=2|14=4|151=6|6=2')
    const last = tell('35=8|11=a|37=1|17=3|20=0|150=4|39=4|38=10|32=4|31=2|14=4|151=0|6=2')
    expect(tracker.get('a')).toMatchObject({ status: 'canceled', cumulativeQuantity: '4', executionCount: 1 })
    expect(last[0]!.anomalies).toEqual([])
  })
})

describe('a new session', () => {
  it('numbers its messages from 1 again: the day decides', () => {
    const tracker = createTracker({ venue: 'v', clock: () => 0 })
    const tell = (text: string) => toOrderEvents(fields(text)).map(event => tracker.apply(event))
    tell('35=D|34=90|11=a|55=IBM|54=1|38=10|40=1|59=1')
    tell('35=8|34=400|52=20261120-21:00:00|11=a|37=1|17=1|150=0|39=0|38=10|14=0|151=10')
    tell('35=8|34=401|52=20261120-21:00:01|11=a|37=1|17=2|150=3|39=3|38=10|14=0|151=10')
    expect(tracker.get('a')?.status).toBe('done_for_day')
    tell('35=8|34=2|52=20261121-14:00:00|11=a|37=1|17=3|150=D|39=0|38=8|14=0|151=8|378=1')
    expect(tracker.get('a')).toMatchObject({ status: 'new', quantity: '8', leavesQuantity: '8' })
  })
})

describe('rejects that name a request by its number', () => {
  const order = '35=D|34=5|49=C|56=B|11=a|55=IBM|54=1|38=10|40=1'
  it('a session reject of a new order rejects the order', () => {
    const converter = createFixConverter()
    converter.toOrderEvents(fields(order))
    expect(converter.toOrderEvents(fields('35=3|34=9|49=B|56=C|45=5|372=D|373=1|58=Required tag missing'))).toEqual([
      {
        type: 'reject',
        clientId: 'a',
        reason: 'other',
        errorType: 'SessionReject',
        text: 'Required tag missing',
        sequence: 9,
      },
    ])
  })

  it('a business reject of a cancel or replace refuses the request', () => {
    const converter = createFixConverter()
    converter.toOrderEvents(fields('35=G|34=6|49=C|56=B|11=b|41=a|38=12'))
    expect(converter.toOrderEvents(fields('35=j|34=9|49=B|56=C|45=6|372=G|380=3'))).toEqual([
      {
        type: 'cancel_reject',
        clientId: 'b',
        originalClientId: 'a',
        request: 'replace',
        reason: 'other',
        errorType: 'BusinessMessageReject',
        sequence: 9,
      },
    ])
    // without a memory, by the id that the venue repeats
    expect(toOrderEvents(fields('35=j|379=k|372=F|380=3'))[0]).toMatchObject({
      type: 'cancel_reject',
      clientId: 'k',
      request: 'cancel',
    })
  })

  it('of another session, another message or a forgotten request answer nothing', () => {
    const converter = createFixConverter({ maximumRequests: 1 })
    converter.toOrderEvents(fields(order))
    for (const reject of ['35=3|49=C|56=B|45=5', '35=3|49=B|56=C|45=4', '35=3|49=B|56=C|45=5|372=V']) {
      expect(converter.toOrderEvents(fields(reject))).toEqual([])
    }
    converter.toOrderEvents(fields(order.replace('34=5', '34=6')))
    expect(converter.toOrderEvents(fields('35=3|49=B|56=C|45=5'))).toEqual([])
  })
})

describe('a message as text', () => {
  const SOH = '\u0001'
  const whole = (body: string, begin = '8=FIX.4.4'): string => {
    const bytes = Buffer.from(body.replaceAll('|', SOH))
    const head = Buffer.from(`${begin}${SOH}9=${bytes.length}${SOH}`)
    const sum = [...head, ...bytes].reduce((total, byte) => total + byte, 0) % 256
    return `${head}${bytes}10=${String(sum).padStart(3, '0')}${SOH}`
  }
  const get = (text: string | Uint8Array, tag: number) =>
    parseFixMessage(text).fields.find(([other]) => other === tag)?.[1]

  it.each([SOH, '|', '^', '^A'])('with %j between the fields', separator => {
    const message = whole('35=8|11=a|58=b c|').replaceAll(SOH, separator)
    expect(parseFixMessage(message)).toMatchObject({ remarks: [] })
    expect(get(message, 58)).toBe('b c')
  })

  it('with a whole message, line feeds and separators in a data field', () => {
    const inner = `${whole('35=8|39=8|')}\nsecond\n`
    const message = whole(`35=8|11=a|95=${inner.length}|96=${inner}|39=2|`)
    expect(get(message, 96)).toBe(inner.replaceAll('|', SOH))
    expect(get(message, 39)).toBe('2')
    expect(parseFixMessage(message).remarks).toEqual([])
  })

  it('with text beyond ASCII, as UTF-8 and as ISO 8859-1', () => {
    expect(get(whole('35=8|58=zu spät \u2028 ☃|'), 58)).toBe('zu spät \u2028 ☃')
    expect(get(Buffer.from(whole('35=8|58=x|').replace('58=x', '58=sp\u00e4t'), 'latin1'), 58)).toBe('spät')
  })

  it('with the separator in its text', () => {
    expect(get('8=FIX.4.4|9=5|35=8|58=a|b|39=8|c|39=2|10=000|', 58)).toBe('a|b|39=8|c')
    expect(get('8=FIX.4.4|9=5|35=8|58=a|b|39=8|c|39=2|10=000|', 39)).toBe('2')
  })

  it('with a wrong length or sum is read, and that is told', () => {
    const remarks = parseFixMessage('8=FIX.4.4|9=0000096|35=8|11=a|10=001|').remarks
    expect(remarks).toEqual([
      expect.stringMatching(/^BodyLength \(9\) is 0000096; it counts 10 bytes$/),
      expect.stringMatching(/^CheckSum \(10\) is 001; the bytes give /),
    ])
  })

  it('with an old CheckSum in its body', () => {
    expect(get(whole('35=8|10=123|43=Y|11=a|'), 11)).toBe('a')
  })

  it.each(['', 'hello', '8=FIX.4.4|9=50|35=8|11=a', '8=FIX.4.4'])('%j is none', text => {
    expect(() => parseFixMessage(text)).toThrow(SyntaxError)
  })
})
