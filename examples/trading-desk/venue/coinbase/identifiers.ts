import type { Exchange } from '../exchange.js'
import type { Instrument } from '../instrument.js'

/** Every id is a UUID, whose first group says here what it names. */
const KINDS = { order: 'a0000000', execution: 'b0000000', entry: 'c0000000', account: 'd0000000' } as const

export function uuid(kind: keyof typeof KINDS, id: number): string {
  return `${KINDS[kind]}-0000-4000-8000-${id.toString(16).padStart(12, '0')}`
}

/** -1, which is nobody's, for what is no id of an order. */
export function exchangeOrderId(text: string): number {
  const match = new RegExp(`^${KINDS.order}-0000-4000-8000-([0-9a-f]{12})$`).exec(text)
  return match ? Number.parseInt(match[1]!, 16) : -1
}

/** `BTC-USDT` */
export function productId({ base, quote }: Instrument): string {
  return `${base}-${quote}`
}

export function productOf(exchange: Exchange, id: string): Instrument | undefined {
  return exchange.instruments().find(instrument => productId(instrument) === id)
}

/** As the real venue writes them: finer than the clock, in UTC. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '000Z')
}
