import type { LoggerProvider } from '@opentelemetry/api-logs'
import type { LogEventName } from '../catalog/log-events.js'
import type { AttributeSink, Describe } from '../spans/attribute-sink.js'
import { type OrderLogRecords, orderLogRecords } from './log-records.js'
import type { VenueFacts } from './order-series.js'
import { tellChange, tellExecution, tellPlace, tellQuantities, tellRequest, tellTerms } from './span-attributes.js'
import type { Anomaly, Effect, Order, OrderProjection, Transition } from './transition.js'

/** Anomalies of a kind that one order tells; the rest is counted by the metric alone. */
const MAXIMUM_OF_KIND = 10
/** Anomalies that no order can be named for, within a second. */
const MAXIMUM_STRAY = 10
const SECOND_MS = 1000

const NOTHING: Describe = () => {}

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
        this.#emit('trading.order.anomaly', order, sink => tellAnomaly(sink, anomaly), time)
      }
    }
  }

  #apply(effect: Effect, order: Order, { event, time }: Transition): void {
    switch (effect.kind) {
      case 'created':
        this.#emit('trading.order.created', order, sink => tellRequest(sink, order), time)
        break
      case 'stage_started':
        if (effect.stage === 'cancel') this.#emit('trading.order.cancel_requested', order, NOTHING, effect.time)
        if (effect.stage === 'replace') this.#emit('trading.order.replace_requested', order, NOTHING, effect.time)
        break
      case 'stage_ended':
        this.#endStage(effect, order)
        break
      case 'executed':
        this.#execute(effect, order)
        break
      case 'corrected':
      case 'busted':
        this.#emit(`trading.execution.${effect.kind}`, order, sink => tellChange(sink, effect), time)
        break
      case 'alias':
        this.#changeId(effect.previousClientId, order, time)
        break
      case 'completed':
        this.#complete(effect, order, time, event.text)
        break
      case 'reopened':
        this.#emit('trading.order.reopened', order, sink => sink.text('trading.order.status', order.status), time)
        break
    }
  }

  #execute({ execution }: Extract<Effect, { kind: 'executed' }>, order: Order): void {
    const tell: Describe = sink => {
      tellExecution(sink, execution)
      tellQuantities(sink, order)
    }
    this.#emit('trading.execution.traded', order, tell, execution.time)
  }

  #changeId(previous: string | undefined, order: Order, time: number): void {
    if (previous === undefined) return
    this.#emit('trading.order.id_changed', order, sink => sink.text('trading.order.original_client_id', previous), time)
  }

  #endStage(effect: Extract<Effect, { kind: 'stage_ended' }>, order: Order): void {
    const { stage, outcome, implied, errorType, cancelRejectReason, endTime } = effect
    if (cancelRejectReason !== undefined) {
      const tell: Describe = sink => {
        sink.text('trading.order.stage', stage)
        sink.text('trading.order.cancel_reject.reason', cancelRejectReason)
      }
      this.#emit('trading.order.cancel_rejected', order, tell, endTime)
    } else if (outcome === 'failed' || outcome === 'unknown') {
      const tell: Describe = sink => {
        sink.text('trading.order.stage', stage)
        sink.text('trading.order.stage_outcome', outcome)
        if (errorType !== undefined) sink.text('error.type', errorType)
      }
      this.#emit('trading.order.request_failed', order, tell, endTime)
    } else if (outcome === 'ok' && stage === 'ack' && !implied) {
      this.#emit('trading.order.acknowledged', order, NOTHING, endTime)
    } else if (outcome === 'ok' && stage === 'replace') {
      this.#emit('trading.order.replaced', order, sink => tellTerms(sink, order), endTime)
    }
  }

  #complete(
    effect: Extract<Effect, { kind: 'completed' }>,
    order: Order,
    time: number,
    text: string | undefined,
  ): void {
    const { status, rejectReason, errorType = rejectReason ?? 'rejected' } = effect
    const isRejected = status === 'rejected'
    const tell: Describe = sink => {
      const { averagePrice } = order
      sink.text('trading.order.status', status)
      tellQuantities(sink, order)
      if (averagePrice !== undefined) sink.text('trading.order.average_price', averagePrice)
      if (!isRejected) return
      if (rejectReason !== undefined) sink.text('trading.order.reject.reason', rejectReason)
      if (text !== undefined) sink.text('trading.order.text', text)
      sink.text('error.type', errorType)
    }
    this.#emit(isRejected ? 'trading.order.rejected' : 'trading.order.completed', order, tell, time)
  }

  #strayAnomaly(anomaly: Anomaly, { event, time }: Transition): void {
    if (time - this.#straySince >= SECOND_MS || time < this.#straySince) {
      this.#straySince = time
      this.#stray = 0
    }
    if (this.#stray++ >= MAXIMUM_STRAY) return
    const tell: Describe = sink => {
      tellPlace(sink, event.venue ?? this.#place.name, this.#place)
      tellAnomaly(sink, anomaly)
    }
    this.#emit('trading.order.anomaly', undefined, tell, time)
  }

  #emit(name: LogEventName, order: Order | undefined, describe: Describe, time: number): void {
    this.#records!.emit(name, order, describe, time)
  }
}

function tellAnomaly(sink: AttributeSink, { kind, message }: Anomaly): void {
  sink.text('trading.order.anomaly.kind', kind)
  sink.text('trading.order.text', message)
}
