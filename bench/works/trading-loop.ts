import type { Effort, Figures, Work } from '../sample.js'
import { quantile } from '../statistics.js'
import { type Collector, startCollector } from './collector.js'
import { type OrderSetUp, startNoTelemetry, startOpenTelemetryOrders, startOrderscopeOrders } from './order-set-up.js'
import { ORDER_STEPS } from './orders.js'

const ORDERS_PER_SECOND = 5000
const EVENTS_PER_SECOND = ORDERS_PER_SECOND * ORDER_STEPS
const TURNS_KEPT = 1 << 24

/**
 * A loop that never rests: at each turn it handles the event that is due, if one is. How long a turn takes is what
 * everything else in that loop waits.
 */
function loopWith(start: (collector: Collector) => OrderSetUp | Promise<OrderSetUp>, spansOfOrder: number) {
  return async ({ short }: Effort): Promise<Figures> => {
    const seconds = short ? 8 : 60
    const collector = await startCollector()
    const orders = await start(collector)
    const turns = new Float64Array(TURNS_KEPT)
    let turn = 0
    let told = 0
    const warm = 2 * EVENTS_PER_SECOND
    const count = warm + seconds * EVENTS_PER_SECOND
    const started = performance.now()
    let before = started
    await new Promise<void>(resolve => {
      const next = (): void => {
        const now = performance.now()
        if (told > warm && turn < TURNS_KEPT) turns[turn++] = (now - before) * 1000
        before = now
        if (told === count) return resolve()
        if (((now - started) * EVENTS_PER_SECOND) / 1000 > told) {
          orders.step(Math.floor(told / ORDER_STEPS), told % ORDER_STEPS)
          told++
        }
        setImmediate(next)
      }
      next()
    })
    await orders.end()
    const spans = await collector.spans()
    collector.stop()
    const measured = turns.subarray(0, turn)
    return {
      p99: quantile(measured, 0.99),
      p9999: quantile(measured, 0.9999),
      lost: (count / ORDER_STEPS) * spansOfOrder - spans,
    }
  }
}

export const tradingLoop: Work = {
  rounds: 1,
  sides: {
    orderscope: loopWith(collector => startOrderscopeOrders(collector), 5),
    openTelemetry: loopWith(collector => startOpenTelemetryOrders(collector), 5),
    nothing: loopWith(startNoTelemetry, 0),
  },
}
