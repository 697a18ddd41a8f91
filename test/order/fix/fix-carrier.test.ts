import { propagation, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { type FixFields, fixCarrier, parseFixMessage } from '../../../src/order/fix/index.js'
import { extract, getOrderIds, inject, setOrderIds } from '../../../src/order/propagation.js'

const spanContext: SpanContext = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: TraceFlags.SAMPLED,
}
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const ctx = setOrderIds(trace.setSpanContext(ROOT_CONTEXT, spanContext), { clientId: 'a-1' })
const baggage = 'trading.order.client_id=a-1'

describe.each<[string, () => FixFields, FixFields]>([
  ['an object', () => ({ 35: 'D' }), { 35: 'D', 5001: traceparent, 5003: baggage }],
  ['a Map by number', () => new Map([[35, 'D']]), new Map([[35, 'D'], [5001, traceparent], [5003, baggage]])], // biome-ignore format: one line
  ['a Map by text', () => new Map([['35', 'D']]), new Map([['35', 'D'], ['5001', traceparent], ['5003', baggage]])], // biome-ignore format: one line
  ['pairs', () => [[35, 'D']], [[35, 'D'], [5001, traceparent], [5003, baggage]]], // biome-ignore format: one line
  ['pairs with a trailer', () => [[35, 'D'], [10, '000']], [[35, 'D'], [5001, traceparent], [5003, baggage], [10, '000']]], // biome-ignore format: one line
])('%s', (_, create, expected) => {
  it('carries the trace and the ids of the order in user-defined tags', () => {
    const fields = create()
    inject(fixCarrier(fields), ctx)
    expect(fields).toEqual(expected)
    const read = extract(fixCarrier(fields))
    expect(trace.getSpanContext(read)).toMatchObject({ traceId: spanContext.traceId, spanId: spanContext.spanId })
    expect(getOrderIds(read)).toEqual({ clientId: 'a-1' })
  })

  it('is written once', () => {
    const fields = create()
    inject(fixCarrier(fields), ctx)
    inject(fixCarrier(fields), ctx)
    expect(fields).toEqual(expected)
  })
})

it('reads what an engine decoded from text', () => {
  const { fields } = parseFixMessage(`8=FIX.4.4|9=5|35=8|37=o-1|5001=${traceparent}|10=000|`)
  expect(trace.getSpanContext(extract(fixCarrier(fields)))?.traceId).toBe(spanContext.traceId)
})

it('takes other tags; what has none does not travel', () => {
  const fields: Record<number, string> = {}
  inject(fixCarrier(fields, { traceparent: 9001 }), ctx)
  expect(fields).toEqual({ 9001: traceparent })
  expect(trace.getSpanContext(extract(fixCarrier(fields)))).toBeUndefined()
  expect(trace.getSpanContext(extract(fixCarrier(fields, { traceparent: 9001 })))).toBeDefined()
  expect(propagation.getBaggage(extract(fixCarrier(fields, { traceparent: 9001 })))).toBeUndefined()
})

it.each([35, 4999, 40_000, 5000.5, Number.NaN])('refuses the tag %s', tag => {
  expect(() => fixCarrier({}, { traceparent: tag })).toThrow(
    `fixCarrier: traceparent is tag ${tag}; write a user-defined`,
  )
})

it.each<[string, unknown]>([
  ['a frozen object', Object.freeze({})],
  ['a frozen list', Object.freeze([])],
  ['nothing', undefined],
  ['a text', '35=D'],
])('leaves %s alone', (_, fields) => {
  inject(fixCarrier(fields as FixFields), ctx)
  expect(extract(fixCarrier(fields as FixFields))).toBe(ROOT_CONTEXT)
})
