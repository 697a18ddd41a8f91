import type { Effect, Order, Transition } from '../../order/transition.js'
import { formatDuration, type Waterfall, type WaterfallStage } from '../waterfall.js'

/** Bars drawn of one order; an order with thousands of fills is summed up. */
const MAXIMUM_STAGES = 200
const MAXIMUM_REMARKS = 20

/** The stages of one order, gathered from what its events did. */
export class OrderStages {
  readonly #stages: WaterfallStage[] = []
  readonly #open: { readonly name: string; readonly startTime: number }[] = []
  readonly #remarks: string[] = []
  #fills = 0
  #left = 0
  #lastTime = 0

  take(transition: Transition): void {
    this.#lastTime = Math.max(this.#lastTime, transition.time)
    for (const effect of transition.effects) this.#take(effect, transition.time)
    for (const anomaly of transition.anomalies) {
      if (this.#remarks.length < MAXIMUM_REMARKS) this.#remarks.push(`${anomaly.kind}: ${anomaly.message}`)
    }
  }

  waterfall(order: Order): Waterfall {
    const open = this.#open.map(stage => ({
      ...stage,
      endTime: Math.max(this.#lastTime, stage.startTime),
      isOpen: true,
      note: 'never answered',
    }))
    const stages = [...this.#stages, ...open].sort((left, right) => left.startTime - right.startTime || left.endTime - right.endTime)
    const remarks = this.#left === 0 ? this.#remarks : [...this.#remarks, `${this.#left} further stages are not drawn`]
    return { title: titleOf(order), result: resultOf(order), stages: stages.map(stage => this.#numbered(stage)), remarks }
  }

  #take(effect: Effect, time: number): void {
    switch (effect.kind) {
      case 'stage_started':
        this.#open.push({ name: effect.stage, startTime: effect.time })
        break
      case 'stage_ended': {
        const index = this.#open.findIndex(open => open.name === effect.stage && open.startTime === effect.startTime)
        if (index >= 0) this.#open.splice(index, 1)
        const note = effect.implied ? 'implied' : effect.outcome === 'ok' ? undefined : (effect.cancelRejectReason ?? effect.outcome)
        this.#add({
          name: effect.stage,
          startTime: effect.startTime,
          endTime: Math.max(effect.startTime, effect.endTime),
          ...(note === undefined ? {} : { note }),
        })
        break
      }
      case 'executed': {
        const { quantity, price, liquidity } = effect.execution
        this.#fills++
        this.#add({
          name: `fill ${this.#fills}`,
          startTime: Math.min(effect.sinceTime, effect.execution.time),
          endTime: effect.execution.time,
          note: `${quantity} @ ${price ?? '?'}${liquidity === undefined ? '' : `  ${liquidity}`}${effect.late ? '  late' : ''}`,
        })
        break
      }
      case 'busted':
        this.#add({ name: 'bust', startTime: time, endTime: time, note: `${effect.execution.quantity} taken back` })
        break
      case 'corrected':
        this.#add({ name: 'correction', startTime: time, endTime: time, note: `${effect.previous.quantity} → ${effect.execution.quantity} @ ${effect.execution.price ?? '?'}` })
        break
    }
  }

  #add(stage: WaterfallStage): void {
    if (this.#stages.length < MAXIMUM_STAGES) this.#stages.push(stage)
    else this.#left++
  }

  /** `fill 2` of three is `fill 2/3`. */
  #numbered(stage: WaterfallStage): WaterfallStage {
    return stage.name.startsWith('fill ') ? { ...stage, name: `${stage.name}/${this.#fills}` } : stage
  }
}

function titleOf(order: Order): string {
  const words = [order.side, order.quantity, order.symbol, order.orderType, order.price].filter(word => word !== undefined)
  return `order ${order.rootId} · ${words.join(' ')}`
}

function resultOf(order: Order): string {
  const status = order.status.replaceAll('_', ' ')
  if (order.cumulativeQuantity === '0') return status
  const price = order.averagePrice === undefined ? '' : ` @ ${order.averagePrice}`
  const count = `${order.executionCount} execution${order.executionCount === 1 ? '' : 's'}`
  return `${status} ${order.cumulativeQuantity}${price} · ${count}`
}

/** What one message did, in a few words. */
export function describe(transition: Transition): string {
  const words: string[] = []
  for (const effect of transition.effects) {
    switch (effect.kind) {
      case 'created':
        words.push('new here')
        break
      case 'stage_ended':
        if (effect.stage === 'submit' && effect.endTime === effect.startTime) break
        words.push(
          effect.implied
            ? `${effect.stage} implied`
            : `${effect.stage} ${effect.outcome === 'ok' ? 'took' : `${effect.outcome} after`} ${formatDuration(effect.endTime - effect.startTime)}`,
        )
        break
      case 'executed':
        words.push(`${effect.late ? 'late fill' : 'fill'} ${effect.execution.quantity} @ ${effect.execution.price ?? '?'}`)
        break
      case 'corrected':
        words.push(`fill ${effect.refId} corrected to ${effect.execution.quantity} @ ${effect.execution.price ?? '?'}`)
        break
      case 'busted':
        words.push(`fill ${effect.refId} of ${effect.execution.quantity} busted`)
        break
      case 'alias':
        words.push(effect.previousClientId === undefined ? `also ${effect.clientId}` : `${effect.previousClientId} is now ${effect.clientId}`)
        break
      case 'completed':
        words.push('done')
        break
      case 'reopened':
        words.push('lives again')
        break
    }
  }
  return words.join(', ')
}
