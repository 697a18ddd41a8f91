import type { Collector } from './collector.js'
import { startOpenTelemetryMetrics, startOpenTelemetryTraces } from './open-telemetry.js'
import { HandWrittenOrders, orderEvent } from './orders.js'

/** An order desk with telemetry of one kind: tells steps of orders, and delivers what is left. */
export interface OrderSetUp {
  step(index: number, step: number): void
  /** Waits until the collector has what ended. */
  flush(): Promise<void>
  /** The same, and of what is open. */
  end(): Promise<void>
}

/** Ours, from code, with everything at its default but where it goes. */
export async function startOrderscopeOrders(
  collector: Collector,
  options: { readonly sampler?: number; readonly maximumOrders?: number; readonly lateFillGraceMs?: number } = {},
): Promise<OrderSetUp> {
  const { createOrderTracker, startTelemetry } = await import('orderscope')
  const telemetry = startTelemetry({
    quiet: true,
    instrumentations: false,
    logsExporters: [],
    prometheus: { port: 0 },
    otlp: { endpoint: collector.url },
    exitTimeoutMs: 60_000,
    ...(options.sampler === undefined ? {} : { sampler: options.sampler }),
  })
  const orders = createOrderTracker({
    venue: { name: 'binance' },
    ...(options.maximumOrders === undefined ? {} : { maximumOrders: options.maximumOrders }),
    ...(options.lateFillGraceMs === undefined ? {} : { lateFillGraceMs: options.lateFillGraceMs }),
  })
  return {
    step: (index, step) => void orders.apply(orderEvent(index, step)),
    flush: () => telemetry.flush(),
    end: () => telemetry.shutdown(),
  }
}

export async function startOpenTelemetryOrders(collector: Collector, sampled = true): Promise<OrderSetUp> {
  const { tracer, flush } = await startOpenTelemetryTraces(collector.url, sampled)
  const orders = new HandWrittenOrders(tracer, await startOpenTelemetryMetrics())
  return { step: (index, step) => orders.step(index, step), flush, end: flush }
}

/** The events are made, and nobody is told. */
export function startNoTelemetry(): OrderSetUp {
  let kept: unknown
  return {
    step: (index, step) => {
      kept = orderEvent(index, step)
    },
    flush: async () => {},
    end: async () => {
      if (kept === undefined) throw new Error('no event was made')
    },
  }
}
