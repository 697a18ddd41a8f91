import { type Decimal, parseDecimal, ZERO } from '../../order/decimal.js'
import type { Execution, Order, Transition } from '../../order/transition.js'
import type { Told } from './replayer.js'
import { validTime } from './valid-time.js'

/** An execution as one side knows it. */
export interface Fill {
  /** Where it stands: lines, or places in a JSON array, from 1; more than one when it was told anew as if it were news. */
  readonly places: number[]
  readonly executionId: string | undefined
  /** Other ids of the same execution: TradeID (1003), TrdMatchID (880), SecondaryExecID (527). */
  readonly otherIds: readonly string[]
  /** Ids of its order: the venue's, the client's, the first one of a replace chain. */
  readonly orderIds: readonly string[]
  readonly symbol: string | undefined
  readonly side: 'buy' | 'sell' | undefined
  /** Zero when it was taken back. */
  quantity: Decimal
  price: Decimal | undefined
  readonly fee: Decimal | undefined
  /** Milliseconds since 1970, by the venue's clock where it tells. */
  readonly time: number | undefined
}

/** The fills of one side with their newest values, after corrections and busts. */
export class FillLedger {
  readonly #fills: Fill[] = []
  /** By the execution's id: a venue may use one again for another instrument. */
  readonly #byId = new Map<string, Fill[]>()

  /** Those that were told, in their order. */
  get fills(): readonly Fill[] {
    return this.#fills
  }

  follow(told: Told): void {
    for (const transition of [...told.transitions, ...told.pending]) this.#follow(transition, told)
    if (told.fields?.get(35) === 'AE') this.#tradeCapture(told)
  }

  add(fill: Fill): void {
    this.#fills.push(fill)
    const { executionId } = fill
    if (executionId === undefined) return
    const others = this.#byId.get(executionId)
    if (others === undefined) this.#byId.set(executionId, [fill])
    else others.push(fill)
  }

  #follow({ order, event, effects, anomalies }: Transition, told: Told): void {
    if (order === undefined) return
    for (const effect of effects) {
      if (effect.kind === 'executed' && effect.execution.source !== 'inferred') {
        this.#executed(order, effect.execution, told)
      } else if ((effect.kind === 'corrected' || effect.kind === 'busted') && effect.execution.id !== undefined) {
        const fill = this.#find(order, effect.execution.id)
        if (fill === undefined) continue
        fill.quantity = effect.kind === 'busted' ? ZERO : (parseDecimal(effect.execution.quantity) ?? ZERO)
        fill.price = parseDecimal(effect.execution.price)
      }
    }
    const again = anomalies.some(({ kind }) => kind === 'duplicate_execution' || kind === 'execution_mismatch')
    if (!again || event.type !== 'trade' || event.executionId === undefined) return
    this.#find(order, event.executionId)?.places.push(told.line)
  }

  #executed(order: Order, execution: Execution, told: Told): void {
    this.add({
      places: [told.line],
      executionId: execution.id,
      otherIds: [1003, 880, 527].flatMap(tag => told.fields?.get(tag) ?? []),
      orderIds: [...new Set([order.orderId, order.clientId, order.rootId])].filter(id => id !== undefined),
      symbol: order.symbol === 'unknown' ? undefined : order.symbol,
      side: sideOf(order.side),
      quantity: parseDecimal(execution.quantity) ?? ZERO,
      price: parseDecimal(execution.price),
      fee: told.fields === undefined ? undefined : feeIn(told.fields),
      time: validTime(execution.venueTime) ?? told.time,
    })
  }

  #find({ orderId, clientId, rootId }: Order, id: string): Fill | undefined {
    const fills = this.#byId.get(id) ?? []
    const ofOrder = fills.find(({ orderIds }) => orderIds.some(each => [orderId, clientId, rootId].includes(each)))
    return ofOrder ?? (fills.length === 1 ? fills[0] : undefined)
  }

  /** TradeCaptureReport: what some drop copies send in the place of execution reports. */
  #tradeCapture({ fields = new Map(), line, time }: Told): void {
    const quantity = parseDecimal(fields.get(32))
    const id = fields.get(17) ?? fields.get(1003) ?? fields.get(571)
    if (quantity === undefined || id === undefined) return
    const isCancel = fields.get(487) === '1' || fields.get(856) === '6' || fields.get(856) === '7'
    const known = (this.#byId.get(id) ?? this.#byId.get(fields.get(572) ?? ''))?.[0]
    if (known !== undefined && (isCancel || fields.get(487) === '2')) {
      known.quantity = isCancel ? ZERO : quantity
      known.price = parseDecimal(fields.get(31)) ?? known.price
    } else if (known !== undefined) {
      if (fields.get(43) !== 'Y') known.places.push(line)
    } else if (!isCancel) {
      this.add({
        places: [line],
        executionId: id,
        otherIds: [1003, 880, 527, 571].flatMap(tag => fields.get(tag) ?? []).filter(other => other !== id),
        orderIds: [37, 11].flatMap(tag => fields.get(tag) ?? []),
        symbol: fields.get(55),
        side: fields.get(54) === '1' || fields.get(54) === '3' ? 'buy' : fields.has(54) ? 'sell' : undefined,
        quantity,
        price: parseDecimal(fields.get(31)),
        fee: feeIn(fields),
        time,
      })
    }
  }
}

/** Short sales sell. */
export function sideOf(side: unknown): Fill['side'] {
  if (side === 'buy') return 'buy'
  return typeof side === 'string' && side.startsWith('sell') ? 'sell' : undefined
}

/** Commission (12) as an amount (CommType 13 = 3), or the one miscellaneous fee (137). */
function feeIn(fields: ReadonlyMap<number, string>): Decimal | undefined {
  if (fields.get(13) === '3') return parseDecimal(fields.get(12))
  return fields.get(136) === '1' ? parseDecimal(fields.get(137)) : undefined
}
