import type { Dialect, DialectContext, DialectDefinition } from '../dialect.js'
import { Gateway } from './gateway.js'
import { MarketStreams } from './market-streams.js'
import { PrivateStream } from './private-stream.js'
import { handleRest } from './rest.js'
import { serveTradeSocket } from './trade-socket.js'

/** Bybit's v5 protocol, of which the spot market of a unified account: https://bybit-exchange.github.io/docs/v5/intro */
export const bybit: DialectDefinition = {
  // A request that is well-formed and covered is acknowledged; what the book makes of it is told later.
  rules: { refusesByBook: false },
  expires: false,
  create: ({ exchange, latency, lostAnswers, seed }: DialectContext): Dialect => {
    const gateway = new Gateway(exchange, latency)
    const privateStream = new PrivateStream(exchange, seed)
    const marketStreams = new MarketStreams(exchange)
    return {
      get limits() {
        return gateway.limits
      },
      set limits(limits) {
        gateway.limits = limits
      },
      get duplicates() {
        return privateStream.duplicates
      },
      set duplicates(probability) {
        privateStream.duplicates = probability
      },
      handleRest: (request, response) => handleRest(gateway, lostAnswers, request, response),
      socketAt(url) {
        switch (url.pathname) {
          case '/v5/trade':
            return (socket, address) => {
              serveTradeSocket(gateway, socket, address)
              return () => 'user'
            }
          case '/v5/private':
            return socket => {
              privateStream.accept(socket)
              return () => 'user'
            }
          case '/v5/public/spot':
            return socket => {
              marketStreams.accept(socket)
              return () => 'market'
            }
          default:
            return undefined
        }
      },
      close: () => marketStreams.close(),
    }
  },
}
