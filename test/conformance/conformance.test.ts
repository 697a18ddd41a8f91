import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { OrderEvent } from '../../src/order/event.js'
import { ringTracerOf } from '../../src/spans/ring-tracer.js'
import { comparable } from './comparable.js'
import { type Program, programs, T0, trackerOf } from './programs.js'
import { ways } from './ways.js'

const [short, plain, ...foreign] = Object.values(ways)

// what is stamped with the time of day is stamped alike
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: T0 + 60_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

async function run(open: (typeof ways)[keyof typeof ways], program: Program, exemplars: boolean) {
  const way = await open()
  try {
    await program(way)
    return comparable(await way.collect(), exemplars)
  } finally {
    await way.end()
  }
}

it('the ways are what their names say', async () => {
  const found = []
  for (const open of Object.values(ways)) {
    const way = await open()
    const counter = way.meterProvider.getMeter('app').createCounter('app.ticks')
    found.push([ringTracerOf(way.tracerProvider, { name: 'app' }) !== undefined, 'bind' in counter])
    await way.end()
  }
  expect(found).toEqual([
    [true, true],
    [false, false],
    [false, false],
    [false, false],
  ])
})

it.each(Object.entries(programs))('%s: the same by every way', async (_, program) => {
  const reference = await run(short!, program, false)
  // a program that leaves nothing would be the same by every way
  expect(reference.metrics.length + reference.spans.length + reference.logs.length).toBeGreaterThan(0)
  for (const open of [plain!, ...foreign]) expect(await run(open, program, false)).toEqual(reference)
})

it.each(['measurements within spans'])('%s: the same exemplars', async name => {
  const program = programs[name]!
  const reference = await run(short!, program, true)
  expect(JSON.stringify(reference.metrics, (_, each) => (typeof each === 'bigint' ? 0 : each))).toContain('tick #0')
  // upstream's SDK keeps none
  expect(await run(plain!, program, true)).toEqual(reference)
})

it('whatever happens to orders: the same by every way', async () => {
  const ids = fc.constantFrom('a-1', 'ä-2')
  const amount = fc.integer({ min: 1, max: 50 }).map(String)
  const event = fc.oneof(
    fc.record({
      type: fc.constant('submit'),
      clientId: ids,
      symbol: fc.constantFrom('SAP', 'BTC/USDT'),
      side: fc.constantFrom('buy', 'sell'),
      orderType: fc.constant('limit'),
      quantity: amount,
      price: amount,
    }),
    fc.record({
      type: fc.constantFrom('sent', 'ack', 'canceled', 'expired', 'cancel_request', 'reject'),
      clientId: ids,
      text: fc.constantFrom(undefined, 'by the venue'),
    }),
    fc.record({
      type: fc.constant('trade'),
      clientId: ids,
      executionId: fc.constantFrom('x-1', 'x-2', 'x-3'),
      lastQuantity: amount,
      lastPrice: amount,
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 20 }), async events => {
      const program: Program = way => {
        const tracker = trackerOf(way)
        for (const [index, each] of events.entries()) tracker.apply({ ...each, time: T0 + index * 1.5 } as OrderEvent)
        tracker.close()
      }
      const reference = await run(short!, program, false)
      for (const open of [plain!, foreign[0]!]) expect(await run(open, program, false)).toEqual(reference)
    }),
    { numRuns: 25 },
  )
}, 60_000)
