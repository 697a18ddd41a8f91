import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Entry, ExecutionLedger } from '../../../src/instrumentation/ccxt/execution-ledger.js'
import type { ExecutionReport, OrderReport } from '../../../src/instrumentation/ccxt/order-report.js'
import { parseDecimal, ZERO } from '../../../src/order/decimal.js'

const decimal = (value: string | number) => parseDecimal(value)!

function execution(id: number, quantity: number, price = '100'): ExecutionReport {
  return {
    executionId: String(id),
    orderId: '1',
    clientId: undefined,
    symbol: 'BTC/USDT',
    side: 'buy',
    origin: undefined,
    orderQuantity: undefined,
    quantity: decimal(quantity),
    price,
    liquidity: undefined,
    venueTime: undefined,
  }
}

function report(cumulative: string, facts: Partial<OrderReport> = {}): OrderReport {
  return { cumulative: decimal(cumulative), executions: [], ...facts } as unknown as OrderReport
}

/** What a tracker would hold after the entries. */
function net(entries: readonly Entry[]): Map<string, string> {
  const held = new Map<string, string>()
  for (const entry of entries) {
    if (entry.type !== 'trade') expect(held.delete(entry.refId), entry.refId).toBe(true)
    if (entry.type === 'trade_bust') continue
    expect(held.has(entry.executionId), entry.executionId).toBe(false)
    held.set(entry.executionId, entry.quantity.toString())
  }
  return held
}

describe('the ledger of executions', () => {
  it('infers the price of an increase from the average', () => {
    const ledger = new ExecutionLedger()
    ledger.record(execution(1, 1, '100'))
    expect(ledger.infer(report('3', { averagePrice: '110' }), 'x')).toMatchObject([{ type: 'trade', price: '115' }])
    expect(ledger.infer(report('4', { cost: decimal('460') }), 'x')).toMatchObject([{ type: 'trade', price: '130' }])
  })

  it('counts each execution once, in whatever order reports and executions are told', () => {
    const told = fc.record({
      quantities: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
      script: fc.array(fc.nat({ max: 1000 }), { maxLength: 40 }),
    })
    fc.assert(
      fc.property(told, ({ quantities, script }) => {
        const ledger = new ExecutionLedger()
        const entries: Entry[] = []
        let happened = 0
        const cumulative = () => quantities.slice(0, happened).reduce((sum, quantity) => sum + quantity, 0)
        for (const step of script) {
          if (step % 3 === 0 && happened < quantities.length) happened++
          else if (step % 3 === 1) entries.push(...ledger.infer(report(String(cumulative())), 'x'))
          else if (happened > 0) {
            const index = step % happened
            entries.push(...ledger.record(execution(index, quantities[index]!)))
          }
          const held = [...net(entries).values()].reduce((sum, quantity) => sum.add(decimal(quantity)), ZERO)
          expect(held.toString()).toBe(ledger.counted.toString())
          expect(ledger.counted.compare(decimal(cumulative()))).toBeLessThanOrEqual(0)
        }
        happened = quantities.length
        for (const [index, quantity] of quantities.entries()) entries.push(...ledger.record(execution(index, quantity)))
        expect(Object.fromEntries(net(entries))).toEqual(
          Object.fromEntries(quantities.map((quantity, index) => [String(index), String(quantity)])),
        )
      }),
    )
  })

  it('history before the order was known explains where it started and is no news', () => {
    const ledger = new ExecutionLedger()
    ledger.startAt(decimal('3'), 1000)
    expect(ledger.record({ ...execution(1, 1), venueTime: 900 })).toEqual([])
    expect(ledger.record({ ...execution(2, 2), venueTime: 1000 })).toEqual([])
    expect(ledger.record({ ...execution(3, 1), venueTime: 1001 })).toHaveLength(1)
    expect(ledger.counted.toString()).toBe('4')
  })
})
