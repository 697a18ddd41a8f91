import type { Dialect, DialectContext, DialectDefinition } from '../dialect.js'
import { DEFAULT_LIMITS, Gateway } from './gateway.js'
import { MarketStreams } from './market-streams.js'
import { handleRest } from './rest.js'
import { WebSocketApi } from './websocket-api.js'

/** Binance's spot protocol: https://developers.binance.com/docs/binance-spot-api-docs */
export const binance: DialectDefinition = {
  rules: { refusesByBook: true },
  expires: true,
  create: ({ exchange, latency, lostAnswers, seed }: DialectContext): Dialect => {
    const gateway = new Gateway(exchange, latency, DEFAULT_LIMITS)
    const websocketApi = new WebSocketApi(gateway, seed)
    const marketStreams = new MarketStreams(exchange)
    return {
      get limits() {
        return gateway.limits
      },
      set limits(limits) {
        gateway.limits = limits
      },
      get duplicates() {
        return websocketApi.duplicates
      },
      set duplicates(probability) {
        websocketApi.duplicates = probability
      },
      handleRest: (request, response) => handleRest(gateway, lostAnswers, request, response),
      socketAt(url) {
        if (url.pathname.startsWith('/ws-api/')) {
          return (socket, address) => {
            websocketApi.accept(socket, address)
            return () => 'user'
          }
        }
        if (!/^\/(ws|stream)\b/.test(url.pathname)) return undefined
        return socket => {
          marketStreams.accept(socket, url)
          return () => 'market'
        }
      },
      close: () => marketStreams.close(),
    }
  },
}
