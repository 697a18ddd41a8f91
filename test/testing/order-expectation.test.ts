import { describe, expect, it } from 'vitest'
import { expectOrderTrace, OrderExpectationError, type ReceivedSpan } from '../../src/testing/index.js'

let next = 1

function span(name: string, from: number, to: number, more: Partial<ReceivedSpan> = {}): ReceivedSpan {
  return {
    name,
    traceId: 'a'.repeat(32),
    spanId: (next++).toString(16).padStart(16, '0'),
    parentSpanId: '',
    kind: 'internal',
    startTimeUnixNano: BigInt(from) * 1_000_000n,
    endTimeUnixNano: BigInt(to) * 1_000_000n,
    durationMs: to - from,
    attributes: {},
    events: [],
    links: [],
    status: { code: 'unset', message: '' },
    resource: {},
    scope: { name: 'orderscope', version: '' },
    ...more,
  }
}

const ids = (clientId: string, rootId = clientId) => ({
  'trading.order.client_id': clientId,
  'trading.order.root_id': rootId,
})
const anomaly = (kind: string) => ({
  name: 'trading.order.anomaly',
  timeUnixNano: 0n,
  attributes: { 'trading.order.anomaly.kind': kind },
})

function filledOrder(clientId = 'd-1'): ReceivedSpan[] {
  const tick = span('tick', 0, 1)
  const risk = span('order.risk_check', 1, 2, {
    parentSpanId: tick.spanId,
    attributes: { 'trading.order.client_id': clientId },
  })
  const order = span('order', 2, 50, {
    parentSpanId: tick.spanId,
    attributes: {
      ...ids(clientId),
      'trading.order.status': 'filled',
      'trading.order.cumulative_quantity': '0.06',
      'trading.order.average_price': '60000.940',
    },
  })
  const stage = (name: string, from: number, to: number) =>
    span(`order.${name}`, from, to, { parentSpanId: order.spanId, attributes: ids(clientId) })
  // as they arrive: short ones first, in any order
  return [stage('fill', 20, 30), tick, stage('submit', 2, 10), risk, stage('ack', 2, 10), stage('fill', 10, 20), order]
}

describe('expectOrderTrace', () => {
  it('takes what is true', () => {
    const other = filledOrder('d-2')
    const expectation = expectOrderTrace({ spans: [...other, ...filledOrder()] }, { clientId: 'd-1' })
      .toHaveStages('risk_check', 'submit', 'ack', 'fill', 'fill')
      .toBeDone('filled')
      .toHaveExecuted('0.0600', '60000.94')
      .toHaveNoAnomalies()
      .toHaveNoErrors()
      .toBeOneTrace()
      .toDescendFrom('tick')
    expect(expectation.spans).toHaveLength(6)
  })

  it('follows an order through its replaces, by any of its ids', () => {
    const spans = [
      span('order.submit', 0, 1, { attributes: ids('a') }),
      span('order.replace', 2, 3, { attributes: ids('b', 'a') }),
      span('order.fill', 4, 5, { attributes: ids('c', 'a') }),
    ]
    for (const clientId of ['a', 'b', 'c'])
      expectOrderTrace(spans, { clientId }).toHaveStages('submit', 'replace', 'fill')
  })

  const wrong: [string, (spans: ReceivedSpan[]) => unknown, string][] = [
    [
      'another order',
      spans => expectOrderTrace(spans, { clientId: 'x' }),
      'order x: expected a trace, but none of 7 spans carries its id. There are: d-1',
    ],
    [
      'other stages',
      spans => expectOrderTrace(spans, { clientId: 'd-1' }).toHaveStages('submit', 'ack'),
      'expected the stages submit, ack, but it has risk_check, submit, ack, fill, fill',
    ],
    [
      'another status',
      spans => expectOrderTrace(spans, { clientId: 'd-1' }).toBeDone('canceled'),
      'expected the status canceled, but it ended as filled',
    ],
    [
      'an order that isn’t done',
      spans =>
        expectOrderTrace(
          spans.filter(({ name }) => name !== 'order'),
          { clientId: 'd-1' },
        ).toBeDone('filled'),
      'expected the span "order", but it has not come (yet)',
    ],
    [
      'another quantity',
      spans => expectOrderTrace(spans, { clientId: 'd-1' }).toHaveExecuted('0.6'),
      'expected 0.6 executed, but 0.06 was',
    ],
    [
      'another price',
      spans => expectOrderTrace(spans, { clientId: 'd-1' }).toHaveExecuted('0.06', '1'),
      'expected the average price 1, but it is 60000.940',
    ],
    [
      'no such ancestor',
      spans => expectOrderTrace(spans, { clientId: 'd-1' }).toDescendFrom('signal'),
      'expected an order that came from "signal", but above it there is tick',
    ],
    [
      'an anomaly',
      spans =>
        expectOrderTrace(replaceSpan(spans, 'order', { events: [anomaly('overfill')] }), {
          clientId: 'd-1',
        }).toHaveNoAnomalies(),
      'expected no anomalies, but it has overfill',
    ],
    [
      'no anomaly',
      spans => expectOrderTrace(spans, { clientId: 'd-1' }).toHaveAnomalies('late_fill'),
      'expected the anomalies late_fill, but it has none',
    ],
    [
      'two traces',
      spans =>
        expectOrderTrace(replaceSpan(spans, 'order.submit', { traceId: 'b'.repeat(32) }), {
          clientId: 'd-1',
        }).toBeOneTrace(),
      'expected one trace, but its spans lie in 2',
    ],
    [
      'a stray span',
      spans =>
        expectOrderTrace(replaceSpan(spans, 'order.ack', { parentSpanId: 'f'.repeat(16) }), {
          clientId: 'd-1',
        }).toBeOneTrace(),
      'doesn\'t hang together with "order"',
    ],
    [
      'an error',
      spans =>
        expectOrderTrace(replaceSpan(spans, 'order.submit', { status: { code: 'error', message: 'timeout' } }), {
          clientId: 'd-1',
        }).toHaveNoErrors(),
      'expected no errors, but order.submit failed: timeout',
    ],
  ]

  it.each(wrong)('tells what there is instead: %s', (_, check, message) => {
    const spans = filledOrder()
    expect(() => check(spans)).toThrow(OrderExpectationError)
    expect(() => check(spans)).toThrow(message)
  })

  it.each([
    [undefined, "write { clientId: 'A1' } as its second argument; there is no second argument"],
    ['d-1', "write { clientId: 'd-1' } as its second argument; there is 'd-1'"],
    [{ id: 'd-1' }, "write { clientId: 'A1' } as its second argument; there is { id: 'd-1' }"],
    [{ clientId: '' }, "there is { clientId: '' }"],
    [{ clientId: 7 }, 'there is { clientId: 7 }'],
    [null, 'there is null'],
  ])('says how an order is named, told %o', (order, message) => {
    const check = () => expectOrderTrace(filledOrder(), order as never)
    expect(check).toThrow(OrderExpectationError)
    expect(check).toThrow(message)
  })

  it('lists the order’s spans in the message', () => {
    expect(() => expectOrderTrace(filledOrder(), { clientId: 'd-1' }).toHaveStages()).toThrow(
      ['  order.risk_check  +0.000 ms, 1.000 ms', '  order.submit  +1.000 ms, 8.000 ms'].join('\n'),
    )
  })
})

function replaceSpan(spans: ReceivedSpan[], name: string, more: Partial<ReceivedSpan>): ReceivedSpan[] {
  return spans.map(each => (each.name === name ? { ...each, ...more } : each))
}
