import {
  type Context,
  diag,
  type MeterProvider,
  metrics as metricsApi,
  type TracerProvider,
  trace as traceApi,
} from '@opentelemetry/api'
import { type LoggerProvider, logs as logsApi } from '@opentelemetry/api-logs'
import { modes } from '../catalog/attributes.js'
import { currentWriter } from '../channel/current-writer.js'
import { catalogInstruments } from '../metrics/bind.js'
import { providerBehind } from '../spans/ring-tracer.js'
import { SCOPE_NAME, VERSION } from '../version.js'
import type { Mode, OrderEvent, OrderStage } from './event.js'
import { InvalidEventNotice } from './invalid-event-notice.js'
import { LastSeen } from './last-seen.js'
import { registerOpenTracker } from './open-trackers.js'
import type { VenueFacts } from './order-series.js'
import { now } from './time.js'
import { OrderLogs } from './to-logs.js'
import { OrderMetrics } from './to-metrics.js'
import { OrderSpans } from './to-spans.js'
import { createTracker, type Tracker } from './tracker.js'
import type { Order, OrderProjection, Transition } from './transition.js'

const SWEEP_INTERVAL_MS = 1000

/** Settings of an order tracker. */
export interface OrderTrackerOptions {
  /** Where the orders go, and its ISO 10383 code if it has one; an event may name another venue. */
  readonly venue: { readonly name: string; readonly mic?: string }
  /** Whether money is at stake; on every metric and span of these orders, so that alerts can ask for `live`. */
  readonly mode?: Mode
  /** How long after its end an order's span stays open for late fills. Default 5000. */
  readonly lateFillGraceMs?: number
  /** After how long an order's span is exported and continued in a linked trace. Default 300000. */
  readonly maximumSpanAgeMs?: number
  /** Orders followed at once; the oldest finished ones are forgotten first. Default 100000. */
  readonly maximumOrders?: number
  /** Default: the global ones. */
  readonly meterProvider?: MeterProvider
  readonly tracerProvider?: TracerProvider
  readonly loggerProvider?: LoggerProvider
  /** More followers of the orders, after spans, metrics and logs. */
  readonly projections?: readonly OrderProjection[]
}

/** Follows orders: each event becomes metrics, spans and log records. */
export interface OrderTracker {
  /**
   * Tells what happened to an order. Never throws: what can't be right is counted as
   * `trading.order.anomalies` and returned in the transition.
   */
  apply(event: OrderEvent): Transition
  /** The order by any of its ids. */
  get(id: string): Order | undefined
  /** Orders that are not done. */
  readonly activeCount: number
  /** The context of an order, or of a stage of it that is open: what runs in it nests below its span. */
  contextOf(id: string, stage?: OrderStage): Context | undefined
  /** Ends what is open and stops following. */
  close(): void
}

/**
 * Makes a tracker whose orders come out as metrics, traces and log records.
 *
 * @throws {TypeError} for a bad option.
 * @example
 * const orders = createOrderTracker({ venue: { name: 'kraken' } })
 * orders.apply({ type: 'submit', clientId: 'a-1', symbol: 'BTC/USD', side: 'buy', orderType: 'limit', quantity: '0.05', price: '60000' })
 * orders.apply({ type: 'trade', clientId: 'a-1', executionId: 'x-1', lastQuantity: '0.05', lastPrice: '60000' })
 */
export function createOrderTracker(options: OrderTrackerOptions): OrderTracker {
  checkOptions(options)
  return new ProjectingTracker(options)
}

class ProjectingTracker implements OrderTracker {
  readonly #options: OrderTrackerOptions
  readonly #place: VenueFacts
  readonly #tracker: Tracker
  readonly #lastSeen = new LastSeen(() => currentWriter()?.control)
  readonly #notice = new InvalidEventNotice()
  #tracerProvider: TracerProvider | undefined
  #meterProvider: MeterProvider | undefined
  #loggerProvider: LoggerProvider | undefined
  #spans: OrderSpans | undefined
  #logs: OrderLogs | undefined
  #metrics: OrderMetrics | undefined
  #timer: NodeJS.Timeout | undefined
  #unregister: () => void = () => {}

  constructor(options: OrderTrackerOptions) {
    this.#options = options
    this.#tracker = createTracker({
      venue: options.venue.name,
      ...(options.lateFillGraceMs === undefined ? {} : { lateFillGraceMs: options.lateFillGraceMs }),
      ...(options.maximumOrders === undefined ? {} : { maximumOrders: options.maximumOrders }),
    })
    this.#place = { ...options.venue, ...(options.mode === undefined ? {} : { mode: options.mode }) }
    this.#open()
  }

  get activeCount(): number {
    return this.#tracker.activeCount
  }

  apply(event: OrderEvent): Transition {
    const transition = this.#tracker.apply(event)
    this.#project(transition)
    if (this.#tracker.hasPending) for (const pending of this.#tracker.takePending()) this.#project(pending)
    return transition
  }

  get(id: string): Order | undefined {
    return this.#tracker.get(id)
  }

  contextOf(id: string, stage?: OrderStage): Context | undefined {
    const order = this.#tracker.get(id)
    return order === undefined ? undefined : this.#spans?.contextOf(order, stage)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#unregister()
    this.#spans?.endAll(now())
  }

  #open(): void {
    this.#timer = setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS)
    this.#timer.unref()
    this.#unregister = registerOpenTracker(this)
  }

  #sweep(): void {
    const time = now()
    for (const transition of this.#tracker.sweep(time)) this.#project(transition)
    this.#spans?.sweep(time)
  }

  #project(transition: Transition): void {
    this.#connect()
    attempt(this.#lastSeen, transition)
    // spans first: they leave the trace that exemplars and log records lead to
    attempt(this.#spans!, transition)
    attempt(this.#metrics!, transition)
    attempt(this.#logs!, transition)
    attempt(this.#notice, transition)
    for (const projection of this.#options.projections ?? []) attempt(projection, transition)
  }

  /**
   * Trackers are made at the top of modules, before telemetry is started, and outlive a shutdown: the providers are
   * looked at with every event, and what hangs on others is made anew.
   */
  #connect(): void {
    const { meterProvider = metricsApi.getMeterProvider() } = this.#options
    const tracerProvider = providerBehind(this.#options.tracerProvider ?? traceApi.getTracerProvider())
    const loggerProvider = this.#options.loggerProvider ?? logsApi.getLoggerProvider()
    if (loggerProvider !== this.#loggerProvider) {
      this.#loggerProvider = loggerProvider
      this.#logs = new OrderLogs(loggerProvider, this.#place)
    }
    if (meterProvider === this.#meterProvider && tracerProvider === this.#tracerProvider) return
    if (tracerProvider !== this.#tracerProvider) {
      this.#spans?.endAll(now())
      this.#tracerProvider = tracerProvider
      const { maximumSpanAgeMs } = this.#options
      this.#spans = new OrderSpans(
        tracerProvider,
        this.#place,
        maximumSpanAgeMs === undefined ? {} : { maximumSpanAgeMs },
      )
    }
    if (meterProvider !== this.#meterProvider) {
      this.#meterProvider = meterProvider
      this.#metrics = new OrderMetrics(catalogInstruments(meterProvider.getMeter(SCOPE_NAME, VERSION)), this.#place)
    }
    if (this.#timer === undefined) this.#open()
  }
}

function attempt(projection: OrderProjection, transition: Transition): void {
  try {
    projection.onTransition(transition)
  } catch (error) {
    // the user's own projection, or ours: either way the trading process goes on
    diag.error('orderscope: a projection of order events threw', error)
  }
}

const numbers = ['lateFillGraceMs', 'maximumSpanAgeMs', 'maximumOrders'] as const
const optionNames: ReadonlySet<string> = new Set([
  'venue',
  'mode',
  ...numbers,
  'meterProvider',
  'tracerProvider',
  'loggerProvider',
  'projections',
] satisfies (keyof OrderTrackerOptions)[])

function checkOptions(options: OrderTrackerOptions): void {
  if (typeof options?.venue?.name !== 'string' || options.venue.name === '') {
    throw new TypeError("orderscope: createOrderTracker needs the venue's name; write { venue: { name: 'kraken' } }")
  }
  for (const name of Object.keys(options)) {
    if (optionNames.has(name)) continue
    throw new TypeError(
      `orderscope: createOrderTracker has no option "${name}"; there are ${[...optionNames].join(', ')}`,
    )
  }
  if (options.mode !== undefined && !(modes as readonly unknown[]).includes(options.mode)) {
    throw new TypeError(`orderscope: createOrderTracker: mode is "${options.mode}"; write ${modes.join(', ')}`)
  }
  for (const name of numbers) {
    const value: unknown = options[name]
    // no grace at all is a choice; no orders or no time is none
    const least = name === 'lateFillGraceMs' ? 0 : Number.MIN_VALUE
    if (value === undefined || (typeof value === 'number' && value >= least && Number.isFinite(value))) continue
    throw new TypeError(
      `orderscope: createOrderTracker: ${name} is ${String(value)}; write a number ${least === 0 ? 'from 0 on' : 'above 0'}`,
    )
  }
}
