import ccxt from 'ccxt'
import { connect } from '../../../../examples/trading-desk/venue/connect.js'
import { createVenue, type Venue, type VenueOptions } from '../../../../examples/trading-desk/venue/venue.js'

export type Client = InstanceType<typeof ccxt.pro.binance>

/** A quiet market: nobody trades but the test, and the book is what the test puts there. */
export async function startVenue(options: VenueOptions = {}): Promise<{ venue: Venue; close: () => Promise<void> }> {
  const venue = await createVenue({ stepMs: 0, ...options })
  return { venue, close: () => venue.close() }
}

export async function startBybit(venue: Venue, apiKey = 'key'): Promise<InstanceType<typeof ccxt.pro.bybit>> {
  return connect(new ccxt.pro.bybit({ apiKey, secret: 'secret', enableRateLimit: false }), venue.url)
}

export async function startCoinbase(venue: Venue, apiKey = 'key'): Promise<InstanceType<typeof ccxt.pro.coinbase>> {
  return connect(new ccxt.pro.coinbase({ apiKey, secret: 'secret', enableRateLimit: false }), venue.url)
}

export async function startClient(venue: Venue, apiKey = 'key'): Promise<Client> {
  return connect(new ccxt.pro.binance({ apiKey, secret: 'secret', enableRateLimit: false }), venue.url)
}

/** Collects what a `watch…` loop is told, through disconnects, until the exchange is closed. */
export function collect<T>(watch: () => Promise<T[]>): {
  items: T[]
  errors: string[]
  until: (test: (items: T[]) => boolean) => Promise<T[]>
} {
  const items: T[] = []
  const errors: string[] = []
  let changed = () => {}
  const loop = async () => {
    for (;;) {
      try {
        items.push(...structuredClone(await watch()))
        changed()
      } catch (error) {
        errors.push((error as Error).constructor.name)
        if (error instanceof ccxt.ExchangeClosedByUser) return
        changed()
      }
    }
  }
  void loop()
  return {
    items,
    errors,
    until: async test => {
      while (!test(items)) await new Promise<void>(resolve => (changed = resolve))
      return items
    },
  }
}
