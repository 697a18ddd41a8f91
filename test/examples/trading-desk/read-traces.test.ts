import { beforeEach, expect, test } from 'vitest'
import { readTraces } from '../../../examples/trading-desk/read-traces.js'
import { createOrderTracker, type OrderEvent } from '../../../src/index.js'
import { createInMemoryTelemetry, type InMemoryTelemetry } from '../../../src/testing/index.js'

let telemetry: InMemoryTelemetry
let time: number
beforeEach(() => {
  telemetry = createInMemoryTelemetry()
  time = 1_700_000_000_000
})

function read(events: readonly Partial<OrderEvent>[]) {
  const { meterProvider, tracerProvider } = telemetry
  const orders = createOrderTracker({ venue: { name: 'binance' }, meterProvider, tracerProvider })
  for (const event of events) orders.apply({ clientId: 'a', time: time++, ...event } as OrderEvent)
  orders.close()
  return readTraces({ spans: telemetry.spans })
}

const submit = {
  type: 'submit',
  symbol: 'BTC/USDT',
  side: 'buy',
  orderType: 'limit',
  quantity: '1',
  price: '2',
} as const
const ack = { type: 'ack', orderId: '7' } as const
const inferred = (lastQuantity: string) => ({ type: 'trade', lastQuantity, source: 'inferred' }) as const
const trade = (executionId: string, lastQuantity: string) => ({ type: 'trade', executionId, lastQuantity }) as const

test('executions count each with its quantity', () => {
  expect(read([submit, ack, trade('1', '0.25'), trade('2', '0.75')])).toEqual({
    orders: { filled: 1 },
    executions: 2,
    quantity: { 'BTC/USDT': '1' },
  })
})

test('what was concluded gives way to what is told later, in part or whole, also after the end', () => {
  expect(read([submit, ack, inferred('0.75'), trade('1', '0.25')])).toMatchObject({
    executions: 2,
    quantity: { 'BTC/USDT': '0.75' },
  })
  telemetry = createInMemoryTelemetry()
  expect(read([submit, ack, inferred('1'), trade('1', '0.25'), trade('2', '0.75')])).toEqual({
    orders: { filled: 1 },
    executions: 2,
    quantity: { 'BTC/USDT': '1' },
  })
})

test('a bust takes an execution back', () => {
  const bust = { type: 'trade_bust', executionRefId: '1' } as const
  expect(read([submit, ack, trade('1', '0.25'), trade('2', '0.5'), bust])).toMatchObject({
    executions: 1,
    quantity: { 'BTC/USDT': '0.5' },
  })
})
