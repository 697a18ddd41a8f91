import type { Attributes } from '@opentelemetry/api'
import type { LoggerProvider } from '@opentelemetry/api-logs'
import type { LogEventName } from '../catalog/log-events.js'
import { type OrderLogRecords, orderLogRecords } from './log-records.js'
import { placeOf, type VenueFacts } from './order-series.js'
import { changeAttributes, executionAttributes, requestAttributes } from './span-attributes.js'
import type { Anomaly, Effect, Order, OrderProjection, Transition } from './transition.js'

/** Anomalies of a kind that one order tells; the rest is counted by the metric alone. */
const MAXIMUM_OF_KIND = 10
/** Anomalies that no order can be named for, within a second. */
const MAXIMUM_STRAY = 10
const SECOND_MS = 1000

/** The log records of orders: one for each event of the lifecycle, whether its trace is sampled or not. */
export class OrderLogs implements OrderProjection {
  readonly #records: OrderLogRecords | undefined
  readonly #place: VenueFacts
  #straySince = 0
  #stray = 0

  constructor(provider: LoggerProvider, place: VenueFacts) {
    this.#records = orderLogRecords(provider, place)
    this.#place = place
  }

  onTransition(transition: Transition): void {
    if (this.#records === undefined) return
    const { order, time } = transition
    if (order !== undefined) for (const effect of transition.effects) this.#apply(effect, order, transition)
    for (const anomaly of transition.anomalies) {
      if (order === undefined) this.#strayAnomaly(anomaly, transition)
      else if ((order.anomalyCounts.get(anomaly.kind) ?? 0) <= MAXIMUM_OF_KIND) {
        this.#emit('trading.order.anomaly', order, anomalyAttributes(anomaly), time)
      }
    }
  }

  #apply(effect: Effect, order: Order, { event, time }: Transition): void {
    switch (effect.kind) {
      case 'created':
        this.#emit('trading.order.created', order, requestAttributes(order), time)
        break
      case 'stage_started':
        if (effect.stage === 'cancel') this.#emit('trading.order.cancel_requested', order, {}, effect.time)
        if (effect.stage === 'replace') this.#emit('trading.order.replace_requested', order, {}, effect.time)
        break
      case 'stage_ended':
        this.#endStage(effect, order)
        break
      case 'executed':
        this.#emit(
          'trading.execution.traded',
          order,
          { ...executionAttributes(effect.execution), ...quantityAttributes(order) },
          effect.execution.time,
        )
        break
      case 'corrected':
      case 'busted':
        this.#emit(`trading.execution.${effect.kind}`, order, changeAttributes(effect), time)
        break
      case 'alias':
        if (effect.previousClientId === undefined) break
        this.#emit(
          'trading.order.id_changed',
          order,
          { 'trading.order.original_client_id': effect.previousClientId },
          time,
        )
        break
      case 'completed':
        this.#complete(effect, order, time, event.text)
        break
      case 'reopened':
        this.#emit('trading.order.reopened', order, { 'trading.order.status': order.status }, time)
        break
    }
  }

  #endStage(effect: Extract<Effect, { kind: 'stage_ended' }>, order: Order): void {
    const { stage, outcome, implied, errorType, cancelRejectReason, endTime } = effect
    if (cancelRejectReason !== undefined) {
      this.#emit(
        'trading.order.cancel_rejected',
        order,
        { 'trading.order.stage': stage, 'trading.order.cancel_reject.reason': cancelRejectReason },
        endTime,
      )
    } else if (outcome === 'failed' || outcome === 'unknown') {
      this.#emit(
        'trading.order.request_failed',
        order,
        {
          'trading.order.stage': stage,
          'trading.order.stage_outcome': outcome,
          ...(errorType === undefined ? {} : { 'error.type': errorType }),
        },
        endTime,
      )
    } else if (outcome === 'ok' && stage === 'ack' && !implied) {
      this.#emit('trading.order.acknowledged', order, {}, endTime)
    } else if (outcome === 'ok' && stage === 'replace') {
      this.#emit(
        'trading.order.replaced',
        order,
        {
          ...(order.quantity === undefined ? {} : { 'trading.order.quantity': order.quantity }),
          ...(order.price === undefined ? {} : { 'trading.order.price': order.price }),
        },
        endTime,
      )
    }
  }

  #complete(
    effect: Extract<Effect, { kind: 'completed' }>,
    order: Order,
    time: number,
    text: string | undefined,
  ): void {
    const attributes: Attributes = {
      'trading.order.status': effect.status,
      ...quantityAttributes(order),
      ...(order.averagePrice === undefined ? {} : { 'trading.order.average_price': order.averagePrice }),
    }
    if (effect.status !== 'rejected') {
      this.#emit('trading.order.completed', order, attributes, time)
      return
    }
    if (effect.rejectReason !== undefined) attributes['trading.order.reject.reason'] = effect.rejectReason
    if (text !== undefined) attributes['trading.order.text'] = text
    attributes['error.type'] = effect.errorType ?? effect.rejectReason ?? 'rejected'
    this.#emit('trading.order.rejected', order, attributes, time)
  }

  #strayAnomaly(anomaly: Anomaly, { event, time }: Transition): void {
    if (time - this.#straySince >= SECOND_MS || time < this.#straySince) {
      this.#straySince = time
      this.#stray = 0
    }
    if (this.#stray++ >= MAXIMUM_STRAY) return
    const place = placeOf(event.venue ?? this.#place.name, this.#place)
    this.#emit('trading.order.anomaly', undefined, { ...place, ...anomalyAttributes(anomaly) }, time)
  }

  #emit(name: LogEventName, order: Order | undefined, attributes: Attributes, time: number): void {
    this.#records!.emit(name, order, attributes, time)
  }
}

function anomalyAttributes({ kind, message }: Anomaly): Attributes {
  return { 'trading.order.anomaly.kind': kind, 'trading.order.text': message }
}

function quantityAttributes({ cumulativeQuantity, leavesQuantity }: Order): Attributes {
  return {
    'trading.order.cumulative_quantity': cumulativeQuantity,
    ...(leavesQuantity === undefined ? {} : { 'trading.order.leaves_quantity': leavesQuantity }),
  }
}
