import 'reflect-metadata'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { dirname } from 'node:path'
import { AsciiSession, EmptyLogFactory, type IJsFixConfig, type MsgView, SessionLauncher } from 'jspurefix'
import { expect, it } from 'vitest'
import type { OrderEvent } from '../../../src/order/event.js'
import { createFixConverter, parseFixMessage } from '../../../src/order/fix/index.js'
import { createTracker } from '../../../src/order/tracker.js'

type Fields = Readonly<Record<string, unknown>>

/** One side of a session, as an application of jspurefix writes it. */
class Side extends AsciiSession {
  readonly texts: string[] = []
  /** What `view` reads in the callback: a view is no longer valid after it. */
  readonly views: { readonly type: string; readonly events: OrderEvent[] }[] = []
  isReady = false
  readonly #converter = createFixConverter()

  constructor(config: IJsFixConfig) {
    super(config)
  }

  tell(type: string, fields: Fields): void {
    this.send(type, { ...fields, TransactTime: new Date() })
  }

  protected onEncoded(_type: string, text: string): void {
    this.texts.push(text)
  }

  protected onDecoded(_type: string, text: string): void {
    this.texts.push(text)
  }

  protected onApplicationMsg(type: string, view: MsgView): void {
    this.views.push({ type, events: this.#converter.toOrderEvents(view, { time: 0 }) })
  }

  protected onReady(): void {
    this.isReady = true
  }

  protected onLogon(): boolean {
    return true
  }

  protected onStopped(): void {}
}

class Pair extends SessionLauncher {
  readonly sides: { initiator?: Side; acceptor?: Side } = {}
  override root = dirname(createRequire(import.meta.url).resolve('jspurefix/package.json'))

  constructor(port: number) {
    const session = (type: 'initiator' | 'acceptor', sender: string, target: string) => ({
      application: {
        type,
        name: type,
        reconnectSeconds: 1,
        protocol: 'ascii',
        dictionary: 'qf44',
        tcp: { host: '127.0.0.1', port },
      },
      ...{ BeginString: 'FIX.4.4', SenderCompId: sender, TargetCompID: target, HeartBtInt: 30, ResetSeqNumFlag: true },
    })
    super(
      session('initiator', 'DESK', 'VENUE') as never,
      session('acceptor', 'VENUE', 'DESK') as never,
      new EmptyLogFactory(),
    )
  }

  protected override makeFactory(config: IJsFixConfig) {
    const type = config.description.application!.type as 'initiator' | 'acceptor'
    return {
      makeSession: (own: IJsFixConfig) => {
        const side = new Side(own)
        this.sides[type] = side
        return side
      },
    }
  }
}

const order = { Instrument: { Symbol: 'ACME' }, Side: '1', HandlInst: '1', OrdType: '2' }
const sized = (OrderQty: number) => ({ OrderQtyData: { OrderQty } })
const report = { OrderID: 'v-1', Instrument: { Symbol: 'ACME' }, Side: '1' }

/** Who says what. */
const flow: readonly (readonly ['initiator' | 'acceptor', string, Fields])[] = [
  ['initiator', 'D', { ...order, ...sized(100), ClOrdID: 'j-1', Price: 10.5 }],
  [
    'acceptor',
    '8',
    {
      ...report,
      ...sized(100),
      ClOrdID: 'j-1',
      ExecID: 'e-1',
      ExecType: '0',
      OrdStatus: '0',
      CumQty: 0,
      LeavesQty: 100,
      AvgPx: 0,
    },
  ],
  [
    'acceptor',
    '8',
    {
      ...report,
      ...sized(100),
      ClOrdID: 'j-1',
      ExecID: 'e-2',
      ExecType: 'F',
      OrdStatus: '1',
      LastQty: 40.00000001,
      LastPx: 10.4,
      CumQty: 40.00000001,
      LeavesQty: 59.99999999,
      AvgPx: 10.4,
      Text: 'a | b; 39=2 | c',
    },
  ],
  ['initiator', 'G', { ...order, ...sized(120), OrigClOrdID: 'j-1', ClOrdID: 'j-2', Price: 10.6 }],
  [
    'acceptor',
    '8',
    {
      ...report,
      ...sized(100),
      OrigClOrdID: 'j-1',
      ClOrdID: 'j-2',
      ExecID: 'e-3',
      ExecType: 'E',
      OrdStatus: 'E',
      CumQty: 40.00000001,
      LeavesQty: 59.99999999,
      AvgPx: 10.4,
    },
  ],
  [
    'acceptor',
    '8',
    {
      ...report,
      ...sized(120),
      OrigClOrdID: 'j-1',
      ClOrdID: 'j-2',
      ExecID: 'e-4',
      ExecType: '5',
      OrdStatus: '1',
      CumQty: 40.00000001,
      LeavesQty: 79.99999999,
      AvgPx: 10.4,
    },
  ],
  ['initiator', 'F', { ...order, ...sized(120), OrigClOrdID: 'j-2', ClOrdID: 'j-3' }],
  [
    'acceptor',
    '9',
    { OrderID: 'v-1', OrigClOrdID: 'j-2', ClOrdID: 'j-3', OrdStatus: '1', CxlRejResponseTo: '1', CxlRejReason: '2' },
  ],
  ['initiator', 'D', { ...order, ...sized(5), ClOrdID: 'j-4', Price: 9 }],
  [
    'acceptor',
    '8',
    {
      ...report,
      ...sized(5),
      OrderID: 'NONE',
      ClOrdID: 'j-4',
      ExecID: 'e-5',
      ExecType: '8',
      OrdStatus: '8',
      OrdRejReason: '3',
      CumQty: 0,
      LeavesQty: 0,
      AvgPx: 0,
    },
  ],
  ['initiator', 'D', { ...order, ...sized(6), ClOrdID: 'j-5', Price: 9 }],
  // the venue's business layer is down: it names the request by its number (Logon is 1)
  ['acceptor', 'j', { RefSeqNum: 6, RefMsgType: 'D', BusinessRejectReason: '4' }],
]

it('the messages of a live session of jspurefix, as text and as views, are the same order events', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')

  const pair = new Pair(port)
  const over = pair.run()
  await expect.poll(() => Object.keys(pair.sides).length, { timeout: 20_000 }).toBe(2)
  const { initiator, acceptor } = pair.sides as Required<Pair['sides']>
  await expect.poll(() => initiator.isReady && acceptor.isReady, { timeout: 10_000 }).toBe(true)
  for (const [from, type, fields] of flow) {
    const heard = from === 'initiator' ? acceptor : initiator
    const before = heard.views.length
    pair.sides[from]!.tell(type, fields)
    await expect.poll(() => heard.views.length, { timeout: 5000, interval: 2 }).toBe(before + 1)
  }
  initiator.done()
  await over
  pair.stop()

  for (const side of [initiator, acceptor]) {
    const converter = createFixConverter()
    const parsed = side.texts.map(text => parseFixMessage(text))
    expect(parsed.flatMap(({ remarks }) => remarks)).toEqual([])
    const bySide = side === initiator ? '49=VENUE' : '49=DESK'
    const heard = parsed.map(({ fields }, index) => ({
      isHeard: side.texts[index]!.includes(bySide),
      type: fields.find(([tag]) => tag === 35)![1],
      events: converter.toOrderEvents(fields, { time: 0 }),
    }))
    const ofViews = side.views.filter(({ type }) => type !== 'j')
    expect(ofViews.length).toBeGreaterThan(3)
    expect(ofViews).toEqual(
      heard
        .filter(({ isHeard, type }) => isHeard && !['A', '5', '0', 'j'].includes(type))
        .map(({ type, events }) => ({ type, events })),
    )
  }

  // the desk follows its own side of the session
  const tracker = createTracker({ venue: 'venue' })
  const converter = createFixConverter()
  const anomalies = initiator.texts.flatMap(text =>
    converter.toOrderEvents(parseFixMessage(text).fields).flatMap(event => tracker.apply(event).anomalies),
  )
  expect(anomalies).toEqual([])
  expect(tracker.get('j-1')).toMatchObject({
    status: 'partially_filled',
    clientId: 'j-2',
    orderId: 'v-1',
    quantity: '120',
    price: '10.6',
    cumulativeQuantity: '40.00000001',
    leavesQuantity: '79.99999999',
  })
  expect(tracker.get('j-4')).toMatchObject({ status: 'rejected', orderId: undefined })
  expect(tracker.get('j-5')).toMatchObject({ status: 'rejected' })
}, 60_000)
