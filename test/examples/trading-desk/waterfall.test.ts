import { expect, test } from 'vitest'
import { renderWaterfall, type WaterfallSpan } from '../../../examples/trading-desk/waterfall.js'

function span(name: string, service: string, start: number, end: number, attributes = {}): WaterfallSpan {
  return { name, service, start, end, attributes }
}

test('draws an order from tick to fill, in the order of time, the slowest stage marked', () => {
  const fill = { 'trading.execution.quantity': '0.02', 'trading.execution.price': '60000.8' }
  const order = {
    'trading.order.client_id': 'd-000117',
    'trading.order.side': 'buy',
    'trading.order.quantity': '0.02',
    'trading.instrument.symbol': 'BTC/USDT',
    'trading.order.status': 'filled',
    'trading.order.cumulative_quantity': '0.02',
    'trading.order.average_price': '60000.8',
  }
  const lines = renderWaterfall(
    [
      span('order', 'execution', 102, 140, order),
      span('order.fill', 'execution', 130, 140, fill),
      span('order.submit', 'execution', 102, 125),
      span('signal', 'signals', 100.5, 127),
      span('tick', 'market-data', 100, 100.1),
    ],
    'abc',
  )
  expect(lines[0]).toBe('order d-000117 · buy 0.02 BTC/USDT · filled 0.02 @ 60000.8  40.0 ms')
  expect(lines.slice(1).map(line => line.trim().split(/\s+/).slice(0, 2))).toEqual([
    ['tick', 'market-data'],
    ['signal', 'signals'],
    ['submit', 'execution'],
    ['fill', 'execution'],
    ['trace', 'abc'],
  ])
  expect(lines.filter(line => line.endsWith('◀ slowest'))).toEqual([lines[3]])
  expect(lines[4]).toMatch(/ 10\.0 {2}0\.02 @ 60000\.8$/)
  const bars = lines.slice(1, 5).map(line => line.slice(27, 83))
  expect(bars.map(bar => bar.search(/\S/))).toEqual([0, 0, 2, 42])
  expect(bars.every(bar => /[^ ]/.test(bar))).toBe(true)
})

test('draws what is there when the order itself is missing, and nothing from nothing', () => {
  expect(renderWaterfall([span('tick', 'market-data', 5, 5)], 'abc')[0]).toBe('order  0.0 ms')
  expect(renderWaterfall([], 'abc')).toEqual([])
})
