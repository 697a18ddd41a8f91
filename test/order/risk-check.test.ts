import { context, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { measureRiskCheck } from '../../src/order/risk-check.js'
import { createInMemoryTelemetry, type InMemoryTelemetry } from '../../src/testing/index.js'

let telemetry: InMemoryTelemetry
beforeEach(() => {
  telemetry = createInMemoryTelemetry({ global: true })
})
afterEach(async () => {
  await telemetry.shutdown()
  context.disable()
})

const facts = { clientId: 'a-1', venue: 'kraken', symbol: 'BTC/USD' }
const outcomes = async () => {
  const duration = (await telemetry.collectMetrics()).find(metric => metric.name === 'trading.order.stage.duration')
  return duration?.points.map(point => [
    point.attributes['trading.order.stage'],
    point.attributes['trading.order.stage_outcome'],
    point.count,
  ])
}

test('a check that passes: its value, a span below what is active, and its duration', async () => {
  const result = trace.getTracer('t').startActiveSpan('signal', parent => {
    const value = measureRiskCheck(facts, () => trace.getActiveSpan()?.spanContext().spanId)
    parent.end()
    return value
  })
  const [check, signal] = telemetry.spans
  expect([check!.name, check!.parentSpanId, check!.spanId]).toEqual(['order.risk_check', signal!.spanId, result])
  expect(check!.attributes).toMatchObject({ 'trading.order.client_id': 'a-1', 'trading.order.stage_outcome': 'ok' })
  expect(await outcomes()).toEqual([['risk_check', 'ok', 1]])
})

test('a refusal is measured too, with its reason', async () => {
  const allowed = measureRiskCheck(facts, stage => {
    stage.refuse('exceeds_limit', 'max_notional')
    return false
  })
  expect(allowed).toBe(false)
  expect(telemetry.spans[0]).toMatchObject({
    status: { code: 'error' },
    attributes: {
      'trading.order.stage_outcome': 'rejected',
      'trading.order.reject.reason': 'exceeds_limit',
      'trading.order.text': 'max_notional',
    },
  })
  expect(await outcomes()).toEqual([['risk_check', 'rejected', 1]])
})

test('what the check throws, or rejects with, comes through and is measured as failed', async () => {
  expect(() =>
    measureRiskCheck(facts, () => {
      throw new RangeError('no')
    }),
  ).toThrow(RangeError)
  await expect(
    measureRiskCheck(facts, async () => {
      throw new RangeError('later')
    }),
  ).rejects.toThrow('later')
  expect(telemetry.spans.map(span => span.attributes['error.type'])).toEqual(['RangeError', 'RangeError'])
  expect(await outcomes()).toEqual([['risk_check', 'failed', 2]])
  expect(telemetry.spans[0]!.status.code).toBe('error')
})

test('an asynchronous check is measured until it settles', async () => {
  expect(await measureRiskCheck(facts, async () => 7)).toBe(7)
  expect(await outcomes()).toEqual([['risk_check', 'ok', 1]])
})

test('facts may be missing; the check may not', async () => {
  expect(measureRiskCheck(undefined as never, () => 1)).toBe(1)
  expect(() => measureRiskCheck({}, undefined as never)).toThrow(/measureRiskCheck needs the check/)
})
