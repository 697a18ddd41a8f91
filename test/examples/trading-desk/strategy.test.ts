import { describe, expect, test } from 'vitest'
import type { OrderIntent } from '../../../examples/trading-desk/order-intent.js'
import { brokenLimit } from '../../../examples/trading-desk/risk-limits.js'
import { createStrategy } from '../../../examples/trading-desk/strategy.js'

const tick = { symbol: 'BTC/USDT', price: 60_000, quantity: 0.1, time: 0, trace: {} }

function orders(seed: number, count: number): OrderIntent[] {
  const strategy = createStrategy(seed, 1)
  return Array.from({ length: count }, () => strategy.decide(tick)!)
}

test('the same seed decides the same, another seed otherwise', () => {
  expect(orders(1, 50)).toEqual(orders(1, 50))
  expect(orders(1, 50)).not.toEqual(orders(2, 50))
})

test('every kind of order occurs, each with an id of its own', () => {
  const decided = orders(1, 500)
  expect(new Set(decided.map(order => order.clientId)).size).toBe(500)
  expect(new Set(decided.map(order => order.timeInForce ?? (order.postOnly ? 'post' : order.type)))).toEqual(
    new Set(['limit', 'market', 'IOC', 'FOK', 'post']),
  )
  expect(new Set(decided.map(brokenLimit))).toEqual(new Set([undefined, 'max_notional', 'price_collar']))
})

test('the chance says how many ticks make an order', () => {
  const strategy = createStrategy(1, 0.1)
  const decided = Array.from({ length: 1000 }, () => strategy.decide(tick)).filter(order => order !== undefined)
  expect(decided.length).toBeGreaterThan(60)
  expect(decided.length).toBeLessThan(140)
})

describe('risk limits', () => {
  const intent: OrderIntent = { ...orders(1, 1)[0]!, type: 'limit', price: 60_000, quantity: 0.01 }

  test.each([
    ['a plain order', {}, undefined],
    ['too much money', { quantity: 1 }, 'max_notional'],
    ['a price far off', { price: 70_000 }, 'price_collar'],
    ['no quantity', { quantity: 0 }, 'not_an_order'],
    ['no number', { quantity: Number.NaN }, 'not_an_order'],
  ])('%s', (_, change, rule) => {
    expect(brokenLimit({ ...intent, ...change })).toBe(rule)
  })
})
