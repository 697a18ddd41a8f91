import fc from 'fast-check'
import type { OrderEvent } from '../../src/order/event.js'
import type { Tracker } from '../../src/order/tracker.js'
import type { Order, Transition } from '../../src/order/transition.js'

/** What became of an order, apart from the path there. */
export interface Figures {
  readonly status: string
  readonly done: boolean
  readonly cumulative: string
  readonly leaves: string | undefined
  readonly average: string | undefined
  readonly executions: number
}

export function figuresOf(order: Order | undefined): Figures {
  if (order === undefined) throw new Error('the order is not known')
  return {
    status: order.status,
    done: order.done,
    cumulative: order.cumulativeQuantity,
    leaves: order.leavesQuantity,
    average: order.averagePrice,
    executions: order.executionCount,
  }
}

/** An execution with all that was said of it afterwards. */
interface ExecutionStory {
  readonly quantity: number
  readonly price: number
  readonly corrections: readonly {
    readonly quantity: number
    readonly price: number
    readonly refersToFirst: boolean
  }[]
  readonly isBusted: boolean
}

const quantities = fc.integer({ min: 1, max: 9_999 })
const prices = fc.integer({ min: 1, max: 999_999 })

export const executionStories: fc.Arbitrary<ExecutionStory[]> = fc.array(
  fc.record({
    quantity: quantities,
    price: prices,
    corrections: fc.array(fc.record({ quantity: quantities, price: prices, refersToFirst: fc.boolean() }), {
      maxLength: 3,
    }),
    isBusted: fc.boolean(),
  }),
  { maxLength: 5 },
)

export const terminalStories = fc.uniqueArray(
  fc.constantFrom('canceled' as const, 'reject' as const, 'expired' as const),
  {
    maxLength: 2,
  },
)

/** Thousandths as a decimal string: what a venue would send. */
export const decimal = (thousandths: number): string => (thousandths / 1000).toFixed(3)

/** The reports of executions, in the order in which a venue makes them. */
export function reportsOf(stories: readonly ExecutionStory[], clientId: string, numbered: boolean): OrderEvent[] {
  const reports: OrderEvent[] = []
  let next = 100
  for (const story of stories) {
    const first = `x-${next++}`
    reports.push(trade(clientId, first, story.quantity, story.price))
    let latest = first
    for (const correction of story.corrections) {
      const executionId = `x-${next++}`
      const executionRefId = correction.refersToFirst ? first : latest
      const lastQuantity = decimal(correction.quantity)
      const lastPrice = decimal(correction.price)
      reports.push({ type: 'trade_correct', clientId, executionId, executionRefId, lastQuantity, lastPrice })
      latest = executionId
    }
    if (story.isBusted) {
      reports.push({ type: 'trade_bust', clientId, executionId: `x-${next++}`, executionRefId: latest })
    }
  }
  return numbered ? reports.map((report, index) => ({ ...report, sequence: index + 10 })) : reports
}

export function trade(clientId: string, executionId: string, quantity: number, price: number): OrderEvent {
  return { type: 'trade', clientId, executionId, lastQuantity: decimal(quantity), lastPrice: decimal(price) }
}

/** Thousandths that the stories leave executed. */
export function netOf(stories: readonly ExecutionStory[]): number {
  let net = 0
  for (const { quantity, corrections, isBusted } of stories) {
    if (!isBusted) net += corrections.at(-1)?.quantity ?? quantity
  }
  return net
}

/** What the effects add up to, as whoever counts by them would. */
export class Ledger {
  readonly #executions = new Map<string, string>()
  /** Thousandths: executed, corrected and busted. */
  volume = 0
  executed = 0
  busted = 0
  readonly openStages = new Map<string, number>()
  completed = 0
  reopened = 0

  take(transition: Transition): void {
    for (const effect of transition.effects) {
      switch (effect.kind) {
        case 'executed':
          this.executed++
          this.volume += thousandths(effect.execution.quantity)
          if (effect.execution.id !== undefined) {
            if (this.#executions.has(effect.execution.id)) throw new Error(`${effect.execution.id} is counted twice`)
            this.#executions.set(effect.execution.id, effect.execution.quantity)
          }
          break
        case 'corrected':
          this.volume += thousandths(effect.execution.quantity) - thousandths(effect.previous.quantity)
          break
        case 'busted':
          this.busted++
          this.volume -= thousandths(effect.execution.quantity)
          break
        case 'stage_started':
          this.openStages.set(effect.stage, (this.openStages.get(effect.stage) ?? 0) + 1)
          break
        case 'stage_ended': {
          const open = (this.openStages.get(effect.stage) ?? 0) - 1
          if (open < 0) throw new Error(`${effect.stage} ends without having begun`)
          this.openStages.set(effect.stage, open)
          break
        }
        case 'completed':
          this.completed++
          break
        case 'reopened':
          this.reopened++
          break
      }
    }
  }

  get stillOpen(): string[] {
    return [...this.openStages].filter(([, count]) => count > 0).map(([stage]) => stage)
  }
}

export function thousandths(quantity: string): number {
  return Math.round(Number(quantity) * 1000)
}

/** Applies all events, each transition taken down. */
export function tell(tracker: Tracker, events: readonly OrderEvent[], ledger: Ledger): void {
  for (const event of events) ledger.take(tracker.apply(event))
}
