import type { OrderStage } from '../../order/event.js'
import type { Effect, Order, Transition } from '../../order/transition.js'
import { bottleneck, type Waterfall, type WaterfallStage } from '../waterfall.js'
import { UNNAMED_VENUE } from './sessions.js'

/** Stages of one order that are drawn; its slowest one always is. */
const MAXIMUM_STAGES = 60

interface Fill extends WaterfallStage {
  readonly isFill: boolean
}

/** What is kept of one order to draw it: its stages and their times. */
export class OrderRecord {
  readonly order: Order
  readonly #stages: Fill[] = []
  readonly #open = new Map<OrderStage, number>()
  readonly #changes: string[] = []
  #fillCount = 0
  #hidden = 0

  constructor(order: Order) {
    this.order = order
  }

  apply({ effects }: Transition): void {
    for (const effect of effects) this.#apply(effect)
  }

  /** Takes over what was told of an order that turned out to be this one. */
  absorb(other: OrderRecord): void {
    for (const stage of other.#stages) {
      if (stage.isFill) this.#fillCount++
      this.#add(stage.isFill ? { ...stage, name: `fill ${this.#fillCount}` } : stage)
    }
    for (const change of other.#changes) this.#change(change)
    this.#hidden += other.#hidden
  }

  /** The order as a drawing; what is still open is drawn to the end of the log. */
  draw(logEnd: number | undefined): Waterfall {
    const { order } = this
    const stages: WaterfallStage[] = [...this.#stages]
    for (const [name, startTime] of this.#open) {
      stages.push({ name, startTime, endTime: undefined, detail: 'no answer' })
    }
    if (this.#open.size > 0 && logEnd !== undefined && stages.every(stage => (stage.endTime ?? 0) < logEnd)) {
      const first = stages.findIndex(stage => stage.endTime === undefined)
      stages[first] = { ...stages[first]!, detail: 'no answer to the end of the log' }
    }
    const anomalies = [...order.anomalyCounts].map(([kind, count]) => (count === 1 ? kind : `${kind} × ${count}`))
    return {
      title: [`order ${order.rootId}`, intentOf(order), ...(order.venue === UNNAMED_VENUE ? [] : [order.venue])].join(
        ' · ',
      ),
      outcome: `${order.status}${figuresOf(order)}`,
      stages: stages.map(stage => this.#numbered(stage as Fill)),
      hiddenStages: this.#hidden,
      notes: [...idsOf(order), ...this.#changes, ...(anomalies.length === 0 ? [] : [`⚠ ${anomalies.join(', ')}`])],
    }
  }

  #apply(effect: Effect): void {
    switch (effect.kind) {
      case 'stage_started':
        this.#open.set(effect.stage, effect.time)
        break
      case 'stage_ended':
        this.#open.delete(effect.stage)
        // a log shows an order when it has been sent: nothing is known of the time before
        if (effect.stage === 'submit' && effect.endTime === effect.startTime) break
        if (effect.implied) {
          this.#change('the ack was never told, a fill implies it: its latency is not known')
          break
        }
        this.#add({
          name: effect.stage,
          startTime: effect.startTime,
          endTime: effect.endTime,
          isFill: false,
          detail: effect.outcome === 'ok' ? '' : effect.outcome,
        })
        break
      case 'executed': {
        const { quantity, price, liquidity } = effect.execution
        this.#fillCount++
        this.#add({
          name: `fill ${this.#fillCount}`,
          startTime: effect.sinceTime,
          endTime: effect.execution.time,
          isFill: true,
          detail: [
            `${quantity}${price === undefined ? '' : ` @ ${price}`}`,
            liquidity,
            effect.late ? 'late' : undefined,
          ]
            .filter(part => part !== undefined)
            .join('  '),
        })
        break
      }
      case 'busted':
        this.#change(`execution ${effect.refId} taken back: ${effect.execution.quantity}`)
        break
      case 'corrected':
        this.#change(`execution ${effect.refId} corrected: ${priced(effect.previous)} is ${priced(effect.execution)}`)
        break
    }
  }

  #add(stage: Fill): void {
    if (this.#stages.length < MAXIMUM_STAGES) {
      this.#stages.push(stage)
      return
    }
    this.#hidden++
    // the slowest is kept, in the last place
    if (bottleneck([...this.#stages, stage]) === stage) this.#stages[MAXIMUM_STAGES - 1] = stage
  }

  #change(text: string): void {
    if (this.#changes.length < MAXIMUM_STAGES) this.#changes.push(text)
  }

  #numbered(stage: Fill): WaterfallStage {
    return stage.isFill ? { ...stage, name: `${stage.name}/${this.#fillCount}` } : stage
  }
}

/** What was wanted: `buy 0.06 BTC/USDT limit 60001.1`. */
export function intentOf({ side, quantity, symbol, orderType, price }: Order): string {
  return [side, quantity, symbol, orderType, price].filter(part => part !== undefined).join(' ')
}

function figuresOf({ cumulativeQuantity, averagePrice, executionCount }: Order): string {
  if (executionCount === 0) return ''
  const average = averagePrice === undefined ? '' : ` @ ${averagePrice}`
  return ` · ${cumulativeQuantity}${average} · ${executionCount} execution${executionCount === 1 ? '' : 's'}`
}

function idsOf({ rootId, clientId, orderId }: Order): string[] {
  const ids = []
  if (clientId !== undefined && clientId !== rootId) ids.push(`now ${clientId}`)
  if (orderId !== undefined && orderId !== rootId) ids.push(`venue's id ${orderId}`)
  return ids.length === 0 ? [] : [ids.join(' · ')]
}

function priced({ quantity, price }: { quantity: string; price: string | undefined }): string {
  return price === undefined ? quantity : `${quantity} @ ${price}`
}
