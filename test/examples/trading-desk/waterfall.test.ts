import { expect, test } from 'vitest'
import { renderWaterfall, type WaterfallSpan } from '../../../examples/trading-desk/waterfall.js'

function span(name: string, service: string, start: number, end: number, attributes = {}): WaterfallSpan {
  return { name, service, start, end, attributes }
}

test('draws an order from tick to fill, in the order of time, the slowest stage marked', () => {
  const fill = {
    'trading.execution.id': '1047',
    'trading.execution.quantity': '0.02',
    'trading.execution.price': '60000.8',
    'trading.execution.liquidity': 'maker',
  }
  const order = {
    'trading.order.client_id': 'd-000117',
    'trading.order.id': '1042',
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
    ['fill', '1/1'],
    ['order', 'id'],
  ])
  expect(lines[5]).toBe('  order id 1042 · trace abc')
  expect(lines.filter(line => line.endsWith('◀ slowest'))).toEqual([lines[3]])
  expect(lines[4]).toMatch(/ 10\.0 {2}0\.02 @ 60000\.8 maker · id 1047$/)
  expect(lines[4]).toHaveLength(100)
  const bars = lines.slice(1, 5).map(line => line.slice(25, 25 + 35))
  expect(bars.map(bar => bar.search(/\S/))).toEqual([0, 0, 1, 26])
  expect(bars.every(bar => /[^ ]/.test(bar))).toBe(true)
})

test('draws what is there when the order itself is missing, and nothing from nothing', () => {
  expect(renderWaterfall([span('tick', 'market-data', 5, 5)], 'abc')[0]).toBe('order  0.0 ms')
  expect(renderWaterfall([], 'abc')).toEqual([])
})

test.each([80, 100, 200])('keeps within %i columns, with every id', columns => {
  const fills = [1, 2, 3].map(number =>
    span('order.fill', 'execution', number * 100, number * 100 + 80 + number, {
      'trading.execution.id': `${1046 + number}`,
      'trading.execution.quantity': '0.03406',
      'trading.execution.price': '60053.37',
      'trading.execution.liquidity': 'taker',
    }),
  )
  const order = span('order', 'execution', 1, 383, { 'trading.order.client_id': 'd-1', 'trading.order.id': '1042' })
  const lines = renderWaterfall([span('tick', 'market-data', 0, 1), order, ...fills], 'a'.repeat(32), columns)
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(columns)
  expect(lines.slice(2, 5).map(line => /fill (\d\/\d).* id (\d+)(?: {2}◀.*)?$/.exec(line)?.slice(1))).toEqual([
    ['1/3', '1047'],
    ['2/3', '1048'],
    ['3/3', '1049'],
  ])
})
