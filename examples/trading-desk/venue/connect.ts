/** The part of a ccxt exchange that says where it calls. */
export interface Connectable {
  urls: Record<string, unknown>
  loadHttpProxyAgent(): Promise<unknown>
}

/**
 * Points `new ccxt.binance(…)` or `new ccxt.pro.binance(…)` at a venue other than the real one; ccxt stays as it is.
 *
 * @param url of the venue, such as `http://127.0.0.1:41003`
 */
export async function connect<T extends Connectable>(exchange: T, url: string): Promise<T> {
  const rest = url.replace(/\/$/, '')
  const stream = rest.replace(/^http/, 'ws')
  const { ws, ...apis } = exchange.urls.api as Record<string, unknown>
  exchange.urls.api = {
    ...moved(apis, rest),
    // ccxt knows a spot stream by the word "stream" in its address.
    ws: { ...moved(Object(ws), stream), spot: `${stream}/stream/ws` },
  }
  // Without it ccxt refuses addresses that begin with ws:// instead of wss://.
  await exchange.loadHttpProxyAgent()
  return exchange
}

/** The same paths, on another host: no call can stray to the real venue. */
function moved(addresses: Record<string, unknown>, origin: string): Record<string, unknown> {
  const entries = Object.entries(addresses).map(([name, address]) => [
    name,
    typeof address === 'string' ? address.replace(/^\w+:\/\/[^/]+/, origin) : moved(Object(address), origin),
  ])
  return Object.fromEntries(entries)
}
