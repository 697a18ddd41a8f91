import type { MetricAttributesOf } from '../catalog/metrics.js'
import type { CatalogInstruments } from '../metrics/bind.js'
import type { BoundSeries } from '../metrics/instruments.js'
import type {
  CancelRejectReason,
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
  readonly #handles = new Map<string, BoundSeries>()

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
    return this.#handle(`submitted ${origin}`, () =>
      this.#instruments.bind('trading.order.submissions', { ...this.#kind, 'trading.order.origin': origin }),
    )
  }

  done(status: OrderStatus): BoundSeries {
    return this.#handle(`done ${status}`, () =>
      this.#instruments.bind('trading.orders', { ...this.#kind, 'trading.order.status': status }),
    )
  }

  lifetime(status: OrderStatus): BoundSeries {
    return this.#handle(`lifetime ${status}`, () =>
      this.#instruments.bind('trading.order.lifetime', {
        ...this.#place,
        'trading.order.status': status,
      }),
    )
  }

  stage(stage: OrderStage, outcome: StageOutcome): BoundSeries {
    return this.#handle(`stage ${stage} ${outcome}`, () =>
      this.#instruments.bind('trading.order.stage.duration', {
        ...this.#place,
        'trading.order.stage': stage,
        'trading.order.stage_outcome': outcome,
        'trading.order.type': this.#order.orderType,
      }),
    )
  }

  rejections(reason: RejectReason): BoundSeries {
    return this.#handle(`rejected ${reason}`, () =>
      this.#instruments.bind('trading.order.rejections', {
        ...this.#instrument,
        'trading.order.reject.reason': reason,
      }),
    )
  }

  cancelRejections(stage: OrderStage, reason: CancelRejectReason): BoundSeries {
    return this.#handle(`cancel rejected ${stage} ${reason}`, () =>
      this.#instruments.bind('trading.order.cancel_rejections', {
        ...this.#place,
        'trading.order.stage': stage,
        'trading.order.cancel_reject.reason': reason,
      }),
    )
  }

  executions(type: ExecutionType, { liquidity, source }: Execution): BoundSeries {
    return this.#handle(`executed ${type} ${liquidity} ${source}`, () =>
      this.#instruments.bind('trading.executions', {
        ...this.#instrument,
        'trading.order.side': this.#order.side,
        'trading.execution.type': type,
        'trading.execution.liquidity': liquidity,
        'trading.event.source': source,
        'trading.strategy.name': this.#order.strategy,
      }),
    )
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

  #handle(key: string, create: () => BoundSeries): BoundSeries {
    let handle = this.#handles.get(key)
    if (handle === undefined) {
      handle = create()
      this.#handles.set(key, handle)
    }
    return handle
  }
}
