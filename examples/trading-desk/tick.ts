/** A trade of the market as it goes from market data to signals, as JSON over WebSocket. */
export interface Tick {
  readonly symbol: string
  readonly price: number
  readonly quantity: number
  /** The venue's time, in milliseconds since 1970. */
  readonly time: number
  /** The trace that the tick belongs to, as W3C trace context. */
  readonly trace: Record<string, string>
}
