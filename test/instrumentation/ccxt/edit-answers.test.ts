import { afterEach, beforeEach, expect, it } from 'vitest'
import { connect } from '../../../examples/trading-desk/venue/connect.js'
import { ccxt, follow, type Lab, startLab } from './ccxt-lab.js'

let lab: Lab
beforeEach(async () => {
  lab = await startLab({ dialect: 'coinbase' })
})
afterEach(() => lab.close())

it('an edit that Coinbase refuses in an answer with 200 changes nothing', async () => {
  const client = new ccxt.coinbase({ apiKey: lab.apiKey, secret: 'secret', enableRateLimit: false })
  await connect(client, lab.venue.url)
  const order = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.05, 59995)
  lab.venue.participate('BTC/USDT', 'sell', 'take', '59995', '0.02')
  await client.editOrder(order.id!, 'BTC/USDT', 'limit', 'buy', 0.01, 59995)
  expect(lab.events.find(({ type }) => type === 'cancel_reject')).toMatchObject({
    request: 'replace',
    text: 'CANNOT_EDIT_TO_BELOW_FILLED_SIZE',
  })
  await client.editOrder(order.id!, 'BTC/USDT', 'limit', 'buy', 0.07, 59996)
  expect(lab.types().filter(type => /replace|cancel_reject/.test(type))).toEqual([
    'replace_request',
    'cancel_reject',
    'replace_request',
    'replaced',
  ])
  expect(lab.events.find(({ type }) => type === 'replaced')).toMatchObject({ quantity: '0.07' })
})

it('an amended order that fills before the answer to the edit is filled, not more', async () => {
  lab.venue.change({ latencies: { answer: { min: 150, max: 150 } } })
  const client = await lab.client()
  follow(client, () => client.watchOrders())
  const order = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.05, 59995)
  await lab.until(events => events.some(({ type }) => type === 'ack'))
  const edited = client.editOrder(order.id!, 'BTC/USDT', 'limit', 'buy', 0.03, 59996)
  while (!lab.venue.requests().some(({ path }) => path.endsWith('/orders/edit'))) await client.sleep(5)
  await client.sleep(5)
  lab.venue.participate('BTC/USDT', 'sell', 'take', '59990', '0.03')
  await edited
  await lab.until(events => events.some(({ type }) => type === 'trade'))
  expect(lab.types().filter(type => /replace|trade|status/.test(type))).toEqual([
    'replace_request',
    'replaced (stream)',
    'trade (inferred)',
  ])
})
