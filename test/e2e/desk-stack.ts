import { readVenue } from '../../examples/trading-desk/read-venue.js'
import type { Summary } from '../../examples/trading-desk/summary.js'
import { createStack, type Stack, type StackOptions } from '../../scripts/stack/stack.mjs'
import { Jaeger } from './ask-jaeger.js'
import { Prometheus } from './ask-prometheus.js'
import { eventually } from './eventually.js'
import { type OrderEvent, readOrderEvents } from './order-events.js'

/** As the demo runs where it is to end soon: every tick is an order, and the venue has accidents. */
const PACE = {
  DESK_CHANCE: '1',
  DESK_REST_MS: '250',
  VENUE_STEP_MS: '5',
  VENUE_LATENCY_MS: '2',
  VENUE_ORDERS_PER_SECOND: '40',
  VENUE_DROP_SOCKETS_EVERY_MS: '4000',
  DECISION_WAIT: '5s',
}
const DESK = ['market-data', 'signals', 'risk', 'execution']

export interface DeskStack {
  readonly stack: Stack
  readonly jaeger: Jaeger
  readonly prometheus: Prometheus
  venue(): Promise<Summary>
  orderEvents(): OrderEvent[]
  /** Waits until the wanted orders have reached the venue, and cancels what rests. */
  finish(orders: number): Promise<Summary>
  /** The end of every service's log, for a failure. */
  logs(): string
}

/**
 * The whole of docker-compose.yml with the desk.
 *
 * @param environment what a person would set in the shell
 */
export async function startDeskStack(
  environment: Readonly<Record<string, string>>,
  options: Omit<StackOptions, 'environment' | 'profiles'> = {},
): Promise<DeskStack> {
  const stack = await createStack({ ...options, profiles: ['desk'], environment: { ...PACE, ...environment } })
  try {
    await stack.start()
    const venueUrl = await stack.url('venue', 8080)
    const executionUrl = await stack.url('execution', 8080)
    const venue = () => readVenue(venueUrl)
    return {
      stack,
      jaeger: new Jaeger(await stack.url('jaeger', 16686)),
      prometheus: new Prometheus(await stack.url('prometheus', 9090)),
      venue,
      orderEvents: () => readOrderEvents(stack.volume('collector-queue')),
      async finish(orders) {
        await eventually(async () => {
          const reached = countOf(await venue())
          if (reached < orders) throw new Error(`${reached} of ${orders} orders have ended`)
        }, 120_000).catch(() => {})
        const response = await fetch(`${executionUrl}/flatten`, { method: 'POST', body: '{}' })
        if (!response.ok) throw new Error(`execution could not cancel what rests: ${await response.text()}`)
        const books = await venue()
        if (countOf(books) < orders) throw new Error(`${JSON.stringify(books)}, and ${orders} were wanted`)
        return books
      },
      logs: () => DESK.map(name => `--- ${name}\n${stack.log(name).slice(-1000)}`).join('\n'),
    }
  } catch (error) {
    await stack.end()
    throw error
  }
}

export function countOf({ orders }: Summary): number {
  return Object.values(orders).reduce((sum, count) => sum + count, 0)
}
