import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { exchangeAt, follow, market, receive } from './canned-venue.js'
import { instrumentation, type Lab, startLab } from './ccxt-lab.js'

let lab: Lab
beforeEach(async () => {
  lab = await startLab()
})
afterEach(() => lab.close())

const OLD = 1_672_364_262_444
/** Bybit tells of orders and of their executions by two topics, in either order. */
const order = (facts: Record<string, unknown>) => ({
  topic: 'order',
  creationTime: OLD,
  data: [
    {
      category: 'linear',
      symbol: 'BTCUSDT',
      orderId: 'o-1',
      orderLinkId: '',
      side: 'Sell',
      orderType: 'Market',
      price: '0',
      qty: '0.100',
      timeInForce: 'IOC',
      orderStatus: 'Filled',
      cumExecQty: '0.100',
      cumExecValue: '3000.05',
      avgPrice: '30000.50',
      createdTime: String(OLD),
      updatedTime: String(OLD),
      rejectReason: 'EC_NoError',
      createType: 'CreateByUser',
      ...facts,
    },
  ],
})
const execution = (execId: string, execQty: string, execTime = OLD, execType = 'Trade') => ({
  topic: 'execution',
  data: [
    {
      category: 'linear',
      symbol: 'BTCUSDT',
      execId,
      execPrice: '30000.50',
      execQty,
      execType,
      orderId: 'o-1',
      orderLinkId: '',
      side: 'Sell',
      execTime: String(execTime),
      orderQty: '0.100',
      isMaker: false,
    },
  ],
})
const bybit = () => exchangeAt('bybit', '', lab.apiKey, [market('BTCUSDT', 'BTC/USDT:USDT')])

describe('an order that somebody else made', () => {
  it.each(['CreateByUser', 'CreateByLiq'])(
    '%s, long ago: told done, its executions afterwards add nothing',
    createType => {
      const exchange = bybit()
      for (const message of [order({ createType }), execution('e1', '0.06'), execution('e2', '0.04')]) {
        receive(exchange, message)
      }
      const { orders, anomalies, told } = follow(lab.events)
      expect(told).toEqual(['status'])
      expect(orders).toMatchObject([{ status: 'filled', cumulativeQuantity: '0.1' }])
      expect(anomalies).toEqual([])
    },
  )

  it('long ago, told half done: what had traded then adds nothing, what trades afterwards does', () => {
    const exchange = bybit()
    const half = { orderStatus: 'PartiallyFilled', cumExecQty: '0.060', cumExecValue: '1800.03' }
    const messages = [
      order(half),
      execution('e1', '0.06'),
      execution('e2', '0.04', OLD + 5),
      order({ updatedTime: String(OLD + 5) }),
    ]
    for (const message of messages) receive(exchange, message)
    const { orders, anomalies, told } = follow(lab.events)
    expect(told).toEqual(['status', 'trade e2 0.04@30000.5'])
    expect(orders).toMatchObject([{ status: 'filled', cumulativeQuantity: '0.1' }])
    expect(anomalies).toEqual([])
  })

  it.each([
    ['e1', 'order'],
    ['order', 'e1'],
  ])('just now: its executions are news, %s first', (...names) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const exchange = bybit()
      // the account is met with the first message, which may take a busy machine a while
      const time = Date.now() + 4000
      const [createdTime, updatedTime] = [String(time), String(time)]
      const messages: Record<string, object> = {
        order: order({ createType: 'CreateByLiq', createdTime, updatedTime }),
        e1: execution('e1', '0.06', time, 'BustTrade'),
      }
      for (const name of names) receive(exchange, messages[name])
      receive(exchange, execution('e2', '0.04', time, 'BustTrade'))
      vi.advanceTimersByTime(5000)
      instrumentation.flush()
      const { orders, anomalies } = follow(lab.events)
      expect(orders).toMatchObject([
        { origin: 'venue', status: 'filled', cumulativeQuantity: '0.1', executionCount: 2 },
      ])
      expect(anomalies).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })
})
