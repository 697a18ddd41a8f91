import type { Dialect, DialectContext, DialectDefinition } from '../dialect.js'
import { Channels } from './channels.js'
import { Gateway } from './gateway.js'
import { handleRest } from './rest.js'

/** Coinbase's Advanced Trade: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis */
export const coinbase: DialectDefinition = {
  rules: { refusesByBook: true },
  expires: false,
  create: ({ exchange, latency, lostAnswers, seed }: DialectContext): Dialect => {
    const gateway = new Gateway(exchange, latency)
    const channels = new Channels(exchange, seed)
    return {
      get limits() {
        return gateway.limits
      },
      set limits(limits) {
        gateway.limits = limits
      },
      get duplicates() {
        return channels.user.duplicates
      },
      set duplicates(probability) {
        channels.user.duplicates = probability
      },
      handleRest: (request, response) => handleRest(gateway, lostAnswers, request, response),
      socketAt: url => (url.pathname === '/' ? socket => channels.accept(socket) : undefined),
      close: () => channels.close(),
    }
  },
}
