import {
  type Context,
  type Meter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { OrderEvent } from 'orderscope'

export const ORDER_STEPS = 5

/** What happens to order number `index`, in order. */
export function orderEvent(index: number, step: number): OrderEvent {
  const clientId = `bench-${index}`
  switch (step) {
    case 0:
      return {
        type: 'submit',
        clientId,
        symbol: 'BTC/USDT',
        side: 'buy',
        orderType: 'limit',
        timeInForce: 'gtc',
        quantity: '0.5',
        price: '60000.1',
        strategy: 'maker',
      }
    case 1:
      return { type: 'sent', clientId }
    case 2:
      return { type: 'ack', clientId, orderId: `venue-${index}` }
    case 3:
      return {
        type: 'trade',
        clientId,
        executionId: `${index}-1`,
        lastQuantity: '0.2',
        lastPrice: '60000.1',
        liquidity: 'maker',
      }
    default:
      return {
        type: 'trade',
        clientId,
        executionId: `${index}-2`,
        lastQuantity: '0.3',
        lastPrice: '60000.1',
        liquidity: 'maker',
      }
  }
}

/**
 * The same as a careful user of OpenTelemetry writes it by hand: a root span with four children, ids on every one of
 * them, eight measurements with attribute objects that are made once.
 */
export class HandWrittenOrders {
  readonly #tracer: Tracer
  readonly #submissions
  readonly #active
  readonly #stages
  readonly #executions
  readonly #volume
  readonly #done
  readonly #instrument = {
    'trading.venue.name': 'binance',
    'trading.instrument.symbol': 'BTC/USDT',
    'trading.order.side': 'buy',
  }
  readonly #submit = { ...this.#instrument, 'trading.order.stage': 'submit' }
  readonly #ack = { ...this.#instrument, 'trading.order.stage': 'ack' }
  readonly #filled = { ...this.#instrument, 'trading.order.status': 'filled' }
  readonly #orders = new Map<string, { context: Context; since: number; stage: number }>()

  constructor(tracer: Tracer, meter: Meter) {
    this.#tracer = tracer
    this.#submissions = meter.createCounter('trading.order.submissions')
    this.#active = meter.createUpDownCounter('trading.order.active')
    this.#stages = meter.createHistogram('trading.order.stage.duration', { unit: 's' })
    this.#executions = meter.createCounter('trading.executions')
    this.#volume = meter.createCounter('trading.execution.volume')
    this.#done = meter.createCounter('trading.orders')
  }

  tell(index: number): void {
    for (let step = 0; step < ORDER_STEPS; step++) this.step(index, step)
  }

  step(index: number, step: number): void {
    const clientId = `bench-${index}`
    if (step === 0) {
      const root = this.#tracer.startSpan('order', {
        attributes: {
          ...this.#instrument,
          'trading.order.client_id': clientId,
          'trading.order.root_id': clientId,
          'trading.order.type': 'limit',
          'trading.order.time_in_force': 'gtc',
          'trading.order.quantity': '0.5',
          'trading.order.price': '60000.1',
          'trading.strategy.name': 'maker',
        },
      })
      this.#orders.set(clientId, { context: trace.setSpan(ROOT_CONTEXT, root), since: Date.now(), stage: Date.now() })
      this.#submissions.add(1, this.#instrument)
      this.#active.add(1, this.#instrument)
      return
    }
    const order = this.#orders.get(clientId)!
    const names = ['', 'order.submit', 'order.ack', 'order.fill', 'order.fill']
    const span = this.#tracer.startSpan(
      names[step]!,
      {
        kind: SpanKind.CLIENT,
        startTime: order.stage,
        attributes: {
          ...this.#instrument,
          'trading.order.client_id': clientId,
          'trading.order.root_id': clientId,
          ...(step > 1 ? { 'trading.order.id': `venue-${index}` } : {}),
        },
      },
      order.context,
    )
    const now = Date.now()
    if (step <= 2) {
      this.#stages.record((now - order.stage) / 1000, step === 1 ? this.#submit : this.#ack)
    } else {
      span.setAttributes({
        'trading.execution.id': `${index}-${step - 2}`,
        'trading.execution.quantity': step === 3 ? '0.2' : '0.3',
        'trading.execution.price': '60000.1',
        'trading.execution.liquidity': 'maker',
      })
      this.#executions.add(1, this.#instrument)
      this.#volume.add(step === 3 ? 0.2 : 0.3, this.#instrument)
    }
    span.end()
    order.stage = now
    if (step < ORDER_STEPS - 1) return
    const root = trace.getSpan(order.context)!
    root.setAttributes({ 'trading.order.status': 'filled', 'trading.order.cumulative_quantity': '0.5' })
    root.setStatus({ code: SpanStatusCode.OK })
    root.end()
    this.#orders.delete(clientId)
    this.#active.add(-1, this.#instrument)
    this.#done.add(1, this.#filled)
  }
}
