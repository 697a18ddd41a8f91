import type { CatalogInstruments } from '../metrics/bind.js'
import type { BoundSeries } from '../metrics/instruments.js'
import type { AnomalyKind, OrderStatus } from './event.js'
import { OrderSeries, placeOf, type VenueFacts } from './order-series.js'
import { orderTrace } from './order-trace.js'
import type { Effect, Execution, Order, OrderProjection, Transition } from './transition.js'

/** Sets of handles kept; beyond it they are bound anew, which is slower and loses nothing. */
const MAXIMUM_KEPT = 4096

/** What hangs on an order: its handles, and the status under which the gauge counts it. */
interface Held {
  series: OrderSeries
  activeStatus: OrderStatus | undefined
}

/** The metrics of orders and executions. */
export class OrderMetrics implements OrderProjection {
  readonly #instruments: CatalogInstruments
  /** Of this instance: another one on another meter provider counts the same orders anew. */
  readonly #key = Symbol('orderscope.order.metrics')
  readonly #place: VenueFacts
  readonly #kept = new Map<string, OrderSeries>()
  /** The newest order's: the next one is often of the same instrument. */
  #last: OrderSeries | undefined
  readonly #active = new Map<OrderStatus, Map<string, BoundSeries>>()
  readonly #anomalies = new Map<AnomalyKind, Map<string, BoundSeries>>()

  constructor(instruments: CatalogInstruments, place: VenueFacts) {
    this.#instruments = instruments
    this.#place = place
  }

  onTransition(transition: Transition): void {
    const { order, time } = transition
    for (const anomaly of transition.anomalies) {
      const venue = order?.venue ?? transition.event.venue ?? this.#place.name
      this.#anomaly(venue, anomaly.kind).add(1, order === undefined ? undefined : orderTrace(order), time)
    }
    if (order === undefined) return
    const held = this.#hold(order)
    for (const effect of transition.effects) this.#apply(effect, order, held.series, time)
    this.#follow(order, held)
  }

  #apply(effect: Effect, order: Order, series: OrderSeries, time: number): void {
    const trace = orderTrace(order)
    switch (effect.kind) {
      case 'created':
        series.submissions(order.origin).add(1, trace, time)
        if (order.quantity !== undefined) series.size.record(Number(order.quantity), trace, time)
        break
      case 'stage_ended':
        if (!effect.implied && effect.stage !== 'fill') {
          series.stage(effect.stage, effect.outcome).record(seconds(effect.startTime, effect.endTime), trace, time)
        }
        if (effect.cancelRejectReason !== undefined) {
          series.cancelRejections(effect.stage, effect.cancelRejectReason).add(1, trace, time)
        }
        break
      case 'executed':
        series.executions('trade', effect.execution).add(1, trace, time)
        series.volume.add(Number(effect.execution.quantity), trace, time)
        series.notional.add(notional(effect.execution), trace, time)
        if (effect.first && order.ackTime !== undefined) {
          series.fillDelay.record(seconds(order.ackTime, effect.execution.time), trace, time)
        }
        break
      case 'corrected':
        series.executions('correct', effect.execution).add(1, trace, time)
        series.volume.add(Number(effect.execution.quantity) - Number(effect.previous.quantity), trace, time)
        series.notional.add(notional(effect.execution) - notional(effect.previous), trace, time)
        break
      case 'busted':
        series.executions('bust', effect.execution).add(1, trace, time)
        series.volume.add(-Number(effect.execution.quantity), trace, time)
        series.notional.add(-notional(effect.execution), trace, time)
        break
      case 'completed':
        // reopened by a bust or a replace, and done once more: it is counted
        if (effect.again === true) break
        series.done(effect.status).add(1, trace, time)
        series.lifetime(effect.status).record(seconds(order.createdTime, time), trace, time)
        if (effect.rejectReason !== undefined) series.rejections(effect.rejectReason).add(1, trace, time)
        break
    }
  }

  /** Moves the order between the statuses of the gauge of living orders. */
  #follow(order: Order, held: Held): void {
    const before = held.activeStatus
    const now = order.done || !order.followed ? undefined : order.status
    if (before === now) return
    if (before !== undefined) this.#activeIn(order.venue, before).add(-1)
    if (now !== undefined) this.#activeIn(order.venue, now).add(1)
    held.activeStatus = now
  }

  #hold(order: Order): Held {
    const held = order.attachments.get(this.#key) as Held | undefined
    if (held === undefined) {
      const fresh: Held = { series: this.#series(order), activeStatus: undefined }
      order.attachments.set(this.#key, fresh)
      return fresh
    }
    if (!held.series.fits(order)) held.series = this.#series(order)
    return held
  }

  #series(order: Order): OrderSeries {
    const last = this.#last
    if (last?.fits(order)) return last
    const key = OrderSeries.key(order)
    let series = this.#kept.get(key)
    if (series === undefined) {
      if (this.#kept.size >= MAXIMUM_KEPT) this.#kept.clear()
      series = new OrderSeries(this.#instruments, this.#place, order)
      this.#kept.set(key, series)
    }
    this.#last = series
    return series
  }

  #activeIn(venue: string, status: OrderStatus): BoundSeries {
    return (
      this.#active.get(status)?.get(venue) ??
      keepByVenue(
        this.#active,
        status,
        venue,
        this.#instruments.bind('trading.order.active', {
          ...placeOf(venue, this.#place),
          'trading.order.status': status,
        }),
      )
    )
  }

  #anomaly(venue: string, kind: AnomalyKind): BoundSeries {
    return (
      this.#anomalies.get(kind)?.get(venue) ??
      keepByVenue(
        this.#anomalies,
        kind,
        venue,
        this.#instruments.bind('trading.order.anomalies', {
          ...placeOf(venue, this.#place),
          'trading.order.anomaly.kind': kind,
        }),
      )
    )
  }
}

function keepByVenue<Key>(
  kept: Map<Key, Map<string, BoundSeries>>,
  key: Key,
  venue: string,
  series: BoundSeries,
): BoundSeries {
  const byVenue = kept.get(key) ?? new Map<string, BoundSeries>()
  // venues come from events: whoever makes them up without end is bound anew each time
  if (byVenue.size >= MAXIMUM_KEPT) byVenue.clear()
  byVenue.set(venue, series)
  kept.set(key, byVenue)
  return series
}

/** Clocks of two machines, or events told late, may give less than nothing: that isn't a duration. */
function seconds(startMs: number, endMs: number): number {
  return Math.max(0, endMs - startMs) / 1000
}

function notional(execution: Execution): number {
  return execution.price === undefined ? 0 : Number(execution.quantity) * Number(execution.price)
}
