import ccxt from 'ccxt'
import { connect } from './venue/connect.js'

export type Exchange = InstanceType<typeof ccxt.pro.binance>

/**
 * ccxt as the services use it. A connection that breaks again and again is opened anew after 100 ms and never later
 * than after a second: ccxt would wait up to a minute, too long for orders in the market.
 */
export function createExchange(
  venueUrl: string,
  credentials: { apiKey?: string; secret?: string } = {},
): Promise<Exchange> {
  // where a venue refuses a connection, ccxt (4.5.84) rejects promises of its own that nobody can wait for, beside those
  // of the streams, which tell the same
  process.on('unhandledRejection', error => {
    if (!(error instanceof ccxt.NetworkError)) throw error
  })
  const options = { ws: { backoff: { base: 100, max: 1000 } } }
  return connect(new ccxt.pro.binance({ ...credentials, options }), venueUrl)
}
