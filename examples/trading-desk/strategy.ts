import type { OrderIntent } from './order-intent.js'
import type { Tick } from './tick.js'
import { createRandom } from './venue/random.js'

export interface Strategy {
  /** An order for this tick, or none. */
  decide(tick: Tick): OrderIntent | undefined
}

/** The smallest quantity that the venue takes, in base currency. */
const LOTS: Record<string, number> = { 'BTC/USDT': 0.00001, 'ETH/USDT': 0.0001 }
const OTHER_LOT = 0.001
/** What an order is worth, in quote currency. */
const SMALLEST = 200
const LARGEST = 5000

/**
 * No strategy to get rich by: it draws lots, so that every kind of order and every way that an order can end occurs.
 *
 * @param chance of an order for a tick, from 0 to 1
 */
export function createStrategy(seed: number, chance: number): Strategy {
  const random = createRandom(seed, 'strategy')
  let count = 0
  return {
    decide(tick) {
      if (!random.chance(chance)) return undefined
      const lot = LOTS[tick.symbol] ?? OTHER_LOT
      const side = random.chance(0.5) ? 'buy' : 'sell'
      const lots = Math.ceil(random.integer(SMALLEST, LARGEST) / tick.price / lot)
      const order = {
        clientId: `d-${String(++count).padStart(6, '0')}`,
        symbol: tick.symbol,
        side,
        quantity: lots * lot,
        referencePrice: tick.price,
      } as const
      // Positive is towards the other side: it takes. Negative waits in the book.
      const limit = (towards: number) => tick.price * (1 + (side === 'buy' ? towards : -towards))
      const kind = random.next()
      if (kind < 0.4) return { ...order, type: 'limit', price: limit(-random.next() * 0.00005) }
      if (kind < 0.6) return { ...order, type: 'limit', price: limit(0.0002 + random.next() * 0.0004) }
      if (kind < 0.7) return { ...order, type: 'limit', price: limit(-0.002) }
      if (kind < 0.8) return { ...order, type: 'market' }
      if (kind < 0.87) return { ...order, type: 'limit', price: limit(0.0001), timeInForce: 'IOC' }
      if (kind < 0.91) return { ...order, type: 'limit', price: limit(0.0001), timeInForce: 'FOK' }
      if (kind < 0.94) return { ...order, type: 'limit', price: limit(0.0005), postOnly: true }
      // Too small for the venue's minimum of 5 USDT.
      if (kind < 0.96) return { ...order, type: 'limit', price: limit(0), quantity: lot }
      // Too large for the desk's own limit.
      if (kind < 0.98) return { ...order, type: 'limit', price: limit(0), quantity: order.quantity * 100 }
      // Far off the market, as a slip of the finger is.
      return { ...order, type: 'limit', price: limit(0.2) }
    },
  }
}
