import { PerformanceObserver } from 'node:perf_hooks'
import type { Effort, Figures, Work } from '../sample.js'
import { type Collector, startCollector } from './collector.js'
import { loopCpuMs, paced, processCpuMs, sleep } from './load.js'
import { type OrderSetUp, startNoTelemetry, startOpenTelemetryOrders, startOrderscopeOrders } from './order-set-up.js'
import { ORDER_STEPS } from './orders.js'

const ORDERS_PER_SECOND = 1000
/** Until the compiler is through with all of it, and quicker, since that takes tens of thousands of events. */
const WARM_ORDERS = 12_000
const WARM_ORDERS_PER_SECOND = 3000
/** Shorter than the tracker's default, so that what an order's end costs falls into the time that is measured. */
const LATE_FILL_GRACE_MS = 1000
/** The tracker looks once a second whose grace is over. */
const SETTLED_MS = LATE_FILL_GRACE_MS + 1500

type Start = (collector: Collector) => OrderSetUp | Promise<OrderSetUp>

function tell(orders: OrderSetUp, index: number): void {
  for (let step = 0; step < ORDER_STEPS; step++) orders.step(index, step)
}

/** CPU of an order, everything told and delivered at the end; an order has five spans, or none of them is wanted. */
function cpuOf(start: Start, spansOfOrder: number) {
  return async ({ short }: Effort): Promise<Figures> => {
    const count = short ? 3000 : 10_000
    const collector = await startCollector()
    const orders = await start(collector)
    const before = await warmUp(orders, collector)
    const loop = loopCpuMs()
    const all = processCpuMs()
    await paced(count, ORDERS_PER_SECOND, index => tell(orders, WARM_ORDERS + index))
    await sleep(SETTLED_MS)
    await orders.end()
    const figures = {
      loopMicroseconds: ((loopCpuMs() - loop) * 1000) / count,
      processMicroseconds: ((processCpuMs() - all) * 1000) / count,
    }
    await expectSpans(collector, before, count * spansOfOrder)
    return figures
  }
}

/** Spans that the collector had got when all of it had been delivered. */
async function warmUp(orders: OrderSetUp, collector: Collector): Promise<number> {
  await paced(WARM_ORDERS, WARM_ORDERS_PER_SECOND, index => tell(orders, index))
  // an order's end waits for late fills: none of the warm-up's may fall into what is measured
  await sleep(SETTLED_MS)
  await orders.flush()
  return collector.spans()
}

/** Bytes that an order allocates in the loop. The young generation holds all of it, so that nothing is collected meanwhile. */
function bytesOf(start: Start, spansOfOrder: number) {
  return async (): Promise<Figures> => {
    const count = 1000
    let collections = 0
    const observer = new PerformanceObserver(list => {
      collections += list.getEntries().length
    })
    const collector = await startCollector()
    const orders = await start(collector)
    const before = await warmUp(orders, collector)
    globalThis.gc?.()
    await new Promise(resolve => setTimeout(resolve, 100))
    observer.observe({ entryTypes: ['gc'] })
    const used = process.memoryUsage().heapUsed
    await paced(count, ORDERS_PER_SECOND, index => tell(orders, WARM_ORDERS + index))
    await sleep(SETTLED_MS)
    await orders.end()
    const bytes = (process.memoryUsage().heapUsed - used) / count
    await new Promise(resolve => setTimeout(resolve, 50))
    if (collections > 0) throw new Error(`garbage was collected ${collections} times while allocation was measured`)
    await expectSpans(collector, before, count * spansOfOrder)
    return { bytes }
  }
}

/** A peer may lose a few on a busy machine; a run in which it lost many says nothing. */
async function expectSpans(collector: Collector, before: number, expected: number): Promise<void> {
  const spans = (await collector.spans()) - before
  collector.stop()
  if (spans > expected || spans < expected * 0.97)
    throw new Error(`the collector got ${spans} spans of ${expected}: the work wasn't done`)
}

const SPANS_OF_ORDER = 5

export const orderTrace: Work = {
  sides: {
    orderscope: cpuOf(
      collector => startOrderscopeOrders(collector, { lateFillGraceMs: LATE_FILL_GRACE_MS }),
      SPANS_OF_ORDER,
    ),
    openTelemetry: cpuOf(collector => startOpenTelemetryOrders(collector), SPANS_OF_ORDER),
    nothing: cpuOf(startNoTelemetry, 0),
  },
}

export const orderBytes: Work = {
  nodeFlags: ['--min-semi-space-size=512', '--max-semi-space-size=512'],
  sides: {
    orderscope: bytesOf(
      collector => startOrderscopeOrders(collector, { lateFillGraceMs: LATE_FILL_GRACE_MS }),
      SPANS_OF_ORDER,
    ),
    openTelemetry: bytesOf(collector => startOpenTelemetryOrders(collector), SPANS_OF_ORDER),
    unsampled: bytesOf(
      collector => startOrderscopeOrders(collector, { sampler: 0, lateFillGraceMs: LATE_FILL_GRACE_MS }),
      0,
    ),
    nothing: bytesOf(startNoTelemetry, 0),
  },
}

export const orderUnsampled: Work = {
  sides: {
    orderscope: cpuOf(
      collector => startOrderscopeOrders(collector, { sampler: 0, lateFillGraceMs: LATE_FILL_GRACE_MS }),
      0,
    ),
    openTelemetry: cpuOf(collector => startOpenTelemetryOrders(collector, false), 0),
    nothing: cpuOf(startNoTelemetry, 0),
  },
}
