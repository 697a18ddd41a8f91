/** The part of a ccxt exchange that says where it calls. */
export interface Connectable {
  readonly id: string
  urls: Record<string, unknown>
  loadHttpProxyAgent(): Promise<unknown>
}

/**
 * Points a ccxt exchange, REST or pro, at a venue other than the real one that speaks the same dialect; ccxt stays as
 * it is.
 *
 * @param url of the venue, such as `http://127.0.0.1:41003`
 */
export async function connect<T extends Connectable>(exchange: T, url: string): Promise<T> {
  const rest = url.replace(/\/$/, '')
  const api = moved(exchange.urls.api, rest) as Record<string, unknown>
  exchange.urls.api = api
  // ccxt knows a spot stream of Binance by the word "stream" in its address.
  if (exchange.id === 'binance') api.ws = { ...Object(api.ws), spot: `${rest.replace(/^http/, 'ws')}/stream/ws` }
  // Without it ccxt refuses addresses that begin with ws:// instead of wss://.
  await exchange.loadHttpProxyAgent()
  return exchange
}

/** The same paths, on another host: no call can stray to the real venue. */
function moved(addresses: unknown, origin: string): unknown {
  if (typeof addresses === 'string') {
    return addresses.replace(/^(\w+):\/\/[^/]+/, /^ws/.test(addresses) ? origin.replace(/^http/, 'ws') : origin)
  }
  const entries = Object.entries(Object(addresses)).map(([name, address]) => [name, moved(address, origin)])
  return Object.fromEntries(entries)
}
