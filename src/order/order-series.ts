import type { MetricAttributesOf } from '../catalog/metrics.js'
import type { CatalogInstruments } from '../metrics/bind.js'
import type { BoundSeries } from '../metrics/instruments.js'
import type {
  CancelRejectReason,
  EventSource,
  Liquidity,
  Mode,
  OrderOrigin,
  OrderStage,
  OrderStatus,
  RejectReason,
  StageOutcome,
} from './event.js'
import type { Execution, Order } from './transition.js'

type ExecutionType = MetricAttributesOf<'trading.executions'>['trading.execution.type']

/** What a tracker knows of its venue, beyond the name. */
export interface VenueFacts {
  /** The venue that the facts below are about; an event may name another. */
  readonly name: string
  readonly mic?: string
  readonly mode?: Mode
}

type OrderPlace = Pick<
  MetricAttributesOf<'trading.orders'>,
  'trading.venue.name' | 'trading.venue.mic' | 'trading.mode'
>

/** Attributes that every series of an order has. */
export function placeOf(venue: string, { name, mic, mode }: VenueFacts): OrderPlace {
  return {
    'trading.venue.name': venue,
    ...(mic === undefined || venue !== name ? {} : { 'trading.venue.mic': mic }),
    ...(mode === undefined ? {} : { 'trading.mode': mode }),
  }
}

/** The bound handles of all orders of one venue, instrument, side, type and strategy. */
export class OrderSeries {
  readonly size: BoundSeries
  readonly fillDelay: BoundSeries
  readonly volume: BoundSeries
  readonly notional: BoundSeries
  readonly #instruments: CatalogInstruments
  readonly #place: OrderPlace
  readonly #order: Pick<Order, 'venue' | 'symbol' | 'side' | 'orderType' | 'strategy'>
  /** Handles whose attributes have more values; the values are enumerations, so they are few. */
  readonly #submissions = new Map<OrderOrigin, BoundSeries>()
  readonly #done = new Map<OrderStatus, BoundSeries>()
  readonly #lifetimes = new Map<OrderStatus, BoundSeries>()
  readonly #stages = new Map<OrderStage, Map<StageOutcome, BoundSeries>>()
  readonly #executions = new Map<ExecutionType, Map<Liquidity | undefined, Map<EventSource, BoundSeries>>>()

  constructor(instruments: CatalogInstruments, place: VenueFacts, order: Order) {
    const { venue, symbol, side, orderType, strategy } = order
    this.#instruments = instruments
    this.#order = { venue, symbol, side, orderType, strategy }
    this.#place = placeOf(venue, place)
    this.size = instruments.bind('trading.order.size', this.#instrument)
    this.fillDelay = instruments.bind('trading.order.fill.delay', {
      ...this.#place,
      'trading.order.type': orderType,
    })
    this.volume = instruments.bind('trading.execution.volume', { ...this.#instrument, 'trading.order.side': side })
    this.notional = instruments.bind('trading.execution.notional', { ...this.#instrument, 'trading.order.side': side })
  }

  static key({ venue, symbol, side, orderType, strategy }: Order): string {
    return `${venue}\n${symbol}\n${side}\n${orderType}\n${strategy}`
  }

  /** What is known of an order may grow: an order born at the venue shows its side later. */
  fits(order: Order): boolean {
    const own = this.#order
    return (
      own.symbol === order.symbol &&
      own.side === order.side &&
      own.orderType === order.orderType &&
      own.venue === order.venue &&
      own.strategy === order.strategy
    )
  }

  submissions(origin: OrderOrigin): BoundSeries {
    return this.#submissions.get(origin) ?? this.#bindSubmissions(origin)
  }

  done(status: OrderStatus): BoundSeries {
    return this.#done.get(status) ?? this.#bindDone(status)
  }

  lifetime(status: OrderStatus): BoundSeries {
    return this.#lifetimes.get(status) ?? this.#bindLifetime(status)
  }

  stage(stage: OrderStage, outcome: StageOutcome): BoundSeries {
    return this.#stages.get(stage)?.get(outcome) ?? this.#bindStage(stage, outcome)
  }

  executions(type: ExecutionType, { liquidity, source }: Execution): BoundSeries {
    return this.#executions.get(type)?.get(liquidity)?.get(source) ?? this.#bindExecutions(type, liquidity, source)
  }

  /** Refusals are rare: bound when they come. */
  rejections(reason: RejectReason): BoundSeries {
    return this.#instruments.bind('trading.order.rejections', {
      ...this.#instrument,
      'trading.order.reject.reason': reason,
    })
  }

  cancelRejections(stage: OrderStage, reason: CancelRejectReason): BoundSeries {
    return this.#instruments.bind('trading.order.cancel_rejections', {
      ...this.#place,
      'trading.order.stage': stage,
      'trading.order.cancel_reject.reason': reason,
    })
  }

  #bindSubmissions(origin: OrderOrigin): BoundSeries {
    const attributes = { ...this.#kind, 'trading.order.origin': origin }
    return keep(this.#submissions, origin, this.#instruments.bind('trading.order.submissions', attributes))
  }

  #bindDone(status: OrderStatus): BoundSeries {
    const attributes = { ...this.#kind, 'trading.order.status': status }
    return keep(this.#done, status, this.#instruments.bind('trading.orders', attributes))
  }

  #bindLifetime(status: OrderStatus): BoundSeries {
    const attributes = { ...this.#place, 'trading.order.status': status }
    return keep(this.#lifetimes, status, this.#instruments.bind('trading.order.lifetime', attributes))
  }

  #bindStage(stage: OrderStage, outcome: StageOutcome): BoundSeries {
    const series = this.#instruments.bind('trading.order.stage.duration', {
      ...this.#place,
      'trading.order.stage': stage,
      'trading.order.stage_outcome': outcome,
      'trading.order.type': this.#order.orderType,
    })
    return keep(mapIn(this.#stages, stage), outcome, series)
  }

  #bindExecutions(type: ExecutionType, liquidity: Liquidity | undefined, source: EventSource): BoundSeries {
    const series = this.#instruments.bind('trading.executions', {
      ...this.#instrument,
      'trading.order.side': this.#order.side,
      'trading.execution.type': type,
      'trading.execution.liquidity': liquidity,
      'trading.event.source': source,
      'trading.strategy.name': this.#order.strategy,
    })
    return keep(mapIn(mapIn(this.#executions, type), liquidity), source, series)
  }

  get #instrument() {
    return { ...this.#place, 'trading.instrument.symbol': this.#order.symbol }
  }

  get #kind() {
    return {
      ...this.#instrument,
      'trading.order.side': this.#order.side,
      'trading.order.type': this.#order.orderType,
      'trading.strategy.name': this.#order.strategy,
    }
  }
}

function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): Value {
  map.set(key, value)
  return value
}

function mapIn<Key, Inner, Value>(map: Map<Key, Map<Inner, Value>>, key: Key): Map<Inner, Value> {
  return map.get(key) ?? keep(map, key, new Map<Inner, Value>())
}
