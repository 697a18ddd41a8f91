import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '../../src/order/event.js'
import { createTracker, type Tracker, type TrackerOptions } from '../../src/order/tracker.js'
import type { Transition } from '../../src/order/transition.js'

const submit = (clientId: string, quantity = '10'): OrderEvent => ({
  type: 'submit',
  clientId,
  symbol: 'BTC/USD',
  side: 'buy',
  orderType: 'limit',
  quantity,
  price: '100',
})

const trade = (
  ids: { clientId?: string; orderId?: string },
  executionId: string | undefined,
  lastQuantity: string,
  more: object = {},
): OrderEvent =>
  ({
    type: 'trade',
    ...ids,
    ...(executionId === undefined ? {} : { executionId }),
    lastQuantity,
    lastPrice: '100',
    ...more,
  }) as OrderEvent

function start(options: Partial<TrackerOptions> = {}): { tracker: Tracker; time: { now: number } } {
  const time = { now: 1000 }
  return { tracker: createTracker({ venue: 'v', clock: () => time.now, ...options }), time }
}

function tell(tracker: Tracker, ...events: OrderEvent[]): Transition[] {
  return events.map(event => tracker.apply(event))
}

const kinds = (transitions: readonly Transition[]): string[] =>
  transitions.flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind))
const effects = (transitions: readonly Transition[]): string[] =>
  transitions.flatMap(({ effects }) => effects.map(({ kind }) => kind))

describe('acks', () => {
  it('are timed from the sending to the answer', () => {
    const { tracker, time } = start()
    tracker.apply(submit('a'))
    time.now += 3
    tracker.apply({ type: 'sent', clientId: 'a' })
    time.now += 20
    const { effects } = tracker.apply({ type: 'ack', clientId: 'a', orderId: 'o' })
    expect(effects).toContainEqual({
      kind: 'stage_ended',
      stage: 'ack',
      startTime: 1003,
      endTime: 1023,
      outcome: 'ok',
      implied: false,
    })
    expect(tracker.get('o')?.ackTime).toBe(1023)
  })

  it('are implied by a fill, and have no time then', () => {
    const { tracker } = start()
    const told = tell(tracker, submit('a'), { type: 'sent', clientId: 'a' }, trade({ clientId: 'a' }, 'x', '1'), {
      type: 'ack',
      clientId: 'a',
    })
    expect(told[2]!.effects[0]).toMatchObject({ kind: 'stage_ended', stage: 'ack', implied: true })
    expect(kinds(told)).toEqual(['fill_before_ack', 'late_ack'])
    expect(tracker.get('a')).toMatchObject({ status: 'partially_filled', ackTime: undefined })
  })

  it("that run against the venue's clock are counted", () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a', venueTime: 50 },
      trade({ clientId: 'a' }, 'x', '1', { venueTime: 40 }),
    )
    expect(kinds(told)).toEqual(['time_inversion'])
  })

  it('that time out leave the order unknown until the venue speaks', () => {
    const { tracker, time } = start({ requestTimeoutMs: 100 })
    tell(tracker, submit('a'), { type: 'sent', clientId: 'a' })
    time.now += 100
    expect(effects(tracker.sweep(time.now))).toEqual(['stage_ended'])
    expect(tracker.get('a')?.status).toBe('unknown')
    tracker.apply({ type: 'ack', clientId: 'a' })
    expect(tracker.get('a')?.status).toBe('new')
  })

  it('a submission that failed: unknown is not rejected', () => {
    const { tracker } = start()
    tell(tracker, submit('a'), {
      type: 'submit_failed',
      clientId: 'a',
      outcome: 'unknown',
      errorType: 'RequestTimeout',
    })
    expect(tracker.get('a')).toMatchObject({ status: 'unknown', done: false })
    const told = tell(tracker, submit('b'), {
      type: 'submit_failed',
      clientId: 'b',
      outcome: 'not_sent',
      errorType: 'ECONNREFUSED',
    })
    expect(told[1]!.effects).toContainEqual({
      kind: 'completed',
      status: 'rejected',
      rejectReason: 'other',
      errorType: 'ECONNREFUSED',
    })
  })
})

describe('executions', () => {
  it('with 19-digit neighbours and ids that differ by case are different ones', () => {
    const { tracker } = start()
    const ids = ['9007199254740993001', '9007199254740993002', 'aB', 'ab', '01', '1']
    tell(tracker, submit('a', '100'), ...ids.map(id => trade({ clientId: 'a' }, id, '1')))
    expect(tracker.get('a')?.cumulativeQuantity).toBe('6')
  })

  it('count once; told again as news, or with other values, is an anomaly; as a resend it is none', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a' },
      trade({ clientId: 'a' }, 'x', '1'),
      trade({ clientId: 'a' }, 'x', '1.0'),
      trade({ clientId: 'a' }, 'x', '1', { possibleDuplicate: true }),
      trade({ clientId: 'a' }, 'x', '2', { possibleDuplicate: true }),
    )
    expect(kinds(told)).toEqual(['duplicate_execution', 'execution_mismatch'])
    expect(tracker.get('a')).toMatchObject({ cumulativeQuantity: '1', executionCount: 1 })
  })

  it('without an id are never de-duplicated, but a message told twice is one message', () => {
    const { tracker } = start()
    tell(
      tracker,
      submit('a'),
      trade({ clientId: 'a' }, undefined, '1', { sequence: 7 }),
      trade({ clientId: 'a' }, undefined, '1', { sequence: 8 }),
      trade({ clientId: 'a' }, undefined, '1', { sequence: 8, possibleDuplicate: true }),
      trade({ clientId: 'a' }, undefined, '1', { sequence: 9, possibleDuplicate: true }),
    )
    expect(tracker.get('a')?.cumulativeQuantity).toBe('3')
  })

  it('with the same id belong to each account and venue of their own', () => {
    const { tracker } = start()
    tell(tracker, submit('a'), submit('b'), { ...submit('c'), venue: 'w' })
    tell(
      tracker,
      trade({ clientId: 'a' }, 'x', '1', { account: 'first' }),
      trade({ clientId: 'b' }, 'x', '1', { account: 'second' }),
      trade({ clientId: 'c' }, 'x', '1', { account: 'first', venue: 'w' }),
    )
    expect(['a', 'b', 'c'].map(id => tracker.get(id)?.cumulativeQuantity)).toEqual(['1', '1', '1'])
    // of the same account and venue it is the same execution, whatever order it is told of
    const told = tell(tracker, submit('d'), trade({ clientId: 'd' }, 'x', '1', { account: 'second' }))
    expect(kinds(told)).toContain('duplicate_execution')
    expect(tracker.get('d')?.cumulativeQuantity).toBe('0')
  })

  it('beyond the ordered quantity are counted whole', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a', '1'),
      { type: 'ack', clientId: 'a' },
      trade({ clientId: 'a' }, 'x', '0.7'),
      trade({ clientId: 'a' }, 'y', '0.7'),
    )
    expect(told[3]!.anomalies).toEqual([{ kind: 'overfill', message: '1.4 executed of 1 ordered: 0.4 too much' }])
    expect(tracker.get('a')).toMatchObject({ status: 'filled', cumulativeQuantity: '1.4', leavesQuantity: '0' })
  })

  it('after a bust of a filled order it is open again, and done again later', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a', '2'),
      { type: 'ack', clientId: 'a' },
      trade({ clientId: 'a' }, 'x', '2'),
      { type: 'trade_bust', clientId: 'a', executionId: 'y', executionRefId: 'x' },
      trade({ clientId: 'a' }, 'z', '2'),
    )
    expect(effects(told.slice(2))).toEqual(['executed', 'completed', 'busted', 'reopened', 'executed', 'completed'])
    expect(told[4]!.effects.at(-1)).toEqual({ kind: 'completed', status: 'filled', again: true })
    expect(tracker.activeCount).toBe(0)
  })

  it('are busted and corrected long after their order was told to be over', () => {
    const { tracker, time } = start()
    tell(tracker, submit('a', '2'), { type: 'ack', clientId: 'a' }, trade({ clientId: 'a' }, 'x', '2'))
    time.now += 60_000
    expect(effects(tracker.sweep(time.now))).toEqual(['forgotten'])
    const told = tell(tracker, { type: 'trade_bust', clientId: 'a', executionRefId: 'x' })
    expect(effects(told)).toEqual(['busted', 'reopened'])
    expect(tracker.get('a')).toMatchObject({ status: 'new', cumulativeQuantity: '0', leavesQuantity: '2' })
  })

  it('that were concluded give way to the real ones', () => {
    const { tracker } = start()
    tell(
      tracker,
      submit('a', '5'),
      { type: 'ack', clientId: 'a' },
      trade({ clientId: 'a' }, undefined, '3', { source: 'inferred' }),
    )
    expect(tracker.get('a')).toMatchObject({ cumulativeQuantity: '3', averagePrice: '100' })
    tell(
      tracker,
      trade({ clientId: 'a' }, 'x', '1', { lastPrice: '90' }),
      trade({ clientId: 'a' }, 'y', '2', { lastPrice: '90' }),
    )
    expect(tracker.get('a')).toMatchObject({ cumulativeQuantity: '3', averagePrice: '90', executionCount: 2 })
    tracker.apply(trade({ clientId: 'a' }, 'z', '2'))
    expect(tracker.get('a')).toMatchObject({ status: 'filled', cumulativeQuantity: '5' })
  })

  it('of a size that no double holds stay exact', () => {
    const { tracker } = start()
    tell(tracker, submit('a', '98765432109876543.21'), trade({ clientId: 'a' }, 'x', '0.01'))
    expect(tracker.get('a')).toMatchObject({ leavesQuantity: '98765432109876543.2', quantity: '98765432109876543.21' })
  })
})

describe('ids', () => {
  it('an order known first by the venue id and later by the client id is one order', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a'),
      trade({ orderId: 'o' }, 'x', '4'),
      { type: 'ack', clientId: 'a', orderId: 'o' },
      trade({ orderId: 'o' }, 'x', '4', { possibleDuplicate: true }),
    )
    expect(kinds(told)).toEqual(['unknown_order', 'late_ack'].slice(0, 1).concat(kinds(told).slice(1)))
    expect(tracker.get('a')).toBe(tracker.get('o'))
    expect(tracker.get('o')).toMatchObject({ rootId: 'a', cumulativeQuantity: '4', status: 'partially_filled' })
    expect(tracker.activeCount).toBe(1)
    expect(effects([...tracker.takePending()])).toEqual(['forgotten'])
  })

  it('an order of the venue is known by its id, and by the client id once there is one', () => {
    const { tracker } = start()
    tracker.apply({ type: 'ack', orderId: 'o', symbol: 'ETH/USD', quantity: '2', origin: 'venue' })
    expect(tracker.get('o')).toMatchObject({ rootId: 'o', clientId: undefined, origin: 'venue' })
    tracker.apply({ type: 'canceled', orderId: 'o', clientId: 'late' })
    expect(tracker.get('late')).toMatchObject({ rootId: 'late', clientId: 'late', orderId: 'o', status: 'canceled' })
  })

  it('a client id is free again when its order has ended; the old order keeps its venue id', () => {
    const { tracker } = start()
    tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a', orderId: 'o1' },
      { type: 'canceled', clientId: 'a', orderId: 'o1' },
    )
    tell(tracker, submit('a', '3'), { type: 'ack', clientId: 'a', orderId: 'o2' })
    const late = tracker.apply(trade({ clientId: 'a', orderId: 'o1' }, 'x', '1'))
    expect(late.order).toMatchObject({ orderId: 'o1', status: 'canceled', cumulativeQuantity: '1' })
    expect(tracker.get('a')).toMatchObject({ orderId: 'o2', status: 'new', cumulativeQuantity: '0' })
  })

  it('a reject of a used client id leaves the living order alone', () => {
    const { tracker } = start()
    const told = tell(tracker, submit('a'), { type: 'ack', clientId: 'a', orderId: 'o1' }, submit('a', '99'), {
      type: 'reject',
      clientId: 'a',
      orderId: 'o1',
      reason: 'duplicate_order',
    })
    expect(kinds(told)).toEqual(['duplicate_client_id'])
    expect(tracker.get('a')).toMatchObject({ status: 'new', quantity: '10' })
  })

  it('a replace chain has one root; every id of it leads to the order', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a', orderId: 'o1' },
      { type: 'replace_request', clientId: 'b', originalClientId: 'a', quantity: '12' },
      { type: 'replaced', clientId: 'b', originalClientId: 'a', orderId: 'o2' },
      { type: 'replace_request', clientId: 'c', originalClientId: 'b', quantity: '8', price: '99' },
      { type: 'replaced', clientId: 'c', originalClientId: 'b', orderId: 'o3' },
      trade({ orderId: 'o1' }, 'x', '1'),
      trade({ clientId: 'b' }, 'y', '1'),
    )
    expect(kinds(told)).toEqual([])
    for (const id of ['a', 'b', 'c', 'o1', 'o2', 'o3']) {
      expect(tracker.get(id)).toMatchObject({
        rootId: 'a',
        clientId: 'c',
        quantity: '8',
        price: '99',
        cumulativeQuantity: '2',
      })
    }
  })

  it('replaces told out of order: the venue decides which is the last', () => {
    const { tracker } = start()
    tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a', orderId: 'o', sequence: 1 },
      { type: 'replaced', clientId: 'c', originalClientId: 'b', orderId: 'o', quantity: '8', sequence: 4 },
      { type: 'replaced', clientId: 'b', originalClientId: 'a', orderId: 'o', quantity: '12', sequence: 3 },
    )
    expect(tracker.get('a')).toMatchObject({ clientId: 'c', quantity: '8' })
  })

  it('the same id at two venues is two orders', () => {
    const { tracker } = start()
    tell(
      tracker,
      { ...submit('a'), venue: 'p' },
      { ...submit('a'), venue: 'q' },
      trade({ clientId: 'a' }, 'x', '1', { venue: 'q' }),
    )
    expect(tracker.activeCount).toBe(2)
  })
})

describe('requests', () => {
  it('too late for a cancel, then filled: no anomaly', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a' },
      { type: 'cancel_request', clientId: 'k', originalClientId: 'a' },
      { type: 'cancel_reject', clientId: 'k', originalClientId: 'a', reason: 'too_late' },
      trade({ clientId: 'a' }, 'x', '10'),
    )
    expect(kinds(told)).toEqual([])
    expect(told[3]!.effects).toContainEqual(
      expect.objectContaining({ stage: 'cancel', outcome: 'rejected', cancelRejectReason: 'too_late' }),
    )
    expect(tracker.get('a')?.status).toBe('filled')
  })

  it('are refused by some venues with a reject, which is not of the order', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a', orderId: 'o' },
      { type: 'replace_request', clientId: 'b', originalClientId: 'a', quantity: '12' },
      { type: 'reject', clientId: 'b', originalClientId: 'a', orderId: 'o' },
    )
    expect(kinds(told)).toEqual([])
    expect(told[3]!.effects).toEqual([expect.objectContaining({ stage: 'replace', outcome: 'rejected' })])
    expect(tracker.get('a')).toMatchObject({ status: 'new', quantity: '10' })
  })

  it('of venues without request ids are answered by the order id', () => {
    const { tracker, time } = start()
    tell(tracker, submit('a'), { type: 'ack', clientId: 'a', orderId: 'o' }, { type: 'cancel_request', clientId: 'a' })
    time.now += 12
    const told = tracker.apply({ type: 'canceled', orderId: 'o' })
    expect(told.effects[0]).toMatchObject({
      kind: 'stage_ended',
      stage: 'cancel',
      startTime: 1000,
      endTime: 1012,
      outcome: 'ok',
    })
  })

  it('a pending told after the answer is over', () => {
    const { tracker } = start()
    tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a' },
      { type: 'replaced', clientId: 'b', originalClientId: 'a', quantity: '5' },
      { type: 'pending_replace', clientId: 'b', originalClientId: 'a' },
    )
    expect(tracker.get('a')?.status).toBe('new')
  })

  it('never answered: the stage ends as unknown, the status is the one below', () => {
    const { tracker, time } = start({ requestTimeoutMs: 500 })
    tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a' },
      { type: 'cancel_request', clientId: 'k', originalClientId: 'a' },
      { type: 'pending_cancel', clientId: 'k', originalClientId: 'a' },
    )
    expect(tracker.get('a')?.status).toBe('pending_cancel')
    time.now += 500
    expect(tracker.sweep(time.now)[0]!.effects).toEqual([
      expect.objectContaining({ stage: 'cancel', outcome: 'unknown' }),
    ])
    expect(tracker.get('a')?.status).toBe('new')
  })
})

describe('what the venue states', () => {
  it('of an order that was not seen from its start is the start', () => {
    const { tracker } = start()
    tell(tracker, {
      type: 'status',
      orderId: 'o',
      quantity: '10',
      reported: { status: 'partially_filled', cumulativeQuantity: '4', averagePrice: '50' },
    })
    tell(tracker, trade({ orderId: 'o' }, 'x', '6', { lastPrice: '100' }))
    expect(tracker.get('o')).toMatchObject({ status: 'filled', cumulativeQuantity: '10', averagePrice: '80' })
  })

  it('includes the fills from before, when they arrive later', () => {
    const { tracker } = start()
    tell(
      tracker,
      trade({ orderId: 'o' }, 'x2', '3', { sequence: 9, quantity: '10', reported: { cumulativeQuantity: '5' } }),
      trade({ orderId: 'o' }, 'x1', '2', {
        sequence: 8,
        possibleDuplicate: true,
        reported: { cumulativeQuantity: '2' },
      }),
    )
    expect(tracker.get('o')).toMatchObject({ cumulativeQuantity: '5', executionCount: 2 })
  })

  it('a split changes the quantities and keeps what was paid', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      { ...submit('a', '10000'), timeInForce: 'gtc' } as OrderEvent,
      { type: 'ack', clientId: 'a' },
      trade({ clientId: 'a' }, 'x', '2000', { lastPrice: '50' }),
      { type: 'done_for_day', clientId: 'a', reported: { status: 'done_for_day', leavesQuantity: '8000' } },
      {
        type: 'restated',
        clientId: 'a',
        restatementReason: '0',
        quantity: '20000',
        reported: {
          status: 'partially_filled',
          cumulativeQuantity: '4000',
          leavesQuantity: '16000',
          averagePrice: '25',
        },
      },
      trade({ clientId: 'a' }, 'y', '16000', { lastPrice: '25' }),
    )
    expect(kinds(told)).toEqual([])
    expect(tracker.get('a')).toMatchObject({ status: 'filled', cumulativeQuantity: '20000', averagePrice: '25' })
  })

  it('otherwise than the events is counted; within the rounding of an average it is not', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a', '3'),
      { type: 'ack', clientId: 'a' },
      trade({ clientId: 'a' }, 'x', '1', { lastPrice: '1' }),
      trade({ clientId: 'a' }, 'y', '2', {
        lastPrice: '2',
        reported: { status: 'filled', cumulativeQuantity: '3', leavesQuantity: '0', averagePrice: '1.66666667' },
      }),
    )
    expect(kinds(told)).toEqual([])
    const wrong = tracker.apply({
      type: 'status',
      clientId: 'a',
      reported: { status: 'canceled', cumulativeQuantity: '2', averagePrice: '1.6' },
    })
    expect(wrong.anomalies.map(({ kind }) => kind)).toEqual(['status_mismatch', 'quantity_mismatch'])
    expect(tracker.apply({ type: 'status', clientId: 'a', reported: { averagePrice: '1.5' } }).anomalies[0]?.kind).toBe(
      'price_mismatch',
    )
  })

  it('an answer about an order that nobody knows makes none', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      { type: 'status_request', clientId: 'q' },
      {
        type: 'status',
        source: 'reconciliation',
        clientId: 'q',
        quantity: '0',
        reported: { status: 'rejected', cumulativeQuantity: '0' },
      },
    )
    expect(kinds(told)).toEqual(['unknown_order'])
    expect(effects(told)).toEqual([])
    expect(told[1]!.order).toMatchObject({ status: 'rejected', leavesQuantity: '0' })
    expect(tracker.size).toBe(0)
  })

  it('done for the day: a day order is over, one for longer goes on with its next fill', () => {
    const { tracker } = start()
    tell(tracker, submit('a'), { type: 'ack', clientId: 'a' }, { type: 'done_for_day', clientId: 'a' })
    expect(tracker.get('a')).toMatchObject({ status: 'done_for_day', done: true, leavesQuantity: '0' })
    tell(tracker, { ...submit('b'), timeInForce: 'gtc' } as OrderEvent, { type: 'ack', clientId: 'b', sequence: 1 })
    tell(
      tracker,
      { type: 'done_for_day', clientId: 'b', sequence: 3 },
      trade({ clientId: 'b' }, 'x', '1', { sequence: 2 }),
    )
    expect(tracker.get('b')).toMatchObject({ status: 'done_for_day', done: false, leavesQuantity: '9' })
    tracker.apply(trade({ clientId: 'b' }, 'y', '1', { sequence: 4 }))
    expect(tracker.get('b')?.status).toBe('partially_filled')
  })
})

describe('bounds', () => {
  it('finished orders go first, oldest first; living ones only when nothing else is left, and that is counted', () => {
    const { tracker } = start({ maximumOrders: 2 })
    tell(tracker, submit('a'), submit('b'), { type: 'canceled', clientId: 'b' })
    tracker.apply(submit('c'))
    expect(effects([...tracker.takePending()])).toEqual(['forgotten'])
    expect([tracker.get('a'), tracker.get('b'), tracker.get('c')].map(order => order?.rootId)).toEqual([
      'a',
      undefined,
      'c',
    ])
    expect(kinds([tracker.apply(submit('d'))])).toEqual(['tracker_overflow'])
    expect(effects([...tracker.takePending()])).toEqual(['stage_ended', 'forgotten'])
    expect(tracker.size).toBe(2)
  })

  it('executions beyond the bound stay in the sums', () => {
    const { tracker } = start({ maximumExecutions: 3 })
    tell(
      tracker,
      submit('a', '100'),
      ...Array.from({ length: 20 }, (_, index) => trade({ clientId: 'a' }, `x${index}`, '1')),
    )
    expect(tracker.get('a')?.cumulativeQuantity).toBe('20')
    tracker.apply({ type: 'trade_bust', clientId: 'a', executionRefId: 'x19' })
    expect(tracker.get('a')?.cumulativeQuantity).toBe('19')
  })

  it('one id for the executions of very many orders costs no more than many ids', () => {
    const { tracker } = start()
    for (let index = 0; index < 30_000; index++) {
      tell(
        tracker,
        submit(`a${index}`),
        trade({ clientId: `a${index}` }, '1', String(1 + (index % 7)), { lastPrice: String(index + 1) }),
      )
    }
    expect(tracker.get('a29999')?.executionCount).toBe(1)
  })

  it('time lets everything go', () => {
    const { tracker, time } = start({ lateFillGraceMs: 10, retentionMs: 100, maximumAgeMs: 1000 })
    tell(tracker, submit('a'), { type: 'canceled', clientId: 'a' }, submit('b'), { type: 'ack', clientId: 'b' })
    time.now += 10
    expect(effects(tracker.sweep(time.now))).toEqual(['forgotten'])
    expect(tracker.size).toBe(2)
    time.now += 100
    tracker.sweep(time.now)
    expect(tracker.get('a')).toBeUndefined()
    time.now += 1000
    expect(effects(tracker.sweep(time.now))).toEqual(['forgotten'])
    expect(tracker.size).toBe(0)
  })

  it('an order of which more is heard after its grace stays, and holds up none of those behind it', () => {
    const { tracker, time } = start({ lateFillGraceMs: 10, retentionMs: 100 })
    tell(tracker, submit('a'), { type: 'canceled', clientId: 'a' }, submit('b'), { type: 'canceled', clientId: 'b' })
    time.now += 60
    tracker.sweep(time.now)
    tell(tracker, trade({ clientId: 'a' }, 'x-1', '1'))
    time.now += 60
    tracker.sweep(time.now)
    expect([tracker.get('a')?.cumulativeQuantity, tracker.get('b')]).toEqual(['1', undefined])
  })
})

describe('events that are none', () => {
  it.each([
    [
      { type: 'trade', clientId: 'a', lastQuantity: '0,05' },
      'lastQuantity "0,05" is not a decimal number; write "0.05" (order a)',
    ],
    [
      { type: 'trade', clientId: 'a', lastQuantity: '1,000.5' },
      'lastQuantity "1,000.5" is not a decimal number; write "1000.5" (order a)',
    ],
    [
      { type: 'trade', clientId: 'a', lastQuantity: '-1' },
      'lastQuantity "-1" is negative; write "1" and tell the side by side (order a)',
    ],
    [{ type: 'trade', clientId: 'a' }, 'a trade needs lastQuantity, the quantity that was executed (order a)'],
    [
      { type: 'trade', clientId: 'a', lastQuantity: Number.NaN },
      'lastQuantity NaN is not a decimal number; write a string such as "0.05" (order a)',
    ],
    [
      { type: 'trade', clientId: 'a', lastQuantity: {} },
      'lastQuantity is an object; it is not a decimal number; write its decimal string (order a)',
    ],
    [{ type: 'ack' }, 'it has neither clientId nor orderId; set the one that the order is known by'],
    [{ type: 'ack', clientId: 7 }, 'clientId 7 is a number; write "7": long ids are not exact as numbers'],
    [{ type: 'ack', clientId: 'x'.repeat(2000) }, 'clientId has 2000 characters; ids of up to 1024 are taken'],
    [
      { type: 'fill', clientId: 'a' },
      `type "fill" is no order event; see the types of OrderEvent ('submit', 'ack', 'trade', …)`,
    ],
    [null, "an event must be an object such as { type: 'ack', clientId: 'a-1' }, not null"],
    [
      { ...submit('n'), quantity: 'ten' },
      'quantity "ten" is not a decimal number; write a string such as "0.05" (order n)',
    ],
  ])('%o', (event, message) => {
    const { tracker } = start()
    tell(tracker, submit('a'), { type: 'ack', clientId: 'a' })
    const { anomalies, effects } = tracker.apply(event as OrderEvent)
    expect(anomalies).toEqual([{ kind: 'invalid_event', message }])
    expect(effects).toEqual([])
    expect(tracker.get('a')).toMatchObject({ status: 'new', cumulativeQuantity: '0' })
    expect(tracker.size).toBe(1)
  })

  it('a price or a figure that is none is left out, the execution counts', () => {
    const { tracker } = start()
    const told = tell(
      tracker,
      submit('a'),
      { type: 'ack', clientId: 'a' },
      trade({ clientId: 'a' }, 'x', '1', { lastPrice: 'free', side: 'BUY', reported: { cumulativeQuantity: 'one' } }),
    )
    expect(kinds(told)).toEqual(['invalid_event', 'invalid_event'])
    expect(tracker.get('a')).toMatchObject({ cumulativeQuantity: '1', averagePrice: undefined })
  })

  it.each([
    [1_784_000_000, '; it looks like seconds: write 1784000000000'],
    [1_784_000_000_123_456, '; it looks like microseconds: write 1784000000123.456'],
    [1.784e18, '; it looks like nanoseconds: write 1784000000000'],
    [0, '; leave it out where it is not known'],
  ])('a time of %d is none: our own clock is taken', (time, advice) => {
    const now = 1_784_000_000_500
    const { tracker } = start({ clock: () => now })
    tracker.apply(submit('a'))
    const { anomalies, time: taken } = tracker.apply({ type: 'ack', clientId: 'a', time, venueTime: time })
    expect(taken).toBe(now)
    expect(anomalies).toEqual(
      ['time', 'venueTime'].map(name => ({
        kind: 'invalid_event',
        message: `${name} ${time} is no time in milliseconds since 1970${advice} (order a)`,
      })),
    )
    expect(tracker.get('a')).toMatchObject({ status: 'new', ackTime: now })
  })

  it('a time of long ago is one: logs are read later', () => {
    const { tracker } = start({ clock: () => 1_784_000_000_500 })
    const time = Date.UTC(2001, 0, 1)
    expect(tracker.apply({ ...submit('a'), time })).toMatchObject({ time, anomalies: [] })
  })

  it.each([undefined, null, ''])('a submit whose symbol is %s is told, and followed', symbol => {
    const { tracker } = start()
    const { anomalies } = tracker.apply({ ...submit('a'), symbol } as never)
    expect(anomalies).toEqual([
      {
        kind: 'invalid_event',
        message: 'a submit needs its symbol, such as "BTC/USDT"; without it the order counts for "unknown" (order a)',
      },
    ])
    expect(tracker.get('a')).toMatchObject({ symbol: 'unknown', status: 'pending_new' })
  })

  it.each(['submit_failed', 'request_failed'] as const)('an outcome of %s that is none is told', type => {
    const { tracker } = start()
    tell(tracker, submit('a'), { type: 'cancel_request', clientId: 'a' })
    const { anomalies } = tracker.apply({ type, clientId: 'a', request: 'cancel', outcome: 'failed' } as never)
    const message = 'outcome "failed" is neither "not_sent" nor "unknown"; it is taken for "unknown" (order a)'
    expect(anomalies).toEqual([{ kind: 'invalid_event', message }])
    expect(kinds(tell(tracker, { type: 'submit_failed', clientId: 'a', outcome: 'not_sent' }))).toEqual([])
  })

  it('a getter that throws is refused, and the next event is well', () => {
    const { tracker } = start()
    const event = {
      type: 'ack',
      get clientId(): string {
        throw new Error('no id today')
      },
    } as OrderEvent
    expect(tracker.apply(event).anomalies).toEqual([
      { kind: 'invalid_event', message: 'reading the event failed: no id today' },
    ])
    expect(tracker.apply(submit('a')).anomalies).toEqual([])
  })
})

it('an order is JSON: what is known of it, without the account and what hangs on it', () => {
  const tracker = createTracker({ venue: 'test' })
  const submit = { type: 'submit', clientId: 'j-1', symbol: 'BTC/USD', side: 'buy', orderType: 'limit' } as const
  tracker.apply({ ...submit, account: 'planted-account', quantity: '2', price: '60000', time: 1_795_255_200_000 })
  tracker.apply({ type: 'trade', clientId: 'j-1', executionId: 'x-1', lastQuantity: '0.5', lastPrice: '60000' })
  const json = JSON.stringify(tracker.get('j-1'))
  expect(JSON.parse(json)).toMatchObject({
    rootId: 'j-1',
    status: 'partially_filled',
    quantity: '2',
    cumulativeQuantity: '0.5',
    leavesQuantity: '1.5',
    createdTime: 1_795_255_200_000,
    anomalyCounts: { fill_before_ack: 1 },
  })
  expect(json).not.toContain('planted-account')
})
