import { expect, test } from 'vitest'
import { BookKeeper } from '../../../../examples/trading-desk/venue/books.js'
import { decimal } from '../../../../examples/trading-desk/venue/decimal.js'
import { Exchange } from '../../../../examples/trading-desk/venue/exchange.js'
import { BTC_USDT } from '../../../../examples/trading-desk/venue/instrument.js'
import { LatencyModel, NO_LATENCY } from '../../../../examples/trading-desk/venue/latency.js'

test('a venue that runs for days forgets old orders, not what they came to', async () => {
  const kept = 20
  const funds = { USDT: '10000000', BTC: '200' }
  const exchange = new Exchange([BTC_USDT], funds, new LatencyModel(NO_LATENCY, 1), { refusesByBook: true }, kept)
  const books = new BookKeeper(true, kept)
  exchange.listen(books.record)
  exchange.setReferencePrice(BTC_USDT, decimal('60000'))
  const account = exchange.account('key')
  const place = async (price: string) => {
    const amounts = { quantity: decimal('0.01'), price: decimal(price), quoteQuantity: 0n }
    const order = { instrument: BTC_USDT, side: 'buy', type: 'limit', timeInForce: 'gtc', clientId: undefined } as const
    const outcome = await exchange.place(account, { ...order, ...amounts })
    if (!outcome.ok) throw new Error(outcome.reason)
    return outcome.order
  }
  const resting = await place('50000')
  for (let n = 0; n < 100; n++) {
    const { id } = await place('59000')
    if (n % 2 === 0) await exchange.cancel(account, BTC_USDT, { id })
    else exchange.participate(BTC_USDT, 'sell', 'take', decimal('59000'), decimal('0.01'))
  }
  const last = await place('59000')
  expect(exchange.orders(account).length).toBeLessThanOrEqual(kept * 1.1)
  expect(exchange.find(account, BTC_USDT, { id: resting.id })).toBe(resting)
  expect(exchange.find(account, BTC_USDT, { id: last.id })).toBe(last)
  const newest = exchange.orders(account).slice(-kept + 1)
  expect(newest.map(({ id }) => id)).toEqual([...newest.map(({ id }) => id)].sort((a, b) => a - b))
  expect(newest.length).toBe(kept - 1)
  expect(books.books()).toEqual({
    orders: { open: 2, canceled: 50, filled: 50 },
    executions: 50,
    quantity: { 'BTC/USDT': '0.5' },
  })
})
