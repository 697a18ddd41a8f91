import type { OrderEvent } from 'orderscope'
import type { Work } from '../sample.js'
import { median, quantile } from '../statistics.js'
import { startCollector } from './collector.js'
import { paced } from './load.js'
import { orderEvent } from './orders.js'

const ORDERS_PER_SECOND = 2000
/** Until the compiler is through with all of it. */
const WARM_ORDERS = 12_000

/** What `apply` takes of the caller, event by event, less what looking at the clock takes. */
export const eventCost: Work = {
  sides: {
    async orderscope({ short }) {
      const { createOrderTracker, startTelemetry } = await import('orderscope')
      const collector = await startCollector()
      const telemetry = startTelemetry({
        quiet: true,
        instrumentations: false,
        logsExporters: [],
        prometheus: { port: 0 },
        otlp: { endpoint: collector.url },
      })
      const orders = createOrderTracker({ venue: { name: 'binance' } })
      const count = short ? 5000 : 20_000
      const noSpan = new Float64Array(count * 2)
      const span = new Float64Array(count * 3)
      const clock = Float64Array.from({ length: 10_000 }, () => {
        const before = performance.now()
        return performance.now() - before
      })
      const overhead = median([...clock])
      const timed = (event: OrderEvent): number => {
        const before = performance.now()
        orders.apply(event)
        return (performance.now() - before - overhead) * 1000
      }
      await paced(WARM_ORDERS + count, ORDERS_PER_SECOND, index => {
        const at = Math.max(0, index - WARM_ORDERS)
        noSpan[at * 2] = timed(orderEvent(index, 0))
        span[at * 3] = timed(orderEvent(index, 1))
        span[at * 3 + 1] = timed(orderEvent(index, 2))
        noSpan[at * 2 + 1] = timed({
          type: 'status',
          clientId: `bench-${index}`,
          reported: { cumulativeQuantity: '0' },
        })
        span[at * 3 + 2] = timed(orderEvent(index, 3))
        orders.apply(orderEvent(index, 4))
      })
      await telemetry.shutdown()
      collector.stop()
      return {
        noSpanMedian: quantile(noSpan, 0.5),
        noSpanP99: quantile(noSpan, 0.99),
        submitMedian: median([...noSpan.filter((_, at) => at % 2 === 0)]),
        reportMedian: median([...noSpan.filter((_, at) => at % 2 === 1)]),
        spanMedian: quantile(span, 0.5),
        spanP99: quantile(span, 0.99),
        fillMedian: median([...span.filter((_, at) => at % 3 === 2)]),
      }
    },
  },
}
